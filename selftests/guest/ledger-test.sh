#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of ledger.sh and drift.sh: their comparisons pass only values that were compared and are equal.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
PATIENCE=0

program() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" > "$dir/$1"
	chmod +x "$dir/$1"
}
stands_in() { # SCRIPT: runs ledger_differs with SCRIPT as ledger_check
	program check "$1"
	LEDGER_CHECK=$dir/check ledger_differs l top f
}
none "ledger_differs prints nothing if all values are equal" stands_in 'echo "ok 1 - vm 1: x"; echo 1..1'
is "ledger_differs prints a difference" "$(stands_in 'echo "ok 1 - a"; echo "not ok 2 - b"; echo "# c"; exit 1')" "not ok 2 - b
# c"
is "ledger_differs prints that ledger_check cannot read" "$(stands_in 'echo "Bail out! cannot read l"; exit 1')" "Bail out! cannot read l"
is "ledger_differs prints that ledger_check died after one value" "$(stands_in 'echo "ok 1 - a"; kill -KILL $$')" "ledger_check: status 137: ok 1 - a"
check "ledger_differs fails if ledger_check compared nothing" test -n "$(stands_in 'echo 1..0')"
check "ledger_differs fails if ledger_check skipped every value" test -n "$(stands_in 'echo "ok 1 - a # SKIP b"; echo 1..1')"
check "ledger_differs fails if ledger_check is missing" test -n "$(LEDGER_CHECK=$dir/none ledger_differs l top f)"

results() { # SCRIPT: prints the results of ledger_results with SCRIPT as ledger_check
	program check "$1"
	(tap_n=0; LEDGER_CHECK=$dir/check ledger_results x l top f) 2> /dev/null | grep -E '^(not )?ok ' | paste -sd ,
}
is "ledger_results makes each value a result" "$(results 'echo "ok 1 - a"; echo "not ok 2 - b - c"; echo 1..2')" "ok 1 - x: a,not ok 2 - x: b - c"
is "ledger_results fails if ledger_check died between two values" "$(results 'echo "ok 1 - a"; kill -KILL $$')" "ok 1 - x: a,not ok 2 - x: ledger_check ran to its end"
is "ledger_results fails if ledger_check printed fewer values than planned" "$(results 'echo "ok 1 - a"; echo 1..2')" "ok 1 - x: a,not ok 2 - x: ledger_check ran to its end"
is "ledger_results fails if ledger_check compared nothing" "$(results 'echo 1..0')" "not ok 1 - x: ledger_check ran to its end"

# drift FRESH FILE [STATUS]: prints the result of no_drift if a fresh gmemtop prints FRESH and exits with
# STATUS (0), and the gmemtop that follows events printed FILE
drift() {
	printf '%s' "$1" > "$dir/fresh"
	printf '%s' "$2" > "$dir/followed"
	program gmemtop "cat $dir/fresh; exit ${3-0}"
	(GMEMTOP=$dir/gmemtop no_drift x "$dir/followed") 2> /dev/null | grep -oE '^(not )?ok'
}
vm='{"pid":1,"map_state":"current","private_extents":[[1,2]],"slots":[],"files":[]}'
other=${vm/1,2/1,3}
newline='
'
is "no_drift passes equal maps" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[]}$newline{\"vms\":[$vm]}$newline")" ok
is "no_drift fails if maps differ" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$other]}$newline")" "not ok"
is "no_drift fails if neither gmemtop finds a VM" "$(drift "{\"vms\":[]}$newline" "{\"vms\":[]}$newline")" "not ok"
is "no_drift fails if neither gmemtop prints anything" "$(drift "" "")" "not ok"
is "no_drift fails if neither gmemtop prints JSON" "$(drift "x$newline" "x$newline")" "not ok"
is "no_drift fails if a VM has no slots in both" "$(drift "{\"vms\":[{\"pid\":1}]}$newline" "{\"vms\":[{\"pid\":1}]}$newline")" "not ok"
is "no_drift fails if the fresh gmemtop fails" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$vm]}$newline" 3)" "not ok"
is "no_drift ignores an incomplete refresh" \
	"$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$vm]}$newline{\"vms\":[$other]}")" ok
plan
