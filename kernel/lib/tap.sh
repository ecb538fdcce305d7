# SPDX-License-Identifier: GPL-2.0-only
# Test Anything Protocol for kernel/check: numbered results, a plan, a summary.

tap_n=0 tap_failed=0 tap_skipped=0

tap_result()
{
	tap_n=$((tap_n + 1))
	echo "$1 $tap_n - $2"
}

pass()
{
	tap_result ok "$1"
}

# fail WHAT [DETAILS]: details become comments, so that the output stays TAP.
fail()
{
	tap_failed=$((tap_failed + 1))
	tap_result "not ok" "$1"
	[ -z "${2-}" ] || comment "$2"
}

skip()
{
	tap_skipped=$((tap_skipped + 1))
	tap_result ok "$1 # SKIP ${2//$'\n'/; }"
}

comment()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

# verdict WHAT DETAILS: passes when there are no details, which are complaints.
verdict()
{
	if [ -z "$2" ]; then
		pass "$1"
	else
		fail "$1" "$2"
	fi
}

# tap_end: plan, summary; 0 all well, 1 failures, 3 when all was skipped.
tap_end()
{
	echo "1..$tap_n"
	echo "$((tap_n - tap_failed - tap_skipped)) passed, $tap_failed failed, $tap_skipped skipped"
	[ "$tap_failed" = 0 ] || return 1
	[ "$tap_n" -gt "$tap_skipped" ] || return "$STATUS_SKIP"
}
