#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop attaches before, during or after a storm of conversions, with or without losses: in the
# end its map of every page equals the ledger. Usage: attach.sh [ROUNDS]   Each round runs all cases.
. selftests/tap.sh
. selftests/guest/drift.sh
rounds=${1:-2}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

start_load() { # seed conversions
	build/gmemload --vms 8 --vcpus 1 --mem 16M --count "${2:-60}" --pattern mix --by mix --seed "$1" \
		--hold --ledger "$dir/ledger" < <(exec sleep 600) > "$dir/load" &
	load=$!
}

start_top() { # option..
	: > "$dir/top"
	build/gmemtop --json -d 0.3 "$@" > "$dir/top" 2> "$dir/top.err" &
	top=$!
}

attached() {
	wait_for 240 test -s "$dir/top" || not_ok "round $round: gmemtop attaches" "$(cat "$dir/top.err")"
}

# The state is final when the load holds its VMs. gmemtop needs a few more refreshes to notice losses
# and to scan the stale maps.
final_state() { # name
	wait_for 240 grep -q holding "$dir/load" || not_ok "$1: the load completes" "$(cat "$dir/load")"
	refreshed "$1" "$dir/top" 9
	no_drift "$1" "$dir/top"
	kill -TERM $top
	wait $top
	kill -TERM $load
	wait $load
	verdict "$1: the map equals the ledger" "$(ledger_differs "$dir/ledger" map "$dir/top")"
}

for round in $(seq "$rounds"); do
	start_top
	attached
	start_load $((round * 10)) 600
	final_state "round $round: attached before the storm"

	start_load $((round * 10 + 1))
	sleep 0.$((RANDOM % 10))
	start_top
	final_state "round $round: attached during the storm"

	start_load $((round * 10 + 2))
	await "round $round: the load completes" 120 grep -q holding "$dir/load"
	start_top
	attached
	final_state "round $round: attached after the storm"

	# --view vm requests every event, and the reader is stopped most of the time: its buffer holds
	# a small part. (The overview scans blocks of VMs that convert often, and loses little.)
	start_top --view vm --ringbuf 0.0625
	attached
	kill -STOP $top
	start_load $((round * 10 + 3)) 600
	deadline=$(($(date +%s) + 240))
	until grep -q holding "$dir/load" || [ "$(date +%s)" -gt $deadline ]; do
		sleep 0.7
		kill -CONT $top
		sleep 0.3
		kill -STOP $top
	done
	kill -CONT $top
	final_state "round $round: attached, and most events are lost"
	read -r lost events <<< "$(tail -1 "$dir/top" | jq -r '"\(.lost.ringbuf) \(.events)"')"
	comment "$lost records lost, $events received"
	check "round $round: more records are counted as lost than were received" test "$lost" -gt "$events"
done
plan
