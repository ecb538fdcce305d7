#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The scenes of the demo, without a terminal: the screens show what is wrong in each.
. selftests/tap.sh
dir=$(mktemp -d)

no_load() { ! pgrep -f build/gmemload; }

# scene NAME: leaves its output in a file; no load is left then.
scene() {
	selftests/demo/in-vm --batch "$1" > "$dir/$1" 2> "$dir/err"
	is "$1: it ends well" "$?" 0
	none "$1: and prints no error" cat "$dir/err"
	await "$1: the loads end" 30 no_load
}

# value FILE VM COLUMN: the value of the VM in the last list of VMs; columns are counted from the right,
# as not every row has a trend.
value() {
	awk -v name="$2" -v column="$3" '
		/^ +VM +/ { for (i = 1; i <= NF; i++) if ($i == column) at = NF - i }
		at && /^ +[0-9]+ / && index($0, " " name " ") && NF > at { v = $(NF - at) }
		END { print v }' "$1"
}

# Milliseconds of "1.50s", "20.3ms", "9.1us"
ms() {
	echo "$1" | awk '/[0-9]us$/ { print int($1 / 1000) } /ms$/ { print int($1) } /[0-9]s$/ && !/ms$|us$|ns$/ { print int($1 * 1000) } /ns$|^-/ { print 0 }'
}

scene stall
pay=$(ms "$(value "$dir/stall" pay-0 STALL)")
comment "the guest of pay-0 waits $pay ms"
check "stall: the guest of pay-0 waits 200 ms or more" test "$pay" -ge 200
check "stall: longer than any other" test "$pay" -gt "$(ms "$(value "$dir/stall" db-0 STALL)")"
check "stall: its conversions do not take that long" test "$(ms "$(value "$dir/stall" pay-0 P99)")" -lt "$pay"
check "stall: most of its time is the VMM's" grep -qE 'stall>(priv|shrd).* VMM (9[0-9]|100)%' "$dir/stall"

scene leak
check "leak: the header says that there is memory that no VM can use" \
	grep -qE '^gmemtop.* unused 320M' "$dir/leak"
check "leak: the file is an orphan, and held by old" \
	grep -qE '^ orphan +256M +256M +1 .* old .*[0-9]+ old$' "$dir/leak"
check "leak: another is bound nowhere, and held by spare" \
	grep -qE '^ unbound +64M +64M +0 .* spare .*[0-9]+ spare$' "$dir/leak"
is "leak: these are all" "$(grep -cE '^ (orphan|unbound|unheld) ' "$dir/leak")" 2

scene double
# This VM goes on converting: what it converted in the last second or two is left out.
check "double: the header says that memory is there twice" grep -qE '^gmemtop.* twice ([4-9][0-9]|1[0-3][0-9])M' "$dir/double"
check "double: and the view of cache says how much of it" grep -qE '^slots 128M .* twice ([4-9][0-9]|1[0-3][0-9])M' "$dir/double"

selftests/demo/in-vm --batch nothing > "$dir/out" 2> "$dir/err"
is "an unknown scene is refused, with a reason" "$? $(grep -c nothing "$dir/err")" "2 1"
plan
