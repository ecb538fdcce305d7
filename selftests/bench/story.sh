#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Draws what the series changes: the results in history/ of stock, trace and full, one kernel after the other as if they
# were commits. Phases are left out: by functions (stock) they begin and end elsewhere than by tracepoints.
# Usage: story.sh FILE.html [VERSION..]   The picture in the README, by node:
#	selftests/viewers/browser.mjs selftests/viewers/shot.mjs FILE.html docs/img/kernels.png 1280 640
set -eu
cd "$(dirname "$0")/../.."
out=$1
shift
[ $# -gt 0 ] || set -- 6.12 7.3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
for version in "$@"; do
	for variant in stock trace full; do
		n=$((n + 1))
		for file in selftests/bench/history/"$version-$variant"-*.json; do
			[ ! -e "$file" ] || jq -c --argjson n $n '.commit = .variant | .time |= .[0:11] + "00:0\($n):00Z" | del(.variant, .parameters) |
				.series |= map(select(.name | test("^(conversion|window|punch|touch|scan)")))' "$file"
		done
	done
done > "$dir/kernels.json"
build/gmemtrace dashboard "$dir" -o "$out"
