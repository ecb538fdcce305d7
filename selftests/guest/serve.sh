#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace serve on live VMs, scraped by Debian's Prometheus, whose answers are compared with the ledger and
# with gmemtop. Then 1,000 VMs that do not live long: all of their counts are scraped, and neither series nor memory stay.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d -p /dev/shm)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT
rounds=${1:-20} vms_of_round=50
api=http://127.0.0.1:9090

# A VM has no network: the host has fetched it, or the test is skipped.
if ! fetched=$(selftests/viewers/get-prometheus) || ! command -v curl > "$dir/path"; then
	skip "a Prometheus scrapes gmemtrace serve" "no curl, or $fetched"
	plan
	exit
fi

# query QUERY FILTER: prints what the filter makes of each series of an instant query
query() { curl -sS --data-urlencode "query=$1" "$api/api/v1/query" | jq -r ".data.result[] | $2"; }
result() { query "$1" '.value[1]'; }
result_is() { [ "$(result "$1")" = "$2" ]; }
scraped() { curl -sS "$url" | sed -n "s/^$1 //p"; }

build/gmemtrace serve --web.listen-address=127.0.0.1:0 > "$dir/out" 2> "$dir/log" &
server=$!
await "gmemtrace serve attaches and serves" 240 grep -q serving "$dir/log"
url=$(sed -n 's/^gmemtrace: serving //p' "$dir/log")
: > "$dir/top"
build/gmemtop --json -d 0.5 > "$dir/top" 2> "$dir/top.err" &
top=$!
await "gmemtop starts" 240 test -s "$dir/top"
target=${url#http://} target=${target%/metrics}
cat > "$dir/prometheus.yml" << EOF
global: {scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 5s}
rule_files: [$PWD/docs/dashboards/gmem.rules.yml]
scrape_configs: [{job_name: gmem, static_configs: [{targets: ['$target']}]}]
EOF
"$fetched/prometheus" --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/tsdb" --web.listen-address=127.0.0.1:9090 \
	> "$dir/prometheus.log" 2>&1 &
prometheus=$!
check "Prometheus scrapes the exporter" wait_for 240 result_is 'up{job="gmem"}' 1

# A load that stays
build/gmemload --vcpus 2 --mem 32M --count 300 --by mix --pause-us 500 --hold --ledger "$dir/ledger" \
	< <(exec sleep 3600) > "$dir/load" &
load=$!
check "the load completes" wait_for 400 grep -q holding "$dir/load"
refreshed "after the load" "$dir/top" 3
last_of "$dir/top" > "$dir/now"
kill -TERM $load
wait $load
# The ledger is written at the end of the load; the series end with the VM. What counts is the last sample.
# Kernels that do not number VMs leave it to each tool, so the VM is found by its process.
vm=$(query "last_over_time(gmem_vm_info{pid=\"$(jq '.vms[0].pid' "$dir/ledger")\"}[1h])" .metric.vm)
last() { result "last_over_time($1{vm=\"$vm\",direction=\"$2\"}[1h])"; }
for d in to_private to_shared; do
	count=$(jq ".vms[0].conversions.$d.count" "$dir/ledger")
	counted() { [ "$(last gmem_conversions_total $d)" = "$count" ]; }
	wait_for 60 counted || :
	is "Prometheus has the ledger's count of conversions $d" "$(last gmem_conversions_total $d)" "$count"
	is "Prometheus has the ledger's bytes $d" "$(last gmem_converted_bytes_total $d)" "$(jq ".vms[0].conversions.$d.bytes" "$dir/ledger")"
	is "Prometheus has gmemtop's stalls $d" "$(last gmem_stall_duration_seconds_count $d)" "$(jq ".vms[0].${d}_stall_count" "$dir/now")"
	# histogram_quantile() is in the bucket of gmemtop's quantile, or in the next: each tool takes its own times.
	quantile=$(result "histogram_quantile(0.99, last_over_time(gmem_stall_duration_seconds_bucket{vm=\"$vm\",direction=\"$d\"}[1h]))")
	p99=$(jq ".vms[0].${d}_stall_p99_ns" "$dir/now")
	comment "stalls $d, p99: histogram_quantile $quantile s, gmemtop $p99 ns"
	is "histogram_quantile of stalls $d is gmemtop's p99, to a bucket" "$(awk -v q="$quantile" -v p="$p99" '
		function bucket(ns,  i) { for (i = 1; i < n && b[i] < ns; i++); return i }
		BEGIN { n = split("14 16 18 20 21 22 24 26 28 30 33", k, " "); for (i = 1; i <= n; i++) b[i] = 2 ^ k[i] - 1
			d = bucket(q * 1e9) - bucket(p); print (q > 0 && p > 0 && d >= -1 && d <= 1) }')" 1
done
is "the recording rules have values" "$(result 'count(max_over_time(gmem:stall_seconds:p99_5m[1h]))')" 1

# VMs that do not live long
none_left() { curl -sS "$url" > "$dir/page" && ! grep -q 'vm="' "$dir/page"; }
await "the series of the VM end" 60 none_left
before=$(scraped gmem_process_resident_memory_bytes) dropped=$(scraped gmem_vms_dropped_total)
begin=$(result 'sum(last_over_time(gmem_conversions_total[1h]))')
for ((n = 1; n <= rounds; n++)); do
	build/gmemload --vms $vms_of_round --one-process --mem 2M --count 2 --by ioctl --seed $n --quiet \
		--ledger "$dir/short.$n" || not_ok "round $n of VMs that do not live long"
done
wanted=$(jq -s '[.[].vms[].conversions | .to_private, .to_shared | .count] | add' "$dir"/short.*)
made=$(jq -s '[.[].vms[]] | length' "$dir"/short.*)
all_dropped() { [ "$(scraped gmem_vms_dropped_total)" = $((made + dropped)) ]; }
wait_for 120 all_dropped || :
comment "$made VMs; most samples in a scrape: $(result 'max_over_time(scrape_samples_scraped{job="gmem"}[1h])')"
is "as many VMs were made as asked for" "$made" $((rounds * vms_of_round))
is "the series of all of them were dropped" "$(scraped gmem_vms_dropped_total)" $((made + dropped))
check "no VM has a series" none_left
has_all() { [ "$(result 'sum(last_over_time(gmem_conversions_total[1h]))')" = $((begin + wanted)) ]; }
wait_for 60 has_all || :
# Prometheus drops a page that arrives later than it waits. The exporter cannot know that.
share=$(result 'avg_over_time(up{job="gmem"}[1h])')
comment "share of scrapes that succeeded: $share"
if [ "$share" = 1 ]; then
	is "the last counts of every one were scraped" "$(result 'sum(last_over_time(gmem_conversions_total[1h]))')" $((begin + wanted))
else
	skip "the last counts of every one were scraped" "a scrape took more than 5 s"
fi
after=$(scraped gmem_process_resident_memory_bytes)
comment "resident memory of the exporter: $((before >> 10)) KiB before, $((after >> 10)) KiB after $made VMs"
check "its memory did not grow by more than 32 MiB" test "$after" -le $((before + (32 << 20)))
comment "CPU: $(scraped gmem_process_cpu_seconds_total) s; scrapes: $(scraped gmem_scrapes_total)"
check "nearly all scrapes succeeded" awk -v share="$share" 'BEGIN { exit !(share >= 0.9) }'

kill -TERM $server $top $prometheus
wait $server
is "SIGTERM ends gmemtrace serve with status 0" $? 0
plan
