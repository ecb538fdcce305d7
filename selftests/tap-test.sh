#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of tap.sh: its helpers fail on failed commands and empty output, and all shell tests use them.
cd "$(dirname "$0")/.." || exit 1
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
: > "$dir/empty"
echo a > "$dir/a"
echo b > "$dir/b"
printf 'a\na\n' > "$dir/aa"
echo '{"a":1}' > "$dir/one"
echo '{"a":1}{"a":2}' > "$dir/two"
echo '{"a":1}{"a' > "$dir/torn"

# results COMMAND..: prints the results of a command that prints TAP
results()
{
	(tap_n=0 tap_failed=0; "$@" 2> /dev/null) | sed -n 's/^\(not ok\|ok\) [0-9]*.*/\1/p' | paste -sd ,
}

# gives RESULTS COMMAND..: tests that COMMAND has these results
gives() { is "$1: ${*:2}" "$(results "${@:2}")" "$1"; }

gives ok check x true
gives 'not ok' check x false
gives ok is x a a
gives 'not ok' is x a b
gives 'not ok' is x "" ""
gives ok none x true
gives 'not ok' none x echo a
gives 'not ok' none x false
gives ok verdict x ""
gives 'not ok' verdict x a
cd "$dir" || exit 1
gives ok same x a a
gives 'not ok' same x a b
gives 'not ok' same x empty empty
gives 'not ok' same x missing missing
gives ok lacks x b a
gives 'not ok' lacks x a a
gives 'not ok' lacks x a empty
gives 'not ok' lacks x a missing
gives 'not ok' lacks x '(' a
gives ok check x jq_true '.a == 1' one
gives 'not ok' check x jq_true '.a == 2' one
gives 'not ok' check x jq_true .a one
gives 'not ok' check x jq_true '.a == 1' empty
gives 'not ok' check x jq_true '.a == 1' two
gives 'not ok' check x jq_true '.a == 1' torn
gives 'not ok' check x jq_true '.a == 1' missing
none "no result: await x 5 true" results await x 5 true
gives 'not ok' await x 0 false
gives ok check x wait_for 5 true
gives 'not ok' check x wait_for 0 false
cd "$OLDPWD" || exit 1
is "plan prints the number of results, and succeeds" "$(tap_n=3 tap_failed=0; plan; echo $?)" "1..3
0"
is "plan fails after a failed result" "$(tap_n=3 tap_failed=1; plan; echo $?)" "1..3
1"

# All shell tests and the files that they source, without tap.sh and its own test.
mapfile -t scripts < <(find selftests kernel -name '*.sh' ! -name 'tap*.sh' ! -name run-tests-test.sh ! -path '*/bench/in-vm.sh'; echo kernel/check)
lines() { grep -nE "$@" "${scripts[@]}" | grep -vE '^[^:]*:[0-9]+:[[:space:]]*#'; true; }
unchecked() { lines '^[[:space:]]*wait_for ' | grep -vE '\|\||&&'; true; }
measured() { lines '(^|[;&|)])[[:space:]]*(is|ok|not_ok|check|none|same|lacks|verdict|await|report [^ ]+|skip) "[^"]*\$\('; }
unplanned() { grep -lE '^[[:space:]]*\. .*tap\.sh' "${scripts[@]}" | xargs grep -LE '^[[:space:]]*plan( |;|$)'; true; }
check "the shell tests are found" test ${#scripts[@]} -ge 50
none "every wait_for is checked" unchecked
none "no test uses the status of jq -e, which succeeds on empty input" lines 'jq -[a-z]*e'
none "files are compared by diff, not by checksums" lines 'is .*(md5|sha256)sum'
none "test names have no measured values" measured
none "every test prints its plan" unplanned
plan
