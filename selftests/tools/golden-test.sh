#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that a difference from a golden file is a failed test, and leaves the output TAP. Prints TAP.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
programs=$PWD/build
mkdir -p "$dir/selftests/tools"
cp -r selftests/tools/golden "$dir/selftests/tools/golden"

# differs PROGRAM TEST GOLDEN: runs one test with another first line, and no newline at the end, in its golden file.
differs()
{
	local golden=$dir/selftests/tools/golden/$3 first

	first=$(head -n 1 "$golden")
	printf 'not ok 1 - wanted\n%s' "$(tail -n +2 "$golden")" > "$golden"
	(cd "$dir" && CMOCKA_MESSAGE_OUTPUT=TAP "$programs/$1" "$2") > "$dir/out" 2>&1
	is "$1: the test fails, its name is at the begin of a line" "$? $(grep '^not ok' "$dir/out")" "1 not ok 1 - $2"
	is "$1: all other lines are TAP" "$(grep -vcE '^(# .*|(not )?ok [0-9].*|1\.\.[0-9]+)$' "$dir/out")" 0
	check "$1: the wanted line is printed" grep -qxF '# 1- not ok 1 - wanted' "$dir/out"
	check "$1: the line of the screen is printed" grep -qxF "# 1+ $first" "$dir/out"
}

differs gmemtop_test test_empty empty-80x24.txt
differs report_test empty_text report-empty.txt
plan
