# SPDX-License-Identifier: GPL-2.0-only
# Private apt for packages of a suite that the machine itself does not use. Uses the machine's
# mirror, proxy and Debian keys; keeps its state in the cache.

# Kernels from another suite than the machine's: VERSION SUITE.
suite_of()
{
	case $1 in
	7.3)	echo trixie-backports ;;
	esac
}

# debian_uris SUITE: prints URIs of the machine's own sources that have the suite. Debian's archive
# has every suite under one URI; security updates have another.
debian_uris()
{
	local codename updates=

	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	case $1 in
	*-security)	updates=-security ;;
	esac
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 2>/dev/null |
		awk -v c="$codename$updates" -v s="stable$updates" \
			'($2 == c || $2 == s) && $3 == "main" && !seen[$1]++ { print $1 }'
}

debian_keyring()
{
	local keys=/usr/share/keyrings/debian-archive-keyring

	if [ -s $keys.pgp ]; then
		echo $keys.pgp
	elif [ -s $keys.gpg ]; then
		echo $keys.gpg
	fi
}

private_apt_dir()
{
	echo "$GMEM_CACHE/apt/$1"
}

# private_apt SUITE COMMAND..: runs apt-get or apt-cache with the private configuration.
private_apt()
{
	local conf

	conf=$(private_apt_dir "$1")/apt.conf
	shift
	"$1" -c "$conf" "${@:2}"
}

# write_private_apt SUITE: writes the configuration anew, as the machine's may have changed. Hooks
# of the machine's configuration are cleared: they concern its own lists.
write_private_apt()
{
	local suite=$1 dir uri keyring

	dir=$(private_apt_dir "$suite")
	keyring=$(debian_keyring)
	[ -n "$keyring" ] || return
	mkdir -p "$dir/etc/sources.list.d" "$dir/etc/preferences.d" "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: > "$dir/status"
	for uri in $(debian_uris "$suite"); do
		echo "deb [signed-by=$keyring] $uri $suite main"
	done > "$dir/etc/sources.list"
	[ -s "$dir/etc/sources.list" ] || return
	cat > "$dir/apt.conf" <<-END
		Dir::Etc::sourcelist "$dir/etc/sources.list";
		Dir::Etc::sourceparts "$dir/etc/sources.list.d";
		Dir::Etc::preferences "$dir/etc/preferences";
		Dir::Etc::preferencesparts "$dir/etc/preferences.d";
		Dir::State "$dir/state";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Acquire::Languages "none";
		APT::Default-Release "";
		APT::Sandbox::User "";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
}

# update_private_apt SUITE: updates the lists, once an hour at most; false if that fails.
update_private_apt()
{
	local suite=$1 dir log

	dir=$(private_apt_dir "$suite")
	[ -n "$(find "$dir/updated" -mmin -60 2>/dev/null)" ] && return
	write_private_apt "$suite" ||
		{ say "no Debian mirror or keyring found in this machine's apt configuration"; return 1; }
	log=$dir/update.log
	say "reading the package list of $suite"
	private_apt "$suite" apt-get -qq --error-on=any update > "$log" 2>&1 ||
		{ say "cannot read the package list of $suite: $(grep -m1 '^[EW]:' "$log")"; return 1; }
	touch "$dir/updated"
}
