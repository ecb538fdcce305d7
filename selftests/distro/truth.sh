#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop counts exactly on any kernel: VMs of the default type use all of guest_memfd, with gmemtop
# attached before the load, and after it. If the kernel preempts tasks in BPF programs it skips some
# programs: counts may be too low by at most the number that gmemtop reports.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
rounds=${1:-50}

# differs FILE PART: prints how the last refresh in FILE differs from a part of the ledger; nothing if all is equal.
differs() {
	jq -nr --slurpfile ledger "$dir/ledger" --arg part "$2" --argjson top "$(last_of "$1")" '
		def pick($keys): map(with_entries(select(.key as $k | $keys | index($k)))) | sort;
		def lists($want; $got): ($want[0] // {} | keys) as $k |
			if ($want | sort) == ($got | pick($k)) then empty else "wanted \($want) got \($got)" end;
		($top.lost.skipped // 0) as $skipped |
		def short($key; $want; $got): $skipped > 0 and ($key | test("^(to_|punch_|allocate_)")) and
			$want != null and $got != null and $got < $want and
			(($key | endswith("_bytes")) or $want - $got <= $skipped);
		if $ledger == [] then "the ledger is empty" else empty end,
		($ledger[] | . as $l | [$top.vms[] | select(.pid == $l.pid)] |
		if length != 1 then "pid \($l.pid): \(length) VMs"
		elif $part == "counts" then .[0] as $v | $l.counts | to_entries[] | . as $e |
			if $v | has($e.key) | not then "no \(.key)"
			elif .value == $v[.key] then empty
			elif short(.key; .value; $v[.key]) then empty
			else "pid \($l.pid): \(.key): wanted \(.value), got \($v[.key])" end
		elif $part == "state" then .[0] as $v | select($v.map_state != "current") |
			"pid \($l.pid): the map is \($v.map_state)"
		elif $part == "files" and ($l.files | length == 0) then "pid \($l.pid): the ledger has no \($part)"
		else .[0] as $v | lists($l[$part]; $v[$part]) | "pid \($l.pid): \(.)" end)' 2>&1
}

lost() {
	last_of "$1" | jq -c '.lost | with_entries(select(.value != 0 and .key != "skipped"))'
}

# equal NAME FILE PART: retries, as the last events may appear one refresh later.
equal() {
	as_ledger() { [ -z "$(differs "$@")" ]; }
	wait_for 240 as_ledger "$2" "$3" || :
	verdict "$1" "$(differs "$2" "$3")"
}

build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/top.err" &
top=$!
if ! wait_for 240 test -s "$dir/top"; then
	not_ok "gmemtop attaches" "$(cat "$dir/top.err")"
	plan
	exit 1
fi
ok "gmemtop attaches"
comment "$(head -1 "$dir/top" | jq -r .probes)"

build/distro_load 3 "$rounds" "$dir/ledger" > "$dir/load" 2> "$dir/load.err" &
load=$!
if ! wait_for 120 grep -q holding "$dir/load"; then
	not_ok "the load completes" "$(cat "$dir/load.err")"
	plan
	exit 1
fi
ok "the load completes"
for part in counts files slots state; do
	equal "gmemtop attached before: $part as in the ledger" "$dir/top" $part
done
comment "skipped programs: $(last_of "$dir/top" | jq '.lost.skipped // 0')"
is "gmemtop has lost nothing" "$(lost "$dir/top")" "{}"

build/gmemtop --json -n 1 -d 0.1 > "$dir/fresh" 2> "$dir/fresh.err"
is "a fresh gmemtop exits cleanly" "$? $(cat "$dir/fresh.err")" "0 "
for part in files slots state; do
	verdict "a fresh gmemtop: $part as in the ledger" "$(differs "$dir/fresh" $part)"
done

kill -TERM $top
wait $top
is "gmemtop exits cleanly" "$? $(cat "$dir/top.err")" "0 "
kill -TERM $load
wait $load 2> /dev/null
plan
