#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Completion for bash, as it is installed: it offers the words that the programs take.
. selftests/tap.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
make -s install DESTDIR="$root" PREFIX=/usr
PATH=$root/usr/sbin:$PATH

compopt() { spaced=no; }

# offered WORD..: what it offers for the last one, sorted, in one line.
offered()
{
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=() spaced=yes
	_gmem "$1" "${!#}" "${*: -2:1}"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | xargs
}

# options PROGRAM ARG..: all options, from another list of argp's.
options() { "$@" --usage | grep -oE -- '--[a-z-]+=?' | sort | xargs; }

for program in gmemtop gmemtrace; do
	complete -r
	. "$root/usr/share/bash-completion/completions/$program"
	check "$program has it" complete -p "$program"
done

is "gmemtop: options" "$(offered gmemtop --)" "$(options gmemtop)"
commands=$(gmemtrace --help | awk '/^  [a-z]/ { print $1 }' | sort | xargs)
is "gmemtrace: commands" "$(offered gmemtrace '')" "$commands"
for c in $commands; do
	is "gmemtrace $c: options" "$(offered gmemtrace "$c" --)" "$(options gmemtrace "$c")"
done
is "options that begin so" "$(offered gmemtop -b --re)" "--record= --replay= --reverse"
is "commands that begin so" "$(offered gmemtrace rep)" "report"
offered gmemtop --repl > /dev/null
is "no space where a value follows" $spaced no
offered gmemtop --batc > /dev/null
is "a space where none does" $spaced yes

is "fields" "$(offered gmemtop -s slot)" "$(gmemtop -s help | grep -o '^slot[a-z_]*' | sort | xargs)"
is "fields, of the long option" "$(offered gmemtop --sort = conv)" \
	"$(gmemtop -s help | grep -o '^conv[a-z0-9_]*' | sort | xargs)"
is "kinds" "$(offered gmemtrace record --kind = con)" convert
is "names" "$(offered gmemtrace live --probes =)" "stock tracepoints"
is "names of views" "$(offered gmemtop --view = l)" latency
is "names, of the second word on" "$(offered gmemtrace export -o x --format per)" perfetto
none "files are bash's own" offered gmemtrace map README
is "a command" "$(offered gmemtrace record -- rmdi)" rmdir
none "nothing for an unknown command" offered gmemtrace nothing --
plan
