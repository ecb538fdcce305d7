# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: compiles the files that the series touches for arm64 as well.

arm64_make()
{
	make -C "$tree" O="$(check_obj arm64)" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- -j$(($(nproc) + 1)) "$@" 2>&1
}

# Compiles arch/arm64/kvm/, which includes all of the generic code.
run_arm64()
{
	local what="$version: compiles for arm64" obj out

	command -v aarch64-linux-gnu-gcc >/dev/null ||
		{ skip "$what" "no cross compiler: apt-get install gcc-aarch64-linux-gnu"; return; }
	obj=$(check_obj arm64)
	set_patches "$tree" "$series" "${patches[@]}"
	mkdir -p "$obj"
	arm64_make -s tinyconfig > "$obj/config.log"
	cat "$here/config/arm64.config" >> "$obj/.config"
	arm64_make -s olddefconfig >> "$obj/config.log"
	out=$(missing_options "$obj/.config" "$here/config/arm64.config")
	[ -z "$out" ] || { not_ok "$what" "options asked for are not in .config: $out"; return; }
	if out=$(arm64_make prepare && arm64_make W=1 arch/arm64/kvm/); then
		verdict "$what" "$(touched_warnings "$out")"
	else
		not_ok "$what" "$(echo "$out" | errors_of)"
	fi
}

# Prints warnings in files of the series; the base's warnings elsewhere do not count.
touched_warnings()
{
	echo "$1" | grep 'warning:' | grep -E 'trace/events/kvm\.h|guest_memfd\.c' || :
}
