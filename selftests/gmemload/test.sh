#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests gmemload with real VMs; needs /dev/kvm:
#	selftests/vm/run -- selftests/gmemload/test.sh [GMEMLOAD]
# Prints TAP, exits 1 when a test fails. Needs jq.
set -u
here=$(cd "$(dirname "$0")" && pwd)
gmemload=${1-$here/../../build/gmemload}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
. "$here/../tap.sh"
tap_log=$dir/err

# agrees N: succeeds if the ledger is consistent; N is the number of conversions of each vCPU, or null.
agrees() {
	jq_true --argjson each "$1" '
	def sum(f): map(f) | add // 0;
	def calls: .to_private.count + .to_private.unchanged_count + .to_shared.count + .to_shared.unchanged_count;
	def maximal: . as $e | all(range(1; length); $e[.][0] > $e[. - 1][0] + $e[. - 1][1]);
	(.vms | length > 0) and (.vms | all(
		(.conversions | calls) == ([.by_origin[] | calls] | add)
		and (.by_origin.hypercall | calls) == .hypercalls
		and (.by_origin.access | calls) == .memory_faults
		and ($each == null or
		     .hypercalls + .memory_faults + (.by_origin.ioctl | calls) == $each * .vcpus)
		and .failed_conversions == 0 and .verify_failures == 0
		and (.attributes | maximal) and (.populated | all(.extents | maximal))
		and ([.files[] | [.ino, .populated_pages]] ==
		     [.populated[] | [.ino, (.extents | sum(.[1]))]])))
	' "$dir/ledger" >/dev/null 2>"$dir/err"
}

try() { # name count options
	name=$1 each=$2
	shift 2
	rm -f "$dir/ledger"
	"$gmemload" --quiet --ledger "$dir/ledger" "$@" 2>"$dir/err" && agrees "$each"
	report $? "$name"
}

# repeatable LEDGER: prints it without values that may differ between two runs with one seed.
repeatable() {
	jq -S '[.vms[] | del(.pid, .vm_fd, .elapsed_ns, .files[].fd) | del(.. | .ino?)]' "$1" 2>"$dir/err"
}

ends_early() { # name signal options
	name=$1 signal=$2
	shift 2
	rm -f "$dir/ledger"
	env --default-signal=INT \
		"$gmemload" --quiet --ledger "$dir/ledger" --count 1000000000 "$@" 2>"$dir/err" &
	pid=$!
	sleep 2
	kill -"$signal" $pid
	wait $pid && agrees null
	report $? "$name"
}

big="--vms 4 --vcpus 2 --mem 256M --pattern mix --by mix --count 2500 --seed 7"
# shellcheck disable=SC2086
{
	try "four VMs with two vCPUs each do 20000 conversions" 2500 $big
	cp "$dir/ledger" "$dir/first"
	try "four VMs do the same conversions again" 2500 $big
	repeatable "$dir/first" >"$dir/first.same"
	repeatable "$dir/ledger" >"$dir/ledger.same"
	same "the same seed gives the same ledger" "$dir/ledger.same" "$dir/first.same"
	try "four VMs in one process do 20000 conversions" 2500 $big --one-process
}

for pattern in flip4k flip2m slot swiotlb mix; do
	for by in hypercall access ioctl mix; do
		try "pattern $pattern by $by" 100 --vcpus 2 --mem 32M --pattern $pattern --by $by \
			--count 100 --touch 2
	done
done
for discard in both private shared none; do
	for start in private shared; do
		try "discard $discard, start $start" 200 --vcpus 2 --mem 16M --by mix --count 200 \
			--discard $discard --start $start --touch all
	done
done
try "no touch of converted pages" 200 --vcpus 2 --by mix --count 200 --touch 0
try "one file, five slots, three vCPUs" 300 --vcpus 3 --slots 5 --mem 33M --one-file --by mix \
	--count 300 --touch all
try "ranges across seven slots" 300 --vcpus 2 --slots 7 --mem 32804K --by mix --count 300 --touch all
try "one slot for four vCPUs" 300 --vcpus 4 --slots 1 --by mix --count 300
try "one page for each vCPU" 50 --vcpus 2 --mem 8K --by mix --count 50 --touch all
if [ "$GMEM_VARIANT" = full ]; then
	try "huge pages, discarded page by page" 300 --huge-pages --vcpus 2 --mem 16M --by mix --count 300 --pattern flip4k
	try "huge pages, one file" 300 --huge-pages --vcpus 2 --slots 4 --mem 64M --one-file --by mix --count 300 --touch all
	try "huge pages and slots that cut them" 300 --huge-pages --vcpus 2 --slots 3 --mem 32M --by mix --count 300 --touch all
fi
try "a rate" 20 --vcpus 2 --by mix --count 20 --rate 50
try "a pause" 50 --by mix --count 50 --pause-us 1000
try "a duration" null --by mix --duration 1

ends_early "SIGTERM leaves an exact ledger" TERM --vms 3 --vcpus 2 --by mix
ends_early "SIGINT leaves an exact ledger, in one process" INT --vms 3 --vcpus 2 --by mix --one-process
ends_early "SIGTERM while a slot is touched leaves an exact ledger" TERM --pattern slot --mem 512M --touch all

# named VM: succeeds if the process of the VM has its name.
named() {
	comm=$(cat "/proc/$(jq ".vms[$1].pid" "$dir/ledger")/comm") && [ -n "$comm" ] &&
		[ "$comm" = "$(jq -r ".vms[$1].name" "$dir/ledger")" ]
}

mkfifo "$dir/stdin"
for mode in "" --one-process; do
	# shellcheck disable=SC2086
	"$gmemload" --vms 2 --count 10 --hold --ledger "$dir/ledger" $mode \
		<"$dir/stdin" >"$dir/out" 2>"$dir/err" &
	pid=$!
	exec 9>"$dir/stdin"
	wait_for 20 grep -q "^gmemload: holding$" "$dir/out" && sleep 0.3 && kill -0 $pid && agrees 10 &&
		named 0 && named 1
	report $? "--hold $mode keeps the VMs"
	exec 9>&-
	wait $pid
	report $? "--hold $mode ends with stdin"
done

"$gmemload" --vms 0 2>"$dir/err"
[ $? = 2 ] && [ "$(wc -l <"$dir/err")" = 2 ]
report $? "wrong usage: status 2, two lines"
"$gmemload" --ledger "$dir/none/ledger" 2>"$dir/err"
[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 2 ]
report $? "a ledger that cannot be written: status 1, two lines"
chmod 755 "$dir"
setpriv --reuid 65534 --clear-groups "$gmemload" 2>"$dir/err"
[ $? = 3 ] && [ "$(wc -l <"$dir/err")" = 2 ]
report $? "no permission: status 3, two lines"

plan
