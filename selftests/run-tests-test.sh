#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of run-tests, on made-up tests with every kind of bad output: it passes only tests that ran to
# their end.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
unset GMEM_TEST_VERBOSE

# judged SCRIPT: prints exit status and last line of run-tests with SCRIPT as the test; all output is in $dir/out.
judged()
{
	local status

	printf '#!/bin/bash\n%s\n' "$1" > "$dir/test"
	chmod +x "$dir/test"
	selftests/run-tests "$dir/test" > "$dir/out" 2>&1
	status=$?
	echo "$status: $(tail -n 1 "$dir/out")"
}

# fails NAME SCRIPT COUNTS WHY: tests that run-tests prints COUNTS and WHY.
fails()
{
	is "$1: fails" "$(judged "$2")" "1: $3"
	check "$1: prints why" grep -qF -- "$4" "$dir/out"
}

is "a plan and its tests pass" "$(judged 'echo 1..2; echo ok 1 - a; echo ok 2 - b')" "0: 2 passed, 0 failed"
is "the plan may come last" "$(judged 'echo ok 1 - a; echo 1..1')" "0: 1 passed, 0 failed"
is "a skipped test is counted" "$(judged 'echo ok 1 - a; echo "ok 2 - b # SKIP no luck"; echo 1..2')" \
	"0: 1 passed, 0 failed, 1 skipped"
check "the reason of a skipped test is printed" grep -q '^    ok 2 - b # SKIP no luck$' "$dir/out"
is "skipped tests alone are a failure" "$(judged 'echo "ok 1 - a # SKIP b"; echo 1..1')" \
	"1: 0 passed, 0 failed, 1 skipped"

fails "a failed test" 'echo 1..2; echo ok 1 - a; echo not ok 2 - b; echo "# c"; exit 1' "1 passed, 1 failed" '    # c'
fails "a failed test and status 0" 'echo 1..1; echo not ok 1 - b' "0 passed, 1 failed" 'not ok 1 - b'
fails "a failed test marked TODO" 'echo 1..1; echo "not ok 1 - b # TODO c"' "0 passed, 1 failed" 'not ok 1'
fails "a failed test marked SKIP" 'echo 1..1; echo "not ok 1 - b # SKIP c"' "0 passed, 1 failed" 'not ok 1'
fails "fewer tests than planned" 'echo 1..5; echo ok 1 - a' "1 passed, 1 failed" 'You planned 5 tests but ran 1'
fails "more tests than planned" 'echo 1..1; echo ok 1 - a; echo ok 2 - b' "2 passed, 1 failed" 'You planned 1 tests but ran 2'
fails "no plan" 'echo ok 1 - a' "1 passed, 1 failed" 'No plan found'
fails "two plans" 'echo 1..1; echo ok 1 - a; echo 1..1' "1 passed, 1 failed" 'More than one plan'
fails "a plan in the middle" 'echo ok 1 - a; echo 1..2; echo ok 2 - b' "2 passed, 1 failed" 'must be at the beginning or end'
fails "a repeated number" 'echo ok 1 - a; echo ok 1 - b; echo 1..2' "2 passed, 1 failed" 'out of sequence'
fails "no output" 'exit 0' "0 passed, 1 failed" 'no test ran'
fails "an empty plan" 'echo 1..0' "0 passed, 1 failed" 'no test ran'
fails "an exit status without a failed test" 'echo 1..1; echo ok 1 - a; exit 3' "1 passed, 1 failed" 'exit status 3'
fails "a crash after the last test" 'echo 1..1; echo ok 1 - a; kill -SEGV $$' "1 passed, 1 failed" 'exit status 139'
fails "a crash between tests" 'echo ok 1 - a; kill -KILL $$; echo 1..1' "1 passed, 1 failed" 'exit status 137'
fails "a test that gives up" 'echo 1..1; echo ok 1 - a; echo "Bail out! no room"' "1 passed, 1 failed" 'Bail out!'
rm "$dir/test"
selftests/run-tests "$dir/test" > "$dir/out" 2>&1
is "a program that is missing: fails" "$? $(tail -n 1 "$dir/out")" "1 0 passed, 1 failed"
check "a program that is missing: prints why" grep -q 'cannot run .*No such file' "$dir/out"
selftests/run-tests > "$dir/out" 2>&1
is "no tests at all: fails" "$? $(tail -n 1 "$dir/out")" "1 0 passed, 0 failed"

# Counts of tests that run in parallel are added up.
printf '#!/bin/sh\necho 1..1; echo "ok 1 - $1"\n' > "$dir/good"
printf '#!/bin/sh\necho 1..2; echo "ok 1 - $1"\n' > "$dir/bad"
chmod +x "$dir/good" "$dir/bad"
GMEM_TEST_JOBS=3 selftests/run-tests "$dir/good a b" "$dir/bad c" "$dir/good d" "$dir/good e" > "$dir/out" 2>&1
is "four tests, three at once: one fails" "$? $(tail -n 1 "$dir/out")" "1 4 passed, 1 failed"
is "each test has a line" "$(grep -cE '^/.* +[01] passed +[01] failed +0 skipped +[0-9]+ s$' "$dir/out")" 4
GMEM_TEST_VERBOSE=1 selftests/run-tests "$dir/good a b" > "$dir/out" 2>&1
check "GMEM_TEST_VERBOSE=1 prints what passes" grep -q '^    ok 1 - a$' "$dir/out"
printf '#!/bin/sh\necho 1..1; echo "ok 1 - ${MAKEFLAGS-none}"\n' > "$dir/good"
MAKEFLAGS=-n GMEM_TEST_VERBOSE=1 selftests/run-tests "$dir/good" > "$dir/out" 2>&1
check "a test does not see the flags of the make that runs it" grep -q '^    ok 1 - none$' "$dir/out"
plan
