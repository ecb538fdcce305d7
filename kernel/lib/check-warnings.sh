# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: compares warnings of sparse and W=1 with and without the series.

# warnings_of: prints one warning a line, sorted, without line numbers, which any patch shifts.
warnings_of()
{
	grep -E ' (warning|error): ' | sed -E 's/:[0-9]+(:[0-9]+)?: /: /; s,^(\.\./)+,,' | sort -u
}

# Linux 7.3 refuses a sparse without __typeof_unqual__, such as Debian 12's. Using typeof instead
# may add warnings, but the same ones before and after.
checker="sparse -D__typeof_unqual__=__typeof__"

# Rebuild everything: a compiler warns only of files that it compiles.
collect_warnings()
{
	local obj=$1

	find "$obj/arch/x86/kvm" "$obj/virt/kvm" -name '*.o' -delete 2>/dev/null || :
	kvm_objects "$obj" -k W=1 C=2 CHECK="$checker"
}

run_warnings()
{
	local obj before after new

	command -v sparse >/dev/null ||
		{ skip "$version: no new warning of sparse or W=1" "sparse is not installed"; return; }
	set_patches "$tree" "$series"
	configure_check warnings "$here/config/trace-only.config"
	obj=$(check_obj warnings)
	before=$(collect_warnings "$obj" | tee "$obj/before.log" | warnings_of || :)
	set_patches "$tree" "$series" "${patches[@]}"
	after=$(collect_warnings "$obj" | tee "$obj/after.log" | warnings_of || :)
	new=$(comm -13 <(echo "$before") <(echo "$after"))
	grep -q ' CHECK .*guest_memfd\.c' "$obj/after.log" || new+="sparse did not look at guest_memfd.c: see $obj/after.log"
	comment "$(grep -c . <<< "$before") warnings without the series"
	verdict "$version: no new warning of sparse or W=1" "$new"
}
