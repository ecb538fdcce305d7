# SPDX-License-Identifier: GPL-2.0-only
# A tree and the patches applied to it. DIR/.gmem/applied lists them, with a copy of each beside it,
# so that they can be reverted even if the originals change. Patches that stay applied are not
# touched: their files keep their times, so that a change of variant rebuilds only what it changes.

# versions: prints the kernels that have a series.
versions()
{
	(cd "$here" && ls -d [0-9]*.[0-9]*) | tr '\n' ' ' | sed 's/ $//'
}

# Each variant has the patches of the one before it, and more. stock has none.
variants="stock core trace full"

# check_variant NAME: ends the program if there is no such variant.
check_variant()
{
	case " $variants " in *" $1 "*) ;; *) die "unknown variant '$1'" "It is one of: $variants" 2 ;; esac
}

# series_of SERIESFILE VARIANT: prints the names of the patches, in order. A line '# trace' or '# full'
# precedes the patches that variants before that one do not have.
series_of()
{
	case $2 in
	stock)	;;
	core)	sed -n '/^# \(trace\|full\)\>/q; /^[^#]/p' "$1" ;;
	trace)	sed -n '/^# full\>/q; /^[^#]/p' "$1" ;;
	full)	sed -n '/^[^#]/p' "$1" ;;
	esac
}

# touched_files DIR: prints the files that the patches of a series change or add.
touched_files()
{
	(cd "$1" && series_of series full | xargs -r sed -n 's,^+++ b/\([^[:space:]]*\).*,\1,p' | sort -u)
}

# series_digest DIR VARIANT
series_digest()
{
	local name

	for name in $(series_of "$1/series" "$2"); do
		cat "$1/$name"
	done | digest
}

pop_patch()
{
	local tree=$1 name=$2

	patch -s -p1 -R -F0 -d "$tree" < "$tree/.gmem/$name" >&2 || return
	sed -i '$d' "$tree/.gmem/applied"
}

# series_base DIR: prints the version of the source package that the series was made on.
series_base()
{
	sed -n 's/^# base: //p' "$1/series"
}

# cannot_apply PATCH WHY: ends the program. Different code in a newer package is not an error of the
# series' user: status 3 lets the caller skip it. Any other failure is an error.
cannot_apply()
{
	local base what

	base=$(series_base "${1%/*}")
	what="cannot apply ${1#"$root"/} without fuzz: $2"
	if [ -z "${KSRC:-}" ] && [ "${source_id:-}" != "$base" ]; then
		die "$what: the series was made for $base, the package is $source_id (skip)" \
		    "KSRC=DIR stands in, with a tree that it applies to." "$STATUS_SKIP"
	fi
	die "$what" "The series was made for $base."
}

push_patch()
{
	local tree=$1 patch=$2 name=${2##*/} out

	out=$(patch -p1 -F0 --dry-run -d "$tree" < "$patch" 2>&1) ||
		cannot_apply "$patch" "$(echo "$out" | grep -m1 -i 'fail\|malformed\|reversed')"
	cp "$patch" "$tree/.gmem/$name"
	patch -s -p1 -F0 -d "$tree" < "$patch" >&2
	echo "$name" >> "$tree/.gmem/applied"
}

# set_patches TREE DIR NAME..: applies exactly these patches of DIR, and reverts others. Fails if
# the tree cannot be brought back to its base; unpack it again then.
set_patches()
{
	local tree=$1 dir=$2 keep=0 i name
	local -a now=() want=("${@:3}")

	mkdir -p "$tree/.gmem"
	touch "$tree/.gmem/applied"
	mapfile -t now < "$tree/.gmem/applied"

	while [ "$keep" -lt "${#now[@]}" ] && [ "$keep" -lt "${#want[@]}" ] &&
	      [ "${now[keep]}" = "${want[keep]}" ] &&
	      cmp -s "$tree/.gmem/${now[keep]}" "$dir/${want[keep]}"; do
		keep=$((keep + 1))
	done
	for ((i = ${#now[@]} - 1; i >= keep; i--)); do
		pop_patch "$tree" "${now[i]}" || return
	done
	for name in "${want[@]:keep}"; do
		push_patch "$tree" "$dir/$name"
	done
}

# set_series TREE SERIESDIR VARIANT: applies exactly the patches of the variant.
set_series()
{
	local -a names

	mapfile -t names < <(series_of "$2/series" "$3")
	set_patches "$1" "$2" "${names[@]}"
}
