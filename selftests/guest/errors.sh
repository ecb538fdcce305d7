#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Errors of usage and of the machine are two lines, with an exit status for each kind and without
# messages of libbpf. Usage: errors.sh [stock]
. selftests/tap.sh
dir=$(mktemp -d)
chmod 755 "$dir"
cp build/gmemtop build/gmemtrace "$dir/"

# errors: prints stderr without gmemtrace's messages at its start and end.
errors() { grep -vE '^gmemtrace: (probes|[0-9]+ lines?)' "$dir/err"; }

# fails NAME STATUS PATTERN COMMAND..: two lines on stderr, the first matching.
fails()
{
	local name=$1 want=$2 pattern=$3 got

	shift 3
	timeout 60 "$@" > "$dir/out" 2> "$dir/err" < /dev/null
	got=$?
	if [ $got -eq "$want" ] && [ "$(errors | wc -l)" -eq 2 ] && errors | grep -Eq -- "$pattern" && ! grep -qi libbpf: "$dir/err"; then
		ok "$name"
		comment "$(errors | head -1)"
	else
		not_ok "$name" "status $got, wanted $want; stderr:
$(cat "$dir/err")"
	fi
}

top="$dir/gmemtop -b -n 1 -d 0.1"
live="$dir/gmemtrace live -d 0.1"

if [ "${1-}" = stock ]; then
	check "gmemtop works without tracepoints" $top
	check "gmemtrace works without tracepoints" $live
	fails "gmemtop, tracepoints requested" 6 'no tracepoint kvm:kvm_gmem_' $top --probes tracepoints
	fails "gmemtrace, tracepoints requested" 6 'no tracepoint kvm:kvm_gmem_' $live --probes tracepoints
	plan
	exit
fi

check "gmemtop succeeds" $top
fails "gmemtop, unknown option" 2 "unrecognized option '--nonsense'" $top --nonsense
fails "gmemtop, bad delay" 2 "delay .* 'x'" $dir/gmemtop -d x
fails "gmemtop, bad count" 2 "'-3'" $dir/gmemtop -n -3
fails "gmemtop, unknown field" 2 "unknown sort field: 'x'" $dir/gmemtop -s x
fails "gmemtop, unknown probes" 2 "no set of probes: 'x'" $dir/gmemtop --probes x
fails "gmemtop, bad interval" 2 "delay .* 'x'" $dir/gmemtop x
fails "gmemtop, argument" 2 "unexpected argument 'x'" $dir/gmemtop 1 1 x
fails "gmemtop, no terminal" 7 "terminal" $dir/gmemtop
fails "gmemtrace, no command" 2 "no command" $dir/gmemtrace
fails "gmemtrace, unknown command" 2 "unknown command 'x'" $dir/gmemtrace x
fails "gmemtrace live, unknown option" 2 "unrecognized option" $dir/gmemtrace live --nonsense
fails "gmemtrace live, bad duration" 2 "'-1'" $dir/gmemtrace live -d -1
fails "gmemtop, no permission" 3 'not permitted' setpriv --reuid 65534 --clear-groups $top
fails "gmemtrace, no permission" 3 'not permitted' setpriv --reuid 65534 --clear-groups $live
fails "gmemtop, stdout full" 7 'No space left' sh -c "$top > /dev/full"
fails "gmemtrace, stdout full" 7 'No space left' sh -c "$live > /dev/full"

mount -t tmpfs none /sys/kernel/btf
fails "gmemtop, no BTF" 5 '/sys/kernel/btf/vmlinux' $top
fails "gmemtrace, no BTF" 5 '/sys/kernel/btf/vmlinux' $live
umount /sys/kernel/btf

mv /dev/kvm /dev/kvm.away
mount -t tmpfs none /sys/class/misc
fails "gmemtop, no KVM" 4 '/dev/kvm' $top
fails "gmemtrace, no KVM" 4 '/dev/kvm' $live
fails "gmemload, no KVM" 4 '/dev/kvm' build/gmemload --count 1
plan
