#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests selftests/vm/run with real VMs. Usage: test.sh [BZIMAGE]; without one the
# default kernel is used. Prints TAP, exits 1 when a test fails.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d) || exit 1
image=${1-}
. "$here/../tap.sh"
tap_log=$dir/err

cleanup() {
	[ -z "${typed-}" ] || exec 9>&-
	rm -rf "$dir"
}
trap cleanup EXIT

if [ -z "$image" ]; then
	image=$("$here/../../kernel/build" --variant full 6.12 | tail -n 1)
fi
# Logs of these runs go to a separate cache.
GMEM_CACHE=$dir/cache
export GMEM_CACHE

vm() { "$here/run" --image "$image" --timeout 120 "$@"; }

# Starts a process that signals can reach: the runner itself, not a subshell.
vm_exec() {
	exec env --default-signal=INT,HUP "$here/run" --image "$image" --timeout 120 "$@"
}

# A zombie counts as ended: its new parent may be slow to wait for it.
gone() { ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" 2>/dev/null; }

child_of() { cat "/proc/$1/task/$1/children" 2>/dev/null | tr -d ' '; }

# start NAME COMMAND..: runs in the background, and returns when the guest has printed that it is
# ready
start() {
	: >"$dir/$1.out"
	name=$1
	shift
	(vm_exec "$@") </dev/null >"$dir/$name.out" 2>"$dir/err" &
	pid=$!
	await "$name: the guest is ready" 60 grep -q ready "$dir/$name.out"
	qemu=$(child_of $pid)
}

test_streams() {
	vm -- sh -c 'echo out; echo err >&2; exit 3' >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	is 'stdout is the command'\''s, nothing else' "$(cat "$dir/out")" out
	is 'stderr is the command'\''s, nothing else' "$(cat "$dir/err")" err
	is 'the exit status is the command'\''s' $status 3
	vm -- sh -c 'kill -SEGV $$' 2>"$dir/err"
	is 'a signal gives 128 + n' $? 139
	vm -- no-such-command 2>"$dir/err"
	is 'a command that cannot be run gives 127' "$? $(wc -l <"$dir/err")" '127 2'
}

test_binary() {
	head -c 1048576 /dev/urandom >"$dir/random"
	vm -- sh -c 'tee /dev/stderr; cat >/dev/null' \
		<"$dir/random" >"$dir/out" 2>"$dir/copy"
	same '1 MiB of bytes comes back on stdout' "$dir/out" "$dir/random"
	same '1 MiB of bytes comes back on stderr' "$dir/copy" "$dir/random"
}

test_flow() {
	out=$({ vm -- yes 2>"$dir/err"; echo $? >"$dir/status"; } | head -n 2 | tr -d '\n')
	is 'a reader that leaves ends the writer' "$out $(cat "$dir/status")" 'yy 141'
	out=$(head -c 64M /dev/zero | vm --mem 1G -- sh -c 'sleep 2; wc -c' 2>"$dir/err")
	is 'stdin waits for a slow command' "$out" 67108864
	out=$(yes | vm -- head -c 2 2>"$dir/err")
	is 'a command that does not read ends an endless stdin' "$out" y
	: >"$dir/late"
	out=$(vm -- sh -c 'head -c 4M /dev/zero & sleep 1; echo alive >&2; wait' 2>"$dir/late" |
		{ wait_for 30 grep -q alive "$dir/late" && wc -c; })
	is 'stderr is forwarded while nobody reads stdout' "$out" 4194304
	out=$( (vm_exec -- sh -c 'exec >&-; sleep 3; echo late >&2') 2>"$dir/late" |
		{ cat; wc -c <"$dir/late"; })
	is 'a stdout that the command closes ends before the command' "$out" 0
	out=$(printf 'a\nb\n' | vm -- sh -c 'sleep 1000 & cat; exit 5' 2>"$dir/err"; echo $?)
	is 'a process left behind holds up nothing' "$(echo $out)" 'a b 5'
}

test_place() {
	mkdir "$dir/sub dir"
	out=$(cd "$dir/sub dir" && vm -- pwd 2>"$dir/err")
	is 'the current folder is the caller'\''s' "$out" "$dir/sub dir"
	out=$(cd "$dir" && HOME=/some GMEM_X='a  b
c' LANG=C.UTF-8 OTHER=1 vm -- sh -c 'echo "$HOME,$GMEM_X,$LANG,${OTHER-none}"' 2>"$dir/err")
	is 'HOME, LANG and GMEM_* go along, others do not' "$out" '/some,a  b
c,C.UTF-8,none'
	echo host >"$dir/file"
	out=$(vm -- sh -c "cat '$dir/file'; echo guest >'$dir/file'; cat '$dir/file';
		rm -r '$dir/sub dir'; : >'$dir/new'; ls '$dir'" 2>"$dir/err")
	case $out in
	'host
guest
'*new*) ok=0 ;;
	*) ok=1 ;;
	esac
	report $ok 'the guest reads the host'\''s files and sees its own writes'
	is 'writes do not reach the host' "$(cat "$dir/file")$(cd "$dir" && ls -d sub* new 2>&-)" \
		'hostsub dir'
	out=$(vm -- sh -c 'hostname; id -u; ulimit -l; ulimit -c; cat /sys/class/net/lo/flags
		for f in proc sysfs devtmpfs devpts tmpfs tracefs debugfs bpf cgroup2; do
			grep -q " $f " /proc/mounts || echo no $f
		done; [ -c /dev/kvm ] && echo kvm' 2>"$dir/err")
	is 'the guest is set up' "$(echo $out)" 'gmem-vm 0 unlimited 0 0x9 kvm'
	ls "$dir/cache/log" | sed 's/^vm-.*\.log$/log/' | sort -u >"$dir/logs"
	is 'logs, and nothing else, are in the cache' "$(cat "$dir/logs")" log
}

# in_tty COMMAND: runs it on a terminal of 33 x 77; keyboard input comes from fd 9
in_tty() {
	: >"$dir/tty"
	cat >"$dir/tty.sh" <<-END
		stty rows 33 cols 77
		stty -g >"$dir/before"
		$1
		echo \$? >"$dir/status"
		stty -g >"$dir/after"
	END
	script -qf -c "sh '$dir/tty.sh'" "$dir/tty" <"$dir/keys" >/dev/null 2>&1 &
	pid=$!
}

test_tty() {
	mkfifo "$dir/keys"
	exec 9<>"$dir/keys"
	typed=1
	run="'$here/run' --image '$image' --timeout 120 --"
	in_tty "(while ! grep -q ready '$dir/tty'; do sleep 0.1; done
		stty rows 40 cols 90 </dev/tty) &
	$run sh -c 'tty; stty size; trap \"stty size; exit 6\" WINCH; echo ready
		while :; do sleep 0.1; done'"
	wait $pid
	out=$(tr -d '\r' <"$dir/tty" | grep -v '^Script')
	is 'a terminal: size and change of size reach the guest' \
		"$(echo $out) $(cat "$dir/status")" '/dev/pts/0 33 77 ready 40 90 6'
	is 'the terminal is restored' "$(cat "$dir/after")" "$(cat "$dir/before")"

	in_tty "$run sh -c 'echo ready; stty size; sleep 1000'"
	await 'the command on the terminal is ready' 60 grep -q ready "$dir/tty"
	sleep 1		# "ready" comes before the command that is to be ended
	printf '\003' >&9
	check 'Ctrl-C typed at the terminal ends the command' wait_for 10 gone $pid
	wait $pid
	is 'Ctrl-C typed at the terminal: status 130' "$(cat "$dir/status")" 130
	is 'Ctrl-C typed at the terminal: the terminal is restored' "$(cat "$dir/after")" "$(cat "$dir/before")"

	in_tty "sh -c 'echo \$\$ >\"$dir/pid\"; exec \"\$@\" 2>\"$dir/err\"' sh \\
		$run sh -c 'echo ready; [ -t 0 ] && [ ! -t 2 ] && echo split; cat >/dev/null'"
	check 'stderr stays apart when it is no terminal' wait_for 60 grep -q split "$dir/tty"
	kill -TERM "$(cat "$dir/pid")"
	await 'the terminal of a runner that was signalled ends' 10 gone $pid
	wait $pid
	is 'a signal to the runner restores the terminal, too' \
		"$(cat "$dir/status") $(cat "$dir/after")" "143 $(cat "$dir/before")"
	exec 9>&-
	typed=''
}

# ends NAME STATUS: checks that the runner and QEMU end within 5 s
ends() {
	wait_for 5 gone $pid && alive=0 || alive=1
	wait $pid
	status=$?
	# QEMU notices the end of a runner that was killed later.
	[ $alive = 0 ] && [ -n "$qemu" ] && wait_for 5 gone "$qemu"
	report $? "$1 ends the VM within 5 s, no QEMU is left"
	[ -z "$2" ] || is "$1 gives $2" $status "$2"
}

test_signals() {
	start int -- sh -c 'echo ready; exec sleep 1000'
	kill -INT $pid
	ends SIGINT 130
	start hup -- sh -c 'trap "" HUP; echo ready; while :; do sleep 1; done'
	kill -HUP $pid
	ends 'SIGHUP that the command ignores' 129
	start term -- sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
	kill -TERM $pid
	sleep 0.5
	kill -TERM $pid
	check 'a second signal ends the VM at once' wait_for 3 gone $pid
	wait $pid
	start trap -- sh -c 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.1; done'
	kill -TERM $pid
	wait $pid
	is 'a command that handles the signal determines output and status' \
		"$? $(tail -n 1 "$dir/trap.out")" '7 bye'
	start kill -- sh -c 'echo ready; sleep 1000'
	kill -KILL $pid
	ends 'SIGKILL of the runner' ''
}

two_lines() { [ "$(wc -l <"$dir/err")" = 2 ] && grep -q "$1" "$dir/err"; }

test_failures() {
	"$here/run" --image "$image" --timeout 6 -- sleep 1000 2>"$dir/err"
	is 'a command beyond the time limit gives 124' $? 124
	two_lines 'time limit'
	report $? 'a command beyond the time limit: two lines on stderr'
	start hang --hang 4 -- sh -c 'echo ready; sleep 1000'
	kill -STOP "$qemu"
	ends_after=$(date +%s)
	wait $pid
	is 'a VM that does not answer gives 124' $? 124
	[ $(($(date +%s) - ends_after)) -lt 15 ] && two_lines 'stopped answering'
	report $? 'a VM that does not answer: two lines on stderr, within 15 s'
	start stop --hang 2 -- sh -c 'echo ready; sleep 3; exit 8'
	kill -STOP $pid
	sleep 5
	kill -CONT $pid
	wait $pid
	is 'a stopped runner continues' $? 8
	vm -- sh -c 'echo c >/proc/sysrq-trigger' 2>"$dir/err"
	is 'a panic gives 126' $? 126
	two_lines 'Kernel panic - not syncing: sysrq'
	report $? 'a panic: its first line is printed'
	out=$(vm --log "$dir/w.log" -- sh -c 'dmesg -n 1 2>/dev/null
		echo "WARNING: CPU: 0 PID: 1 at a.c:1 test+0x0/0x1" >/dev/kmsg; echo out' 2>"$dir/err")
	is 'a complaint gives 126 though the command succeeds' "$? $out" '126 out'
	two_lines "$dir/w.log"
	report $? 'a complaint: the log is named'
	vm -- sh -c 'echo o >/proc/sysrq-trigger; sleep 1000' 2>"$dir/err"
	is 'a VM that ends before the command gives 125' $? 125
	printf 'no kernel' >"$dir/image"
	"$here/run" --image "$dir/image" -- true 2>"$dir/err"
	is 'a file that is no kernel gives 125' "$? $(wc -l <"$dir/err")" '125 2'
	"$here/run" --image "$image" --smp none -- true 2>"$dir/err"
	is 'wrong usage gives 125' "$? $(wc -l <"$dir/err")" '125 2'
	"$here/run" --image "$image" --modules "$dir" -- true 2>"$dir/err"
	is 'modules without modules.dep give 125' "$? $(wc -l <"$dir/err")" '125 2'
	"$here/run" --distro no-kernel -- true 2>"$dir/err"
	is 'a name of no Debian kernel gives 125' "$? $(wc -l <"$dir/err")" '125 2'
	mkdir -p /dev/shm/gmem-test.$$
	(cd /dev/shm/gmem-test.$$ && vm -- true 2>"$dir/err")
	is 'a folder that the guest has not gives 125' "$? $(wc -l <"$dir/err")" '125 2'
	rmdir /dev/shm/gmem-test.$$
}

loop_us() {
	vm --icount -- bash -c 's=$EPOCHREALTIME
		for ((i = 0; i < 50000; i++)); do :; done
		e=$EPOCHREALTIME; echo $((${e/./} - ${s/./}))' 2>"$dir/err"
}

test_icount() {
	a=$(loop_us)
	b=$(loop_us)
	echo "# the same loop in two boots: ${a:-?} us, ${b:-?} us"
	[ -n "$a" ] && [ -n "$b" ] && [ $((a - b)) -le $((a / 50)) ] &&
		[ $((b - a)) -le $((a / 50)) ]
	report $? 'with --icount two boots agree within 2 %'
	is '--icount has one CPU' "$(vm --icount --smp 2 -- nproc 2>"$dir/err")" 1
}

as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

# Runs as a user with read permission only.
test_unprivileged() {
	[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || return 0
	if ! as_nobody test -r "$here/run"; then
		skip 'no privilege is needed on the host' 'nobody may read this checkout'
		return
	fi
	mkdir -m 777 "$dir/user"
	chmod 755 "$dir"
	cp "$image" "$dir/user/image" && chmod 644 "$dir/user/image"
	out=$(cd / && GMEM_CACHE=$dir/user as_nobody \
		"$here/run" --image "$dir/user/image" --timeout 120 -- id -u 2>"$dir/err")
	is 'no privilege is needed on the host' "$out" 0
}

test_streams
test_binary
test_flow
test_place
test_tty
test_signals
test_failures
test_icount
test_unprivileged
plan
