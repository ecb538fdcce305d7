#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop in a real terminal (tmux) on live VMs: no line wraps, the screen follows the window's size,
# and the terminal is restored after q and signals.
. selftests/tap.sh
dir=$(mktemp -d)
export TMUX_TMPDIR=$dir LC_ALL=C.UTF-8
# A separate tmux server, without the user's settings.
tm() { tmux -f /dev/null -L gmem "$@"; }
trap 'tm kill-server; kill $(jobs -p) 2>/dev/null' EXIT

screen() { tm capture-pane -p -t t; }
shows() { screen | grep -q -- "$1"; }
# hides REGEX: succeeds if the screen has text, and no line matches.
hides()
{
	local s

	s=$(screen) && [ -n "$s" ] && ! grep -nE -- "$1" <<< "$s"
}
type_line() { tm send-keys -t t "$1" Enter; }

# Prints the tty's settings and tmux's state of the screen: cursor, alternate screen, mouse.
terminal_state() {
	stty -a -F "$(tm display -p -t t '#{pane_tty}')"
	tm display -p -t t 'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag} wrap #{wrap_flag}'
}

no_line_is_wider() { hides "^.{$(($1 + 1)),}"; }

# fits WIDTH HEIGHT: succeeds if no line is wider, and the column heads appear once.
fits() {
	no_line_is_wider "$1" || { echo "wider than $1"; return 1; }
	[ "$(screen | wc -l)" -le "$2" ] && [ "$(screen | grep -cE '^ +VM ')" -eq 1 ]
}

tm new-session -d -s t -x 80 -y 24 'PS1="ready> " exec bash --norc --noprofile'
tm set -g window-size manual
await "the shell is ready" 240 shows '^ready>'
before=$(terminal_state)

type_line 'build/gmemtop -d 0.5 --no-config --record '"$dir/recording"
check "gmemtop starts" wait_for 240 shows '0 VMs'
check "gmemtop reports that there is no VM" wait_for 240 shows 'no VM'
build/gmemload --vms 3 --vcpus 1 --mem 64M --pattern mix --by mix --rate 100 --duration 3600 --quiet --name load &
load=$!
check "gmemtop shows the VMs" wait_for 240 shows 'load-2'
sleep 2
check "80x24: no line wraps" fits 80 24
screen > "$dir/80x24"
for size in "40 12" "132 40" "20 5" "100 30" "80 24"; do
	tm resize-window -t t -x ${size% *} -y ${size#* }
	sleep 1.5
	check "resized to ${size/ /x}: no line wraps" fits ${size% *} ${size#* }
done

# keys_of_views WIDTH HEIGHT: sends the same keys at every size; the screens are printed at the end.
keys_of_views() {
	tm resize-window -t t -x "$1" -y "$2"
	sleep 1.5
	for view in 1:'VM .*CONV\|VM NAME' 2:'\[VM\]' 3:'\[latency\]' 4:'\[files\]'; do
		tm send-keys -t t "${view%%:*}"
		check "$1x$2: key ${view%%:*} shows its view" wait_for 240 shows "${view#*:}"
		sleep 1
		check "$1x$2: view ${view%%:*}: no line wraps" no_line_is_wider "$1"
		screen > "$dir/$1x$2-${view%%:*}"
	done
	tm send-keys -t t 1 t
	sleep 1.5
	screen > "$dir/$1x$2-tree"
	tm send-keys -t t t t c
	check "$1x$2: c shows the columns to choose from" wait_for 240 shows '\[x\] NAME'
	tm send-keys -t t Escape / 'load-1' Enter
	check "$1x$2: the filter hides other VMs" wait_for 240 hides 'load-2'
	screen > "$dir/$1x$2-filter"
	tm send-keys -t t / Enter
	await "$1x$2: an empty filter shows all VMs" 240 shows 'load-2'
}
for size in "80 24" "40 12" "132 40"; do
	# shellcheck disable=SC2086 # two words
	keys_of_views $size
done
tm resize-window -t t -x 80 -y 24

tm send-keys -t t h
check "h shows the keys" wait_for 240 shows 'quit'
tm send-keys -t t Escape
await "Escape closes the help" 240 shows 'load-2'
tm send-keys -t t q
check "q ends gmemtop" wait_for 240 shows '^ready>'
is "q: the terminal is restored" "$(terminal_state)" "$before"

# Prints six refreshes and records them.
live() { build/gmemtop --json -d 0.5 -n 6 --phases --record "$dir/json.gmem" > "$dir/live.json"; }
check "gmemtop records while it prints" live
build/gmemtop --json --replay "$dir/json.gmem" > "$dir/replay.json"
same "the replay equals the live output" "$dir/replay.json" "$dir/live.json"
check "a recording by the screen can be replayed" bash -c \
	"[ \$(build/gmemtop --json --replay $dir/recording | grep -c load-2) -gt 10 ]"
type_line "build/gmemtop --no-config --replay $dir/recording --speed 4"
check "the replay shows the same VMs" wait_for 240 shows 'load-2'
tm send-keys -t t '$'
check "the replay shows its end" wait_for 240 shows 'END OF REC'
tm send-keys -t t q
check "q ends the replay" wait_for 240 shows '^ready>'

for sig in TERM INT HUP; do
	type_line clear
	type_line 'build/gmemtop -d 0.5'
	await "SIG$sig: gmemtop shows VMs" 240 shows 'load-2'
	pkill -$sig -x gmemtop
	check "SIG$sig ends gmemtop" wait_for 240 shows '^ready>'
	is "SIG$sig: the terminal is restored" "$(terminal_state)" "$before"
done
for shot in "$dir"/[0-9]*; do
	echo "# == ${shot##*/}"
	sed 's/^/# /' "$shot"
done
kill $load 2> /dev/null
plan
