# SPDX-License-Identifier: GPL-2.0-only
# TAP for shell tests. Sourced. A test calls ok, not_ok, check or skip, then plan.

tap_n=0
tap_failed=0

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
	[ $# -eq 0 ] || echo "$*" | sed 's/^/# /'
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP ${2-}"
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
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.1
	done
}

plan()
{
	echo "1..$tap_n"
	[ $tap_failed -eq 0 ]
}
