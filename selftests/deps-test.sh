#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests deps/install as a user who is not root, with made-up commands: it installs nothing here. Prints TAP.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
mkdir "$dir/bin"

# fake COMMAND SCRIPT
fake()
{
	printf '#!/bin/sh\n%s\n' "$2" > "$dir/bin/$1"
	chmod +x "$dir/bin/$1"
}

# install: runs deps/install with the made-up commands only; prints its status, and the program and reason of its first line.
install()
{
	PATH=$dir/bin deps/install > "$dir/out" 2>&1
	echo "$? $(head -n 1 "$dir/out")"
}

# advises REMEDY: tests that the second line is the last, and gives the remedy with the missing packages.
advises()
{
	is "the remedy is one line: $1" "$(tail -n +2 "$dir/out" | grep -c .) $(grep -c "^$1 .*zstd" "$dir/out")" "1 1"
}

for c in sh sed grep tr tail dirname mktemp rm; do
	ln -s "$(command -v $c)" "$dir/bin/$c"
done
fake id 'echo 1000'
fake dpkg-query 'printf "gcc ii \n"'
fake apt-get "echo \"\$*\" >> $dir/apt"

is "no sudo: status 3, and the reason" "$(install)" \
	"3 deps/install: cannot install missing packages: not root, and there is no sudo"
advises "Run as root: apt-get install"
fake sudo 'echo "sudo: a password is required" >&2; exit 1'
is "sudo asks for a password: status 3, and the reason" "$(install)" \
	"3 deps/install: cannot install missing packages: not root, and sudo -n fails: a password is required"
advises "Run sudo -v first, or: sudo apt-get install"
check "nothing was installed" test ! -e "$dir/apt"
fake sudo '[ "$1" = -n ] && shift; "$@"'
ln -s /bin/true "$dir/bin/true"
ln -s "$(command -v env)" "$dir/bin/env"
is "sudo without a password: status 0" "$(install | cut -c1-2)" "0 "
check "sudo without a password: packages are installed" grep -q 'install .* zstd' "$dir/apt"
plan
