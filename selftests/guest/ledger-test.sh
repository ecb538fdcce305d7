#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What compares gmemtop with the load's ledger and with kernel memory passes only what was looked at and is equal.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
PATIENCE=0

program() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" > "$dir/$1"
	chmod +x "$dir/$1"
}
stands_in() { # SCRIPT: ledger_check
	program check "$1"
	LEDGER_CHECK=$dir/check ledger_differs l top f
}
none "all is equal" stands_in 'echo "ok 1 - vm 1: x"; echo 1..1'
is "something differs" "$(stands_in 'echo "ok 1 - a"; echo "not ok 2 - b"; echo "# c"; exit 1')" "not ok 2 - b
# c"
is "it cannot read" "$(stands_in 'echo "Bail out! cannot read l"; exit 1')" "Bail out! cannot read l"
is "it died after the first" "$(stands_in 'echo "ok 1 - a"; kill -KILL $$')" "ledger_check: status 137: ok 1 - a"
check "it looked at nothing" test -n "$(stands_in 'echo 1..0')"
check "all that it looked at is unknown" test -n "$(stands_in 'echo "ok 1 - a # SKIP b"; echo 1..1')"
check "it was not built" test -n "$(LEDGER_CHECK=$dir/none ledger_differs l top f)"

results() { # SCRIPT: those of ledger_results, of a ledger_check
	program check "$1"
	(tap_n=0; LEDGER_CHECK=$dir/check ledger_results x l top f) 2> /dev/null | grep -E '^(not )?ok ' | paste -sd ,
}
is "each value is a result" "$(results 'echo "ok 1 - a"; echo "not ok 2 - b - c"; echo 1..2')" "ok 1 - x: a,not ok 2 - x: b - c"
is "it died between two" "$(results 'echo "ok 1 - a"; kill -KILL $$')" "ok 1 - x: a,not ok 2 - x: ledger_check ran to its end"
is "it lacks one" "$(results 'echo "ok 1 - a"; echo 1..2')" "ok 1 - x: a,not ok 2 - x: ledger_check ran to its end"
is "it compared nothing" "$(results 'echo 1..0')" "not ok 1 - x: ledger_check ran to its end"

# drift FRESH FILE: the result of no_drift: a fresh gmemtop prints FRESH, the one that followed events FILE
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
is "maps are equal" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[]}$newline{\"vms\":[$vm]}$newline")" ok
is "maps differ" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$other]}$newline")" "not ok"
is "no gmemtop finds a VM" "$(drift "{\"vms\":[]}$newline" "{\"vms\":[]}$newline")" "not ok"
is "neither prints anything" "$(drift "" "")" "not ok"
is "neither prints JSON" "$(drift "x$newline" "x$newline")" "not ok"
is "a VM lacks its slots in both" "$(drift "{\"vms\":[{\"pid\":1}]}$newline" "{\"vms\":[{\"pid\":1}]}$newline")" "not ok"
is "the fresh gmemtop fails" "$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$vm]}$newline" 3)" "not ok"
is "a refresh that is being written does not count" \
	"$(drift "{\"vms\":[$vm]}$newline" "{\"vms\":[$vm]}$newline{\"vms\":[$other]}")" ok
plan
