#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: measures the operations of gmem_ops with nothing attached, then with the observers
# of the given groups. Prints JSON lines for bench_report.
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

# Reports the observer's own messages on events that it counted or lost.
remark()
{
	local text

	text=$(printf '%s' "$2" | plain)
	[ -z "$text" ] || line "$1" "\"remark\": \"$text\""
}

# run_ops OBSERVER OPS [WRAPPER..]: measures; observer_pid is empty, or a program that runs
# meanwhile.
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

# costs_more: returns whether both operations take longer than with nothing attached.
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

# Waits until the observer is attached. Programs report that differently or not at all, but all
# raise the cost of operations. Each try takes host time as well, unlike a sleep: idle time of the
# guest passes at once.
until_attached()
{
	local _

	for _ in $(seq 1500); do
		kill -0 "$observer_pid" 2>/dev/null || return 1
		if costs_more; then
			sleep 1		# the rest of its set-up
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

# Programs started with & ignore SIGINT by default.
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
	until_detached || skip "$1" "operations stay slower after it ended"
}

# attached OBSERVER COMMAND..: runs all operations while a program is attached.
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

# Its output is not part of the measurement.
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

# count_events OP COUNT: counts hits of the enabled events
count_events()
{
	echo > $tracefs/trace
	build/gmem_ops --op "$1" --count "$2" --warmup 0 > /dev/null
	entries
}

# Finds the operations that fire an event: more operations, more events. (Creating and ending the VM
# fires some as well.)
ops_of_event()
{
	local op

	echo 1 > "$events/$1/enable"
	for op in flip4k flip2m noop4k punch2m bind; do
		[ "$(count_events "$op" 2)" -eq "$(count_events "$op" 6)" ] || echo "$op"
	done
	echo 0 > "$events/$1/enable"
}

# ftrace NAME OPS EVENT..: measures with events written to a buffer without a reader.
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

# Prints the events of the series; none on a kernel without it, which may have an upstream event of one of these names.
gmem_events()
{
	(cd $events 2>/dev/null && ls -d kvm_gmem_* > /dev/null 2>&1 &&
		ls -d kvm_gmem_* kvm_*mem_attributes* kvm_memory_fault_exit kvm_map_gpa_range_exit kvm_fault_retry 2>/dev/null)
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
		# An event that no operation here fires costs no more than a disabled one.
		[ -z "$ops" ] || ftrace "ftrace ${event#kvm_gmem_}" "$ops" "$event"
	done
	# shellcheck disable=SC2046 # one word for each event
	ftrace "ftrace, all events" "$ALL_OPS" $(gmem_events)
}

measure_tools()
{
	to_null "gmemtrace live" build/gmemtrace live
	to_null "gmemtrace live --json" build/gmemtrace live --json
}

# Writes a bpftrace script for gmemtop's counters of conversions and punches, per VM and direction:
# count, bytes, time, maximum, failures, and a histogram of the time.
bpftrace_overview()
{
	cat <<-'END'
	tracepoint:kvm:kvm_vm_set_mem_attributes { @begin[tid] = nsecs; }
	tracepoint:kvm:kvm_mem_attributes_end /@begin[tid]/ {
		$ns = nsecs - @begin[tid];
		delete(@begin[tid]);
		$to = args->attr & 8;
		if (args->ret) {
			@failed[args->vm, $to] = count();
		} else if (!args->changed) {
			@unchanged[args->vm, $to] = count();
		} else {
			@time[args->vm, $to] = stats($ns);
			@bytes[args->vm, $to] = sum((args->end - args->start) << 12);
			@longest[args->vm, $to] = max($ns);
			@hist[args->vm, $to] = hist($ns);
		}
	}
	tracepoint:kvm:kvm_gmem_fallocate_begin { @fbegin[tid] = nsecs; }
	tracepoint:kvm:kvm_gmem_fallocate_end /@fbegin[tid]/ {
		$ns = nsecs - @fbegin[tid];
		delete(@fbegin[tid]);
		$punch = args->mode & 2;
		@pages[args->vm, $punch] = sum(args->nr_pages);
		if (args->ret) {
			@ffailed[args->vm, $punch] = count();
		} else {
			@ftime[args->vm, $punch] = stats($ns);
			@fbytes[args->vm, $punch] = sum((args->end - args->start) << 12);
			@flongest[args->vm, $punch] = max($ns);
		}
	}
	END
}

# Adds the time and a histogram of each phase of conversions.
bpftrace_phases()
{
	bpftrace_overview | sed -e 's/^\(.*set_mem_attributes {\)/\1 @mark[tid] = nsecs; @phase[tid] = -1; @to[tid] = args->attr \& 8;/'
	cat <<-'END'
	tracepoint:kvm:kvm_mem_attributes_phase /@mark[tid]/ {
		$ns = nsecs - @mark[tid];
		@phase_ns[args->vm, @to[tid], @phase[tid]] = sum($ns);
		@phase_hist[args->vm, @to[tid], @phase[tid]] = hist($ns);
		@mark[tid] = nsecs;
		@phase[tid] = args->phase;
	}
	tracepoint:kvm:kvm_mem_attributes_end /@mark[tid]/ {
		if (args->changed) {
			$ns = nsecs - @mark[tid];
			@phase_ns[args->vm, @to[tid], @phase[tid]] = sum($ns);
			@phase_hist[args->vm, @to[tid], @phase[tid]] = hist($ns);
		}
		delete(@mark[tid]);
		delete(@phase[tid]);
		delete(@to[tid]);
	}
	END
}

# gmemtop and a bpftrace script with the same counters, which the limits compare.
measure_overview()
{
	to_null "gmemtop" build/gmemtop -b --json -d 1
	to_null "gmemtop --phases" build/gmemtop -b --json -d 1 --phases
	[ -n "$(gmem_events)" ] || return
	to_null "bpftrace as gmemtop" bpftrace -e "$(bpftrace_overview)"
	to_null "bpftrace as --phases" bpftrace -e "$(bpftrace_phases)"
}

# Counts all events, with histograms of the time from begin to end.
bpftrace_hist()
{
	local event op

	for event in $(gmem_events); do
		op=${event%_end}
		case $event in
		kvm_vm_set_mem_attributes)	# the begin of a conversion
			echo "tracepoint:kvm:$event { @kvm_mem_attributes_start[tid] = nsecs; }" ;;
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
	to_null "bpftrace, all events: hist" bpftrace -e "$(bpftrace_hist)"
}

# All but the second record the same events, including phases and faults.
measure_recorders()
{
	attached "gmemtrace record, all events" build/gmemtrace record --phases --faults -o "$dir/data"
	[ -n "$(gmem_events)" ] || {
		skip "perf, trace-cmd, bpftrace" "the kernel has no kvm_gmem_* events"
		return
	}
	attached "gmemtrace record" build/gmemtrace record -o "$dir/data"
	# shellcheck disable=SC2046 # words for each event
	attached "trace-cmd record" trace-cmd record $(gmem_events | sed 's/^/-e kvm:/') -o "$dir/data"
	# shellcheck disable=SC2046
	attached "perf record" perf record -a $(gmem_events | sed 's/^/-e kvm:/') -o "$dir/data"
	to_null "bpftrace, all events: printf" bpftrace -e "$(bpftrace_print)"
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
	overview)	measure_overview ;;
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
