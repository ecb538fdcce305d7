#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bench_report with made-up samples. Prints TAP.
cd "$(dirname "$0")/../.." || exit 1
. selftests/tap.sh
. selftests/bench/reports.sh
make -s build/bench_report
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
report=(build/bench_report --json "$dir/json")

# sample VARIANT BOOT OBSERVER OP BEST BESIDE
sample()
{
	printf '{"variant": "%s", "boot": %s, "observer": "%s", "op": "%s", ' "$1" "$2" "$3" "$4"
	printf '"best_ns_per_op": %s, "ns_per_op": %s, "beside_ns_per_op": %s}\n' "$5" "$5" "$6"
}

# both_ops VARIANT BOOT BEST: nothing attached
both_ops()
{
	sample "$1" "$2" nothing flip4k "$3" 0
	sample "$1" "$2" nothing punch2m "$3" 0
}

# observers FLIP4K PHASES BPFTRACE BPFTRACE_PHASES: samples of these; all others cost 1000, as with
# nothing attached
observers()
{
	local op rival

	for op in noop4k punch2m flip2m flip4k; do
		sample trace 1 "gmemtrace record, all events" $op 1100 0
		for rival in "trace-cmd record" "perf record" "bpftrace, all events: printf"; do
			sample trace 1 "$rival" $op 1200 0
		done
	done
	sample trace 1 nothing noop4k 1000 0

	for op in flip2m slot; do
		sample trace 1 nothing $op 1000 0
		sample trace 1 gmemtop $op 1000 0
		sample trace 1 "gmemtop --phases" $op 1009 0
	done
	sample trace 1 gmemtop flip4k "$1" 0
	sample trace 1 "gmemtop --phases" flip4k "$2" 0
	sample trace 1 "bpftrace as gmemtop" flip4k "$3" 0
	sample trace 1 "bpftrace as --phases" flip4k "$4" 0
}

{ both_ops stock 1 1000; both_ops trace 1 1000; observers 1050 1200 1150 1600; } > "$dir/kept"
reports "limits just kept" 0 '^PASS flip4k, gmemtop: .*\+5\.00 %' "$dir/kept"
reports "as a share of what another adds" 0 '^PASS flip4k, gmemtop --phases: .* 33\.3 % of' "$dir/kept"
{ both_ops stock 1 1000; both_ops trace 1 1006; observers 1050 1200 1200 2000; } > "$dir/broken"
reports "a limit broken" 1 '^FAIL flip4k, no event enabled: .*\+0\.60 %' "$dir/broken"
{ both_ops stock 1 1000; both_ops trace 1 1000; observers 1051 1200 1160 1600; } > "$dir/broken"
reports "a limit of gmemtop broken" 1 '^FAIL flip4k, gmemtop: .*\+5\.10 %' "$dir/broken"
{ both_ops stock 1 1000; both_ops trace 1 1000; observers 1050 1200 1149 1600; } > "$dir/broken"
reports "more than a third of the other" 1 '^FAIL flip4k, gmemtop: .* 33\.6 % of' "$dir/broken"
{ cat "$dir/kept"; sample trace 1 "perf record" noop4k 1099 0; } > "$dir/broken"
reports "a recorder that costs more than another" 1 \
	'^FAIL noop4k, gmemtrace record, all events: .* 101\.0 % of what "perf record" adds' "$dir/broken"
sed '/gmemtrace record.*noop4k/s/"beside_ns_per_op": 0/"beside_ns_per_op": 101/' "$dir/kept" > "$dir/broken"
reports "a recorder whose reader costs more than another" 1 \
	'^FAIL noop4k, gmemtrace record, all events, path and reader: .* 100\.5 % of what "trace-cmd record" adds' "$dir/broken"
sed '/gmemtrace record.*punch2m/s/"beside_ns_per_op": 0/"beside_ns_per_op": 121/' "$dir/kept" > "$dir/broken"
reports "a recorder that costs a tenth more than trace-cmd" 1 \
	'^FAIL punch2m, gmemtrace record, all events, path and reader: .* 110\.5 % of what "trace-cmd record" adds' "$dir/broken"
{ both_ops stock 1 1000; both_ops trace 1 1000; } > "$dir/half"
reports "an observer not measured" 1 '^FAIL flip4k, gmemtop: .*not measured' "$dir/half"
both_ops stock 1 1000 > "$dir/half"
reports "a kernel not measured" 1 '^FAIL flip4k, no event enabled: .*not measured' "$dir/half"
{ cat "$dir/kept"; both_ops stock 2 1001; both_ops trace 2 1005; } > "$dir/boots"
reports "what boots differ by" 0 '2 boots of a kernel differ by 0\.500 %' "$dir/boots"
{ cat "$dir/kept"; sample trace 1 tool flip4k 1500 500; sample trace 2 tool flip4k 1600 500; } > "$dir/tool"
reports "path and reader" 0 'tool +1500\.0 +1\.5000 +6\.67%! +500\.0 +2\.0000 +5\.00%!' "$dir/tool"
{ cat "$dir/kept"; echo '{"variant": "trace", "boot": 1, "observer": "x", "skipped": "gone"}'; } > "$dir/skip"
reports "a program that was skipped" 0 '^trace +x +SKIPPED: gone' "$dir/skip"
reports "no samples" 3 'no samples' /dev/null
{ cat "$dir/kept"; echo '{"variant": "trace", '; } > "$dir/torn"
reports "a torn line" 3 'cannot read line 32' "$dir/torn"
echo '{"op": 3, "variant": [], "observer": null}' > "$dir/types"
reports "values of other types" 3 'cannot read line 1' "$dir/types"
reports "JSON that a program can read" 0 '^PASS' "$dir/kept"
check "JSON: figures, limits" python3 -c "
import json
j = json.load(open('$dir/json'))
assert len(j['figures']) == 31 and all(l['pass'] for l in j['limits'])"
plan
