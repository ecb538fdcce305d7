#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Scenes of the demo, without a terminal: the output shows the problem of each.
. selftests/tap.sh
dir=$(mktemp -d)

no_load() { ! pgrep -f build/gmemload; }

# scene NAME: writes the scene's output to a file; returns when its loads have ended.
scene() {
	selftests/demo/in-vm --batch "$1" > "$dir/$1" 2> "$dir/err"
	is "$1: the scene exits cleanly" "$?" 0
	none "$1: the scene prints no error" cat "$dir/err"
	await "$1: the loads end" 240 no_load
}

# value FILE VM COLUMN: prints the VM's value in the last list of VMs; columns are counted from the right,
# as not every row has a trend.
value() {
	awk -v name="$2" -v column="$3" '
		/^ +VM +/ { for (i = 1; i <= NF; i++) if ($i == column) at = NF - i }
		at && /^ +[0-9]+ / && index($0, " " name " ") && NF > at { v = $(NF - at) }
		END { print v }' "$1"
}

# ms TIME: converts "1.50s", "20.3ms", "9.1us" to milliseconds
ms() {
	echo "$1" | awk '/[0-9]us$/ { print int($1 / 1000) } /ms$/ { print int($1) } /[0-9]s$/ && !/ms$|us$|ns$/ { print int($1 * 1000) } /ns$|^-/ { print 0 }'
}

scene stall
pay=$(ms "$(value "$dir/stall" pay-0 STALL)")
comment "pay-0 stalls for $pay ms"
check "stall: pay-0 stalls for 200 ms or more" test "$pay" -ge 200
check "stall: pay-0 stalls longer than db-0" test "$pay" -gt "$(ms "$(value "$dir/stall" db-0 STALL)")"
check "stall: conversions of pay-0 take less time than its stalls" test "$(ms "$(value "$dir/stall" pay-0 P99)")" -lt "$pay"
check "stall: the VMM takes most of the stall's time" grep -qE 'stall>(priv|shrd).* VMM (9[0-9]|100)%' "$dir/stall"

scene leak
check "leak: the header shows the memory that no VM can use" \
	grep -qE '^gmemtop.* unused 320M' "$dir/leak"
check "leak: the orphan is listed with its holder, old" \
	grep -qE '^ orphan +256M +256M +1 .* old .*[0-9]+ old$' "$dir/leak"
check "leak: the unbound file is listed with its holder, spare" \
	grep -qE '^ unbound +64M +64M +0 .* spare .*[0-9]+ spare$' "$dir/leak"
is "leak: no other file is orphan, unbound or unheld" "$(grep -cE '^ (orphan|unbound|unheld) ' "$dir/leak")" 2

scene double
# This VM keeps converting: the figures may lack the last second or two.
check "double: the header shows double-backed memory" grep -qE '^gmemtop.* (double-backed|2x) ([4-9][0-9]|1[0-3][0-9])M' "$dir/double"
check "double: the VM view of cache shows the double-backed part" grep -qE '^slots 128M .* (double-backed|2x) ([4-9][0-9]|1[0-3][0-9])M' "$dir/double"

selftests/demo/in-vm --batch nothing > "$dir/out" 2> "$dir/err"
is "an unknown scene is refused, and the message names it" "$? $(grep -c nothing "$dir/err")" "2 1"
plan
