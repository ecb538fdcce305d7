#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ledger_differs() says nothing only of what was looked at and is equal.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

stands_in() { # SCRIPT: ledger_check
	printf '#!/bin/sh\n%s\n' "$1" > "$dir/check"
	chmod +x "$dir/check"
	LEDGER_CHECK=$dir/check ledger_differs l top f
}
is "all is equal" "$(stands_in 'echo "ok 1 - vm 1: x"; echo 1..1')" ""
is "something differs" "$(stands_in 'echo "ok 1 - a"; echo "not ok 2 - b"; echo "# c"; exit 1')" "not ok 2 - b
# c"
is "it cannot read" "$(stands_in 'echo "Bail out! cannot read l"; exit 1')" "Bail out! cannot read l"
is "it died after the first" "$(stands_in 'echo "ok 1 - a"; kill -KILL $$')" "ledger_check: status 137: ok 1 - a"
check "it looked at nothing" test -n "$(stands_in 'echo 1..0')"
check "it was not built" test -n "$(LEDGER_CHECK=$dir/none ledger_differs l top f)"
plan
