#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Suspend to RAM while gmemtrace records and a VM exists: no record is lost, and times are correct.
# Needs a kernel that can suspend (the debug kernel). The device of the root file system, a 9p share,
# does not survive suspend: the test copies all files that it needs to memory.
set -u
ram=/run/ram
programs="bash cat chroot cut date dd dmesg grep jq mkdir mktemp mount rm sed seq sleep sort tail"

copy()
{
	local file

	for file in "$1" $(ldd "$1" 2> /dev/null | grep -o '/[^ ]*'); do
		mkdir -p "$ram/${file%/*}"
		cp -Ln "$file" "$ram/$file"
	done
}

to_memory()
{
	local name

	mkdir -p $ram
	mount -t tmpfs ram $ram
	mkdir -p $ram/{bin,build,dev,proc,sys,tmp,selftests/guest}
	for name in $programs; do
		copy "$(realpath "$(command -v "$name")")"
		ln -s "$(realpath "$(command -v "$name")")" "$ram/bin/$name" 2> /dev/null
	done
	for name in build/gmemtrace build/gmemtop build/gmemload build/ledger_check; do
		copy "$(realpath $name)"
		ln -s "$(realpath $name)" "$ram/$name"
	done
	cp selftests/tap.sh $ram/selftests/
	cp selftests/guest/ledger.sh "$0" $ram/selftests/guest/
	for name in dev proc sys; do
		mount --rbind /$name $ram/$name
	done
}

if [ ! -e /selftests/guest/suspend.sh ]; then
	. selftests/tap.sh
	grep -q mem /sys/power/state 2> /dev/null || {
		skip "the VM suspends to RAM and resumes" "this kernel cannot suspend"
		plan
		exit
	}
	to_memory
	exec chroot $ram /bin/bash /selftests/guest/suspend.sh
fi

cd / || exit 1
export PATH=/bin
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null' EXIT

load() # name seed
{
	build/gmemload --vms 1 --mem 16M --count 50 --pattern mix --by mix --seed "$2" --hold --ledger "$dir/$1.ledger" \
		< <(exec sleep 600) > "$dir/$1" &
	wait_for 300 grep -q holding "$dir/$1" || not_ok "the load completes" "$(cat "$dir/$1")"
}

# PMBASE and ACPI_CNTL of the LPC bridge: the address of the power management. Suspend resets them, and
# neither the BIOS nor the kernel restores them; without them the VM cannot power off.
lpc=/sys/bus/pci/devices/0000:00:1f.0/config

# suspend SECONDS: suspends to RAM until the RTC wakes the VM
suspend()
{
	dd if=$lpc of="$dir/lpc" bs=4 skip=16 count=2 2> /dev/null
	echo 0 > /sys/class/rtc/rtc0/wakealarm
	echo "+$1" > /sys/class/rtc/rtc0/wakealarm
	echo mem > /sys/power/state
	dd if="$dir/lpc" of=$lpc bs=4 seek=16 conv=notrunc 2> /dev/null
}

build/gmemtrace record --phases --faults -o "$dir/rec" 2> "$dir/err" &
record=$!
wait_for 300 grep -q probes "$dir/err" || not_ok "gmemtrace attaches" "$(cat "$dir/err")"
load before 1
begin=$(date +%s)
check "the VM suspends to RAM and resumes" suspend 8
slept=$(($(date +%s) - begin))
comment "the VM slept $slept s"
check "the VM slept" test $slept -ge 6
begin=$(date +%s)
load after 2
end=$(date +%s)
recorded()
{
	build/gmemtop --replay "$dir/rec" --json 2> "$dir/err" | tail -n 1 > "$dir/map"
	[ -z "$(ledger_differs "$dir/after.ledger" map "$dir/map")" ]
}
await "the map of the last VM is recorded" 240 recorded
kill -INT $record
wait $record
is "record exits cleanly" $? 0

build/gmemtrace report --json "$dir/rec" > "$dir/report"
is "nothing is lost" "$(jq -c '[.lost[]] | add' "$dir/report")" 0
build/gmemtop --replay "$dir/rec" --json 2> "$dir/err" | tail -n 1 > "$dir/map"
for name in before after; do
	verdict "the map of the VM created $name suspend equals the ledger" "$(ledger_differs "$dir/$name.ledger" map "$dir/map")"
done
# Events of the second VM would be dated too early if the clock had stopped during suspend.
build/gmemtrace print --time abs "$dir/rec" 2> "$dir/err" | sed -n 's/^ *\([0-9-]* [0-9:]*\)[.0-9]* *\([0-9]*\) .*/\2 \1/p' > "$dir/times"
vm=$(sed 's/ .*//' "$dir/times" | sort -n | tail -n 1)
first=$(date -d "$(grep -m1 "^$vm " "$dir/times" | cut -d' ' -f2-)" +%s)
last=$(date -d "$(tail -n 1 "$dir/times" | cut -d' ' -f2-)" +%s)
comment "events from $((first - begin)) to $((last - begin)) s of $((end - begin)) s"
check "times of day are correct after suspend" \
	test $first -ge $((begin - 1)) -a $last -le $((end + 1))
dmesg > "$dir/dmesg"
lacks "the kernel log has no splat" 'WARNING:|BUG:' "$dir/dmesg"
plan
