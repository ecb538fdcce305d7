# SPDX-License-Identifier: GPL-2.0-only
# Packages of Debian's suites, unpacked into the cache and never installed. Sourced by fetch and
# clangs. Sets root; uses the caller's prog in messages.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/kernel/lib/common.sh"
. "$root/kernel/lib/backports.sh"
prog=selftests/distro/${0##*/}

# Searched in this order; a suite that the machine's apt cannot reach is skipped with a message.
DISTRO_SUITES=${GMEM_DISTRO_SUITES:-bookworm bookworm-security bookworm-backports trixie trixie-security trixie-backports sid}

# package_names SUITE PREFIX: prints the names of packages with that prefix.
package_names()
{
	update_private_apt "$1" || :
	[ -f "$(private_apt_dir "$1")/apt.conf" ] || return 0
	private_apt "$1" apt-cache pkgnames "$2" 2>/dev/null
}

# package_version SUITE PACKAGE: prints the version that apt would download, or nothing.
package_version()
{
	private_apt "$1" apt-cache policy "$2" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'
}

# package_depends SUITE PACKAGE..: prints the packages and all their dependencies.
package_depends()
{
	private_apt "$1" apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "${@:2}" 2>/dev/null |
		sed -n 's/^\([a-z0-9][^ :]*\)$/\1/p' | sort -u
}

# unpack_packages SUITE DIR PACKAGE..: downloads the packages and unpacks them to DIR.
unpack_packages()
{
	local suite=$1 dir=$2 debs status=0 deb

	shift 2
	mkdir -p "$dir"
	debs=$(mktemp -d "$dir/get.XXXXXX") || return
	(cd "$debs" && private_apt "$suite" apt-get -qq download "$@") > "$debs/log" 2>&1 || {
		say "cannot download $* from $suite: $(grep -m1 '^[EW]:' "$debs/log")"
		status=1
	}
	for deb in "$debs"/*.deb; do
		[ $status -eq 0 ] || break
		dpkg-deb -x "$deb" "$dir" || status=1
	done
	rm -rf "$debs"
	return $status
}
