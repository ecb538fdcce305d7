#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The metrics on this kernel are those that docs/metrics.md lists: with tracepoints only, with functions only, and with
# the best provider of each event.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# documented SET: prints from the table each metric, and yes or no for this probe set
documented() {
	awk -F' *[|] *' -v set="$1" '
		/^\| metric / { for (i = 1; i <= NF; i++) if ($i == set) column = i }
		/^\| `/ && column { gsub("`", "", $2); print $2, $column }' docs/metrics.md | sort
}

# documented_mixed FILE: the same where each event has its own provider, which the last refresh names
documented_mixed() {
	last_of "$1" | jq -r '.providers | to_entries[] | "\(.key) \(.value)"' | awk '
		NR == FNR { provider[$1] = $2; next }
		/^\| metric / { split($0, title, / *\| */)
			for (i in title) { if (title[i] == "events") events = i; if (title[i] == "tracepoints") best = i; if (title[i] == "stock") stock = i } }
		/^\| `/ { gsub("`", ""); split($0, f, / *\| */); n = split(f[events], of, ", "); has = f[best]
			for (i = 1; i <= n; i++) if (provider[of[i]] == "null") has = "no"
			if (f[stock] == "no") for (i = 1; i <= n; i++) if (provider[of[i]] != "tracepoint") has = "no"
			print f[2], has }' - docs/metrics.md | sort
}

# shown FILE: prints from the last refresh each metric, and whether it has a value
shown() {
	last_of "$1" | jq -r '.vms[0] | to_entries[] | "\(.key) \(if .value == null then "no" else "yes" end)"' |
		grep -vE '^(slots|files|operations_inflight|private_extents|ended|map_state|read_took_ns|process_start_ns|lost_records|holders|orphan|partial|stale) ' | sort
}

# The load converts all the time: the median of no values is null.
build/gmemload --mem 16M --pattern flip4k --rate 200 --duration 600 -q &
load=$!
runs() { build/gmemtop --json -n 1 -d 0.1 | jq_true '.vms[0].slot_bytes == 16777216'; }
await "the VM runs" 240 runs
# top OPTION..: rates are unknown in the first refresh
top() { build/gmemtop --json -n 3 -d 0.5 --phases --faults --invalidations --backing "$@"; }
for set in tracepoints stock; do
	top --probes $set > "$dir/$set" 2> "$dir/err"
	status=$?
	# The event of creation is in the series for the tools, not in what could be posted first.
	if [ $set$status = tracepoints6 ] && ! [ -d /sys/kernel/tracing/events/kvm/kvm_gmem_create ]; then
		skip "probe set $set has the documented metrics" "$(head -1 "$dir/err")"
	else
		is "probe set $set has the documented metrics" "$status $(shown "$dir/$set")" "0 $(documented $set)"
	fi
done
top > "$dir/best" 2> "$dir/err"
is "the best providers have the documented metrics" "$? $(shown "$dir/best")" "0 $(documented_mixed "$dir/best")"
comment "$(last_of "$dir/best" | jq -c '.probes, .providers')"
is "probes names the kinds of providers in use" "$(last_of "$dir/best" | jq -r .probes)" "$(build/gmemtrace doctor --json | jq -r '
	(.events | map(select(.event != "vm_end" and .event != "stall" and .event != "window" and .provider))) as $e |
	if all($e[]; .provider == "tracepoint") then "tracepoints"
	elif all($e[]; .provider == "function") then "stock" else "mixed" end')"
build/gmemtop --json -n 1 -d 0.1 > "$dir/plain"
is "phases are null without --phases" "$(jq '.vms[0].to_private_zap_ns' "$dir/plain")" null
is "faults are null without --faults" "$(jq '.vms[0].fault_count' "$dir/plain")" null
is "invalidations are null without --invalidations" "$(jq -c '.vms[0] | [.invalidate_count, .window_count]' "$dir/plain")" '[null,null]'
kill $load
plan
