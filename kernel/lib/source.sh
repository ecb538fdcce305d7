# SPDX-License-Identifier: GPL-2.0-only
# Where kernel sources come from: a Debian package, or the user's tree (KSRC).

# package_version VERSION: of the source package that apt would fetch.
package_version()
{
	apt-cache policy "linux-source-$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'
}

# fetch_package VERSION PKGVER: downloads the .deb into the cache, prints its path.
fetch_package()
{
	local deb=$GMEM_CACHE/deb/linux-source-$1_$2.deb tmp

	if [ ! -s "$deb" ]; then
		say "fetching linux-source-$1 $2 (about 150 MB)"
		mkdir -p "$GMEM_CACHE/deb"
		tmp=$(mktemp -d "$GMEM_CACHE/deb/get.XXXXXX")
		(cd "$tmp" && apt-get -qq -o APT::Sandbox::User= download "linux-source-$1=$2") >&2 ||
			{ rm -rf "$tmp"; die "cannot download linux-source-$1 $2" "Is the network there? Try: apt-get update"; }
		mv "$tmp"/*.deb "$deb"
		rm -rf "$tmp"
	fi
	echo "$deb"
}

# unpack DEB DIR: the kernel tree of the package into DIR, whole or not at all.
unpack()
{
	local tmp=$2.unpacking

	[ -e "$2/Makefile" ] && return
	say "unpacking ${1##*/}"
	rm -rf "$tmp" "$2"
	mkdir -p "$tmp/deb" "$tmp/tree"
	dpkg-deb -x "$1" "$tmp/deb"
	tar -C "$tmp/tree" --strip-components=1 -xf "$tmp"/deb/usr/src/linux-source-*.tar.xz
	mv "$tmp/tree" "$2"
	rm -rf "$tmp"
}

# copy_tree SRC DIR: the user's tree, which stays as it is.
copy_tree()
{
	say "copying $1"
	mkdir -p "$2"
	rsync -a --delete --exclude=/.git --exclude=/.gmem "$1/" "$2/"
	rm -rf "$2/.gmem"
	make -s -C "$2" mrproper >&2
}

# tree_id DIR: changes when a file of the user's tree does.
tree_id()
{
	find "$1" -path "$1/.git" -prune -o -type f -printf '%P %s %T@\n' | sort | digest
}
