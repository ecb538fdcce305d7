#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tools show of chaos equals its ledger: of a gmemtop that was there before, of one with
# a tiny buffer, of one that came at a checkpoint, of one that came in the middle, and of a fresh one;
# and what was recorded. Usage: chaos.sh [SEED..]   GMEM_CHAOS_STEPS: rounds of a run; GMEM_CHAOS_OPTIONS: more for chaos
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
steps=${GMEM_CHAOS_STEPS:-60}
checkpoints=2
grace=3		# refreshes after which nothing may lag behind any more
rest=3		# seconds that chaos rests at a checkpoint, at least
patience=${GMEM_CHAOS_PATIENCE:-30}	# seconds until all maps are current, and pages and holders are read
declare -A pids skip options

lines() { if [ -e "$1" ]; then wc -l < "$1"; else echo 0; fi; }

start() { # NAME [OPTION..]: a gmemtop that goes on
	local name=$1

	shift
	build/gmemtop --json -d 0.5 "$@" > "$dir/$name" 2> "$dir/$name.err" &
	pids[$name]=$!
}

attached() { # NAME
	wait_for 120 test -s "$dir/$1" || not_ok "seed $seed: $1 attaches" "$(cat "$dir/$1.err")"
}

compared() { # NAME LEDGER [OPTION..]: of what it printed since the checkpoint
	local name=$1 ledger=$2

	shift 2
	build/chaos_check --skip="${skip[$name]}" --grace=$grace ${options[$name]} "$@" "$ledger" \
		top "$dir/$name" > "$dir/$name.differs" 2>&1
}

# chaos rests. Within some time each of these shows all as it is, and until then nothing wrong that is
# not marked.
all_show() { # LEDGER NAME..
	local ledger=$1 name

	shift
	for name in "$@"; do
		skip[$name]=$(lines "$dir/$name")
	done
	sleep $rest
	for name in "$@"; do
		wait_for "$patience" compared "$name" "$ledger" --last || :
		verdict "seed $seed, checkpoint $n: $name" "$(compared "$name" "$ledger" || cat "$dir/$name.differs")"
		comment "$name: $(tail -1 "$dir/$name.differs")"
	done
}

once() { # NAME KIND LEDGER [OPTION..]: of $dir/out
	local name=$1 kind=$2 ledger=$3

	shift 3
	verdict "seed $seed: $name" "$(build/chaos_check "$@" "$ledger" "$kind" "$dir/out" > "$dir/differs" 2>&1 ||
		cat "$dir/differs" "$dir/out.err")"
	comment "$name: $(tail -1 "$dir/differs")"
}

# {"GFN": VM, ..} of a recording: which VM asked for which signature first
ids_of() {
	build/gmemtrace print --events --csv "$1" 2> "$dir/print.err" | awk -F, '
		$2 == "attributes_end" && $8 % 1048576 == 32766 && !($8 in seen) {
			seen[$8]; printf "%s\"%s\":%s", n++ ? "," : "{", $8, $3
		} END { print n ? "}" : "{}" }'
}

recordings() {
	local begin at

	ids_of "$dir/recording" > "$dir/ids"
	build/gmemtrace report --json "$dir/recording" > "$dir/out" 2> "$dir/out.err"
	once "the report of the recording" report "$dir/ledger" --ids="$dir/ids"
	begin=$(build/gmemtrace map --json --at 1ns "$dir/recording" | jq .ts_ns)
	for n in $(seq $checkpoints); do
		# A loss is recorded at the next refresh, and then the VM is read again: chaos still rests.
		at=$(($(jq .ts_ns "$dir/ledger.$n") + rest * 1000000000 - begin))
		build/gmemtrace map --json --at ${at}ns "$dir/recording" > "$dir/out" 2> "$dir/out.err"
		once "map --at checkpoint $n" map "$dir/ledger.$n" --ids="$dir/ids"
	done
	tail -1 "$dir/early" | grep -q '}$' || sed -i '$d' "$dir/early"
	build/gmemtop --json --replay "$dir/early.gmem" 2> "$dir/replay.err" | tail -1 > "$dir/replay"
	is "seed $seed: replayed, the last refresh is the one that was seen" \
		"$(jq -cS .vms "$dir/replay")" "$(tail -1 "$dir/early" | jq -cS .vms)"
}

go_to() { # CHECKPOINT
	n=$1
	echo >&$go
	wait_for 300 sh -c "grep -q 'checkpoint $n' '$dir/chaos' || ! kill -0 $chaos" &&
		grep -q "checkpoint $n" "$dir/chaos" || not_ok "seed $seed: chaos comes to checkpoint $n" "$(cat "$dir/chaos.err")"
}

run() {
	pids=() options=([late]="--late --base=$dir/ledger.1" [middle]="--late --no-counters")
	rm -f "$dir"/*
	mkfifo "$dir/go"
	build/chaos --seed "$seed" --steps "$steps" --checkpoints $checkpoints --wait --ledger "$dir/ledger" ${GMEM_CHAOS_OPTIONS-} \
		< "$dir/go" > "$dir/chaos" 2> "$dir/chaos.err" &
	chaos=$!
	exec {go}> "$dir/go"
	wait_for 60 grep -q ready "$dir/chaos" || not_ok "seed $seed: chaos is ready" "$(cat "$dir/chaos.err")"
	build/gmemtrace record --ringbuf 64 -o "$dir/recording" 2> "$dir/recording.err" &
	pids[recording]=$!
	start early --record "$dir/early.gmem"
	start tiny --ringbuf=0.0625
	wait_for 120 grep -q probes "$dir/recording.err" || not_ok "seed $seed: gmemtrace attaches" "$(cat "$dir/recording.err")"
	attached early
	attached tiny
	go_to 1
	start late
	all_show "$dir/ledger.1" early tiny
	attached late
	start middle
	sleep 1		# it may attach at any time of what follows
	go_to 2
	attached middle
	all_show "$dir/ledger.2" early tiny late middle
	build/gmemtop --json -n 2 -d 0.3 > "$dir/out" 2> "$dir/out.err"
	once "a fresh gmemtop" top "$dir/ledger.2" --late --no-counters --last
	kill -INT "${pids[@]}"
	wait "${pids[@]}"
	echo >&$go
	exec {go}>&-
	wait $chaos
	is "seed $seed: chaos ends in order" "$?$(cat "$dir/chaos.err")" 0
	recordings
}

for seed in "${@:-1}"; do
	run
done
plan
