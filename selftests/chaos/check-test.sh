#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of chaos_check: it finds differences, accepts wrong values that are marked, and fails if it compared nothing.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
tally='{"count":2,"bytes":8192,"unchanged":1,"failed":0,"pages":0}'

cat > "$dir/ledger" << END
{"version":1,"seed":1,"checkpoint":1,"ts_ns":5,"vms":[
{"vm":0,"ended":false,"type":"protected","kernel_vm":null,"signature_gfn":32766,"raced":false,"pids":[7],"vmm_lives":true,
 "slots":[{"slot":1,"base_gfn":16,"npages":8,"ino":99,"pgoff":0}],"slot_bytes":32768,"private_bytes":8192,"shared_bytes":24576,
 "files":[{"ino":99,"size_bytes":65536,"flags":0,"populated_bytes":4096,"bindings":1,"mapped":false,"holders":[7,8]}],"inos":[99],"refused_files":0,
 "private_extents":[[16,2],[32766,1]],"holders":[7],"orphan":false,
 "to_shared":$tally,"to_private":$tally,"punch":$tally,"allocate":$tally}]}
END
counters=
for t in to_shared to_private punch allocate; do
	counters+="\"${t}_count\":2,\"${t}_bytes\":8192,\"${t}_unchanged\":1,\"${t}_failed\":0,"
done
cat > "$dir/right" << END
{"lost":{"ringbuf":3,"range":0},"vms":[{"vm":4,"pid":7,"ended":false,"map_state":"current","inflight":0,"extents":2,$counters"punched_pages":null,"allocated_pages":0,"slots":[{"slot":1,"base_gfn":16,"npages":8,"ino":99,"pgoff":0}],"slot_bytes":32768,"private_bytes":8192,"shared_bytes":24576,"files":[{"ino":99,"size_bytes":65536,"flags":0,"populated_bytes":4096,"bindings":1,"orphan":false,"holders":[{"pid":8,"comm":"a"},{"pid":7,"comm":"b"}]}],"populated_bytes":4096,"unused_bytes":0,"private_extents":[[16,2],[32766,1]],"holders":[{"pid":7,"comm":"b"}],"orphan":false}]}
END

checked() { # SED..: prints status and number of differences for the right output, edited by SED
	sed "$@" "$dir/right" > "$dir/top"
	build/chaos_check "$dir/ledger" top "$dir/top" > "$dir/out" 2>&1
	echo "$? $(grep -c '^line' "$dir/out")"
}

is "equal output has no difference" "$(checked '')" "0 0"
check "the values that were compared are counted" grep -q '^1 refreshes: [1-9][0-9]* values, 0 differences, 1 unknown' "$dir/out"
for wrong in to_private_count:2:3 to_shared_bytes:8192:4096 punch_failed:0:1 inflight:0:1 slot_bytes:32768:0 private_bytes:8192:8193 \
	npages:8:9 pgoff:0:1 size_bytes:65536:0 bindings:1:0 extents:2:1 range:0:1 pid:7:9 unused_bytes:0:1 allocated_pages:0:1; do
	IFS=: read -r key was now <<< "$wrong"
	is "a wrong $key is found" "$(checked "s/\"$key\":$was/\"$key\":$now/")" "1 1"
done
is "a wrong extent is found" "$(checked 's/\[16,2\]/[16,3]/')" "1 1"
is "a missing extent is found" "$(checked 's/\[16,2\],//')" "1 2"
is "a missing holder is found" "$(checked 's/{"pid":8,"comm":"a"},//')" "1 1"
is "a VM shown as ended is found" "$(checked 's/"ended":false/"ended":true/')" "1 1"
is "a map that stays stale is found" "$(checked 's/"current"/"stale"/; s/\[16,2\]/[16,3]/')" "1 1"
is "a missing VM is found" "$(checked 's/"vms":.*/"vms":[]}/')" "1 1"
sed 's/"current"/"stale"/; s/\[16,2\]/[16,3]/' "$dir/right" | cat - "$dir/right" > "$dir/top"
check "a map may be wrong while it is marked as stale" build/chaos_check "$dir/ledger" top "$dir/top"
sed 's/\[16,2\]/[16,3]/' "$dir/right" | cat - "$dir/right" > "$dir/top"
is "a map may not be wrong without a mark" "$(build/chaos_check "$dir/ledger" top "$dir/top" | grep -c '^line')" 1
: > "$dir/top"
is "empty output is a failure" "$(build/chaos_check "$dir/ledger" top "$dir/top" > "$dir/out"; echo $?)" 1
plan
