# SPDX-License-Identifier: GPL-2.0-only
# Does what a tool says equal the load's ledger? Sourced.

# ledger_differs LEDGER top|map|live FILE: what differs, or why it cannot be told; nothing if all is equal.
ledger_differs()
{
	local out status

	out=$("${LEDGER_CHECK:-build/ledger_check}" "$@" 2>&1)
	status=$?
	# No complaints are no proof: it must have looked.
	[ $status -ne 0 ] || ! grep -q '^ok ' <<< "$out" || return 0
	grep -A1 '^not ok\|^Bail' <<< "$out" || echo "ledger_check: status $status: $out"
}
