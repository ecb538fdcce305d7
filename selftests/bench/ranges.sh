#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measures what conversions cost with attributes in ranges (variant full) and without (trace), in
# VMs whose time is executed instructions. Prints a table and whether limits are kept. See
# docs/attribute-ranges.md.
set -u
cd "$(dirname "$0")/../.." || exit 3
. selftests/bench/boots.sh
# What of 1 TiB the variant without ranges converts: its costs grow linearly.
TRACE_GIB=4
FULL_GIB=1024

usage()
{
	cat <<END
Usage: selftests/bench/ranges.sh [--kernel VERSION] [--lanes N] [--json FILE] [--markdown FILE]
                                 [--samples FILE] [--append ARGS] [GROUP]..
Compares kernels trace and full: conversions by size, by the state of the block and by
fragmentation. Prints a table, and whether limits are kept.

  --kernel VERSION  kernel to measure (6.12)
  --lanes N         VMs that run at the same time (one for each CPU, at most 2)
  --json FILE       write figures and verdicts to FILE as well
  --markdown FILE   write the table to FILE as Markdown
  --samples FILE    write all samples as JSON lines, the input of ranges_report.py
  --append ARGS     more kernel arguments
  GROUP             measure only this group of gmem_ranges; limits of others are missed

Exit status: 0 limits are kept, 1 one is not, 2 wrong usage, 3 could not measure all.
END
}

version=6.12 lanes=$(nproc) json='' markdown='' samples='' append='' groups=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel | --lanes | --json | --markdown | --samples | --append)
		[ -n "${2-}" ] || die "$1 needs a value" "See selftests/bench/ranges.sh --help." 2 ;;&
	--kernel)	version=$2; shift ;;
	--lanes)	lanes=$2; shift ;;
	--json)		json=$2; shift ;;
	--markdown)	markdown=$2; shift ;;
	--samples)	samples=$2; shift ;;
	--append)	append=$2; shift ;;
	-h | --help)	usage; exit 0 ;;
	-*)		die "unknown option '$1'" "See selftests/bench/ranges.sh --help." 2 ;;
	*)		groups+=("$1") ;;
	esac
	shift
done

make_dir
declare -A pid

# run_boot VARIANT GIB
run_boot()
{
	exec nice selftests/vm/run --icount --image "${image[$1]}" --timeout "${GMEM_VM_TIMEOUT:-1800}" \
		--hang 600 --append "$append" --log "$dir/$1.console" -- \
		selftests/bench/ranges-in-vm.sh "$1" "$2" "${groups[@]}" \
		> "$dir/$1" 2> "$dir/$1.err" < /dev/null
}

# Guest time is independent of the load of this machine, so boots may run in parallel.
start_boot()
{
	say "ranges, kernel $1"
	(trap - EXIT; run_boot "$@") &
	pid[$1]=$!
	[ "$lanes" -gt 1 ] || wait "${pid[$1]}"
}

# Returns whether both boots succeeded, and prints a message for each that did not.
collect()
{
	local variant all_well=0

	for variant in trace full; do
		wait "${pid[$variant]}" || {
			boot_failed "ranges, kernel $variant" $? "$dir/$variant.err"
			all_well=1
		}
		grep -a '^{.*}$' "$dir/$variant" >> "$dir/samples"
	done
	return $all_well
}

make -s build/gmem_ranges >&2 || die "cannot build gmem_ranges" "See the messages above."
find_kernels "$version" trace full
start_boot trace $TRACE_GIB
start_boot full $FULL_GIB
well=0
collect || well=3
[ -z "$samples" ] || cp "$dir/samples" "$samples" || well=3
selftests/bench/ranges_report.py ${json:+--json "$json"} ${markdown:+--markdown "$markdown"} < "$dir/samples"
status=$?
[ $well -eq 0 ] || status=$well
exit $status
