#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of usage errors: status 2 and two lines, the error and where to find help.
. selftests/tap.sh
err=$(mktemp)
trap 'rm -f "$err"' EXIT

# wrong WHAT PROGRAM ARG..: tests that the first line is the program's name and WHAT.
wrong()
{
	local what=$1 of=$2 status

	shift
	build/$1 "${@:2}" > /dev/null 2> "$err"
	status=$?
	case $of in *trace) of="$of $2" ;; esac
	is "$*" "$status $(sed 's,^build/,,' "$err")" "2 $of: $what
See $of --help."
}

commands=$(build/gmemtrace --help | awk '/^  [a-z]/ { print $1 }')
check "gmemtrace lists its commands" grep -qw record <<< "$commands"
for c in $commands; do
	wrong "unrecognized option '--nonsense'" gmemtrace "$c" --nonsense
done
wrong "unexpected argument 'x'" gmemtrace live x
wrong "unexpected argument 'x'" gmemtrace doctor x
wrong "unexpected argument 'c'" gmemtrace compare a b c
wrong "unexpected argument 'b'" gmemtrace stat a b
wrong "unexpected argument 'b'" gmemtrace dashboard a b
wrong "a link is http:// or https:// with one %s, not 'x'" gmemtrace dashboard --link-commit x a
wrong "there are options of live tracing, but a recording is given: 'a'" gmemtrace map a --wait
wrong "a recording is read, and no command run: 'b'" gmemtrace report a -- b c
wrong "no set of probes: 'x'; there are tracepoints, stock" gmemtrace record --probes x
wrong "no format: 'x'; there are perfetto, chrome, csv, openmetrics" gmemtrace export --format x
wrong "no side: 'x'; there are shared, private" gmemtrace print --to x
wrong "invalid PID '0'" gmemtrace print -p 0
wrong "no number of files to keep: '1.5'" gmemtrace record --rotate 1.5
wrong "unrecognized option '--nonsense'" gmemtop --nonsense
wrong "option requires an argument -- 'd'" gmemtop -d
wrong "unexpected argument 'x'" gmemtop 1 1 x
wrong "no set of probes: 'x'; there are tracepoints, stock" gmemtop --probes x
wrong "the event buffer has 0.0625 to 1024 MiB, not '0'" gmemtop --ringbuf 0
wrong "invalid PID '1.5'" gmemtop -p 1.5
plan
