#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace compare on real kernels, in VMs whose time is executed instructions: it reports no regression
# between runs of one kernel, even across boots, and finds what another kernel makes faster: attribute ranges (variant
# full), or 7.3 without them.
# Usage: compare.sh OLD[:VARIANT] NEW[:VARIANT] [RUNS of each boot]
. selftests/tap.sh
old=${1:-6.12:stock} new=${2:-6.12:full} runs=${3:-4}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

record() { # kernel folder
	local version variant

	IFS=: read -r version variant <<< "$1"
	mkdir "$dir/$2"
	selftests/vm/run --icount --kernel "$version" --variant "${variant:-full}" --timeout "${GMEM_VM_TIMEOUT:-900}" -- \
		selftests/guest/compare-runs.sh "$runs" 2> "$dir/$2.err" |
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
	"# \(.verdict) \(.metric): \(.base) -> \(.new) ns, \(if .change then .change * 1000 | round / 10 else "-" end) %"' "$dir/json" | head -40

# verdicts PATTERN: prints the verdicts of the metrics that match, but for those that lack operations.
verdicts() { jq -r --arg p "$1" '[.metrics[] | select((.metric | test($p)) and .verdict != "too_few") | .verdict] | unique | join(" ")' "$dir/json"; }

if [ "${old%%:*}" != "${new%%:*}" ]; then
	is "$new does not reserve when it clears single pages" "$(verdicts '^to_shared\.4K\.reserve\.p50_ns')" better
	to_shared=$(verdicts '^to_shared\..*\.conversion\.p50')
	comment "conversions to shared: $to_shared"
	check "conversions to shared became faster, and none slower" \
		test "${to_shared/better/}" != "$to_shared" -a "${to_shared/worse/}" = "$to_shared"
	plan
	exit
fi
is "conversions of more than 64 KiB became faster" "$(verdicts '\.(2M|32M|1G)\.conversion\.p50')" better
is "so did the windows in which faults retry" "$(verdicts '^(2M|32M|1G)\.window\.p50')" better
case $old in
*:stock) ;;	# functions do not show these phases
*)	is "so did reserving, storing and tracking hugepages" "$(verdicts '\.(2M|32M|1G)\.(reserve|store|mixed)\.p50')" better ;;
esac
plan
