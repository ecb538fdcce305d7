# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: compares the ports of the series, so that differences between them do not go
# unnoticed. Needs no source.

subject_of()
{
	sed -n '/^Subject: /,/^$/p' "$1" | tr -d '\n' | sed 's/^Subject: \[PATCH[^]]*\] //'
}

subjects_of()
{
	local name

	for name in $(series_of "$here/$1/series" full); do
		subject_of "$here/$1/$name"
		echo
	done
}

# Patches that only one version has. All others must be on every version.
#   VERSION subject
ports_only()
{
	cat <<-END
	7.3 KVM: guest_memfd: Add tracepoints around faults of userspace
	END
}

# header_patch PATCH: prints the part that changes the header of the events.
header_patch()
{
	awk '/^diff --git / { on = / b\/include\/trace\/events\/kvm_gmem\.h$/ } /^-- $/ { on = 0 } on' "$1"
}

# events_of VERSION: prints a line per event, with its arguments and its record at the end of the
# series: the interface that programs depend on.
events_of()
{
	local name dir

	dir=$(mktemp -d)
	for name in $(series_of "$here/$1/series" full); do
		header_patch "$here/$1/$name" | patch -s -p1 -F0 -d "$dir" || echo "$name: does not apply"
	done
	awk '
		/^(TRACE_EVENT|TRACE_EVENT_FN|DEFINE_EVENT|DEFINE_EVENT_FN|DECLARE_EVENT_CLASS)\(/ { on = 1; text = "" }
		on { text = text $0 }
		on && /^\);/ { gsub(/[ \t]+/, " ", text); print text; on = 0 }
	' "$dir/include/trace/events/kvm_gmem.h"
	rm -rf "$dir"
}

# port_table FIRST OTHER: compares by subject.
port_table()
{
	diff --old-line-format="$1 only: %L" --new-line-format="$2 only: %L" --unchanged-line-format="both:     %L" \
		<(subjects_of "$1") <(subjects_of "$2") || :
}

check_port()
{
	local first=$1 other=$2 table extra

	table=$(port_table "$first" "$other")
	comment "$table"
	extra=$(echo "$table" | grep ' only: ' | sed 's/ only://' | grep -vxFf <(ports_only) || :)
	verdict "$first and $other have the same patches in the same order" "$extra"
	extra=$(diff <(events_of "$first" | sort) <(events_of "$other" | sort) | grep '^[<>]' | grep -v '^> TRACE_EVENT(kvm_gmem_user_fault_' || :)
	[ "$(events_of "$first" | wc -l)" -gt 0 ] || extra="no event found in the series of $first"
	verdict "$first and $other have the same events with the same arguments and fields" "$extra"
}

# Compares all versions with the first, whichever were named.
run_ports()
{
	local all=() v

	mapfile -t all < <(versions | tr ' ' '\n')
	for v in "${all[@]:1}"; do
		check_port "${all[0]}" "$v"
	done
}
