# SPDX-License-Identifier: GPL-2.0-only
# A tree and the patches that are applied to it. DIR/.gmem/applied lists them,
# with a copy of each beside it, so that they can be taken off again whatever
# became of the originals. Patches that stay are not touched: their files keep
# their times, so that a change of variant rebuilds only what it changes.

# series_of SERIESFILE VARIANT: names of the patches, in order.
series_of()
{
	case $2 in
	stock)	;;
	trace)	sed -n '/^# full/q; /^[^#]/p' "$1" ;;
	full)	sed -n '/^[^#]/p' "$1" ;;
	esac
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

push_patch()
{
	local tree=$1 patch=$2 name=${2##*/} out

	out=$(patch -p1 -F0 --dry-run -d "$tree" < "$patch" 2>&1) ||
		die "cannot apply ${patch#"$root"/} to $tree without fuzz: $(echo "$out" | grep -m1 -i 'fail\|malformed\|reversed')" \
		    "The source package may be newer than the series; KSRC=DIR builds another tree."
	cp "$patch" "$tree/.gmem/$name"
	patch -s -p1 -F0 -d "$tree" < "$patch" >&2
	echo "$name" >> "$tree/.gmem/applied"
}

# set_series TREE SERIESDIR VARIANT: makes exactly these patches the applied ones.
# Fails if the tree cannot be brought back to its base; unpack it again then.
set_series()
{
	local tree=$1 dir=$2 want keep=0 i name
	local -a now=()

	mkdir -p "$tree/.gmem"
	touch "$tree/.gmem/applied"
	mapfile -t now < "$tree/.gmem/applied"
	mapfile -t want < <(series_of "$dir/series" "$3")

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
