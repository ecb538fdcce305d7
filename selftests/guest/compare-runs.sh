#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes N recordings of the same load inside a VM; writes them to stdout as a tar. Usage: compare-runs.sh N
set -u
dir=$(mktemp -d)
for i in $(seq "$1"); do
	build/gmemtrace record -o "$dir/$i" --phases -- build/gmemload --mem 64M --pattern mix --by hypercall \
		--seed 3 --count "${GMEM_COMPARE_COUNT:-600}" > "$dir/out" 2> "$dir/err" || {
		cat "$dir/err" >&2
		exit 1
	}
done
rm "$dir/out" "$dir/err"
tar -C "$dir" -c .
