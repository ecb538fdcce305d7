#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtrace dashboard on made-up results: what it finds, the gate, errors; and the page in headless
# Chromium. dashboard.sh [FOLDER]: FOLDER keeps page and screenshots.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
kept=${1:-$dir/kept}
mkdir -p "$dir/results" "$kept"
trace=build/gmemtrace
results=$dir/results

# run ARG..: prints the exit status
run() { $trace dashboard "$@" > "$dir/out" 2> "$dir/err"; echo $?; }

# embedded PAGE: prints the data of a page
embedded() { sed -n '/^<script type="application\/json"/,/^<\/script>/p' "$1" | sed '1d;$d'; }

awk -v DIR="$results" -f selftests/tools/results_make.awk
slower=$(jq -r .commit "$results/30-3.json")
faster=$(jq -r .commit "$results/40-5.json")

is "a page of 500 results: status 0, nothing printed" "$(run "$results" -o "$kept/page.html") $(cat "$dir/out" "$dir/err" | wc -c)" "0 0"
size=$(stat -c %s "$kept/page.html")
comment "the page has $size bytes"
check "the page is smaller than 1 MB" [ "$size" -gt 100000 ] && [ "$size" -lt 1000000 ]
embedded "$kept/page.html" > "$dir/data"
is "it has all results and series" "$(jq -c '[(.runs | length), (.trends | length), ([.trends[].value | length] | add)]' "$dir/data")" "[500,40,2000]"
is "the planted changes are found at their commits, and no others: not noise, not an outlier" \
	"$(jq -r '. as $d | .groups[] | .run as $r | .marks[] | . as [$t, $c] | $d.trends[$t] | .changes[$c] as $change |
		"\($d.runs[$r][1]) \(.scenario) \(.name) \($change.worse) \($change.at)"' "$dir/data")" \
	"$faster scenario-5 throughput false 40
$slower scenario-3 to_shared true 30"

is "the gate: a regression that is not accepted: status 1" "$(run --summary "$results")" 1
check "the summary names commit, series and change" grep -qE '^\| `bench/scenario-3/to_shared full`.* \| \+1[0-9.]+ % \| open \|$' "$dir/out"
check "the summary names the commit" grep -qF "**Commit \`$slower\`**" "$dir/out"
check "the summary has the parameters of the search" grep -q 'window 50, p < 0.001, at least 1 %' "$dir/out"
check "the summary is short" [ "$(wc -l < "$dir/out")" -lt 20 ]
is "page and summary at once" "$(run -s "$results" -o "$dir/both.html") $(head -n 1 "$dir/out") $(head -n 1 "$dir/both.html")" \
	"1 ### 1 performance regression <!doctype html>"

# config TEXT: writes dashboard.json
config() { echo "{\"schema\": \"gmem.dashboard/1\", $1}" > "$results/dashboard.json"; }

for case in accepted:0 invalid:0 investigating:1; do
	state=${case%:*} status=${case#*:}
	config "\"changes\": [{\"commit\": \"${slower:0:9}\", \"match\": \"scenario-3/*\", \"state\": \"$state\", \"note\": \"known\"}]"
	is "a regression that is $state: status $status" "$(run -s "$results")" $status
done
config "\"changes\": [{\"commit\": \"${slower:0:9}\", \"match\": \"scenario-4/*\", \"state\": \"accepted\"}]"
is "an entry for other series accepts nothing" "$(run -s "$results")" 1
config '"series": [{"match": "scenario-3/*", "threshold": 0.2}]'
is "a threshold above the change: status 0" "$(run -s "$results")" 0
config '"min_magnitude": 0.2, "series": [{"match": "*/throughput", "better": "lower"}]'
is "the direction of better can be set" "$(run -s "$results") $(grep -c throughput "$dir/out")" "1 1"
config '"min_magnitude": 0.5, "series": [{"match": "scenario-4/to_shared", "threshold": 0.05, "baseline": 29000}]'
mv "$results/dashboard.json" "$dir/other.json"
is "a level that is worse than its baseline: status 1" "$(run -s --config "$dir/other.json" "$results") $(grep -c 'off the baseline' "$dir/out")" "1 1"
sed "s/29000/\"${slower:0:12}\"/" "$dir/other.json" > "$dir/commit.json"
is "a level that is that of a commit: status 0" "$(run -s --config "$dir/commit.json" "$results")" 0

# A regression that a later commit takes back.
mkdir "$dir/fixed"
for i in $(seq 30); do
	echo "{\"name\": \"x\", \"value\": $((1000 + i % 3 + (i > 10 && i <= 20 ? 200 : 0))), \"commit\": \"c$i\", \"time\": $i}"
done > "$dir/fixed/a.jsonl"
is "a regression that is fixed: status 0" "$(run -s "$dir/fixed") $(grep -c 'accepted, invalid or fixed: 1' "$dir/out")" "0 1"
head -n 11 "$dir/fixed/a.jsonl" > "$dir/one"; mkdir "$dir/last"; mv "$dir/one" "$dir/last/a.jsonl"
is "one run of a new level is not yet a change: status 0" "$(run -s "$dir/last")" 0
head -n 12 "$dir/fixed/a.jsonl" > "$dir/last/a.jsonl"
is "two runs of a new level are: status 1" "$(run -s "$dir/last")" 1

# Errors.
is "a missing folder: status 7, two lines" "$(run "$dir/none") $(wc -l < "$dir/err")" "7 2"
is "a file in place of a folder: status 7, two lines" "$(run "$dir/other.json") $(wc -l < "$dir/err")" "7 2"
mkdir "$dir/empty"
is "a folder without results: status 8, two lines" "$(run "$dir/empty") $(wc -l < "$dir/err")" "8 2"
is "no folder: status 2" "$(run)" 2
is "a link without %s: status 2" "$(run --link-commit https://example.com/ "$results")" 2
is "a link to a script: status 2" "$(run --link-commit 'javascript:%s' "$results")" 2
mkdir "$dir/broken"
cp "$results"/0*.json "$dir/broken"
printf '{"name": "x",\n "value": }' > "$dir/broken/bad.json"
is "one broken file: status 7, the page is written" "$(run "$dir/broken" -o "$dir/broken.html") $(embedded "$dir/broken.html" | jq '.runs | length')" "7 100"
is "the error has file and position" "$(head -n 1 "$dir/err")" "gmemtrace: cannot read $dir/broken/bad.json: line 2, column 11: unexpected character"
is "the page lists the file" "$(embedded "$dir/broken.html" | jq -r '.faults[0]')" "cannot read $dir/broken/bad.json: line 2, column 11: unexpected character"
run -s "$dir/broken" > /dev/null
check "the summary lists the file" grep -q 'bad.json' "$dir/out"
echo '{"schema": "gmem.dashboard/1", "changs": []}' > "$dir/wrong.json"
is "an unknown key in dashboard.json: status 7" "$(run --config "$dir/wrong.json" "$results") $(head -n 1 "$dir/err")" \
	"7 gmemtrace: cannot read $dir/wrong.json: unknown or invalid: changs"
is "a full disk: status 7" "$($trace dashboard "$results" > /dev/full 2> "$dir/err"; echo $?)" 7

# Names that try to be markup, wherever there are names.
mkdir "$dir/hostile"
evil='</script><img src=x onerror=hacked=1><!--<script>"|`@all\\u0007\\u202e'
for i in $(seq 30); do
	echo "{\"name\": \"n${evil//\"/\\\"}\", \"unit\": \"u<b>\", \"scenario\": \"s${evil//\"/\\\"}\", \"kernel\": \"<i>k\",
		\"commit\": \"c$((i / 2))${evil//\"/\\\"}\", \"variant\": \"<u>v\", \"parameters\": {\"<p>\": \"${evil//\"/\\\"}\"},
		\"recording\": \"javascript:hacked=1\", \"tool\": \"<s>\", \"values\": [$((i > 15 ? 200 : 100)), $((i > 15 ? 201 : 101))], \"time\": $i}"
done > "$dir/hostile/<img src=x onerror=hacked=1>.jsonl"
echo '{' > "$dir/hostile/<img src=x onerror=hacked=2>.json"
is "hostile names: the page is written" "$(run "$dir/hostile" -o "$kept/hostile.html" --link-commit 'https://example.com/c/%s')" 7
is "hostile names: the scripts are the page's own" "$(grep -ci '<script' "$kept/hostile.html") $(grep -c '<img\|<!--' "$kept/hostile.html")" \
	"$(grep -ci '<script' "$kept/page.html") 0"
is "hostile names: the data are as they were" "$(embedded "$kept/hostile.html" | jq -r '.trends[0].unit')" "u<b>"
run -s "$dir/hostile" > /dev/null
is "hostile names: Markdown has them as code only" "$(sed 's/`[^`]*`//g' "$dir/out" | grep -c '<img\|@all')" 0

is "commits are linked" "$(embedded "$kept/hostile.html" | jq -r '.link')" 'https://example.com/c/%s'
mkdir -p "$dir/site/pages"
run "$results" -o "$dir/site/pages/index.html" > /dev/null
is "recordings are found from the page" "$(embedded "$dir/site/pages/index.html" | jq -r '.recordings')" "../../results/"

is "without npm, get-uplot gives the reason: status 3" \
	"$(PATH=/nonexistent GMEM_CACHE=$dir/cache /bin/bash tools/gmemtrace/dashboard/get-uplot; echo $?)" "npm is not installed
3"

# look PAGE FOLDER [tables]: the page in a browser, a test for each line
look()
{
	local line

	mkdir -p "$2"
	if ! node selftests/viewers/browser.mjs selftests/viewers/dashboard.mjs "$@" > "$dir/looked" 2> "$dir/err"; then
		not_ok "the browser ends" "$(cat "$dir/err")"
	fi
	while read -r line; do
		case $line in
		'ok '*)	ok "${1##*/}: ${line#ok }" ;;
		'no '*)	not_ok "${1##*/}: ${line#no }" ;;
		*)	comment "${line#\# }" ;;
		esac
	done < "$dir/looked"
}

why=
command -v node > /dev/null || why="node is not installed"
command -v "${CHROMIUM:-chromium}" > /dev/null || why="chromium is not installed"
[ -s build/uplot/uPlot.js ] || why="built without uPlot"
if [ -n "$why" ]; then
	skip "the page in a browser" "$why"
else
	look "$kept/page.html" "$kept/shots"
	look "$kept/hostile.html" "$kept/hostile"
	sed '/^<script>\/\*$/,/<\/script>$/d' "$kept/page.html" > "$kept/tables.html"
	look "$kept/tables.html" "$kept/tables" tables
fi
plan
