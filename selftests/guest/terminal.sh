#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop in a real terminal (tmux) on live VMs: nothing wraps, it follows the
# size, and the terminal is as it was after q, SIGTERM and SIGINT.
. selftests/tap.sh
dir=$(mktemp -d)
export TMUX_TMPDIR=$dir LC_ALL=C.UTF-8
# A server of our own, with no settings of the user.
tm() { tmux -f /dev/null -L gmem "$@"; }
trap 'tm kill-server; kill $(jobs -p) 2>/dev/null' EXIT

screen() { tm capture-pane -p -t t; }
shows() { screen | grep -q -- "$1"; }
type_line() { tm send-keys -t t "$1" Enter; }

# The tty's settings and what tmux knows of the screen: cursor, alternate screen, mouse.
terminal_state() {
	stty -a -F "$(tm display -p -t t '#{pane_tty}')"
	tm display -p -t t 'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag} wrap #{wrap_flag}'
}

# fits WIDTH HEIGHT: no line is wider, the heads of the columns are there once.
fits() {
	if screen | grep -nE "^.{$(($1 + 1)),}"; then
		echo "wider than $1"
		return 1
	fi
	[ "$(screen | wc -l)" -le "$2" ] && [ "$(screen | grep -cE '^ +VM ')" -eq 1 ]
}

tm new-session -d -s t -x 80 -y 24 'PS1="ready> " exec bash --norc --noprofile'
tm set -g window-size manual
wait_for 10 shows '^ready>'
before=$(terminal_state)

type_line 'build/gmemtop -d 0.5'
check "it comes up" wait_for 60 shows '^gmemtop - '
check "without VMs it says so" wait_for 10 shows 'no VM'
build/gmemload --vms 3 --vcpus 1 --mem 64M --pattern mix --by mix --rate 100 --duration 600 --quiet --name load &
load=$!
check "it shows the VMs" wait_for 60 shows 'load-2'
sleep 2
check "80x24: nothing wraps" fits 80 24
screen > "$dir/80x24"
for size in "40 12" "132 40" "20 5" "100 30" "80 24"; do
	tm resize-window -t t -x ${size% *} -y ${size#* }
	sleep 1.5
	check "resized to ${size/ /x}: nothing wraps" fits ${size% *} ${size#* }
done

tm send-keys -t t h
check "h shows the keys" wait_for 5 shows 'quit'
tm send-keys -t t Escape
wait_for 5 shows 'load-2'
tm send-keys -t t q
check "q ends it" wait_for 5 shows '^ready>'
is "q: the terminal is as it was" "$(terminal_state)" "$before"

for sig in TERM INT HUP; do
	type_line clear
	type_line 'build/gmemtop -d 0.5'
	wait_for 30 shows 'load-2'
	pkill -$sig -x gmemtop
	check "SIG$sig ends it" wait_for 5 shows '^ready>'
	is "SIG$sig: the terminal is as it was" "$(terminal_state)" "$before"
done
sed 's/^/# /' "$dir/80x24"
kill $load
plan
