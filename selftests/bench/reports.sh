# SPDX-License-Identifier: GPL-2.0-only
# reports NAME STATUS PATTERN FILE: tests the exit status of the command in the array report, which reads FILE, and
# its output, which is left in $dir/out. Sourced.
reports()
{
	local status

	"${report[@]}" < "$4" > "$dir/out" 2>&1
	status=$?
	if [ $status -eq "$2" ] && grep -Eq -- "$3" "$dir/out"; then
		ok "$1"
	else
		not_ok "$1" "status $status, wanted $2; output:
$(cat "$dir/out")"
	fi
}
