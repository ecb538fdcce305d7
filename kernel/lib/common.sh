# SPDX-License-Identifier: GPL-2.0-only
# Shell helpers of kernel/*: messages, the cache, locking. Sourced, not run.

GMEM_CACHE=${GMEM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gmem}

prog=kernel/${0##*/}

# Exit status when what is missing is not ours to give: the caller may skip.
STATUS_SKIP=3

# die WHAT HINT: two lines, as every program here does.
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

# with_lock FILE: one build at a time per tree; the lock ends with the process.
with_lock()
{
	mkdir -p "${1%/*}"
	exec 9> "$1"
	flock -n 9 && return
	say "another build holds $1, waiting for it"
	flock 9
}
