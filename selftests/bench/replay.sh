#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Speed of reading and reporting a recording: events per second of CPU time, and memory, for one
# million and for ten million events. Exit status: 0 the limit is kept, 1 it is not, 3 not measured.
set -u
cd "$(dirname "$0")/../.." || exit 3
limit=5000000	# events per second of one CPU
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT

printf '\n%-24s %10s %8s %8s %12s %10s\n' "report of a recording" events MiB "CPU s" "events/s" "memory KiB"
status=3
for conversions in 70000 710000; do
	build/synth_record "$dir/rec" vms=8 conversions=$conversions || exit 3
	read -r user sys rss < <({ /usr/bin/python3 - "$dir/rec" <<'END'
import resource, subprocess, sys
subprocess.run(["build/gmemtrace", "report", "--json", "-o", sys.argv[1] + ".json", sys.argv[1]], check=True)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(u.ru_utime, u.ru_stime, u.ru_maxrss)
END
	} 2>&1)
	events=$(jq .events "$dir/rec.json") || exit 3
	rate=$(echo "$events $user $sys" | awk '{ printf "%d", $1 / ($2 + $3) }')
	printf '%-24s %10d %8d %8.2f %12d %10d\n' "8 VMs" "$events" $(($(stat -c %s "$dir/rec") >> 20)) \
		"$(echo "$user $sys" | awk '{ print $1 + $2 }')" "$rate" "$rss"
	[ "$rate" -ge $limit ]
	status=$?
done
echo "analysis alone, from memory: $(build/analysis_bench 20 | jq -r '"\(.ns_per_event) ns an event"')"
[ $status -eq 0 ] && echo "kept: at least $limit events a second" || echo "not kept: at least $limit events a second"
exit $status
