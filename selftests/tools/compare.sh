#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtrace compare: input files, rules and exit status.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

for i in 1 2 3 4; do
	build/synth_record "$dir/b$i" seed=$i conversions=6000 drift=0.00$i
	build/synth_record "$dir/n$i" seed=1$i conversions=6000 drift=0.00$i slower.zap=0.2
done
compare() { $trace compare "$@" > "$dir/out" 2> "$dir/err"; echo $?; }

is "equal loads: status 0" "$(compare "$dir/b1" "$dir/b2")" 0
is "one run of each side: compare reports that noise is unknown" "$(grep -c 'is not known' "$dir/out")" 1
is "a phase that takes 20 % longer: status 1" "$(compare "$dir/b1" "$dir/n1")" 1
check "the slower phase is named" grep -qE '^  to_(shared|private)\.[0-9]+[KMG]\.zap\.p50' "$dir/out"
lacks "other phases are not named" '^  .*\.(lock|check|reserve|store|mixed)\.' "$dir/out"
is "a phase that became faster: status 0" "$(compare "$dir/n1" "$dir/b1")" 0
is "runs separated by commas: status 1" "$(compare "$dir/b1,$dir/b2,$dir/b3,$dir/b4" "$dir/n1,$dir/n2,$dir/n3,$dir/n4")" 1
is "runs given by options: status 0" "$(compare --base "$dir/b1" --base "$dir/b2" --new "$dir/b3" --new "$dir/b4")" 0
is "JSON has the same verdict" "$($trace compare --json "$dir/b1" "$dir/n1" | jq -c '[.type, .regression, .run_noise_known]')" \
	'["compare",true,false]'

cat > "$dir/rules" <<END
# ignore changes below 50 %
min_change 0.5
min_change_single 0.5
change *.lock.* 1
ignore *.stall*
END
is "rules: a larger minimum change: status 0" "$(compare --rules "$dir/rules" "$dir/b1" "$dir/n1")" 0
$trace compare -a "$dir/b1" "$dir/n1" > "$dir/all"
check "all metrics include stalls" grep -q stall "$dir/all"
$trace compare -a --rules "$dir/rules" "$dir/b1" "$dir/n1" > "$dir/all"
lacks "rules: stalls are ignored" stall "$dir/all"
echo 'min_chnge 1' > "$dir/rules"
is "rules: an unknown word: status 2" "$(compare --rules "$dir/rules" "$dir/b1" "$dir/n1")" 2

figures() { # path_ns [spread]
	echo "{\"version\": 1, \"figures\": [{\"kernel\": \"full\", \"observer\": \"nothing\", \"op\": \"flip4k\", \"repeats\": 3,
	\"path_ns\": $1, \"path_spread\": ${2:-0.001}, \"both_ns\": $1, \"both_spread\": ${2:-0.001}}]}"
}
figures 19200 > "$dir/r1"; figures 19230 > "$dir/r2"; figures 22000 > "$dir/r3"
is "equal results of the bench: status 0" "$(compare "$dir/r1" "$dir/r2")" 0
is "one result of the bench for each side shows a large change: status 1" "$(compare "$dir/r1" "$dir/r3")" 1
figures 19200 0.1 > "$dir/s1"; figures 22000 0.1 > "$dir/s2"
is "a change within the spread of repeats is undecided: status 0" "$(compare "$dir/s1" "$dir/s2") $(grep -c '2 undecided' "$dir/out")" "0 1"
figures 19210 > "$dir/r4"; figures 22010 > "$dir/r5"; figures 19205 > "$dir/r6"; figures 22004 > "$dir/r7"
is "several results of the bench for each side: status 1" "$(compare "$dir/r1,$dir/r4,$dir/r6" "$dir/r3,$dir/r5,$dir/r7")" 1

# document VALUES [MORE]: prints a results document.
document()
{
	echo "{\"schema\": \"gmem.results/1\", \"time\": \"2026-11-28T14:00:00Z\", \"scenario\": \"s\", \"series\": [
		{\"name\": \"x\", \"unit\": \"s\", \"values\": [$1]${2-}}]}"
}
document '1e-6, 1.01e-6, 0.99e-6, 1e-6' > "$dir/d1"; document '1.2e-6, 1.21e-6, 1.19e-6, 1.2e-6' > "$dir/d2"
is "results whose values repeat: status 1" "$(compare "$dir/d1" "$dir/d2") $(grep -c '^  s.x .*+20.0%' "$dir/out")" "1 1"
is "results that became better: status 0" "$(compare "$dir/d2" "$dir/d1") $(grep -c '1 better' "$dir/out")" "0 1"
for i in 1 2; do sed 's/"unit"/"better": "higher", "unit"/' "$dir/d$i" > "$dir/h$i"; done
is "higher is better: more is better, less is worse" "$(compare "$dir/h1" "$dir/h2") $(compare "$dir/h2" "$dir/h1")" "0 1"
for i in 1 2 3; do echo "{\"name\": \"x\", \"value\": 10.$i, \"time\": $i}"; done > "$dir/p1"
sed 's/"value": 1/"value": 2/' "$dir/p1" > "$dir/p2"
jq -s . "$dir/p2" > "$dir/p3"
is "plain results, as lines and as an array: status 1" "$(compare "$dir/p1" "$dir/p3") $(head -n 1 "$dir/out")" "1 3 runs of BASE, 3 of NEW"
document 1 > "$dir/d3"
is "a single value of each side: too few" "$(compare -a "$dir/d3" "$dir/d3") $(grep -c '^TOO FEW' "$dir/out")" "0 1"

is "a missing file: status 7" "$(compare "$dir/none" "$dir/b1")" 7
is "only one side: status 2" "$(compare "$dir/b1")" 2
is "a recording and a result of the bench, which have nothing in common: status 8" "$(compare "$dir/b1" "$dir/r1")" 8
echo '{"figures": 3}' > "$dir/r9"
is "other JSON: status 7" "$(compare "$dir/r9" "$dir/r1")" 7
plan
