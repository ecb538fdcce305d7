# SPDX-License-Identifier: GPL-2.0-only
# A series as commits of a git tree.

# kvm_files SERIESDIR: prints the files needed to read and apply the series; a commit of a whole
# kernel takes minutes.
kvm_files()
{
	echo virt/kvm include/linux/kvm_host.h include/linux/kvm_types.h include/uapi/linux/kvm.h include/trace/events/kvm.h
	echo arch/x86/kvm arch/x86/include/asm/kvm_host.h arch/arm64/kvm arch/arm64/include/asm/kvm_host.h
	echo MAINTAINERS Documentation/virt/kvm Documentation/filesystems/proc.rst tools/testing/selftests/kvm
	echo scripts/checkpatch.pl scripts/const_structs.checkpatch scripts/spelling.txt
	touched_files "$1"
}

# make_branches VERSION SERIESDIR DIR HINT [STATUS]: makes the git tree DIR with branches base, core, trace
# and gmem. Ends with HINT and STATUS if a patch does not apply. The source is located.
make_branches()
(
	mkdir -p "$3"
	# shellcheck disable=SC2046 # a list of words
	pristine_files "$1" "$3" $(kvm_files "$2")
	cd "$3"
	git init -q -b base
	git config user.name "$(git -C "$root" config user.name)"
	git config user.email "$(git -C "$root" config user.email)"
	git add -A -f .
	git commit -q -m "$source_id"
	git checkout -q -b gmem
	for name in $(series_of "$2/series" full); do
		why=$(git am -q "$2/$name" 2>&1) ||
			die "cannot apply $name to $source_id: $(grep -m1 '^error:' <<< "$why")" "$4" "${5:-1}"
	done
	for name in core trace; do
		git branch "$name" "gmem~$(($(series_of "$2/series" full | wc -l) - $(series_of "$2/series" "$name" | wc -l)))"
	done
)
