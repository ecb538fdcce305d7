#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs named scenarios on a kernel, in VMs whose time is executed instructions, and writes results documents
# (docs/results.md), one for each run, which gmemtrace compare and gmemtrace dashboard read.
set -u
cd "$(dirname "$0")/../.." || exit 3
. selftests/bench/boots.sh

usage()
{
	cat <<END
Usage: selftests/bench/suite.sh [--kernel VERSION[:VARIANT]] [--repeats N] [--lanes N] -o DIR [SCENARIO..]
       selftests/bench/suite.sh --list
Runs scenarios and writes DIR/VERSION-VARIANT-COMMIT-SCENARIO.json for each, with a document for each run.

  --kernel KERNEL   kernel and variant of the series (6.12:full)
  --repeats N       runs of each scenario (3)
  --lanes N         VMs that run at the same time (one for each CPU, at most 2)
  -o DIR            folder for the results
  SCENARIO          run only these; --list prints all

Exit status: 0 all ran, 2 wrong usage, 3 one did not.
END
}

# field N: prints the fields N of all scenarios, without blanks around them.
field() { grep -v '^#' selftests/bench/scenarios | awk -F'|' -v n="$1" '{ gsub(/^[ \t]+|[ \t]+$/, "", $n); print $n }'; }
options_of() { paste -d '|' <(field 1) <(field 2) | sed -n "s/^$1|//p"; }

kernel=6.12:full repeats=3 lanes=$(nproc) out='' scenarios=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel | --repeats | --lanes | -o)
		[ -n "${2-}" ] || die "$1 needs a value" "See selftests/bench/suite.sh --help." 2 ;;&
	--kernel)	kernel=$2; shift ;;
	--repeats)	repeats=$2; shift ;;
	--lanes)	lanes=$2; shift ;;
	-o)		out=$2; shift ;;
	--list)		paste <(field 1) <(field 3) | column -ts "$(printf '\t')"; exit ;;
	-h | --help)	usage; exit 0 ;;
	-*)		die "unknown option '$1'" "See selftests/bench/suite.sh --help." 2 ;;
	*)		[ -n "$(options_of "$1")" ] || die "there is no scenario '$1'" "suite.sh --list prints all." 2
			scenarios+=("$1") ;;
	esac
	shift
done
[ -n "$out" ] || die "-o is missing" "Name the folder for the results." 2
[ ${#scenarios[@]} -gt 0 ] || mapfile -t scenarios < <(field 1)
mkdir -p "$out" || exit 3
IFS=: read -r version variant <<< "$kernel"
variant=${variant:-full}
make_dir
make -s all vm build/gmemload >&2 || die "cannot build the tools" "See the messages above."
find_kernels "$version" "$variant"
commit=$(git log -1 --format=%h -- "kernel/$version" 2> /dev/null || echo unknown)

# documents SCENARIO: prints a results document for each line of figures in $dir/SCENARIO. Instructions are the same on
# every host, so its CPU does not make a trend of its own.
documents()
{
	local options

	options=$(options_of "$1")
	jq -s --arg scenario "$1" --arg options "$options" --arg version "$version" --arg variant "$variant" \
		--arg commit "$commit" --arg time "$(date -u +%FT%TZ)" --arg tool "$(build/gmemtrace --version)" \
		--arg config "$(sha256sum < "${image[$variant]%/*}/config" | cut -c1-16)" \
		--arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
		--arg qemu "$(qemu-system-x86_64 --version | head -n 1)" '
		map({ schema: "gmem.results/1", time: $time, commit: $commit, kernel: $version, variant: "\($version) \($variant)", config: $config,
		  tool: $tool, machine: { clock: "icount", qemu: $qemu }, host: { cpu: $cpu }, suite: "gmem", scenario: $scenario,
		  parameters: { gmemload: $options }, series: map(. + { better: "lower" }) })' \
		"$dir/$1"
}

# run SCENARIO: boots a VM for it, and writes its documents.
run()
{
	# shellcheck disable=SC2046 # one word for each option
	nice selftests/vm/run --icount --image "${image[$variant]}" --timeout "${GMEM_VM_TIMEOUT:-1800}" --hang 600 -- \
		selftests/bench/suite-in-vm.sh "$1" "$repeats" $(options_of "$1") > "$dir/$1.out" 2> "$dir/$1.err" < /dev/null || {
		boot_failed "$1 on $kernel" $? "$dir/$1.err"
		return 1
	}
	grep -a '^\[{' "$dir/$1.out" > "$dir/$1"
	documents "$1" > "$dir/$1.json" && mv "$dir/$1.json" "$out/$version-$variant-$commit-$1.json"
}

for scenario in "${scenarios[@]}"; do
	[ "$(jobs -rp | wc -l)" -lt "$lanes" ] || wait -n
	say "$scenario on $kernel"
	(trap - EXIT; run "$scenario" || touch "$dir/failed") &
done
wait
[ ! -e "$dir/failed" ] || exit 3
