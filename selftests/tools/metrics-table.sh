#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The table in docs/metrics.md is what the code knows of its metrics. New table: metrics-table.sh --update
. selftests/tap.sh
doc=docs/metrics.md

# table: prints the table of metrics in the document
table() { awk '/^\| metric /, /^$/' $doc | sed '/^$/d'; }

if [ "${1-}" = --update ]; then
	new=$(mktemp)
	build/providers_test --metrics > "$new" || exit 1
	awk -v new="$new" '/^\| metric / { while ((getline line < new) > 0) print line; skip = 1 }
		/^$/ { skip = 0 } !skip' $doc > "$new.doc" && cat "$new.doc" > $doc
	rm -f "$new" "$new.doc"
	exit
fi
is "$doc has the table of metrics that build/providers_test --metrics prints" "$(table)" "$(build/providers_test --metrics)"
plan
