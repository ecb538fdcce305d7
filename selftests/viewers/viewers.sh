#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that common viewers read the output of gmemtrace export, and find the values of the report:
# traces in the engine of ui.perfetto.dev, OpenMetrics in Prometheus' reader for python.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

# report JQ: prints values of the report
report() { jq -r "$1" "$dir/report"; }

export_to() { $trace export --format "$1" -o "$dir/$1" "$dir/rec" 2> "$dir/err"; }

# samples FAMILY: prints the number and the sum of the samples
samples()
{
	/usr/bin/python3 - "$dir/openmetrics" "$1" <<-'END'
	import sys
	from prometheus_client.openmetrics.parser import text_fd_to_metric_families as families
	with open(sys.argv[1], encoding="utf-8") as f:
	    values = [s.value for m in families(f) for s in m.samples if s.name == sys.argv[2]]
	print(len(values), f"{sum(values):.9f}".rstrip("0").rstrip("."))
	END
}

metrics()
{
	is "OpenMetrics: conversions by VM and direction equal the report" "$(samples gmem_conversions_total 2>&1)" \
		"$(report '[.vms[].conversions[]] | "\(length) \(map(.count) | add)"')"
	is "OpenMetrics: durations by VM and direction equal the report" "$(samples gmem_conversion_duration_seconds_sum 2>&1)" \
		"$(report '[.vms[].conversions[]] | "\(length) \((map(.total_ns) | add) / 1e9)"')"
}

build/synth_record "$dir/rec" seed=21 vms=3 conversions=1000 ends=1
$trace report --json "$dir/rec" > "$dir/report"
if /usr/bin/python3 -c 'import prometheus_client.openmetrics.parser' 2> "$dir/err"; then
	export_to openmetrics
	metrics
else
	skip "OpenMetrics in Prometheus' reader" "no prometheus_client for python3"
fi

engine=$(selftests/viewers/get-trace-processor) || {
	skip "traces in Perfetto's engine" "$engine"
	plan
	exit
}

# ask FORMAT SQL..: runs all queries at once, as the engine takes a second to start.
ask()
{
	local file=$dir/$1

	shift
	node selftests/viewers/trace-processor.mjs "$engine" "$file" "$@" > "$dir/answers" 2> "$dir/err"
}

# answer N: prints the rows of the Nth answer; fails without one.
answer() { awk -v n="$1" '/^# / { at = $2; n == at && found = 1; next } at == n; END { exit !found }' "$dir/answers"; }

# A phase that took no time has no slice, so counts of phases are not compared.
conversions()
{
	ask "$1" "SELECT substr(name, 9), count(*), sum(dur) FROM slice WHERE name GLOB 'convert to *' GROUP BY name ORDER BY name" \
		"SELECT phase.name, sum(phase.dur) FROM slice phase JOIN slice op ON phase.parent_id = op.id
			WHERE op.name GLOB 'convert to *' AND phase.name NOT GLOB 'invalidate*' GROUP BY phase.name ORDER BY phase.name" \
		"SELECT count(*), sum(dur) FROM slice WHERE name = 'punch'" \
		"SELECT name FROM process WHERE name GLOB 'VM *' ORDER BY name" \
		"SELECT name, value FROM stats WHERE severity IN ('error', 'data_loss') AND value > 0" \
		"SELECT name, ts FROM slice WHERE dur < 0" \
		"SELECT DISTINCT name FROM (SELECT name FROM track UNION SELECT name FROM thread) WHERE name GLOB '*tid *' ORDER BY name"
	is "$1: conversions by direction, and their time, equal the report" "$(answer 1)" \
		"$(report '.total.conversions | to_entries | sort_by(.key)[] |
			[(.key | sub("_"; " ")), .value.count, .value.total_ns] | @tsv')"
	is "$1: phases within conversions, and their time, equal the report" "$(answer 2)" \
		"$(report '.total.latency | to_entries |
			map(select(.key | IN("lock", "check", "reserve", "zap", "mixed", "store"))) |
			sort_by(.key)[] | [.key, ([.value[].total_ns] | add)] | @tsv')"
	is "$1: punches, and their time, equal the report" "$(answer 3)" \
		"$(report '.total.latency.punch | [([.[].count] | add), ([.[].total_ns] | add)] | @tsv')"
	is "$1: VMs are processes" "$(answer 4)" \
		"$(report '[.vms[] | "VM \(.vm) \(.name) (pid \(.pid))"] | sort[]')"
	none "$1: nothing is lost or refused" answer 5
	none "$1: every slice has an end" answer 6
	answer 7 > "$dir/$1.threads"
}

counters()
{
	ask "$1" "SELECT 'gmem_' || replace(track.name, ' bytes', '') || '{vm=\"' || process.pid || '\"} ' || CAST(value AS INT)
		FROM counter JOIN process_counter_track track ON track.id = track_id JOIN process USING (upid)
		GROUP BY track_id HAVING ts = max(ts) ORDER BY 1"
	is "$1: the last counters equal the final state" "$(answer 1)" \
		"$(grep -E '^gmem_(private|shared)_bytes' "$dir/openmetrics" | sort)"
}

for format in perfetto chrome; do
	export_to $format
	conversions $format
done
check "vCPUs are shown by name" grep -q '^vCPU [0-9]* (tid [0-9]*)$' "$dir/perfetto.threads"
is "both formats name the same threads" "$(cat "$dir/perfetto.threads")" "$(cat "$dir/chrome.threads")"

build/synth_record "$dir/rec" seed=22 vms=2 conversions=500
export_to openmetrics
for format in perfetto chrome; do
	export_to $format
	counters $format
done

for recording in selftests/tools/recordings/*.gmem; do
	cp "$recording" "$dir/rec"
	export_to perfetto
	ask perfetto "SELECT count(*) FROM slice WHERE name GLOB 'convert to *' AND dur >= 0"
	is "${recording##*/}: every conversion has a slice" "$(answer 1)" \
		"$($trace print "$recording" 2> "$dir/err" | grep -c ' convert ')"
done

head -c 5000 "$dir/perfetto" | tail -c 4000 > "$dir/broken"
ask broken "SELECT name FROM slice"
is "a broken trace: the engine refuses it" "$? $(grep -c . "$dir/answers")" "1 0"
plan
