#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that perf, trace-cmd and bpftrace list and decode the events of the series: their output under a
# load equals, event by event, the kernel's text. Runs inside the VM and prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. selftests/tap.sh
. selftests/events/variant.sh
tracefs=/sys/kernel/tracing
instance=$tracefs/instances/gmem-decode-$$
dir=$(mktemp -d)
trap 'rmdir $instance 2> /dev/null; rm -rf "$dir"' EXIT

# A load, and then tests that emit the remaining events: one program, as bpftrace starts only one.
load=$dir/load
cat > "$load" << 'END'
#!/bin/sh
build/gmemload --quiet --vcpus 2 --mem 8M --count 50 --pattern mix --by mix --seed 11 || exit
for test in bind memory_error user_fault; do
	[ ! -x build/events/$test ] || build/events/$test > /dev/null
done
exit 0
END
chmod +x "$load"

if [ "$kernel_variant" = stock ]; then
	echo "1..0 # SKIP the kernel is built without the series"
	exit 4
fi
names=$(expected_events)
# As alternatives of a regular expression, and as options of perf and trace-cmd.
any=$(echo "$names" | paste -sd'|')
options=$(printf ' -e kvm:%s' $names)

# ours: those of the names on standard input that are of the series, sorted.
ours()
{
	grep -oE 'kvm_[a-z_]+' | grep -xE "$any" | sort -u
}

# Prints the name of a perf that works; it contains the kernel's version where several may be installed.
find_perf()
{
	local perf

	for perf in $(ls -r /usr/bin/perf_[0-9]* 2> /dev/null) "$(command -v perf)"; do
		"$perf" --version > /dev/null 2>&1 && echo "$perf" && return
	done
	return 1
}

trace_begin()
{
	mkdir $instance
	echo 4096 > $instance/buffer_size_kb
	echo "$names" | sed 's/^/kvm:/' > $instance/set_event
}

# texts FILE: prints "EVENT: TEXT" of each line, sorted.
texts()
{
	sed -nE "s/^.*: ($any): */\1: /p" "$1" | sed 's/ *$//' | sort
}

# Writes the kernel's text to the file kernel, and the values of all fields to the file fields.
trace_end()
{
	echo > $instance/set_event
	texts $instance/trace > "$dir/kernel"
	if [ -e $instance/options/fields ]; then
		echo 1 > $instance/options/fields
		texts $instance/trace > "$dir/fields"
	fi
	rmdir $instance
}

# same_events NAME GOT WANTED: compares sorted files; prints a few of the lines that differ.
same_events()
{
	if [ -s "$3" ] && cmp -s "$2" "$3"; then
		ok "$1"
		comment "$(wc -l < "$2") events of $(cut -d: -f1 "$2" | sort -u | wc -l) kinds"
	else
		not_ok "$1" "$(wc -l < "$2") events, the kernel has $(wc -l < "$3")
$(diff "$2" "$3" | grep '^[<>]' | awk '{ n = $1 $2 } !seen[n]++ || NR < 8' | head -n 30)"
	fi
}

test_perf()
{
	local perf

	if ! perf=$(find_perf); then
		skip "perf" "not installed (package linux-perf)"
		return
	fi
	is "perf lists all events" "$("$perf" list 'kvm:*' 2>&1 | ours)" "$names"
	trace_begin
	# shellcheck disable=SC2086
	"$perf" record -q -a -m 512 $options -o "$dir/perf.data" -- "$load" > "$dir/log" 2>&1
	is "perf records" $? 0
	trace_end
	"$perf" script -i "$dir/perf.data" -F event,trace 2> "$dir/log" |
		sed -nE "s/^ *kvm:($any): */\1: /p" | sed 's/ *$//' | sort > "$dir/perf"
	same_events "perf decodes" "$dir/perf" "$dir/kernel"
}

test_trace_cmd()
{
	if ! command -v trace-cmd > /dev/null; then
		skip "trace-cmd" "not installed (package trace-cmd)"
		return
	fi
	is "trace-cmd lists all events" "$(trace-cmd list -e 'kvm:.*' 2>&1 | ours)" "$names"
	trace_begin
	# shellcheck disable=SC2086
	trace-cmd record -q -b 4096 $options -o "$dir/trace.dat" "$load" > "$dir/log" 2>&1
	is "trace-cmd records" $? 0
	trace_end
	trace-cmd report -i "$dir/trace.dat" > "$dir/report" 2> "$dir/log"
	texts "$dir/report" > "$dir/trace-cmd"
	same_events "trace-cmd decodes" "$dir/trace-cmd" "$dir/kernel"
}

# Prints a program that prints the fields of each event as "NAME=VALUE", unsigned ones in hexadecimal.
bpftrace_program()
{
	local event

	for event in $names; do
		sed -n 's/^\tfield:.* \([a-z_]*\);.*size:\([0-9]\);\tsigned:\([01]\);/\1 \2 \3/p' \
			"$kvm_events/$event/format" | grep -v '^common_' |
			awk -v event="$event" '{
				format = format " " $1 "=" ($3 || $2 == 1 ? "%d" : "0x%lx")
				args = args ", args->" $1
			}
			END {
				printf "tracepoint:kvm:%s { printf(\"%s:%s\\n\"%s); }\n", event, event,
					format, args
			}'
	done
}

# Converts "vm=0x1 (1) ret=0xffffffea (-22) changed=(1)" into the output of the program above.
fields_as_bpftrace()
{
	local signed

	signed=$(sed -n 's/^\tfield:.* \([a-z_]*\);.*signed:1;/\1/p' \
		$(printf "$kvm_events/%s/format " $names) | grep -v '^common_' | sort -u | paste -sd'|')
	sed -E -e "s/ ($signed)=0x[0-9a-f]+ \((-?[0-9]+)\)/ \1=\2/g" \
		-e 's/=(0x[0-9a-f]+) \(-?[0-9]+\)/=\1/g' -e 's/=\((-?[0-9]+)\)/=\1/g' \
		-e 's/ *$//' "$1"
}

test_bpftrace()
{
	if ! command -v bpftrace > /dev/null; then
		skip "bpftrace" "not installed (package bpftrace)"
		return
	fi
	is "bpftrace lists all events" "$(bpftrace -l 'tracepoint:kvm:*' 2>&1 | ours)" "$names"
	bpftrace_program > "$dir/program.bt"
	trace_begin
	BPFTRACE_PERF_RB_PAGES=1024 bpftrace -q -o "$dir/bpftrace.out" -c "/bin/sh $load" \
		"$dir/program.bt" > "$dir/log" 2>&1
	is "bpftrace runs a program on all events" "$? $(head -n 5 "$dir/log")" "0 "
	trace_end
	if [ ! -e "$dir/fields" ]; then
		skip "bpftrace reads all fields" "tracefs cannot print fields (Linux 6.4 can)"
		return
	fi
	grep -E "^($any):" "$dir/bpftrace.out" | sort > "$dir/bpftrace"
	fields_as_bpftrace "$dir/fields" | sort > "$dir/fields.bt"
	same_events "bpftrace reads all fields" "$dir/bpftrace" "$dir/fields.bt"
}

test_perf
test_trace_cmd
test_bpftrace
plan
