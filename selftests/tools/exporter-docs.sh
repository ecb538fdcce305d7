#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that docs/exporter.md lists the exported metrics, and that rules and dashboard are valid and use no others.
# New table: exporter-docs.sh --update
. selftests/tap.sh
doc=docs/exporter.md rules=docs/dashboards/gmem.rules.yml dashboard=docs/dashboards/gmem.json
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

exported() { build/gmemtrace serve --collect=help; }
# made: prints the table as the code has it
made()
{
	printf '| metric | type | labels | group | meaning |\n|---|---|---|---|---|\n'
	exported | awk -F'\t' '{ printf "| `%s` | %s | %s | %s | %s |\n", $2, $3, $4, $1, $5 }'
}
# table: prints the table of metrics in the document
table() { awk '/^\| metric /, /^$/' $doc | sed '/^$/d'; }

if [ "${1-}" = --update ]; then
	made > "$dir/new" || exit 1
	awk -v new="$dir/new" '/^\| metric / { while ((getline line < new) > 0) print line; skip = 1 }
		/^$/ { skip = 0 } !skip' $doc > "$dir/doc" && cat "$dir/doc" > $doc
	exit
fi
is "$doc has the table of metrics that --collect=help prints" "$(table)" "$(made)"

# Everything that a recording of all events has is in the list, and the other way round.
build/synth_record "$dir/rec" seed=1 vms=1 conversions=200 state=1
build/gmemtrace serve --collect=all --textfile "$dir/all.prom" "$dir/rec"
is "the metrics that are exported are those of --collect=help" "$(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$dir/all.prom" | sort)" \
	"$(exported | cut -f2 | sort)"
is "every exported metric has a meaning" "$(grep -c '^# HELP [a-z_]* .' "$dir/all.prom")" "$(exported | wc -l)"

# counted GROUP: prints the number of series of a VM, or for tool of the host, besides gmem_vm_info
counted() { build/gmemtrace serve --collect="$1" --textfile "$dir/group.prom" "$dir/rec" && grep -v '^#' "$dir/group.prom" | grep -cv '^gmem_vm_info'; }
for group in $(exported | cut -f1 | grep -vx all | sort -u); do
	is "$doc has the number of series of $group" "$(sed -nE "s/^\\| \`$group\` \\| (none; )?([0-9]+).*/\\2/p" $doc)" "$(counted "$group")"
done

# unexported FILE: prints names in it that nothing exports; fails if it has no names at all
exported | awk -F'\t' '{ print $2 } $3 == "histogram" { print $2 "_bucket"; print $2 "_sum"; print $2 "_count" }' | sort > "$dir/names"
unexported() { grep -oE '\bgmem_[a-z0-9_]+' "$1" | sort -u > "$dir/used"; comm -23 "$dir/used" "$dir/names"; [ -s "$dir/used" ]; }
# recorded FILE: prints names of recording rules in it that no rule records
recorded() { grep -oE '\bgmem:[a-z0-9_:]+' "$1" | sort -u | comm -23 - <(sed -n 's/^  - record: //p' $rules | sort); }

for f in $rules docs/dashboards/gmem.rules.test.yml $dashboard $doc; do
	none "$f names exported metrics only" unexported "$f"
	none "$f names existing recording rules only" recorded "$f"
done
is "$doc has every alert" "$(grep -oE '\bGmem[A-Za-z0-9]+' $doc | sort -u)" "$(sed -n 's/^  - alert: //p' $rules | sort)"
untested() { sed -nE 's/^  - (alert|record): //p' $rules | sort | comm -23 - <(grep -oE 'Gmem[A-Za-z0-9]+|gmem:[a-z0-9_:]+' docs/dashboards/gmem.rules.test.yml | sort -u); }
none "every alert and every recording rule is tested" untested
none "no expression takes the rate of a sum without the count" sh -c "grep -hn 'rate(gmem_[a-z_]*_sum' $rules $dashboard | grep -v '_count' |
	grep -v 'sum by (job, instance, vm) (rate(gmem_stall_duration_seconds_sum\[5m\]))$' || true"
is "the dashboard is JSON with titles, and each panel has a place of its own" "$(jq '[.panels[].gridPos | [.x, .y]] as $p |
	[($p | length) == ($p | unique | length), all(.panels[]; .title != "")]' -c $dashboard)" "[true,true]"
if prometheus=$(selftests/viewers/get-prometheus); then
	PATH=$prometheus:$PATH
	check "promtool accepts the rules" promtool check rules $rules
	check "the rules pass their tests" promtool test rules docs/dashboards/gmem.rules.test.yml
	# Expressions of the dashboard as rules, its variables replaced
	jq '[.panels[].targets[]?.expr | gsub("\\$__rate_interval"; "5m") | gsub("\\$[a-z]+"; ".*")] | to_entries |
		{groups: [{name: "dashboard", rules: map({record: "x", expr: .value, labels: {n: (.key | tostring)}})}]}' $dashboard > "$dir/rules.yml"
	check "promtool accepts the expressions of the dashboard" promtool check rules "$dir/rules.yml"
else
	skip "promtool accepts rules and dashboard" "$prometheus"
fi
plan
