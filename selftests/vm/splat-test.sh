#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests splat-check on samples of console lines: no VM, no root. Prints TAP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
. "$here/../tap.sh"

look() { "$here/splat-check" "$1" >"$dir/out" 2>"$dir/err"; }

while IFS= read -r sample; do
	line=${sample#? }
	printf '[    0.000000] Linux version 6.12.0\n%s\r\n[    9.000000] end\n' "$line" >"$dir/log"
	look "$dir/log"
	status=$?
	case $sample in
	+*) [ $status = 1 ] && grep -qF -- "log:2: $line" "$dir/out"
	    report $? "complaint: $line" ;;
	-*) [ $status = 0 ] && [ ! -s "$dir/out" ]
	    report $? "no complaint: $line" ;;
	esac
done <"$here/splat-samples.txt"
check 'there are samples of both kinds' test "$(grep -c '^+' "$here/splat-samples.txt")" -ge 40 -a \
	"$(grep -c '^-' "$here/splat-samples.txt")" -ge 20

cat >"$dir/log" <<'END'
[    1.000000] ------------[ cut here ]------------
[    1.000001] something specific went wrong
[    1.000002] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2
[    1.000003] BUG: later
END
look "$dir/log"
[ $? = 1 ] && grep -q 'log:3: .*WARNING' "$dir/out"
report $? 'a cut line gives way to the complaint after it, later ones do not'

printf 'text \000\001\377 text\n[    1.000000] \000Kernel panic - not syncing: x' >"$dir/log"
look "$dir/log"
report $(($? != 1)) 'bytes that are no text hide nothing, nor does a missing end of line'

: >"$dir/log"
look "$dir/log"
[ $? = 2 ] && [ "$(wc -l <"$dir/err")" = 2 ]
report $? 'an empty log is an error'

look "$dir/none"
[ $? = 2 ] && [ "$(wc -l <"$dir/err")" = 2 ]
report $? 'a missing log is an error'

plan
