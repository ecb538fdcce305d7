# SPDX-License-Identifier: GPL-2.0-only
# Kernel configuration: tinyconfig plus fragments, checked for options that Kconfig drops.

# wanted_options FRAGMENT..: prints the options of the fragments; a later line overrides an earlier
# one.
wanted_options()
{
	grep -h '^CONFIG_\|^# CONFIG_.* is not set' "$@" | tac |
		awk '{ name = $0; sub(/^# /, "", name); sub(/[ =].*/, "", name) } !seen[name]++' | tac
}

# missing_options CONFIG FRAGMENT..: prints options that are not in CONFIG. Kconfig drops an option
# silently if a dependency is missing or the option was renamed.
missing_options()
{
	local config=$1 line name

	shift
	wanted_options "$@" | while read -r line; do
		grep -qxF -- "$line" "$config" && continue
		case $line in
		"# "*|*=n)	# absent equals off
			name=${line#\# }; name=${name%%[ =]*}
			grep -q "^$name=" "$config" || continue ;;
		esac
		echo "$line"
	done
}

# configure TREE OBJ FRAGMENT..: writes OBJ/.config, unless it is unchanged.
configure()
{
	local tree=$1 obj=$2 new missing

	shift 2
	mkdir -p "$obj"
	new=$obj/.gmem-config
	rm -rf "$new"
	mkdir -p "$new"
	make -s -C "$tree" O="$new" tinyconfig >&2
	cat "$@" >> "$new/.config"
	make -s -C "$tree" O="$new" olddefconfig 2>&1 | { grep -v 'override: ' || :; } >&2
	missing=$(missing_options "$new/.config" "$@")
	[ -z "$missing" ] ||
		die "options asked for are not in .config: $(echo $missing)" \
		    "A dependency is missing or the option was renamed: see kernel/config/ and make menuconfig."
	cmp -s "$new/.config" "$obj/.config" || cp "$new/.config" "$obj/.config"
	rm -rf "$new"
}
