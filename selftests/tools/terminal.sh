#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The terminal after gmemtop: as it was, however it ended. On made-up VMs in tmux, so without
# a kernel. Also what is typed, clicked and remembered. Prints TAP.
. selftests/tap.sh
if ! command -v tmux > /dev/null; then
	skip "the terminal" "tmux is not installed"
	plan
	exit
fi
dir=$(mktemp -d)
export TMUX_TMPDIR=$dir LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$dir/config
unset TMUX
tm() { tmux -f /dev/null -L gmem "$@"; }
trap 'tm kill-server; rm -rf "$dir"' EXIT

screen() { tm capture-pane -p -t t; }
shows() { screen | grep -q -- "$1"; }
# hides REGEX: there is a screen, and no line of it matches.
hides()
{
	local s

	s=$(screen) && [ -n "$s" ] && ! grep -q -- "$1" <<< "$s"
}
keys() { tm send-keys -t t "$@"; }
start() { # settings of made-up VMs, options
	keys "clear; $1 build/gmemtop_fake -d 0.2 $2" Enter
	await "gmemtop starts: $1 $2" 20 shows 'probes fake'
}

# The tty's settings and what tmux knows of the screen: cursor, alternate screen, mouse.
terminal_state() {
	stty -a -F "$(tm display -p -t t '#{pane_tty}')"
	tm display -p -t t 'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag} wrap #{wrap_flag}'
}

is_over() { shows '^ready> *$'; }

tm new-session -d -s t -x 90 -y 30 'PS1="ready> " exec bash --norc --noprofile'
tm set -g window-size manual
await 'the shell is ready' 10 is_over
before=$(terminal_state)

ended() { # how, command..
	start "FAKE_NOISE=1 ${3-}" ''
	eval "$2"
	check "$1: it ends" wait_for 10 is_over
	is "$1: the terminal is as it was" "$(terminal_state)" "$before"
}

pid() { pgrep -n -P "$(tm display -p -t t '#{pane_pid}')" gmemtop_fake; }

ended q 'keys q'
ended 'a crash' : FAKE_CRASH_S=1
check 'a crash: what was written to stderr meanwhile is shown' shows '^fake: 0 s'
for sig in TERM INT HUP QUIT ABRT SEGV; do
	ended "SIG$sig" "kill -$sig \$(pid)"
done

start '' ''
keys C-z
check 'suspended: the shell is there' wait_for 10 shows Stopped
is 'suspended: the terminal is as it was' "$(terminal_state)" "$before"
keys fg Enter
check 'and gmemtop again' wait_for 10 shows 'probes fake'
keys q
await 'q ends it' 10 is_over

start "FAKE_NOISE=1 FAKE_VMS=6" ''
sleep 1
check 'what libraries write is not on the screen' hides '^fake: '
check 'control characters are shown' shows 'a^Ib^\[\[31'
keys z
keys c
check 'columns can be chosen' wait_for 5 shows '\[x\] NAME'
keys q
keys /
keys -l 'q虚|q(e)m'
check 'what is typed is text, in any script' wait_for 5 shows 'filter: q虚|q(e)m'
keys Enter
check 'the filter works' wait_for 5 hides firecracker
keys / Enter
await 'no filter' 5 shows firecracker
# A press and a release, in the words of TERM=screen: a button, column and line, plus 32 each.
click() { keys -l "$(printf '\033[M %s\033[M#%s' "$1" "$1")"; }
click '(%' # column 8, line 5
check 'a click selects' wait_for 5 shows '^▶'
click '<#' # column 28, line 3
check 'a click on a head sorts' wait_for 5 shows '▼SLOTS'
for view in 2:VM 3:latency 4:files; do
	keys "${view%:*}"
	check "view ${view%:*}: its name is shown" wait_for 5 shows "^\\(PAUSED  \\)\\?\\[${view#*:}\\]"
done
keys Escape
for size in "40 12" "20 5" "10 3" "200 50" "90 30"; do
	tm resize-window -t t -x "${size% *}" -y "${size#* }"
	sleep 0.3
done
check 'after any size it is there' wait_for 5 shows '▼SLOTS'
keys q
await 'q ends it' 10 is_over
is 'in the end: the terminal is as it was' "$(terminal_state)" "$before"
check 'what was chosen is remembered' grep -q '^sort slot_bytes' "$dir/config/gmem/gmemtop.conf"
check 'colours, too' grep -q '^colors protan' "$dir/config/gmem/gmemtop.conf"
start '' ''
check 'and used' wait_for 5 shows '▼SLOTS'
keys q
await 'q ends it' 10 is_over
start '' --no-config
check 'but not with --no-config' wait_for 5 shows '▼CONV/s'
keys q
await 'q ends it' 10 is_over
plan
