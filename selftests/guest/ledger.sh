# SPDX-License-Identifier: GPL-2.0-only
# Helpers that compare a tool's output with the load's ledger. Sourced after tap.sh.

ledger_check() { "${LEDGER_CHECK:-build/ledger_check}" "$@" 2>&1; }

# ledger_differs LEDGER top|map|live FILE: prints what differs, or why that is unknown; nothing if all is equal.
ledger_differs()
{
	local out status

	out=$(ledger_check "$@")
	status=$?
	# Status 0 is not enough: at least one value must have been compared.
	[ $status -ne 0 ] || ! grep '^ok ' <<< "$out" | grep -qv '# SKIP' || return 0
	grep -A1 '^not ok\|^Bail' <<< "$out" || echo "ledger_check: status $status: $out"
}

# ledger_results NAME LEDGER top|map|live FILE: makes each compared value a test.
ledger_results()
{
	local first=$((tap_n + 1)) line status=unplanned

	while IFS= read -r line; do
		case $line in
		"ok "*)		ok "$1: ${line#ok * - }" ;;
		"not ok "*)	not_ok "$1: ${line#not ok * - }" ;;
		"1..$((tap_n - first + 1))")	status=planned ;;
		*)		comment "$line" ;;
		esac
	done < <(ledger_check "${@:2}")
	[ $status = planned ] && [ "$tap_n" -ge "$first" ] || not_ok "$1: ledger_check ran to its end"
}

# last_of FILE: prints the last complete line.
last_of()
{
	head -n "$(wc -l < "$1")" "$1" | tail -n 1
}

# comes_to_equal NAME LEDGER top|map FILE: tests that a gmemtop that still writes FILE shows what the ledger has.
# Nothing may convert meanwhile; the last events may take a few refreshes.
comes_to_equal()
{
	equals() { last_of "$3" > "$3.now"; [ -z "$(ledger_differs "$1" "$2" "$3.now")" ]; }
	wait_for "${PATIENCE:-20}" equals "${@:2}" || :
	verdict "$1" "$(ledger_differs "$2" "$3" "$4.now")"
}
