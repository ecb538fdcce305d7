# SPDX-License-Identifier: GPL-2.0-only
# kernel/check: compares the ports of the series, so that differences between them do not go
# unnoticed.

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
	7.3 maple_tree: Charge nodes of a sheaf when asked to
	END
}

# events_of VERSION: prints a line per event that any version adds, with its arguments and its record in
# the tree with the whole series: the interface that programs depend on. Upstream has some on one version.
events_of()
{
	local v names

	names=$(for v in $(versions); do added_events "$here/$v"; done | xargs)
	# shellcheck disable=SC2046 # a list of files
	(cd "$tree" && awk -v names="$names" '
		BEGIN { split(names, list, " "); for (i in list) added[list[i]] }
		/^(TRACE_EVENT|DEFINE_EVENT|DECLARE_EVENT_CLASS)[A-Z_]*\(/ { on = 1; text = "" }
		on { text = text $0 }
		on && /^\);/ {
			gsub(/[ \t]+/, " ", text)
			name = text
			sub(/^DEFINE_EVENT[A-Z_]*\([a-z0-9_]*,|^[A-Z_]*\(/, "", name)
			gsub(/^ |,.*/, "", name)
			if (name in added)
				print name ": " text
			on = 0
		}
	' $(touched_files "$here/$1" | grep '\.h$') | sort)
}

# port_table FIRST OTHER: compares by subject.
port_table()
{
	diff --old-line-format="$1 only: %L" --new-line-format="$2 only: %L" --unchanged-line-format="both:     %L" \
		<(subjects_of "$1") <(subjects_of "$2") || :
}

# check_port FIRST OTHER
check_port()
{
	local first=$1 other=$2 table extra

	table=$(port_table "$first" "$other")
	comment "$table"
	extra=$(echo "$table" | grep ' only: ' | sed 's/ only://' | grep -vxFf <(ports_only) || :)
	verdict "$first and $other have the same patches in the same order" "$extra"
}

# check_port_events FIRST OTHER: compares the events that FIRST and OTHER in $events list.
check_port_events()
{
	local what="$1 and $2 have the same events with the same arguments and fields" v extra

	for v; do
		[ -e "$events/$v" ] || { skip "$what" "no source of Linux $v${KSRC:+: KSRC is that of one version}"; return; }
	done
	extra=$(diff "$events/$1" "$events/$2" | grep '^[<>]' | grep -v '^> kvm_gmem_user_fault_\(begin\|end\): ' || :
		for v; do
			comm -23 <(added_events "$here/$v") <(cut -d: -f1 "$events/$v" | sort) | sed "s/\$/: no definition found on $v/"
			[ -s "$events/$v" ] || echo "no event found on $v"
		done)
	verdict "$what" "$extra"
}

# Compares all versions with the first, whichever were named. KSRC is the source of one of them.
run_ports()
{
	local all=() v events

	events=$(mktemp -d)
	mapfile -t all < <(versions | tr ' ' '\n')
	for v in "${all[@]}"; do
		[ -n "${KSRC:-}" ] || ! place_series "$v" || events_of "$v" > "$events/$v"
	done
	for v in "${all[@]:1}"; do
		check_port "${all[0]}" "$v"
		check_port_events "${all[0]}" "$v"
	done
	rm -rf "$events"
}
