#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that the manual pages have every option of --help, and no other, and docs/metrics.md the texts of -s help.
. selftests/tap.sh

helped() { grep -oE -- '--[a-z.-]+[a-z]' | sort -u | grep -vxE -- '--(help|usage|version)'; }
manual() { sed 's/\\-/-/g; s/\\f[A-Z]//g' "$1" | grep -oE -- '--[a-z.-]+[a-z]' | sort -u; }

is "gmemtop.8 has the options of --help" "$(manual docs/gmemtop.8)" "$(build/gmemtop --help | helped)"
commands=$(build/gmemtrace --help | awk '/^  [a-z]/ { print $1 }')
is "gmemtrace.8 has the options of --help of all commands" "$(manual docs/gmemtrace.8)" \
	"$(for c in $commands; do build/gmemtrace $c --help || echo "--no-help-of-$c"; done | helped)"
is "docs/metrics.md has the metrics and meanings of gmemtop -s help" \
	"$(sed -nE 's/^\| `([a-z0-9_]+)` \| ([^|]*) \| ([^|]* \|){4}$/\1 \2/p' docs/metrics.md)" \
	"$(build/gmemtop -s help | sed -E 's/^([a-z0-9_]+) +/\1 /')"
plan
