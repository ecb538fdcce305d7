#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tools show of chaos equals its ledger: of one that was there before, with a tiny
# buffer, that came at a checkpoint, that came in the middle, and that is fresh at each checkpoint; and
# what was recorded. Usage: chaos.sh [SEED..]; GMEM_CHAOS_STEPS: rounds of a run
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
steps=${GMEM_CHAOS_STEPS:-90}
checkpoints=3
grace=3		# refreshes after which nothing may lag behind any more
patience=${GMEM_CHAOS_PATIENCE:-20}	# seconds until all maps are current, and pages and holders are read

lines() { if [ -e "$1" ]; then wc -l < "$1"; else echo 0; fi; }

# start NAME [OPTION..]: a gmemtop that goes on
start() {
	local name=$1

	shift
	build/gmemtop --json -d 0.5 "$@" > "$dir/$name" 2> "$dir/$name.err" &
	pids[$name]=$!
}

attached() { # NAME
	wait_for 60 test -s "$dir/$1" || not_ok "seed $seed: $1 attaches" "$(cat "$dir/$1.err")"
}

differs() { # NAME LEDGER FROM OPTION..: what differs in what it printed since line FROM; status
	local name=$1 ledger=$2 from=$3

	shift 3
	build/chaos_check --skip="$from" --grace=$grace "$@" "$ledger" top "$dir/$name" > "$dir/differs" 2>&1
}

# What it shows in all refreshes from now on is right, or marked; in the last one, all is right.
shows() { # NAME LEDGER FROM OPTION..
	local name=$1 what out

	what="seed $seed, checkpoint $n: $name shows it"
	wait_for "$patience" sh -c "[ \$(wc -l < '$dir/$name') -gt $(($3 + grace)) ]"
	wait_for "$patience" differs "$@"
	verdict "$what" "$(differs "$@" || cat "$dir/differs")"
	comment "$name: $(tail -1 "$dir/differs")"
}

fresh() { # LEDGER: one that comes now and goes at once, and reads all from kernel memory
	build/gmemtop --json -n 2 -d 0.3 > "$dir/fresh" 2> "$dir/fresh.err"
	verdict "seed $seed, checkpoint $n: a fresh one shows it" \
		"$(build/chaos_check --skip=1 --late --no-counters "$1" top "$dir/fresh" > "$dir/differs" 2>&1 || cat "$dir/differs")"
	comment "fresh: $(tail -1 "$dir/differs")"
}

at_checkpoint() {
	local ledger=$dir/ledger.$n from_early from_tiny from_late from_middle

	from_early=$(lines "$dir/early")
	from_tiny=$(lines "$dir/tiny")
	from_late=$(lines "$dir/late")
	from_middle=$(lines "$dir/middle")
	shows early "$ledger" "$from_early"
	shows tiny "$ledger" "$from_tiny"
	[ $n -lt 2 ] || shows late "$ledger" "$from_late" --late --base="$dir/ledger.1"
	[ $n -lt 3 ] || shows middle "$ledger" "$from_middle" --late --no-counters
	fresh "$ledger"
}

# {"GFN": VM, ..} of a recording: which VM asked for which signature first
ids_of() {
	build/gmemtrace print --events --csv "$1" 2> "$dir/print.err" | awk -F, '
		$2 == "attributes_end" && $8 % 1048576 == 32766 && !($8 in seen) {
			seen[$8]; printf "%s\"%s\":%s", n++ ? "," : "{", $8, $3
		} END { print n ? "}" : "{}" }'
}

recorded() { # NAME COMMAND..: what chaos_check says of the output of gmemtrace or gmemtop
	local name=$1 kind=$2 ledger=$3

	shift 3
	"$@" > "$dir/out" 2> "$dir/out.err"
	verdict "seed $seed: $name" "$(build/chaos_check --ids="$dir/ids" "$ledger" "$kind" "$dir/out" > "$dir/differs" 2>&1 ||
		cat "$dir/differs" "$dir/out.err")"
	comment "$name: $(tail -1 "$dir/differs")"
}

recordings() {
	local begin at

	ids_of "$dir/recording" > "$dir/ids"
	recorded "the report of the recording" report "$dir/ledger" build/gmemtrace report --json "$dir/recording"
	begin=$(build/gmemtrace map --json --at 1ns "$dir/recording" | jq .ts_ns)
	for n in $(seq $checkpoints); do
		at=$(($(jq .ts_ns "$dir/ledger.$n") - begin))
		recorded "map --at checkpoint $n" map "$dir/ledger.$n" build/gmemtrace map --json --at ${at}ns "$dir/recording"
	done
	tail -1 "$dir/early" | grep -q '}$' || sed -i '$d' "$dir/early"
	build/gmemtop --json --replay "$dir/early.gmem" > "$dir/replay" 2> "$dir/replay.err"
	is "seed $seed: replayed, the last refresh is the one that was seen" \
		"$(tail -1 "$dir/replay" | jq -cS .vms)" "$(tail -1 "$dir/early" | jq -cS .vms)"
}

run() {
	local line fifo=$dir/go chaos n=0

	declare -A pids=()
	rm -f "$dir"/*
	mkfifo "$fifo"
	build/chaos --seed "$seed" --steps "$steps" --checkpoints $checkpoints --wait --ledger "$dir/ledger" \
		< "$fifo" > "$dir/chaos" 2> "$dir/chaos.err" &
	chaos=$!
	exec {go}> "$fifo"
	check "seed $seed: chaos is ready" wait_for 60 grep -q ready "$dir/chaos"
	build/gmemtrace record --ringbuf 64 -o "$dir/recording" 2> "$dir/recording.err" &
	pids[recording]=$!
	start early --record "$dir/early.gmem"
	start tiny --ringbuf=0.0625
	wait_for 60 grep -q probes "$dir/recording.err" || not_ok "seed $seed: gmemtrace attaches" "$(cat "$dir/recording.err")"
	attached early
	attached tiny
	for n in $(seq $checkpoints); do
		echo >&$go
		[ $n != 3 ] || start middle
		wait_for 120 sh -c "grep -q 'checkpoint $n' '$dir/chaos' || ! kill -0 $chaos" || :
		grep -q "checkpoint $n" "$dir/chaos" || not_ok "seed $seed: chaos comes to checkpoint $n" "$(cat "$dir/chaos.err")"
		[ $n != 3 ] || attached middle
		at_checkpoint
		if [ $n = 1 ]; then
			start late
			attached late
		fi
	done
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
