# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: the patches as text: they apply, and their messages and style are right.

# check_apply: applies the whole series to the unpatched source, without fuzz.
check_apply()
{
	local out

	if out=$(set_patches "$tree" "$series" 2>&1 && set_patches "$tree" "$series" "${patches[@]}" 2>&1); then
		ok "$version: applies to $source_id without fuzz"
	else
		not_ok "$version: applies to $source_id without fuzz" "$out"
	fi
}

# Example output is indented, and may be longer. Only the person who sends a patch can sign it off.
check_message()
{
	local patch=$1 text long

	text=$(sed -n '1,/^---$/p' "$patch")
	long=$(echo "$text" | sed '1,/^$/d' | grep -v '^  \|^Signed-off-by:\|^Fixes:\|^Link:' | grep -E '.{75,}' || :)
	[ -z "$long" ] || echo "longer than 74: $long"
	grep '^Signed-off-by:' <<< "$text" || :
	[ "$(echo "$text" | sed '1,/^$/d' | grep -c .)" -ge 4 ] || echo "message has less than 4 lines"
}

check_messages()
{
	local name out

	out=$(for name in "${patches[@]}"; do
		check_message "$series/$name" | sed "s/^/$name: /"
	done)
	verdict "$version: messages are wrapped, and nobody has signed off" "$out"
}

# style_complaints PATCH [OPTION..]: prints what checkpatch, with OPTIONs, complains of. Left out are checks
# that cannot be met, because of the macros of trace headers:
#   PARENTHESIS_ALIGNMENT, OPEN_ENDED_LINE  the customary form of TRACE_EVENT()
#   COMPLEX_MACRO                           tables for __print_flags() have no parentheses
# COMMIT_LOG_LONG_LINE: check_message() is stricter, except for example output.
# FILE_PATH_CHANGES: new files lie in folders that MAINTAINERS lists as a whole.
style_complaints()
{
	(cd "$tree" && perl scripts/checkpatch.pl --strict --terse --show-types --showfile -q \
		--ignore COMMIT_LOG_LONG_LINE,FILE_PATH_CHANGES "${@:2}" "$1" 2>&1) |
		grep -v '^[^:]*/trace[/.][^:]*:[0-9]*: [A-Z]*:\(PARENTHESIS_ALIGNMENT\|OPEN_ENDED_LINE\|COMPLEX_MACRO\):' |
		grep -v '^total: ' || :
}

check_style()
{
	local name out

	out=$(for name in "${patches[@]}"; do
		style_complaints "$series/$name" --no-signoff
	done)
	verdict "$version: checkpatch --strict has no complaint" "$out"
}

# added_events SERIESDIR: prints the names of the events and event classes that the series adds.
added_events()
{
	(cd "$1" && series_of series full | xargs -r sed -nE \
		's/^\+DEFINE_EVENT[A-Z_]*\(\w+, *(\w+).*/\1/p; s/^\+(TRACE_EVENT[A-Z_]*|DECLARE_EVENT_CLASS)\((\w+).*/\2/p' | sort -u)
}

# Limits of variant core, which reviewers read first: number of patches, and lines added outside Documentation/.
core_patches_min=6 core_patches_max=8 core_lines_max=499

check_core()
{
	local n lines

	n=$(series_of "$series/series" core | wc -l)
	lines=$(series_of "$series/series" core | sed "s,^,$series/," | xargs -r awk '
		FNR == 1 { code = 0 }
		/^diff --git / { code = !/ b\/Documentation\// }
		code && /^\+/ && !/^\+\+\+ /' | wc -l)
	comment "$version: core has $n patches that add $lines lines of code"
	verdict "$version: core has $core_patches_min to $core_patches_max patches" \
		"$( ((n >= core_patches_min && n <= core_patches_max)) || echo "it has $n")"
	verdict "$version: core adds at most $core_lines_max lines of code" \
		"$( ((lines <= core_lines_max)) || echo "it adds $lines")"
}

# untraced_retries FILE..: prints the places that retry because of an invalidation, or because their
# memslot is going away, without trace_kvm_fault_retry() in the lines of code that follow.
untraced_retries()
{
	awk '
		function settle() {
			if (site && (!slot || retries)) {
				print site
				seen[slot] = 1
			}
			site = ""
		}
		FNR == 1 { settle() }
		/^[ \t]*\/?\*/ { next }
		{ gsub(/\/\*.*\*\//, "") }
		/RET_PF_RETRY/ { retries = 1 }
		site && /trace_kvm_fault_retry\(/ { site = ""; seen[slot] = 1 }
		site && !left-- { settle() }
		/mmu_invalidate_retry(_gfn|_gfn_unsafe)?\(|KVM_MEMSLOT_INVALID/ {
			settle()
			site = FILENAME ":" FNR ": " $0
			slot = /KVM_MEMSLOT_INVALID/
			left = 4
			retries = 0
		}
		END {
			settle()
			if (!seen[0] || !seen[1])
				print "no such place: was a function renamed?"
		}
	' "$@"
}

check_retries()
{
	local out

	# shellcheck disable=SC2046 # a list of files
	out=$(cd "$tree" && untraced_retries $(find arch/x86/kvm arch/arm64/kvm -name '*.[ch]') 2>&1)
	verdict "$version: every retry of a fault is traced" "$out"
}

run_series()
{
	check_apply
	check_messages
	check_style
	check_core
	check_retries
}
