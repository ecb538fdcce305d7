#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests how kernel/build ends if a build fails or is interrupted, on a made-up tree (KSRC). Prints TAP.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export GMEM_CACHE=$dir/cache KSRC=$dir/tree
version=$(basename "$(ls -d kernel/[0-9]*.[0-9]* | head -n 1)")
mkdir "$KSRC"
touch "$KSRC/Kbuild"

# built RECIPE: builds a tree that makes its image by RECIPE; prints the status, and the first message that is not of progress.
built()
{
	printf 'mrproper olddefconfig:\ntinyconfig:\n\ttouch $(O)/.config\nbzImage:\n\t%s\n' "$1" > "$KSRC/Makefile"
	# In a session of its own, whose processes "kill -INT 0" interrupts, as Ctrl-C does on a terminal.
	env --default-signal=INT setsid -w kernel/build --variant stock "$version" > "$dir/out" 2> "$dir/err"
	echo "$?: $(grep -v ': copying\|: building' "$dir/err" | head -n 1)"
}

is "an interrupted build: status 130, and it is not reported as a failure" "$(built 'kill -INT 0; sleep 60')" \
	"130: kernel/build: interrupted; run it again to continue"
is "an interrupted build: no other message" "$(wc -l < "$dir/err")" 3
is "a failed build: status 1, and the reason" "$(built '@echo "a.c:1: error: no such thing"; false')" \
	"1: kernel/build: cannot build Linux $version: a.c:1: error: no such thing"
is "a failed build without a reason: status 1, and that there is none" "$(built '@kill -KILL $$PPID; sleep 1')" \
	"1: kernel/build: cannot build Linux $version: make ended without an error message"
plan
