#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace compare on real kernels, in VMs whose time is executed instructions: it reports no
# regression between runs of one kernel, even across boots, and finds where 7.3 is faster than 6.12.
# Usage: compare.sh OLD NEW [RUNS of each boot]
. selftests/tap.sh
old=${1:-6.12} new=${2:-7.3} runs=${3:-4}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

record() { # kernel folder
	mkdir "$dir/$2"
	selftests/vm/run --icount --kernel "$1" --timeout 900 -- selftests/guest/compare-runs.sh "$runs" 2> "$dir/$2.err" |
		tar -C "$dir/$2" --warning=no-timestamp -x || cat "$dir/$2.err"
	is "$1 gives $runs recordings" "$(ls "$dir/$2" | wc -l)" "$runs"
}

list() { printf '%s\n' "$dir/$1"/* | paste -sd ,; }

record "$old" a
record "$old" b
record "$new" n

pairs=0 alarms=0 errors=0
files=("$dir"/a/* "$dir"/b/*)
for ((i = 0; i < ${#files[@]}; i++)); do
	for ((j = i + 1; j < ${#files[@]}; j++)); do
		pairs=$((pairs + 1))
		build/gmemtrace compare "${files[i]}" "${files[j]}" > "$dir/out" 2>&1
		case $? in
		0) ;;
		1) alarms=$((alarms + 1)); sed 's/^/# /' "$dir/out" ;;
		*) errors=$((errors + 1)); sed 's/^/# /' "$dir/out" ;;
		esac
	done
done
comment "$pairs pairs of runs of one kernel"
check "at least 20 pairs of runs of one kernel are compared" test "$pairs" -ge 20
is "runs of one kernel cause neither alarms nor errors" "$alarms $errors" "0 0"
build/gmemtrace compare "$(list a)" "$(list b)" > "$dir/out"
is "two boots of one kernel, $runs runs of each, cause no alarm" $? 0

build/gmemtrace compare --json "$(list b)" "$(list n)" > "$dir/json"
check "compare exits with status 0 or 1" test $? -le 1
jq -r '.metrics[] | select(.verdict == "worse" or .verdict == "better") |
	"# \(.verdict) \(.metric): \(.base) -> \(.new) ns, \(.change * 1000 | round / 10) %"' "$dir/json" | head -40
check "compare finds that $new does not reserve when it clears single pages" jq_true '
	.metrics[] | select(.metric == "to_shared.4K.reserve.p50_ns") | .verdict == "better"' "$dir/json"
check "compare finds that conversions to shared became faster" jq_true '
	[.metrics[] | select(.metric | test("^to_shared\\..*\\.conversion\\.p50")) | .verdict] |
	any(. == "better") and all(. != "worse")' "$dir/json"
plan
