#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tools agree with the ledger of chaos: gmemtops that attach before it, with a tiny buffer, at a
# checkpoint, between two checkpoints and at the end; and a recording.
# Usage: chaos.sh [SEED..]   GMEM_CHAOS_STEPS: rounds of a run; GMEM_CHAOS_OPTIONS: more options for chaos
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
steps=${GMEM_CHAOS_STEPS:-60}
checkpoints=2
grace=3		# refreshes after which no value may lag behind
rest=3		# minimum seconds that chaos rests at a checkpoint
patience=${GMEM_CHAOS_PATIENCE:-30}	# seconds until all maps are current, and pages and holders are scanned
declare -A pids skip options

lines() { if [ -e "$1" ]; then wc -l < "$1"; else echo 0; fi; }

start() { # NAME [OPTION..]: starts a gmemtop in the background
	local name=$1

	shift
	build/gmemtop --json -d 0.5 "$@" > "$dir/$name" 2> "$dir/$name.err" &
	pids[$name]=$!
}

attached() { # NAME
	wait_for 120 test -s "$dir/$1" || not_ok "seed $seed: gmemtop $1 attaches" "$(cat "$dir/$1.err")"
}

compared() { # NAME LEDGER [OPTION..]: compares its output since the checkpoint
	local name=$1 ledger=$2

	shift 2
	build/chaos_check --skip="${skip[$name]}" --grace=$grace ${options[$name]} "$@" "$ledger" \
		top "$dir/$name" > "$dir/$name.differs" 2>&1
}

# Tests, while chaos rests, that each gmemtop shows the exact state within $patience seconds, and until
# then no wrong value that is not marked.
all_show() { # LEDGER NAME..
	local ledger=$1 name

	shift
	for name in "$@"; do
		skip[$name]=$(lines "$dir/$name")
	done
	sleep $rest
	for name in "$@"; do
		wait_for "$patience" compared "$name" "$ledger" --last || :
		verdict "seed $seed, checkpoint $n: gmemtop $name equals the ledger" "$(compared "$name" "$ledger" || cat "$dir/$name.differs")"
		comment "$name: $(tail -1 "$dir/$name.differs")"
	done
}

once() { # NAME KIND LEDGER [OPTION..]: compares $dir/out
	local name=$1 kind=$2 ledger=$3

	shift 3
	verdict "seed $seed: $name equals the ledger" "$(build/chaos_check "$@" "$ledger" "$kind" "$dir/out" > "$dir/differs" 2>&1 ||
		cat "$dir/differs" "$dir/out.err")"
	comment "$name: $(tail -1 "$dir/differs")"
}

# ids_of RECORDING: prints {"GFN": VM, ..}: the first VM that converts each signature's gfn
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
		# A loss is recorded at the next refresh, and then the VM is scanned again while chaos rests.
		at=$(($(jq .ts_ns "$dir/ledger.$n") + rest * 1000000000 - begin))
		build/gmemtrace map --json --at ${at}ns "$dir/recording" > "$dir/out" 2> "$dir/out.err"
		once "map --at checkpoint $n" map "$dir/ledger.$n" --ids="$dir/ids"
	done
	tail -1 "$dir/early" | grep -q '}$' || sed -i '$d' "$dir/early"
	build/gmemtop --json --replay "$dir/early.gmem" 2> "$dir/replay.err" | tail -1 > "$dir/replay"
	is "seed $seed: the last refresh of the replay equals the live one" \
		"$(jq -cS .vms "$dir/replay")" "$(tail -1 "$dir/early" | jq -cS .vms)"
}

go_to() { # CHECKPOINT
	n=$1
	echo >&$go
	wait_for 300 sh -c "grep -q 'checkpoint $n' '$dir/chaos' || ! kill -0 $chaos" &&
		grep -q "checkpoint $n" "$dir/chaos" || not_ok "seed $seed: chaos reaches checkpoint $n" "$(cat "$dir/chaos.err")"
}

run_seed() {
	pids=() options=([late]="--late --base=$dir/ledger.1" [middle]="--late --no-counters")
	rm -f "$dir"/*
	mkfifo "$dir/go"
	build/chaos --seed "$seed" --steps "$steps" --checkpoints $checkpoints --wait --ledger "$dir/ledger" ${GMEM_CHAOS_OPTIONS-} \
		< "$dir/go" > "$dir/chaos" 2> "$dir/chaos.err" &
	chaos=$!
	exec {go}> "$dir/go"
	wait_for 240 grep -q ready "$dir/chaos" || not_ok "seed $seed: chaos is ready" "$(cat "$dir/chaos.err")"
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
	sleep 1		# it attaches at a random time of the next rounds
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
	is "seed $seed: chaos exits cleanly" "$?$(cat "$dir/chaos.err")" 0
	recordings
}

for seed in "${@:-1}"; do
	run_seed
done
plan
