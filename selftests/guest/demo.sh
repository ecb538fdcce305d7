#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The scenes of the demo, without a terminal: what is wrong in them is on the screens.
. selftests/tap.sh
dir=$(mktemp -d)

# scene NAME: its output, and then no load any more.
scene() {
	selftests/demo/in-vm --batch "$1" > "$dir/$1" 2> "$dir/err"
	is "$1: it ends well" "$?" 0
	is "$1: and says nothing else" "$(cat "$dir/err")" ""
	wait_for 30 sh -c '! pgrep -f build/gmemload'
}

# Of the last list of VMs in $1: the value that $2 has in column $3, counted from the right,
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
pay=$(ms "$(value "$dir/stall" pay-0 WAIT)")
check "stall: the guest of pay-0 waits 200 ms or more ($pay)" test "$pay" -ge 200
check "stall: longer than any other" test "$pay" -gt "$(ms "$(value "$dir/stall" db-0 WAIT)")"
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

check "a scene that there is not is refused" sh -c '! selftests/demo/in-vm --batch nothing 2> /dev/null'
plan
