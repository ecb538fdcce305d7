#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the reader of recordings on the fuzz corpus, and searches for new inputs for GMEM_FUZZ_SECONDS (5)
# if clang has a fuzzer. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
corpus=(selftests/fuzz/corpus/*)

if build/fuzz/recording_fuzz -help=1 > /dev/null 2>&1; then
	mkdir "$dir/new"
	comment "${GMEM_FUZZ_SECONDS:-5} s, a corpus of ${#corpus[@]}"
	check "the fuzzer finds no fault" \
		build/fuzz/recording_fuzz -max_total_time="${GMEM_FUZZ_SECONDS:-5}" -max_len=65536 \
		-timeout=120 -rss_limit_mb=2048 -artifact_prefix="$dir/" "$dir/new" selftests/fuzz/corpus
else
	comment "a corpus of ${#corpus[@]}"
	check "the corpus reveals no fault" build/recording_plain "${corpus[@]}"
fi
plan
