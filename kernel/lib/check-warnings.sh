# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: sparse and W=1, with the series against without it.

# warnings_of: one a line, without line numbers, which any patch shifts. Sorted.
warnings_of()
{
	grep -E ' (warning|error): ' | sed -E 's/:[0-9]+(:[0-9]+)?: /: /; s,^(\.\./)+,,' | sort -u
}

# W=1 and C=2 are also told to objects that do not need to be built again.
collect_warnings()
{
	local obj=$1

	find "$obj/arch/x86/kvm" "$obj/virt/kvm" -name '*.o' -delete 2>/dev/null || :
	kvm_objects "$obj" -k W=1 C=2 CHECK="sparse"
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
	verdict "$version: no new warning of sparse or W=1 ($(grep -c . <<< "$before") before)" "$new"
}
