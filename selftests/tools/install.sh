#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that make install installs programs, man pages and documentation, and that links in the documentation lead somewhere.
. selftests/tap.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
doc=$root/usr/share/doc/gmem

make -s install DESTDIR="$root" PREFIX=/usr
for f in usr/sbin/gmemtop usr/sbin/gmemtrace usr/share/bash-completion/completions/gmemtrace; do
	check "/$f is installed" test -s "$root/$f"
done
for f in docs/*.8; do
	same "/usr/share/man/man8/${f##*/} is installed" "$root/usr/share/man/man8/${f##*/}" "$f"
done
for f in README.md docs/*.md; do
	same "/usr/share/doc/gmem/$f is installed" "$doc/$f" "$f"
done
units=$root/usr/lib/systemd/system
check "the units of the exporter are installed" test -s "$units/gmem-exporter.service" -a -s "$units/gmem-exporter.socket"
is "the exporter's unit runs the installed program" "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$units/gmem-exporter.service")" /usr/sbin/gmemtrace
for f in docs/dashboards/*; do
	same "/usr/share/doc/gmem/$f is installed" "$doc/$f" "$f"
done
is "nothing is installed outside of PREFIX" "$(ls -A "$root")" usr
is "files can be read by all" "$(find "$root" -type f ! -perm -444 | wc -l)" 0

# links FOLDER: prints FILE: LINK of each relative link in its *.md that leads nowhere, and the number of links.
links()
{
	local f link n=0

	while IFS=: read -r f link; do
		n=$((n + 1))
		link=${link#](}
		link=${link%[)#]*}
		[ -e "$(dirname "$f")/$link" ] || echo "$f: $link"
	done < <(find "$1" -name '*.md' -exec grep -oE '\]\([^):#]+[)#]' {} +)
	echo "$n"
}

is "all links of the installed documentation lead to a file" "$(links "$doc")" "$(cat README.md kernel/README.md docs/*.md |
	grep -oE '\]\([^):#]+[)#]' | wc -l)"
plan
