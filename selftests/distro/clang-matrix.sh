#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loads the BPF object of every compiler on every kernel. Usage: clang-matrix.sh KERNEL..
# A KERNEL is VERSION[:VARIANT] or debian:SPEC. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. selftests/tap.sh

built=$(selftests/distro/clangs)
case $? in
0)	ok "every compiler builds the object"
	comment "$(awk '{ printf "%s%s", s, $1; s = " " }' <<< "$built")" ;;
3)	skip "every compiler builds the object" "no compiler is available"; plan; exit ;;
*)	not_ok "every compiler builds the object" "see above" ;;
esac
mapfile -t objects < <(awk '{ print $2 }' <<< "$built")

# options_of KERNEL: prints its options for the VM runner
options_of()
{
	case $1 in
	debian:*)	echo "--distro ${1#debian:}" ;;
	*:*)	echo "--kernel ${1%%:*} --variant ${1#*:}" ;;
	*)	echo "--kernel $1" ;;
	esac
}

# prepare KERNEL: builds or fetches it; returns 3 if it is not available.
prepare()
{
	case $1 in
	debian:*)	selftests/distro/fetch "${1#debian:}" ;;
	*)	IFS=: read -r version variant <<< "$1"
		kernel/build --variant "${variant:-full}" "$version" ;;
	esac > /dev/null
}

for kernel in "$@"; do
	prepare "$kernel"
	if [ $? -eq 3 ]; then
		skip "$kernel loads every object with each probe set" "no such package"
		continue
	fi
	# shellcheck disable=SC2046
	out=$(selftests/vm/run $(options_of "$kernel") --timeout 900 -- build/load_object "${objects[@]}" 2>&1)
	status=$?
	n=$(grep -c '^ok' <<< "$out")
	comment "$kernel: $n loads of ${#objects[@]} objects"
	[ $status -eq 0 ] && [ "${#objects[@]}" -gt 0 ] && [ "$n" -ge "${#objects[@]}" ]
	report $? "$kernel loads every object with each probe set"
	grep -A14 -E '^not ok|^vm/run' <<< "$out" | sed 's/^/# /'
done
plan
