# SPDX-License-Identifier: GPL-2.0-only
# Kernel sources: a Debian package, or the user's tree (KSRC).

# apt_for VERSION COMMAND..: runs apt-get or apt-cache with the configuration for that version's
# package.
apt_for()
{
	local suite

	suite=$(suite_of "$1")
	shift
	if [ -n "$suite" ] && [ -f "$(private_apt_dir "$suite")/apt.conf" ]; then
		private_apt "$suite" "$@"
	else
		"$1" "${@:2}"
	fi
}

candidate()
{
	apt_for "$1" apt-cache policy "linux-source-$1" 2>/dev/null |
		awk '/Candidate:/ && $2 != "(none)" { print $2 }'
}

# cached_version VERSION: prints the version of the newest source package in the cache.
cached_version()
{
	local deb

	deb=$(find "$GMEM_CACHE/deb" -name "linux-source-$1_*.deb" 2>/dev/null | sort -V | tail -1)
	[ -z "$deb" ] || basename "${deb#*_}" .deb
}

# package_version VERSION: prints the version of the source package to use, or nothing.
package_version()
{
	local suite found

	suite=$(suite_of "$1")
	# Old lists will do, as long as they have the package.
	[ -z "$suite" ] || update_private_apt "$suite" || :
	found=$(candidate "$1")
	if [ -z "$found" ]; then
		found=$(cached_version "$1")
		[ -z "$found" ] || say "apt has no linux-source-$1 now, using $found from the cache"
	fi
	echo "$found"
}

# no_package VERSION: ends the program; status 3 lets a test suite skip the version.
no_package()
{
	local suite

	suite=$(suite_of "$1")
	die "cannot get linux-source-$1: no such package in ${suite:-the apt sources of this machine} (skip)" \
	    "Run apt-get update, or build a tree of yours: KSRC=DIR kernel/${0##*/} .. $1" "$STATUS_SKIP"
}

# fetch_package VERSION PKGVER: downloads the .deb into the cache, prints its path.
fetch_package()
{
	local deb=$GMEM_CACHE/deb/linux-source-$1_$2.deb tmp

	if [ ! -s "$deb" ]; then
		say "fetching linux-source-$1 $2 (about 150 MB)"
		mkdir -p "$GMEM_CACHE/deb"
		tmp=$(mktemp -d "$GMEM_CACHE/deb/get.XXXXXX")
		(cd "$tmp" && apt_for "$1" apt-get -qq -o APT::Sandbox::User= download "linux-source-$1=$2") >&2 ||
			{ rm -rf "$tmp"; die "cannot download linux-source-$1 $2 (skip)" "Check the network, or run: apt-get update" "$STATUS_SKIP"; }
		mv "$tmp"/*.deb "$deb"
		rm -rf "$tmp"
	fi
	echo "$deb"
}

# unpack DEB DIR: unpacks the package's kernel tree to DIR, completely or not at all.
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

# copy_tree SRC DIR: copies the user's tree, which is not changed.
copy_tree()
{
	say "copying $1"
	mkdir -p "$2"
	rsync -a --delete --exclude=/.git --exclude=/.gmem "$1/" "$2/"
	rm -rf "$2/.gmem"
	make -s -C "$2" mrproper >&2
}

# tree_id DIR: prints a digest that changes with any file of the user's tree.
tree_id()
{
	find "$1" -path "$1/.git" -prune -o -type f -printf '%P %s %T@\n' | sort | digest
}

# locate_source VERSION [PREFIX]: sets source_id, which identifies the content, and tree, the path
# where it is or will be. PREFIX separates trees of the same source.
locate_source()
{
	if [ -n "${KSRC:-}" ]; then
		[ -f "$KSRC/Kbuild" ] || die "KSRC=$KSRC is not a kernel tree" "It must hold the Makefile and Kbuild of a Linux source."
		source_id=$(tree_id "$KSRC")
		tree=$GMEM_CACHE/src/${2-}ksrc-$(realpath "$KSRC" | digest)
	else
		source_id=$(package_version "$1")
		[ -n "$source_id" ] || no_package "$1"
		tree=$GMEM_CACHE/src/${2-}linux-$source_id
	fi
}

# place_source VERSION: unpacks or copies the source to $tree; patches may be applied to it.
place_source()
{
	if [ -n "${KSRC:-}" ]; then
		[ "$(cat "$tree.id" 2>/dev/null)" = "$source_id" ] || copy_tree "$KSRC" "$tree"
		echo "$source_id" > "$tree.id"
	else
		unpack "$(fetch_package "$1" "$source_id")" "$tree"
	fi
}

# patched_source VERSION SERIESDIR VARIANT: makes $tree the source with exactly these patches.
patched_source()
{
	place_source "$1"
	set_series "$tree" "$2" "$3" && return
	say "the tree was changed by hand, making it again"
	rm -rf "$tree" "$tree.id"
	patched_source "$@"
}

# pristine_files VERSION DIR FILE..: extracts these files and folders of the unpatched source, as
# far as they exist, without unpacking all of it.
pristine_files()
{
	local version=$1 dir=$2 deb top

	shift 2
	if [ -n "${KSRC:-}" ]; then
		(cd "$KSRC" && for f in "$@"; do [ ! -e "$f" ] || echo "$f"; done | tar -cf - -T -) | tar -xf - -C "$dir"
		return
	fi
	deb=$(fetch_package "$version" "$source_id")
	top=linux-source-$version
	dpkg-deb --fsys-tarfile "$deb" | tar -xOf - --wildcards '*/linux-source-*.tar.xz' |
		tar -xJf - -C "$dir" --strip-components=1 "${@/#/$top/}" 2>/dev/null || :
	[ -n "$(ls "$dir")" ] || die "found none of the wanted files in ${deb##*/}" "It must be a package of kernel sources."
}
