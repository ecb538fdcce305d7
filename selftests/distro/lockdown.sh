#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Under lockdown=confidentiality the tools report the reason, and exit with the status that doctor
# reports. For a kernel with lockdown: Debian's, booted with that argument.
. selftests/tap.sh
dir=$(mktemp -d)
is "the kernel is locked down" "$(grep -o '\[.*\]' /sys/kernel/security/lockdown)" "[confidentiality]"
build/gmemtrace doctor --json > "$dir/doctor"
is "doctor: status 3, and a problem that names confidentiality" "$? $(jq -r '[.problems[].what | select(test("confidentiality"))] | length' "$dir/doctor")" "3 1"
for tool in "gmemtop -b -n 1 -d 0.1" "gmemtrace live -d 0.1" "gmemtrace record -d 0.1 -o $dir/x"; do
	build/$tool > "$dir/out" 2> "$dir/err"
	status=$?
	comment "$(tail -2 "$dir/err" | head -1)"
	is "${tool%% -*}: status 3, two lines" \
		"$status $(grep -c 'lockdown=confidentiality' "$dir/err") $(grep -c libbpf "$dir/err")" "3 2 0"
done
plan
