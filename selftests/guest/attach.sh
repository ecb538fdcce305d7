#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop attaches before, in the middle of, or after a storm of conversions, keeps
# all events or loses most: in the end it shows every page as the ledger has it.
# Usage: attach.sh [ROUNDS]   A round is all of these, each with its own load.
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

# When the VMs are held, the state is final. gmemtop gets some refreshes more: to notice a loss, and to
# scan what was lost.
final_state() { # name
	wait_for 240 grep -q holding "$dir/load" || not_ok "$1: the load does its work" "$(cat "$dir/load")"
	refreshed "$1" "$dir/top" 9
	no_drift "$1" "$dir/top"
	kill -TERM $top
	wait $top
	kill -TERM $load
	wait $load
	verdict "$1" "$(ledger_differs "$dir/ledger" map "$dir/top")"
}

for round in $(seq "$rounds"); do
	start_top
	attached
	start_load $((round * 10)) 600
	final_state "round $round: attached before the storm"

	start_load $((round * 10 + 1))
	sleep 0.$((RANDOM % 10))
	start_top
	final_state "round $round: attached in the middle of it"

	start_load $((round * 10 + 2))
	await "round $round: the load does its work" 120 grep -q holding "$dir/load"
	start_top
	attached
	final_state "round $round: attached after it"

	# Every event is asked for, of a reader that is away most of the time: its buffer holds a
	# small part. (For an overview, blocks are read once there are many: little can be lost.)
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
	final_state "round $round: most events lost"
	read -r lost events <<< "$(tail -1 "$dir/top" | jq -r '"\(.lost.ringbuf) \(.events)"')"
	comment "$lost records lost, $events not"
	check "round $round: more records are lost than not, and counted" test "$lost" -gt "$events"
done
plan
