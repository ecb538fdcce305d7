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

# Example output is indented, and may be longer.
check_message()
{
	local patch=$1 text long

	text=$(sed -n '1,/^---$/p' "$patch")
	long=$(echo "$text" | sed '1,/^$/d' | grep -v '^  \|^Signed-off-by:\|^Fixes:\|^Link:' | grep -E '.{75,}' || :)
	[ -z "$long" ] || echo "longer than 74: $long"
	grep -q '^Signed-off-by: ' <<< "$text" || echo "no Signed-off-by"
	[ "$(echo "$text" | sed '1,/^$/d' | grep -c .)" -ge 4 ] || echo "message has less than 4 lines"
}

check_messages()
{
	local name out=

	for name in "${patches[@]}"; do
		out+=$(check_message "$series/$name" | sed "s/^/$name: /")
	done
	verdict "$version: messages are wrapped and signed off" "$out"
}

# Checks that cannot be met, because of the macros of trace headers:
#   PARENTHESIS_ALIGNMENT, OPEN_ENDED_LINE  the customary form of TRACE_EVENT()
#   COMPLEX_MACRO                           tables for __print_flags() have no parentheses
# COMMIT_LOG_LONG_LINE: check_message() is stricter, except for example output.
style_complaints()
{
	(cd "$tree" && perl scripts/checkpatch.pl --strict --terse --show-types --showfile -q \
		--ignore COMMIT_LOG_LONG_LINE "$1" 2>&1) |
		grep -v '^include/trace/[^:]*:[0-9]*: [A-Z]*:\(PARENTHESIS_ALIGNMENT\|OPEN_ENDED_LINE\|COMPLEX_MACRO\):' |
		grep -v '^total: ' || :
}

check_style()
{
	local name out=

	for name in "${patches[@]}"; do
		out+=$(style_complaints "$series/$name")
	done
	verdict "$version: checkpatch --strict has no complaint" "$out"
}

run_series()
{
	check_apply
	check_messages
	check_style
}
