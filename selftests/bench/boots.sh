# SPDX-License-Identifier: GPL-2.0-only
# What run.sh and ranges.sh share: messages, a temporary folder $dir, and kernels to boot in $image. Sourced.

# die MESSAGE REMEDY [STATUS]
die()
{
	printf 'bench: %s\n%s\n' "$1" "$2" >&2
	exit "${3:-3}"
}

say()
{
	printf 'bench: %s\n' "$1" >&2
}

# Ends the background jobs, which the script started.
finish()
{
	local running

	running=$(jobs -rp)
	# shellcheck disable=SC2086 # one word for each
	[ -z "$running" ] || kill $running 2>/dev/null
	wait
	rm -rf "$dir"
}

# make_dir: sets dir, which is removed at the end.
make_dir()
{
	dir=$(mktemp -d) || exit 3
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# find_kernels VERSION VARIANT..: sets image[VARIANT]. Called once: kernels must not change between the boots.
declare -A image
find_kernels()
{
	local variant

	for variant in "${@:2}"; do
		image[$variant]=$(kernel/build --variant "$variant" "$1" | tail -n 1)
		[ -r "${image[$variant]}" ] ||
			die "cannot find a kernel $1, variant $variant" "See the messages above."
	done
}

# boot_failed WHAT STATUS FILE: prints the end of the messages of a boot.
boot_failed()
{
	say "$1 failed with status $2:"
	tail -n 5 "$3" >&2
}
