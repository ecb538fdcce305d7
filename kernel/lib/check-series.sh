# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: the patches as text. That they apply, how they read, their style.

# check_apply: the whole series on the source as it is, without fuzz.
check_apply()
{
	local out

	if out=$(set_patches "$tree" "$series" 2>&1 && set_patches "$tree" "$series" "${patches[@]}" 2>&1); then
		ok "$version: applies to $source_id without fuzz"
	else
		not_ok "$version: applies to $source_id without fuzz" "$out"
	fi
}

# Examples of output are indented, and are as long as the output is.
check_message()
{
	local patch=$1 text long

	text=$(sed -n '1,/^---$/p' "$patch")
	long=$(echo "$text" | sed '1,/^$/d' | grep -v '^  \|^Signed-off-by:\|^Fixes:\|^Link:' | grep -E '.{75,}' || :)
	[ -z "$long" ] || echo "longer than 74: $long"
	grep -q '^Signed-off-by: ' <<< "$text" || echo "no Signed-off-by"
	[ "$(echo "$text" | sed '1,/^$/d' | grep -c .)" -ge 4 ] || echo "says too little"
}

check_messages()
{
	local name out=

	for name in "${patches[@]}"; do
		out+=$(check_message "$series/$name" | sed "s/^/$name: /")
	done
	verdict "$version: messages are wrapped and signed off" "$out"
}

# What the macros of trace headers force on everyone who uses them:
#   PARENTHESIS_ALIGNMENT, OPEN_ENDED_LINE  the customary form of TRACE_EVENT()
#   COMPLEX_MACRO                           tables for __print_flags() have no parentheses
# and COMMIT_LOG_LONG_LINE: check_message() is stricter, but for example output.
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
