#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests gmemtrace serve on recordings: formats, values, limits of its HTTP server, textfile and socket activation.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$dir"' EXIT
serve="build/gmemtrace serve"

# start ARG..: starts a server on a port that the kernel chooses; sets pid and url
start()
{
	rm -f "$dir/log"
	$serve --web.listen-address=127.0.0.1:0 "$@" > "$dir/out" 2> "$dir/log" &
	pid=$!
	await "the server starts" 60 grep -q serving "$dir/log"
	url=$(sed -n 's/^gmemtrace: serving //p' "$dir/log")
}

# stop: ends the server; its exit status is that of this function
stop()
{
	kill -TERM "$pid"
	wait "$pid"
}

get() { curl -sS -m 60 "$@"; }
status_of() { get -o "$dir/body" -w '%{http_code}' "$@"; }
samples() { grep -v '^#' "$1" | sort; }

# fails_with STATUS WORDS NAME COMMAND..: tests that it fails, and reports an error in two lines that has the words
fails_with()
{
	local status wanted=$1 words=$2 name=$3

	shift 3
	timeout 120 "$@" > "$dir/out" 2> "$dir/err"
	status=$?
	is "$name: status $wanted, two lines" "$status $(wc -l < "$dir/err") $(grep -cF -- "$words" "$dir/err")" "$wanted 2 1"
}

# Formats
build/synth_record "$dir/rec" seed=11 vms=3 conversions=4000 state=1 lost=5
start "$dir/rec"
is "Prometheus' text format is the default" "$(get -o "$dir/text" -w '%{content_type}' "$url")" \
	"text/plain; version=0.0.4; charset=utf-8"
accept='Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'
is "clients that accept OpenMetrics get it" "$(get -H "$accept" -o "$dir/om" -w '%{content_type}' "$url")" \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"
check "OpenMetrics: the output is well-formed" selftests/tools/export_check.py openmetrics "$dir/om"
is "both formats have the same series" "$(samples "$dir/om" | sed 's/ .*//')" "$(samples "$dir/text" | sed 's/ .*//')"
if prometheus=$(selftests/viewers/get-prometheus); then
	PATH=$prometheus:$PATH
	none "promtool finds no fault" promtool check metrics < "$dir/text"
else
	skip "promtool finds no fault" "$prometheus"
fi
is "a VM has 40 series by default if all are known" "$(grep -c '^gmem.*vm="1"' "$dir/text")" 40
is "names are labels of gmem_vm_info only" "$(grep -E '(comm|name|pid|cgroup)="' "$dir/text" | sed 's/{.*//' | sort -u)" gmem_vm_info
is "losses are counted by reason" "$(sed -n 's/^gmem_lost_total{reason="ringbuf"} //p' "$dir/text")" 5

# HTTP
is "HEAD has the headers of GET" "$(get -I "$url" | tr -d '\r' | grep -ciE '^(HTTP/1.1 200|content-type: text/plain; version=0.0.4|content-length: [1-9])')" 3
printf 'HEAD /metrics HTTP/1.0\r\n\r\n' > "$dir/head"
# raw FILE: sends a request as it is, prints the answer
raw() { exec 3<> "/dev/tcp/127.0.0.1/$port" && cat "$1" >&3 && timeout 60 cat <&3; exec 3>&-; }
port=${url#http://127.0.0.1:} port=${port%%/*}
is "HEAD has no body" "$(raw "$dir/head" | tr -d '\r' | sed '1,/^$/d' | wc -c)" 0
is "/ links to the metrics" "$(get "${url%metrics}" | grep -o 'href="[^"]*"')" 'href="/metrics"'
is "other paths are not found" "$(status_of "${url}x") $(status_of "${url%metrics}a/b")" "404 404"
for m in POST PUT DELETE OPTIONS BREW; do
	is "$m is not allowed" "$(status_of -X $m -d x "$url") $(get -i -X $m "$url" | tr -d '\r' | grep -i '^allow:')" "405 Allow: GET, HEAD"
done
for n in $(seq 50); do
	get -o "$dir/parallel.$n" -w '%{http_code}\n' "$url" > "$dir/status.$n" &
	scrapes[n]=$!
done
wait "${scrapes[@]}"
is "50 scrapes in parallel are served" "$(cat "$dir"/status.* | grep -cx 200)" 50
is "they are whole" "$(cat "$dir"/parallel.* | grep -c '^gmem_vms_dropped_total 0$')" 50
yes 'X-Filler: 0123456789012345678901234567890123456789' | head -c 1000000 | sed '$d' > "$dir/headers"
curl -s -m 60 -o "$dir/body" -w '%{http_code}' -H "@$dir/headers" "$url" > "$dir/status"
check "1 MB of headers is refused" grep -qxE '431|400|000' "$dir/status"
head -c 100000 /dev/urandom > "$dir/noise"
raw "$dir/noise" > "$dir/body" 2>&1
is "after that, and after noise, a scrape is served" "$(status_of "$url")" 200

# Stalled clients: half of them send half a request. They are more than one address may have.
trap '' PIPE
fds=()
crowd()
{
	local fd n

	for fd in "${fds[@]}"; do exec {fd}>&-; done
	fds=()
	for n in $(seq 70); do
		exec {fd}<> "/dev/tcp/127.0.0.1/$port" || return
		fds+=("$fd")
		[ $((n % 2)) -eq 0 ] || printf 'GET /metrics HTTP/1.1\r\nHost' >&"$fd"
	done
}
# Slow machines may need more than the time after which the server disconnects such clients: then again.
crowded() { crowd && ! curl -s -m 60 -o "$dir/body" "$url" && [ "$(status_of --interface 127.0.0.2 "$url")" = 200 ]; }
check "70 stalled clients: their address has a limit, another one is served" wait_for 120 crowded
again() { [ "$(status_of "$url" 2> "$dir/err")" = 200 ]; }
check "stalled clients are disconnected" wait_for 120 again
for fd in "${fds[@]}"; do exec {fd}>&-; done
# A client that does not read gets no more than its buffers hold, and others are served.
exec 4<> "/dev/tcp/127.0.0.1/$port"
printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >&4
is "a client that does not read is not in the way" "$(status_of "$url")" 200
exec 4>&-
count() { get "$url" | sed -n 's/^gmem_scrapes_total //p'; }
before=$(count)
more() { [ "$(count)" -gt "$before" ]; }
check "scrapes are counted" wait_for 60 more
stop
is "SIGTERM ends the server with status 0" $? 0

# Values: expected NAME LABELS VALUE from gmemtop's JSON; null has no series
cat > "$dir/expected.jq" <<'EOF'
def seconds: (. / 1000000000 | floor | tostring) + "." + ("000000000" + (. % 1000000000 | tostring) | .[-9:]);
def pages: . * 4096;
def row($name; $labels; $v; f): if $v == null then empty else "\($name){\($labels)} \($v | f)" end;
.vms[] | . as $v | "vm=\"\(.vm)\"" as $vm |
	(("slot_bytes private_bytes shared_bytes populated_bytes mapped_bytes unused_bytes extents blocks mixed_blocks mapped_huge_bytes " +
	  "populated_huge_bytes shared_populated_bytes double_backed_private_bytes double_backed_shared_bytes") / " " | .[] |
		select([.] | inside($v.partial) | not) | row("gmem_" + .; $vm; $v[.]; .)),
	row("gmem_inflight_conversions"; $vm; .inflight; .), row("gmem_inflight_age_seconds"; $vm; .inflight_age_ns; seconds),
	(["punches", "punch_count"], ["punches_failed", "punch_failed"], ["preallocations", "allocate_count"],
	 ["preallocations_failed", "allocate_failed"], ["memory_faults", "memory_faults"], ["invalidations", "invalidate_count"],
	 ["windows", "window_count"], ["fault_retries", "fault_retries"], ["faults", "fault_count"], ["faults_failed", "fault_failed"] |
		row("gmem_\(.[0])_total"; $vm; $v[.[1]]; .)),
	(["punch", "punch"], ["preallocation", "allocate"], ["invalidation", "invalidate"], ["window", "window"], ["fault", "fault"] |
		row("gmem_\(.[0])_seconds_total"; $vm; $v[.[1] + "_total_ns"]; seconds)),
	(["punched", "punched"], ["preallocated", "allocated"], ["touched", "faulted"] |
		row("gmem_\(.[0])_bytes_total"; $vm; $v[.[1] + "_pages"]; pages)),
	("to_shared", "to_private" | . as $d | "\($vm),direction=\"\($d)\"" as $l |
		(["conversions", "count"], ["converted_bytes", "bytes"], ["conversions_unchanged", "unchanged"],
		 ["conversions_failed", "failed"], ["stalls_unchanged", "stall_unchanged"] |
			row("gmem_\(.[0])_total"; $l; $v["\($d)_\(.[1])"]; .)),
		(["stall_ioctl_seconds_total", "stall_ioctl_ns"], ["stall_discard_seconds_total", "stall_discard_ns"],
		 ["stall_duration_seconds_sum", "stall_total_ns"], ["conversion_duration_seconds_sum", "total_ns"] |
			row("gmem_\(.[0])"; $l; $v["\($d)_\(.[1])"]; seconds)),
		(["stall", "stall_count"], ["conversion", "count"] |
			row("gmem_\(.[0])_duration_seconds_count"; $l; $v["\($d)_\(.[1])"]; .),
			row("gmem_\(.[0])_duration_seconds_bucket"; $l + ",le=\"+Inf\""; $v["\($d)_\(.[1])"]; .)),
		("lock", "check", "reserve", "zap", "store", "mixed" |
			row("gmem_phase_seconds_total"; "\($l),phase=\"\(.)\""; $v["\($d)_\(.)_ns"]; seconds)))
EOF
for lacks in 0 128 1; do
	build/synth_record "$dir/rec" seed=12 vms=4 conversions=3000 state=$((lacks == 0)) lacks=$lacks
	build/gmemtop --json --replay "$dir/rec" | tail -n 1 > "$dir/top"
	start --collect=all "$dir/rec"
	get "$url" > "$dir/text"
	stop
	jq -r -f "$dir/expected.jq" "$dir/top" | sort > "$dir/wanted"
	samples "$dir/text" | grep -E '[{,]vm=' | grep -vE '^gmem_vm_info|le="[0-9]' > "$dir/got"
	same "values are those of gmemtop --json, to the number (lacks $lacks)" "$dir/got" "$dir/wanted"
	[ $lacks -ne 0 ] || cp "$dir/text" "$dir/state"
	is "events are those of gmemtop (lacks $lacks)" "$(sed -n 's/^gmem_events_total //p' "$dir/text")" "$(jq .events "$dir/top")"
done
# Of the first recording, all that is scanned
check "there are values to compare" test "$(grep -cE '^gmem_(mapped|mapped_huge|shared_populated|double_backed_private|double_backed_shared)_bytes.* [1-9]|^gmem_inflight.* [0-9.]*[1-9]' "$dir/state")" -ge 24
is "the tool's cost is that of its record" "$(sed -nE 's/^gmem_((scan|pagemap|process_cpu)_[a-z_]* [0-9].*)/\1/p' "$dir/state" | paste -sd ,)" \
	"process_cpu_seconds_total 2.000000001,scan_runs_total 11,scan_seconds_total 0.003000002,scan_max_seconds 0.001000003,pagemap_calls_total 13,pagemap_seconds_total 0.005000004,pagemap_max_seconds 0.004000005"
is "each event has its provider" "$(sed -n 's/^gmem_probe_info{.*provider="\(.*\)"} 1/\1/p' "$dir/state" | sort | uniq -c | xargs)" "1 function 1 none 19 tracepoint"
is "what no record reported has no series" "$(grep -cE '^gmem_(scan|pagemap|process_cpu|probe_info)' "$dir/text")" 0
check "what some recordings lack, others have" test "$(grep -c gmem_stall_duration "$dir/text")" -gt 40
check "what a recording lacks is no series" test "$(grep -c gmem_phase "$dir/text")" = 0

# Buckets: those of the report's histogram, whose slots end at "upper", exclusive
build/gmemtrace report --json "$dir/rec" > "$dir/report"
jq -r '.vms[] | .vm as $vm | .conversions | to_entries[] | .key as $d | .value.histogram[] | "\($vm) \($d) \(.[1]) \(.[2])"' "$dir/report" > "$dir/slots"
samples "$dir/text" | sed -n 's/^gmem_conversion_duration_seconds_bucket{vm="\([0-9]*\)",direction="\([a-z_]*\)",le="0*\([0-9]*\)\.\([0-9]*\)"} /\1 \2 \3\4 /p' |
	sed -E 's/ 0+([0-9])/ \1/' > "$dir/buckets"
is "every bucket counts the durations up to its bound, inclusive" "$(awk 'NR == FNR { n++; vm[n] = $1; d[n] = $2; end[n] = $3; c[n] = $4; next }
	{ s = 0; for (i = 1; i <= n; i++) if (vm[i] == $1 && d[i] == $2 && end[i] <= $3 + 1) s += c[i]; if (s != $4) bad++; else if (s) good++ }
	END { print bad + 0, (good > 20) }' "$dir/slots" "$dir/buckets")" "0 1"
is "buckets only grow" "$(sort -k1,1n -k2,2 -k3,3n "$dir/buckets" | awk '{ k = $1 $2 } k == last && $4 < n { bad++ } { last = k; n = $4 } END { print (NR > 0), bad + 0 }')" "1 0"

# Ended VMs
build/synth_record "$dir/ended" seed=13 vms=2 conversions=500 ends=1
start "$dir/ended"
get "$url" > "$dir/first"
is "an ended VM has its last counts in one scrape, and no sizes" \
	"$(grep -c '^gmem_conversions_total{vm="1"' "$dir/first") $(grep -c '^gmem_slot_bytes' "$dir/first")" "2 0"
gone() { get "$url" > "$dir/text" && ! grep -q 'vm="' "$dir/text" && grep -qx 'gmem_vms_dropped_total 2' "$dir/text"; }
check "after that scrape it has none" wait_for 60 gone
stop
start --web.telemetry-path=/gmem "$dir/ended"
is "--web.telemetry-path moves the metrics" "$(status_of "$url") $(status_of "${url%gmem}metrics")" "200 404"
stop

# Textfile
mkdir "$dir/collector"
$serve --textfile "$dir/collector/gmem.prom" "$dir/rec"
is "--textfile writes a file that all can read, and nothing else" "$? $(ls -A "$dir/collector") $(stat -c %a "$dir/collector/gmem.prom")" "0 gmem.prom 644"
is "it has the series of a scrape" "$(samples "$dir/collector/gmem.prom" | sed 's/ .*//' | grep -c 'vm="1"')" \
	"$(($(grep -c '^gmem.*vm="1"' "$dir/parallel.1") - 1))"
fails_with 7 "cannot write /nonexistent" "no folder for the textfile" $serve --textfile /nonexistent/gmem.prom "$dir/rec"
mkdir "$dir/collector/folder.prom"
fails_with 7 "cannot write" "a folder in place of the textfile" $serve --textfile "$dir/collector/folder.prom" "$dir/rec"
is "a failure leaves no temporary file" "$(ls -A "$dir/collector" | xargs)" "folder.prom gmem.prom"
cp "$dir/collector/gmem.prom" "$dir/before"
fails_with 7 "File too large" "a textfile that does not fit" \
	bash -c "trap '' XFSZ; ulimit -f 1; exec $serve --textfile '$dir/collector/gmem.prom' '$dir/rec'"
same "a file that cannot be written stays as it was" "$dir/collector/gmem.prom" "$dir/before"
is "a write that fails leaves no temporary file" "$(ls -A "$dir/collector" | xargs)" "folder.prom gmem.prom"

# Sockets of systemd: LISTEN_FDS sockets from descriptor 3 on, for the process LISTEN_PID
cat > "$dir/activate.py" <<'EOF'
import os, socket, sys
n, pid = int(sys.argv[1]), sys.argv[2]
made = [socket.socket() for _ in range(n)]
for s in made:
    s.bind(("127.0.0.1", 0))
    s.listen()
kept = [os.dup(s.fileno()) for s in made]
for i, fd in enumerate(kept):
    os.dup2(fd, 60 + i)
for i in range(n):
    os.dup2(60 + i, 3 + i)
print(made[0].getsockname()[1], flush=True)
os.environ.update(LISTEN_FDS=str(n), LISTEN_PID=str(os.getpid()) if pid == "own" else pid)
os.execv(sys.argv[3], sys.argv[3:])
EOF
activated()
{
	rm -f "$dir/log"
	python3 "$dir/activate.py" "$@" > "$dir/out" 2> "$dir/log" &
	pid=$!
}

activated 1 own $serve --web.listen-address=127.0.0.1:1 "$dir/rec"
await "the activated server starts" 60 grep -q serving "$dir/log"
is "a socket that systemd passes is served" "$(status_of "http://127.0.0.1:$(cat "$dir/out")/metrics")" 200
stop
activated 1 1 $serve --web.listen-address=127.0.0.1:0 "$dir/rec"
await "the server that was not meant starts" 60 grep -q serving "$dir/log"
lacks "a socket for another process is not taken" ":$(cat "$dir/out")/" "$dir/log"
stop
fails_with 2 "several sockets" "two sockets of systemd" python3 "$dir/activate.py" 2 own $serve "$dir/rec"

# Addresses and errors
for a in 0.0.0.0:0 '[::]:0' :0; do
	fails_with 2 "is not a loopback address" "address $a" $serve --web.listen-address="$a" "$dir/rec"
	check "address $a: the error names the option that allows it" grep -q -e '--web.allow-remote' "$dir/err"
done
start --web.allow-remote --web.listen-address=0.0.0.0:0 "$dir/rec"
is "--web.allow-remote allows it" "$(status_of "${url/0.0.0.0/127.0.0.1}")" 200
fails_with 7 "Address already in use" "a port that is in use" $serve --web.listen-address="127.0.0.1:$(echo "$url" | grep -oE ':[0-9]+' | tail -n 1 | tr -d :)" "$dir/rec"
stop
fails_with 2 "invalid address 'localhost'" "an address without a port" $serve --web.listen-address=localhost "$dir/rec"
fails_with 2 "invalid path (use /metrics): 'x'" "a path without a slash" $serve --web.telemetry-path=x
fails_with 2 "no group: 'x'; there are memory" "an unknown group" $serve --collect=memory,x
fails_with 7 "nonexistent" "a missing recording" $serve --web.listen-address=127.0.0.1:0 /nonexistent
head -c 100 "$dir/headers" > "$dir/norec"
fails_with 7 "norec" "a file that is no recording" $serve --textfile "$dir/none.prom" "$dir/norec"
plan
