#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: measures the operations of gmem_ops with nothing attached, then
# with the observers of the groups given. Prints JSON lines for bench_report.
# Usage: in-vm.sh VARIANT BOOT [GROUP..]; see measure_group.
set -u
variant=$1 boot=$2
shift 2
REPEATS=${GMEM_BENCH_REPEATS:-3}
ALL_OPS="flip4k flip2m slot noop4k punch2m bind"
tracefs=/sys/kernel/tracing
events=$tracefs/events/kvm
dir=$(mktemp -d)
base_noop4k='' base_punch2m=''
observer_pid=''

plain()
{
	tr -d '\\"' | tr -s '\t\n' ' ' | cut -c1-300
}

line()
{
	printf '{"variant": "%s", "boot": %s, "observer": "%s", %s}\n' "$variant" "$boot" "$1" "$2"
}

skip()
{
	line "$1" "\"skipped\": \"$(printf '%s' "$2" | plain)\""
}

# What the observer itself says of the events that it saw or lost.
remark()
{
	local text

	text=$(printf '%s' "$2" | plain)
	[ -z "$text" ] || line "$1" "\"remark\": \"$text\""
}

# run_ops OBSERVER OPS [WRAPPER..]; observer_pid is empty, or a program beside them.
run_ops()
{
	local observer=$1 ops=$2 op repeat out beside=()

	shift 2
	[ -z "$observer_pid" ] ||
		beside=(--beside "$(printf '%s\n' "$observer_pid" $(pgrep -P "$observer_pid") | paste -sd ,)")
	for repeat in $(seq "$REPEATS"); do
		for op in $ops; do
			out=$("$@" build/gmem_ops --op "$op" "${beside[@]}") || {
				skip "$observer" "gmem_ops --op $op failed"
				return
			}
			line "$observer" "\"repeat\": $repeat, ${out#\{}" | sed 's/}}$/}/'
		done
	done
}

best()
{
	build/gmem_ops --op "$1" --count 100 --warmup 50 | sed 's/.*best_ns_per_op": \([0-9]*\).*/\1/'
}

# costs_more: whether both operations take longer than with nothing attached.
costs_more()
{
	[ "$(best noop4k)" -gt $((base_noop4k * 103 / 100)) ] &&
		[ "$(best punch2m)" -gt $((base_punch2m * 103 / 100)) ]
}

costs_nothing()
{
	[ "$(best noop4k)" -le $((base_noop4k * 101 / 100)) ] &&
		[ "$(best punch2m)" -le $((base_punch2m * 101 / 100)) ]
}

# Programs say that they are attached each in its own way, or not at all: what
# they cost tells it of all alike. Each try takes time of the host as well,
# unlike a sleep: idle time of the guest passes at once.
until_attached()
{
	local _

	for _ in $(seq 1500); do
		kill -0 "$observer_pid" 2>/dev/null || return 1
		if costs_more; then
			sleep 1		# what it still has to set up
			costs_more && return 0
		fi
		sleep 0.2
	done
	return 1
}

until_detached()
{
	local _

	for _ in $(seq 300); do
		costs_nothing && return 0
		sleep 0.2
	done
	return 1
}

# Programs that were started with & ignore SIGINT, unless told otherwise.
start()
{
	env --default-signal=INT "$@" > "$dir/out" 2> "$dir/err" < /dev/null &
	observer_pid=$!
}

stop()
{
	local _

	kill -INT "$observer_pid" 2>/dev/null
	for _ in $(seq 300); do
		kill -0 "$observer_pid" 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL "$observer_pid" 2>/dev/null
	wait "$observer_pid" 2>/dev/null
	observer_pid=''
	until_detached || skip "$1" "it still costs something after it ended"
}

# attached OBSERVER COMMAND..: runs all operations beside a program.
attached()
{
	local observer=$1

	shift
	command -v "$1" > "$dir/path" || {
		skip "$observer" "$1 is not $(case $1 in build/*) echo built ;; *) echo installed ;; esac)"
		return
	}
	start "$@"
	if until_attached; then
		run_ops "$observer" "$ALL_OPS"
		stop "$observer"
		remark "$observer" "$(grep -iE 'events|lost|samples' "$dir/err" | tail -n 2)"
	else
		stop "$observer"
		skip "$observer" "did not attach: $(tail -n 3 "$dir/err")"
	fi
	rm -f "$dir"/data*
}

# Its output is no part of what is measured.
to_null()
{
	local observer=$1

	shift
	[ -x "$1" ] || command -v "$1" > /dev/null || {
		attached "$observer" "$1"
		return
	}
	attached "$observer" sh -c 'exec "$@" > /dev/null' sh "$@"
}

entries()
{
	awk '/^(entries|overrun):/ { n += $2 } END { print n + 0 }' $tracefs/per_cpu/cpu*/stats
}

# count_events OP COUNT: of the events that are enabled
count_events()
{
	echo > $tracefs/trace
	build/gmem_ops --op "$1" --count "$2" --warmup 0 > /dev/null
	entries
}

# The operations that fire an event: more of them, more events. (The life of the
# VM fires some as well.)
ops_of_event()
{
	local op

	echo 1 > "$events/$1/enable"
	for op in flip4k flip2m noop4k punch2m bind; do
		[ "$(count_events "$op" 2)" -eq "$(count_events "$op" 6)" ] || echo "$op"
	done
	echo 0 > "$events/$1/enable"
}

# ftrace NAME OPS EVENT..: events into the buffer, which nobody reads.
ftrace()
{
	local name=$1 ops=$2 event

	shift 2
	echo > $tracefs/trace
	for event in "$@"; do
		echo 1 > "$events/$event/enable"
	done
	run_ops "$name" "$ops"
	for event in "$@"; do
		echo 0 > "$events/$event/enable"
	done
	remark "$name" "$(entries) events in ftrace's buffer"
}

gmem_events()
{
	(cd $events 2>/dev/null && ls -d kvm_gmem_* 2>/dev/null)
}

measure_events()
{
	local event ops

	[ -n "$(gmem_events)" ] || {
		skip "ftrace" "the kernel has no kvm_gmem_* events"
		return
	}
	for event in $(gmem_events); do
		ops=$(ops_of_event "$event" | sed 's/^flip2m$/flip2m slot/')
		# An event that no operation here fires costs nothing more than a disabled one.
		[ -z "$ops" ] || ftrace "ftrace ${event#kvm_gmem_}" "$ops" "$event"
	done
	# shellcheck disable=SC2046 # one word for each event
	ftrace "ftrace, all events" "$ALL_OPS" $(gmem_events)
}

measure_tools()
{
	to_null "gmemtop -b --json" build/gmemtop -b --json -d 1
	to_null "gmemtrace live" build/gmemtrace live
	to_null "gmemtrace live --json" build/gmemtrace live --json
}

# Counts all, and makes histograms of the time from begin to end.
bpftrace_hist()
{
	local event op

	for event in $(gmem_events); do
		op=${event%_end}
		case $event in
		*_begin)
			echo "tracepoint:kvm:$event { @${event%_begin}_start[tid] = nsecs; }" ;;
		*_end)
			cat <<-END
			tracepoint:kvm:$event /@${op}_start[tid]/ {
				@${op}_count = count();
				@${op}_ns = hist(nsecs - @${op}_start[tid]);
				delete(@${op}_start[tid]);
			}
			END
			;;
		*)
			echo "tracepoint:kvm:$event { @${event}_count = count(); }" ;;
		esac
	done
}

bpftrace_print()
{
	local event field format arguments

	for event in $(gmem_events); do
		format=$event arguments=''
		for field in vm ino start end; do
			grep -q " $field;" "$events/$event/format" || continue
			format="$format $field %llx"
			arguments="$arguments, args->$field"
		done
		printf 'tracepoint:kvm:%s { printf("%s\\n"%s); }\n' "$event" "$format" "$arguments"
	done
}

measure_bpftrace()
{
	[ -n "$(gmem_events)" ] || {
		skip "bpftrace" "the kernel has no kvm_gmem_* events"
		return
	}
	to_null "bpftrace, hist" bpftrace -e "$(bpftrace_hist)"
	to_null "bpftrace, printf" bpftrace -e "$(bpftrace_print)"
}

measure_recorders()
{
	[ -n "$(gmem_events)" ] || {
		skip "perf, trace-cmd" "the kernel has no kvm_gmem_* events"
		return
	}
	attached "trace-cmd record" trace-cmd record -e 'kvm:kvm_gmem_*' -o "$dir/data"
	attached "perf record" perf record -a -e 'kvm:*gmem*' -o "$dir/data"
}

measure_strace()
{
	if command -v strace > /dev/null; then
		run_ops "strace -c" "$ALL_OPS" strace -c -o /dev/null
	else
		skip "strace -c" "strace is not installed"
	fi
}

measure_group()
{
	case $1 in
	events)		measure_events ;;
	tools)		measure_tools ;;
	bpftrace)	measure_bpftrace ;;
	recorders)	measure_recorders ;;
	strace)		measure_strace ;;
	*)		skip "$1" "there is no such group" ;;
	esac
}

run_ops nothing "$ALL_OPS"
base_noop4k=$(best noop4k)
base_punch2m=$(best punch2m)
for group in "$@"; do
	measure_group "$group"
done
