# SPDX-License-Identifier: GPL-2.0-only
# Shell helpers of kernel/*: messages, the cache, locking. Sourced, not run.

GMEM_CACHE=${GMEM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gmem}

prog=kernel/${0##*/}

# Exit status if a resource outside this repository is missing: the caller may skip.
STATUS_SKIP=3

# die WHAT HINT [STATUS]: prints two lines, failure and remedy, and ends the program.
die()
{
	printf '%s: %s\n%s\n' "$prog" "$1" "${2:-}" >&2
	exit "${3:-1}"
}

say()
{
	printf '%s: %s\n' "$prog" "$*" >&2
}

digest()
{
	sha256sum | cut -c1-16
}

# with_lock FILE: takes the lock of a tree, which the kernel releases when the process ends.
with_lock()
{
	mkdir -p "${1%/*}"
	exec 9> "$1"
	flock -n 9 && return
	say "another build holds $1, waiting for it"
	flock 9
}
