# SPDX-License-Identifier: GPL-2.0-only
# TAP for shell tests and for kernel/check. Sourced by bash or sh. A test calls ok, not_ok, or helpers
# that call these, then plan. If tap_log names a file, its first lines are the diagnostic of each failure.

tap_n=0 tap_failed=0 tap_skipped=0

ok()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# not_ok NAME [DIAGNOSTIC..]: prints a failure; the diagnostic may have many lines.
not_ok()
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	shift
	[ -z "$*" ] || comment "$*"
	[ ! -f "${tap_log-}" ] || comment "$(head -n 5 "$tap_log")"
}

# comment TEXT: prints a note, or a measured value; names of tests are the same in every run.
comment()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

skip()
{
	tap_skipped=$((tap_skipped + 1))
	ok "$1 # SKIP $(echo "${2-}" | paste -sd ';')"
}

# check NAME COMMAND..: ok if it succeeds; its output is the diagnostic.
check()
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "status $?: $out"
	fi
}

# report STATUS NAME: ok if it is 0.
report()
{
	if [ "$1" = 0 ]; then
		ok "$2"
	else
		not_ok "$2"
	fi
}

# verdict NAME COMPLAINTS: ok if COMPLAINTS is empty. Only for programs that report their own failure; for others: none.
verdict()
{
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

# none NAME COMMAND..: ok if it succeeds and prints nothing.
none()
{
	local name=$1 out status

	shift
	out=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ] && [ -z "$out" ]; then
		ok "$name"
	else
		not_ok "$name" "status $status: $out"
	fi
}

# is NAME GOT WANTED: ok if they are equal and not empty, as programs that fail may print nothing.
is()
{
	if [ -n "$3" ] && [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2
wanted: ${3:-(nothing was produced to compare with)}"
	fi
}

# same NAME GOT WANTED: ok if the files are equal and not empty.
same()
{
	if [ -s "$3" ] && cmp -s "$3" "$2"; then
		ok "$1"
	else
		not_ok "$1" "$(wc -c "$2" "$3" 2>&1; diff -u "$3" "$2" 2>&1 | head -n 40)"
	fi
}

# lacks NAME REGEX FILE: ok if no line matches, and there are lines.
lacks()
{
	local out

	out=$(grep -aE -m 5 -- "$2" "$3" 2>&1)
	if [ $? -eq 1 ] && [ -s "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$(wc -l "$3" 2>&1): $out"
	fi
}

# jq_true ARG..: succeeds if jq prints true, and nothing else. (jq -e of jq 1.6 succeeds on empty input.)
jq_true()
{
	local out

	out=$(jq "$@") && [ -n "$out" ] && ! printf '%s\n' "$out" | grep -vx true
}

# wait_for SECONDS COMMAND..: runs it until it succeeds; fails if it does not in time. See await.
wait_for()
{
	local end=$(($(date +%s) + $1))

	shift
	until "$@" > /dev/null 2>&1; do
		[ "$(date +%s)" -le "$end" ] || return 1
		sleep 0.1
	done
}

# await NAME SECONDS COMMAND..: wait_for, and a failed test if that fails.
await()
{
	local name=$1

	shift
	wait_for "$@" || not_ok "$name" "not within $1 s: $*"
}

plan()
{
	echo "1..$tap_n"
	[ $tap_failed -eq 0 ]
}
