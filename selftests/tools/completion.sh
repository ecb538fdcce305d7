#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that completion for bash, as installed, offers the words that the programs accept.
. selftests/tap.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
make -s install DESTDIR="$root" PREFIX=/usr
PATH=$root/usr/sbin:$PATH

compopt() { spaced=no; }

# offered WORD..: prints the completions of the last WORD, sorted, on one line.
offered()
{
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=() spaced=yes
	_gmem "$1" "${!#}" "${*: -2:1}"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | xargs
}

# options PROGRAM ARG..: prints all options, from argp's --usage.
options() { "$@" --usage | grep -oE -- '--[a-z.-]+=?' | sort | xargs; }

for program in gmemtop gmemtrace; do
	complete -r
	. "$root/usr/share/bash-completion/completions/$program"
	check "$program has a completion" complete -p "$program"
done

is "gmemtop: options are completed" "$(offered gmemtop --)" "$(options gmemtop)"
commands=$(gmemtrace --help | awk '/^  [a-z]/ { print $1 }' | sort | xargs)
is "gmemtrace: commands are completed" "$(offered gmemtrace '')" "$commands"
for c in $commands; do
	is "gmemtrace $c: options are completed" "$(offered gmemtrace "$c" --)" "$(options gmemtrace "$c")"
done
is "the prefix of options is completed" "$(offered gmemtop -b --re)" "--record= --replay= --reverse"
is "the prefix of a command is completed" "$(offered gmemtrace rep)" "report"
offered gmemtop --repl > /dev/null
is "no space follows an option that has a value" $spaced no
offered gmemtop --batc > /dev/null
is "a space follows an option without a value" $spaced yes

is "-s completes fields" "$(offered gmemtop -s slot)" "$(gmemtop -s help | grep -o '^slot[a-z_]*' | sort | xargs)"
is "--sort completes fields" "$(offered gmemtop --sort = conv)" \
	"$(gmemtop -s help | grep -o '^conv[a-z0-9_]*' | sort | xargs)"
is "--kind completes kinds" "$(offered gmemtrace record --kind = con)" convert
is "serve --collect completes groups" "$(offered gmemtrace serve --collect = l)" latency
is "--probes completes probe sets" "$(offered gmemtrace live --probes =)" "stock tracepoints"
is "--view completes views" "$(offered gmemtop --view = l)" latency
is "--format completes formats after other options" "$(offered gmemtrace export -o x --format per)" perfetto
none "file names are left to bash" offered gmemtrace map README
is "a command after -- is completed" "$(offered gmemtrace record -- rmdi)" rmdir
none "an unknown command has no completions" offered gmemtrace nothing --
plan
