#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that the terminal is restored however gmemtop ends; keys, clicks and saved settings.
# Runs on made-up VMs in tmux, without a kernel. Prints TAP.
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
# hides REGEX: succeeds if the screen has text, and no line matches.
hides()
{
	local s

	s=$(screen) && [ -n "$s" ] && ! grep -q -- "$1" <<< "$s"
}
keys() { tm send-keys -t t "$@"; }
start() { # ENVIRONMENT OPTIONS: starts gmemtop; ENVIRONMENT controls the made-up VMs
	keys "clear; $1 build/gmemtop_fake -d 0.2 $2" Enter
	await "gmemtop starts: $1 $2" 20 shows 'probes fake'
}

# Prints the tty's settings and tmux's state of the screen: cursor, alternate screen, mouse.
terminal_state() {
	stty -a -F "$(tm display -p -t t '#{pane_tty}')"
	tm display -p -t t 'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag} wrap #{wrap_flag}'
}

is_over() { shows '^ready> *$'; }

tm new-session -d -s t -x 90 -y 30 'PS1="ready> " exec bash --norc --noprofile'
tm set -g window-size manual
await 'the shell is ready' 10 is_over
before=$(terminal_state)

ended() { # NAME COMMAND [ENVIRONMENT]: ends gmemtop by COMMAND, and tests the terminal
	start "FAKE_NOISE=1 ${3-}" ''
	eval "$2"
	check "$1: gmemtop ends" wait_for 10 is_over
	is "$1: the terminal is restored" "$(terminal_state)" "$before"
}

pid() { pgrep -n -P "$(tm display -p -t t '#{pane_pid}')" gmemtop_fake; }

ended q 'keys q'
ended 'a crash' : FAKE_CRASH_S=1
check 'a crash: messages on stderr are shown' shows '^fake: 0 s'
for sig in TERM INT HUP QUIT ABRT SEGV; do
	ended "SIG$sig" "kill -$sig \$(pid)"
done

start '' ''
keys C-z
check 'suspended: the shell is shown' wait_for 10 shows Stopped
is 'suspended: the terminal is restored' "$(terminal_state)" "$before"
keys fg Enter
check 'resumed: gmemtop is shown' wait_for 10 shows 'probes fake'
keys q
await 'q ends gmemtop' 10 is_over

start "FAKE_NOISE=1 FAKE_VMS=6" ''
sleep 1
check 'messages of libraries are not on the screen' hides '^fake: '
check 'control characters are escaped' shows 'a^Ib^\[\[31'
keys z
keys c
check 'columns can be chosen' wait_for 5 shows '\[x\] NAME'
keys q
keys /
keys -l 'q虚|q(e)m'
check 'typed characters of any script are text' wait_for 5 shows 'filter: q虚|q(e)m'
keys Enter
check 'the filter works' wait_for 5 hides firecracker
keys / Enter
await 'an empty filter shows all VMs' 5 shows firecracker
# Sends a press and a release as TERM=screen encodes them: button, column and line, plus 32 each.
click() { keys -l "$(printf '\033[M %s\033[M#%s' "$1" "$1")"; }
click '(%' # column 8, line 5
check 'a click on a VM selects it' wait_for 5 shows '^▶'
click '<#' # column 28, line 3
check 'a click on a column head sorts by it' wait_for 5 shows '▼SLOTS'
for view in 2:VM 3:latency 4:files; do
	keys "${view%:*}"
	check "view ${view%:*}: its name is shown" wait_for 5 shows "^\\(PAUSED  \\)\\?\\[${view#*:}\\]"
done
keys Escape
for size in "40 12" "20 5" "10 3" "200 50" "90 30"; do
	tm resize-window -t t -x "${size% *}" -y "${size#* }"
	sleep 0.3
done
check 'gmemtop is shown after all changes of size' wait_for 5 shows '▼SLOTS'
keys q
await 'q ends gmemtop' 10 is_over
is 'after all changes of size: the terminal is restored' "$(terminal_state)" "$before"
check 'the sort order is saved' grep -q '^sort slot_bytes' "$dir/config/gmem/gmemtop.conf"
check 'the colours are saved' grep -q '^colors protan' "$dir/config/gmem/gmemtop.conf"
start '' ''
check 'saved settings are used' wait_for 5 shows '▼SLOTS'
keys q
await 'q ends gmemtop' 10 is_over
start '' --no-config
check 'saved settings are not used with --no-config' wait_for 5 shows '▼CONV/s'
keys q
await 'q ends gmemtop' 10 is_over
plan
