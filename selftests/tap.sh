# SPDX-License-Identifier: GPL-2.0-only
# TAP for shell tests, and for kernel/check. Sourced, by sh, too. A test calls ok, not_ok, or what
# calls these, then plan. tap_log may name a file whose first lines tell more of a failure.

tap_n=0 tap_failed=0 tap_skipped=0

ok()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# not_ok NAME [DIAGNOSTIC..]: the diagnostic may have many lines.
not_ok()
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	shift
	[ -z "$*" ] || comment "$*"
	[ ! -f "${tap_log-}" ] || comment "$(head -n 5 "$tap_log")"
}

comment()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

skip()
{
	tap_skipped=$((tap_skipped + 1))
	ok "$1 # SKIP $(echo "${2-}" | paste -sd ';')"
}

# check NAME COMMAND..: ok if it succeeds; what it printed is the diagnostic.
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

# verdict NAME COMPLAINTS: ok if there are none.
verdict()
{
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2
wanted: $3"
	fi
}

# wait_for SECONDS COMMAND..: until it succeeds.
wait_for()
{
	local end=$(($(date +%s) + $1))

	shift
	until "$@" > /dev/null 2>&1; do
		[ "$(date +%s)" -le "$end" ] || return 1
		sleep 0.1
	done
}

plan()
{
	echo "1..$tap_n"
	[ $tap_failed -eq 0 ]
}
