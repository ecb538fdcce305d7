#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A user who is not root needs CAP_BPF and CAP_PERFMON, but neither tracefs nor debugfs; the tools
# drop privileges that they do not need; doctor reports missing ones. With KVM as a module
# (GMEM_MODULES is set), CAP_SYS_ADMIN is needed, too.
. selftests/tap.sh
. selftests/guest/modules.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
chmod 755 "$dir"
cp build/gmemtop build/gmemtrace "$dir/"
trap 'kill $(jobs -p) 2>/dev/null' EXIT
module=
if [ -n "${GMEM_MODULES:-}" ]; then
	load_kvm
	module=1
fi
umount /sys/kernel/debug/tracing /sys/kernel/tracing /sys/kernel/debug 2> /dev/null
cat /proc/mounts > "$dir/mounts"
lacks "neither tracefs nor debugfs is mounted" ' (tracefs|debugfs) ' "$dir/mounts"
echo 2 > /proc/sys/kernel/unprivileged_bpf_disabled
echo 3 > /proc/sys/kernel/perf_event_paranoid

# as CAPS COMMAND..: runs COMMAND as user 1000 with these capabilities only
as() { (exec_as "$@"); }

exec_as() {
	local caps=$1

	shift
	exec setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set "-all$caps" \
		--inh-caps "-all$caps" --ambient-caps "-all$caps" "$@"
}
least=,+bpf,+perfmon
[ -z "$module" ] || least=$least,+sys_admin

held() { awk -v of="Cap$2:" '$1 == of { print $2 }' "/proc/$1/status"; }

for who in "root" "a user with $least"; do
	if [ "$who" = root ]; then
		"$dir/gmemtop" --json -d 0.3 > "$dir/top" 2> "$dir/err" &
	else
		exec_as $least "$dir/gmemtop" --json -d 0.3 > "$dir/top" 2> "$dir/err" &
	fi
	top=$!
	wait_for 240 test -s "$dir/top" || not_ok "$who: gmemtop starts" "$(cat "$dir/err")"
	is "$who: gmemtop has no effective capability once attached" "$(held $top Eff)" 0000000000000000
	if [ -z "$module" ]; then
		is "$who: gmemtop has no permitted capability once attached" "$(held $top Prm)" 0000000000000000
	else	# KVM may be loaded again
		check "$who: gmemtop has no permitted capability that it does not need" \
			test $((0x$(held $top Prm) & ~0xc000200000)) -eq 0
	fi
	is "$who: gmemtop has set no_new_privs" "$(awk '$1 == "NoNewPrivs:" { print $2 }' /proc/$top/status)" 1
	build/gmemload --vms 2 --vcpus 2 --mem 16M --count 100 --by mix --hold --ledger "$dir/ledger" \
		< <(exec sleep 600) > "$dir/load" &
	load=$!
	await "$who: the load completes" 100 grep -q holding "$dir/load"
	comes_to_equal "$who: gmemtop equals the ledger" "$dir/ledger" top "$dir/top"
	if [ "$who" = root ]; then
		"$dir/gmemtop" --json -n 1 -d 0.1 > "$dir/late" 2> "$dir/err"
	else
		as $least "$dir/gmemtop" --json -n 1 -d 0.1 > "$dir/late" 2> "$dir/err"
	fi
	is "$who: gmemtop finds VMs that exist already" "$? $(jq '.vms | length' "$dir/late")" "0 2"
	kill -TERM $top $load
	wait $top $load
done

problems() { jq -c '[.problems[].what | split(" ")[0]]' "$dir/doctor"; }

"$dir/gmemtrace" doctor --json > "$dir/doctor"
is "doctor reports no problem to root" "$? $(problems)" "0 []"
as $least "$dir/gmemtrace" doctor --json > "$dir/doctor"
is "doctor reports no problem to a user with $least" "$? $(problems)" "0 []"
as ,+bpf "$dir/gmemtrace" doctor --json > "$dir/doctor"
comment "problems: $(problems)"
check "doctor reports a problem to a user without cap_perfmon" test "$(jq .status "$dir/doctor")" = 3
is "the remedy grants the capabilities that are needed, and no other" "$(jq -r '.problems[] | select(.what | startswith("cap_perfmon")) | .mend' "$dir/doctor")" \
	"Run as root, or grant to the files of the tools: setcap cap_bpf,cap_perfmon${module:+,cap_sys_admin}+ep FILE"
is "doctor reports what cap_perfmon is needed for" "$(jq -r '.problems[].what' "$dir/doctor" | grep '^cap_perfmon')" \
	"cap_perfmon is missing, which is needed to read kernel memory from BPF programs"
check "doctor names cap_perfmon as needed and missing" jq_true '.capabilities[] | select(.name == "cap_perfmon") | .needed and (.held | not)' "$dir/doctor"
as ,+perfmon "$dir/gmemtop" --json -n 1 > "$dir/out" 2> "$dir/err"
is "gmemtop ends with the status that doctor reports" "$? $(wc -l < "$dir/err")" "3 2"
comment "$(head -1 "$dir/err")"
"$dir/gmemtrace" doctor > "$dir/text"
check "doctor names kernel, KVM and probes" sh -c "
	grep -q '^kernel  *$(uname -r)' $dir/text &&
	grep -q '^KVM  *${module:+module}' $dir/text &&
	grep -Eq '^probes  *(tracepoints|stock|mixed): ' $dir/text"
mount -t tmpfs none /sys/kernel/btf
"$dir/gmemtrace" doctor > "$dir/text"
is "doctor exits with status 5 without BTF" "$?" 5
check "doctor prints the remedy for missing BTF" grep -q 'CONFIG_DEBUG_INFO_BTF' "$dir/text"
umount /sys/kernel/btf
plan
