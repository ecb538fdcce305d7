#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measures the overhead of tracing guest memory, in VMs whose time is executed instructions, and
# prints the tables. See docs/performance.md.
set -u
cd "$(dirname "$0")/../.." || exit 3
. selftests/bench/boots.sh

usage()
{
	cat <<END
Usage: selftests/bench/run.sh [--kernel VERSION] [--limits] [--json FILE] [--samples FILE]
Measures the overhead of tracing guest memory: kernels stock and trace, with nothing and
with each of several programs attached. Prints tables, and whether limits are kept.

  --kernel VERSION  kernel to measure (6.12)
  --limits          measure only for the limits: nothing, gmemtop, bpftrace as gmemtop, recorders
  --json FILE       write the figures to FILE as well
  --samples FILE    write all samples as JSON lines, the input of build/bench_report

Exit status: 0 limits are kept, 1 one is not, 2 wrong usage, 3 could not measure all.
END
}

version=6.12 json='' samples='' limits_only=false
while [ $# -gt 0 ]; do
	case $1 in
	--kernel | --json | --samples)
		[ -n "${2-}" ] || die "$1 needs a value" "See selftests/bench/run.sh --help." 2 ;;&
	--kernel)	version=$2; shift ;;
	--json)		json=$2; shift ;;
	--samples)	samples=$2; shift ;;
	--limits)	limits_only=true ;;
	-h | --help)	usage; exit 0 ;;
	*)		die "unknown argument '$1'" "See selftests/bench/run.sh --help." 2 ;;
	esac
	shift
done

# Prints VARIANT BOOT GROUP.. of each boot. Each boot measures with nothing attached first, which
# shows differences between boots. The longest boots start first.
jobs_to_do()
{
	if $limits_only; then
		printf '%s\n' "trace 1 recorders" "trace 2 overview" "stock 1" "stock 2" "trace 3" "stock 3"
	else
		printf '%s\n' "trace 1 recorders strace" "trace 2 events tools" "trace 3 bpftrace" \
			"trace 4 overview" "stock 1 strace overview tools events" "stock 2" "stock 3"
	fi
}

make_dir

# run_boot OUT VARIANT BOOT GROUP..
run_boot()
{
	local out=$1 variant=$2

	shift
	exec nice selftests/vm/run --icount --image "${image[$variant]}" --timeout 1500 --hang 300 \
		--log "$out.console" -- selftests/bench/in-vm.sh "$@" > "$out" 2> "$out.err" < /dev/null
}

# Guest time is independent of the load of this machine, so boots run in parallel.
run_boots()
{
	local lanes n=0 job

	lanes=$(nproc)
	while read -r job; do
		while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do
			wait -n
		done
		say "kernel and boot: $job"
		n=$((n + 1))
		# shellcheck disable=SC2086 # one word for each
		(trap - EXIT; run_boot "$dir/boot-$n" $job) &
		echo "$! $n $job" >> "$dir/pids"
	done < <(jobs_to_do)
}

# Returns whether all boots succeeded, and prints a message for each that did not.
collect()
{
	local pid n job all_well=0

	while read -r pid n job; do
		wait "$pid" || {
			boot_failed "boot '$job'" $? "$dir/boot-$n.err"
			all_well=1
		}
	done < "$dir/pids"
	# Stock first: tables are in the order of first appearance.
	sort -k 3,3 -k 4,4n "$dir/pids" | while read -r pid n job; do
		grep -a '^{.*}$' "$dir/boot-$n"
	done > "$dir/samples"
	return $all_well
}

make -s build/gmem_ops build/bench_report build/gmemtrace build/gmemtop >&2 ||
	say "not all programs can be built: those are skipped"
[ -x build/gmem_ops ] && [ -x build/bench_report ] ||
	die "cannot build gmem_ops and bench_report" "See the messages above."
find_kernels "$version" stock trace
run_boots
well=0
collect || well=3
[ -z "$samples" ] || cp "$dir/samples" "$samples" || well=3
build/bench_report ${json:+--json "$json"} < "$dir/samples"
status=$?
[ $well -eq 0 ] || status=$well
exit $status
