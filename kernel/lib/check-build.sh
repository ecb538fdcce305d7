# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: builds with different compilers and configurations. Only KVM is built, in separate
# object trees.

# check_obj NAME: prints the object folder, separate for each set of make arguments.
check_obj()
{
	echo "$GMEM_CACHE/obj/${tree##*/}-$1"
}

# kvm_objects OBJ MAKEARG..: builds all of KVM; prints make's output.
kvm_objects()
{
	local obj=$1

	shift
	make -C "$tree" O="$obj" -j$(($(nproc) + 1)) "$@" arch/x86/kvm/ 2>&1
}

# configure_check NAME FRAGMENT..: prepares an object tree to build KVM in.
configure_check()
{
	local obj

	obj=$(check_obj "$1")
	shift
	configure "$tree" "$obj" "$here/config/check.config" "$here/config/kvm.config" "$@"
	make -s -C "$tree" O="$obj" -j$(($(nproc) + 1)) prepare > "$obj/prepare.log" 2>&1 ||
		die "cannot prepare $obj: $(grep -m1 -E 'error:|Error' "$obj/prepare.log")" "All of it: $obj/prepare.log"
}

errors_of()
{
	grep -E 'error:|Error |\*\*\*|undefined' | head -12
}

# Builds each patch on top of those before it; files that it does not touch are not rebuilt.
check_bisect()
{
	local kvm=$1 obj n out fragments=("$here/config/trace-only.config")

	[ "$kvm" = m ] && fragments+=("$here/config/kvm-module.config")
	set_patches "$tree" "$series"
	configure_check "kvm-$kvm" "${fragments[@]}"
	obj=$(check_obj "kvm-$kvm")
	out=$(kvm_objects "$obj") || { not_ok "$version: the base builds (KVM=$kvm)" "$(echo "$out" | errors_of)"; return; }
	for ((n = 1; n <= ${#patches[@]}; n++)); do
		set_patches "$tree" "$series" "${patches[@]:0:n}"
		if out=$(kvm_objects "$obj"); then
			ok "$version: patch $n builds (KVM=$kvm)"
		else
			not_ok "$version: patch $n builds (KVM=$kvm)" "$(echo "$out" | errors_of)"
		fi
	done
}

run_bisect()
{
	check_bisect y
	check_bisect m
}

# trace_symbols SERIESDIR: prints a regular expression for symbols of the events that the series adds, and
# of functions for them only.
trace_symbols()
{
	added_events "$1" | paste -sd '|' | sed 's/.*/trace[a-z_]*_(&)/'
	(cd "$1" && series_of series full | xargs -r sed -nE 's/^\+[a-z][a-z0-9_ *]*[ *](\w*trace\w*)\(.*/\1/p')
}

# Builds without tracepoints: no symbol of the events may remain, only the VM number, which is no
# tracepoint. Variant core may be taken alone, and compiles few files in addition. It is the beginning
# of the series, so that all else is checked on the whole: warnings would take twice the time, and
# bisect builds every beginning.
check_notrace()
{
	local obj out left variant

	configure_check notrace
	obj=$(check_obj notrace)
	! grep -q '^CONFIG_TRACEPOINTS=y' "$obj/.config" ||
		{ not_ok "$version: builds without CONFIG_TRACEPOINTS" "the configuration has it"; return; }
	for variant in core full; do
		set_series "$tree" "$series" "$variant"
		out=$(kvm_objects "$obj") ||
			{ not_ok "$version: $variant builds without CONFIG_TRACEPOINTS" "$(echo "$out" | errors_of)"; return; }
		ok "$version: $variant builds without CONFIG_TRACEPOINTS"
	done
	left=$(find "$obj" -path '*kvm*' -name '*.o' -exec nm -A {} + 2>/dev/null | grep -E -f <(trace_symbols "$series") || :)
	verdict "$version: nothing of the events is left then" "$left"
}

run_notrace()
{
	check_notrace
}
