#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tells where a layer of tools/ includes what it must not know: layering.sh [ROOT].
# Prints TAP, with FILE:LINE:TEXT of each. Exit status: 0 none, 1 some, 2 no source.
set -u
root=${1:-$(dirname "$0")/../..}
if [ ! -f "$root/tools/lib/model/model.c" ]; then
	echo "layering.sh: cannot find tools/lib/model/model.c in $root" >&2
	echo "Give the root of the source tree." >&2
	exit 2
fi
. "$(dirname "$0")/../tap.sh"
cd "$root" || exit 2

sources() { find tools -name '*.[ch]'; }

# Lines that include what matches PATTERN, of the files that are named on stdin.
includes() { # pattern
	xargs grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)[>\"]"
}

# Names in quotes that the files include.
own_headers() { # file..
	sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([^"]+)".*/\1/p' "$@"
}

# A file and our own headers that it includes, and theirs, one on a line.
with_headers() { # file seen
	echo "$1"
	own_headers "$1" | while read -r header; do
		for file in "tools/lib/$header" "$header" "bpf/$header"; do
			case " $2 $1 " in
			*" $file "*) ;;
			*) [ ! -f "$file" ] || with_headers "$file" "$2 $1" ;;
			esac
		done
	done
}

# All that the model is made of.
model() {
	for file in tools/lib/abi/*.c tools/lib/model/*.c; do
		with_headers "$file" ''
	done | sort -u
}

verdict 'only what reads its maps and attaches, in tools/lib/live, knows BPF' \
	"$(sources | grep -vxE 'tools/lib/live/(live|live_records|live_sync|attach|inflight|inventory|probes|verify)\.[ch]' |
	includes 'bpf/(bpf|libbpf|btf)\.h|.*\.skel\.h')"
verdict 'only tools/gmemtop/terminal/tui.c knows curses' \
	"$(sources | grep -vx 'tools/gmemtop/terminal/tui\.c' |
	includes '(.*/)?n?curses\.h|ncursesw?/.*\.h')"
verdict 'the model knows neither output nor clock' \
	"$(model | includes 'stdio\.h|(sys/)?timex?\.h')"
verdict 'the model knows only what is in its folder, the kinds of records, and the records' \
	"$(model | grep -vE '^(tools/lib/(abi|base|model)|bpf)/')"
verdict 'the library knows none of the programs' \
	"$(find tools/lib -name '*.[ch]' | includes "$(cd tools && ls gmemtop/*/*.h gmemtrace/*/*.h | cut -d/ -f2- | paste -sd'|')")"
verdict 'in the library only tools/lib/cli knows command lines' \
	"$(find tools/lib -name '*.[ch]' -not -path 'tools/lib/cli/*' |
	includes "argp\.h|cli/.*\.h")"
plan
