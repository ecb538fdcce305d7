#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that layering.py finds each kind of fault, and no other. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
. selftests/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# fresh: makes a tree without faults.
fresh()
{
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree"
	cp -r bpf tools "$tmp/tree"
}

# include FILE NAME: adds an include of NAME to FILE of the tree.
include() { sed -i "1a #include $2" "$tmp/tree/$1"; }

# finds VERDICT WHAT: tests that VERDICT alone fails, and names WHAT.
finds()
{
	local out failed

	out=$(selftests/tools/layering.py "$tmp/tree")
	failed=$(grep '^not ok' <<< "$out" | sed 's/^not ok [0-9]* - //')
	if [ "$failed" = "$1" ] && grep -qF "# $2" <<< "$out"; then
		ok "layering.py finds: $2"
	else
		not_ok "layering.py finds: $2" "$out"
	fi
}

table='includes go only where the table of layers lets them'

# include_finds FILE NAME VERDICT WHAT: tests that VERDICT names FILE and WHAT if FILE includes NAME.
include_finds()
{
	fresh
	include "$1" "$2"
	finds "$3" "$1: $4"
}

fresh
if out=$(selftests/tools/layering.py "$tmp/tree"); then ok 'layering.py finds nothing in a tree without faults'
else not_ok 'layering.py finds nothing in a tree without faults' "$out"; fi

include_finds tools/lib/model/trend.h '"base/error.h"' "$table" 'includes lib/base'
include_finds tools/lib/recording/recording_read.h '"model/model.h"' "$table" 'includes lib/model'
include_finds tools/gmemtrace/report/text.c '"commands/command.h"' "$table" 'includes gmemtrace/commands'
fresh
mkdir "$tmp/tree/tools/lib/new"
touch "$tmp/tree/tools/lib/new/file.c"
finds "$table" 'tools/lib/new/file.c: its folder is not in the table'
fresh
sed -i '/#include "base\/.*"/d' "$tmp"/tree/tools/gmemtrace/output/*.[ch]
finds "$table" 'gmemtrace/output: lib/base is allowed, and nobody includes it'
include_finds tools/lib/model/ranges.c '"ranges.h"' 'every include names one file, by its folder' 'ranges.h: no such file'
include_finds tools/lib/base/error.c '"ui/ui.h"' 'every include names one file, by its folder' 'ui/ui.h: no such file'
fresh
include tools/lib/model/ranges.h '"model/model.h"'
finds 'no files include each other in a circle' 'tools/lib/model/changes.h tools/lib/model/model.h tools/lib/model/ranges.h'
include_finds tools/lib/base/number.c '<bpf/libbpf.h>' 'only what reads its maps and attaches, in tools/lib/live, knows BPF' 'bpf/libbpf.h'
include_finds tools/gmemtop/run/loop.c '<curses.h>' 'only tools/gmemtop/terminal/tui.c knows curses' 'curses.h'
include_finds tools/lib/base/number.c '<argp.h>' 'in the library only tools/lib/cli knows command lines' 'argp.h'
include_finds tools/lib/abi/hist.h '<time.h>' 'the model knows neither output nor clock' 'time.h'
fresh
printf '\n%.0s' {1..400} >> "$tmp/tree/tools/lib/base/stop.c"
finds 'a file of more than 400 lines states the reason' 'tools/lib/base/stop.c: 4'

# Circles of calls: a tree with two C files.
calls='no files call each other in a circle'
fresh
find "$tmp/tree/tools" -name '*.c' -delete
mkdir -p "$tmp/build/tools/lib/model"
# compile NAME TEXT: makes a C file of the tree, and its object.
compile()
{
	echo "$2" > "$tmp/tree/tools/lib/model/$1.c"
	echo "$2" | ${CC:-cc} -x c -c -o "$tmp/build/tools/lib/model/$1.o" -
}
circle_of()
{
	selftests/tools/layering.py --build "$tmp/build" "$tmp/tree" | sed -n "/ok .* - $calls/,\$p"
}
compile model 'void a(void); void b(void); void a(void) { b(); }'
compile other 'void b(void); void b(void) { }'
if grep -qF 'tools/lib/model' <<< "$(circle_of)"; then not_ok 'layering.py finds no circle where calls go one way' "$(circle_of)"
else ok 'layering.py finds no circle where calls go one way'; fi
compile other 'void a(void); void b(void); void b(void) { a(); }'
if grep -qxF '# tools/lib/model/model.c tools/lib/model/other.c' <<< "$(circle_of)"; then ok 'layering.py finds a circle of calls'
else not_ok 'layering.py finds a circle of calls' "$(circle_of)"; fi
if grep -qF '# view_table: nobody below calls it' <<< "$(circle_of)"; then ok 'layering.py finds an unused exception'
else not_ok 'layering.py finds an unused exception' "$(circle_of)"; fi
rm "$tmp/build/tools/lib/model/other.o"
if grep -qF "other.o: not there: make all" <<< "$(circle_of)"; then ok 'layering.py finds that an object is missing'
else not_ok 'layering.py finds that an object is missing' "$(circle_of)"; fi
[ "$(selftests/tools/layering.py --count "$tmp/tree")" != "$(selftests/tools/layering.py --count)" ]
report $? 'layering.py --count counts the lines of a tree'
plan
