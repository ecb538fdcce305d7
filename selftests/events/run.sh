#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs all tests of the kernel's guest_memfd tracepoints, or those named, as one stream of TAP.
# Inside a VM, with the programs built:
#	make events && selftests/vm/run -- selftests/events/run.sh [--without NAME | NAME..]
# The status is 1 if a test failed, 4 if all were skipped. GMEM_VARIANT, which selftests/vm/run sets, is the
# variant of the series that the kernel must have: a test of an event that it does not have is skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
all="checks create_release bind fallocate counts invalidate attributes memory_fault hypercall fault
	fault_retry memory_error user_fault fields formats decode"

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
echo 0 > "$state/n"
: > "$state/failed"
: > "$state/ran"

# filter NAME: renumbers the results of one program and puts NAME before them; keeps its state in files.
filter()
{
	awk -v test="$1" -v state="$state" '
	function result(verdict, text) {
		printf "%s %d - %s\n", verdict, ++n, text
		fflush()
	}
	BEGIN { getline n < (state "/n"); first = n; planned = -1 }
	/^TAP version/ { next }
	/^1\.\.0 # SKIP/ {
		sub(/^1\.\.0 # SKIP */, "")
		result("ok", test " # SKIP " $0)
		planned = 1
		next
	}
	/^1\.\.[0-9]+/ { planned = substr($1, 4); next }
	/^(not )?ok [0-9]+ / {
		verdict = /^not/ ? "not ok" : "ok"
		if (/^not/)
			print test >> (state "/failed")
		else if (!/# SKIP/)
			print test >> (state "/ran")
		sub(/^(not )?ok [0-9]+ (- )?/, "")
		result(verdict, test ": " $0)
		next
	}
	{ print; fflush() }
	END {
		if (n - first != planned) {
			result("not ok", test ": ran to its end")
			print test >> (state "/failed")
		}
		print n > (state "/n")
	}'
}

# run_test NAME: runs one program; an exit status without a failed result is one more failure.
run_test()
{
	local program=build/events/$1 status n

	[ ! -f "selftests/events/$1.sh" ] || program="bash selftests/events/$1.sh"
	case $program in build/*) [ -x "$program" ] || echo "# run make events to build $program" ;; esac
	$program < /dev/null 2>&1 | filter "$1"
	status=${PIPESTATUS[0]}
	case $status in 0|4) return ;; esac
	grep -qx "$1" "$state/failed" && return
	n=$(($(cat "$state/n") + 1))
	echo $n > "$state/n"
	echo "$1" >> "$state/failed"
	echo "not ok $n - $1: exit status $status"
}

echo "TAP version 13"
# shellcheck disable=SC2046,SC2086
case ${1-} in
--without)	set -- $(printf '%s\n' $all | grep -vx "$2") ;;
"")		set -- $all ;;
esac
for test in "$@"; do
	run_test "$test"
done
echo "1..$(cat "$state/n")"
[ ! -s "$state/failed" ] || exit 1
[ -s "$state/ran" ] || exit 4
