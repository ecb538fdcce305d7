#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests ranges_report.py and ranges_plot.py with made-up samples. Prints TAP.
cd "$(dirname "$0")/../.." || exit 1
. selftests/tap.sh
. selftests/bench/reports.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
report=(selftests/bench/ranges_report.py --json "$dir/json" --markdown "$dir/md")

sample()
{
	printf '{"variant": "%s", "name": "%s", "%s": %s}\n' "$1" "$2" "$3" "$4"
}

# Samples for all limits, each of which is just kept: asks ranges_report.py for them.
samples_of_limits()
{
	python3 - <<-'END'
	import json, runpy, sys
	sys.argv = ['ranges_report.py']
	limits = runpy.run_path('selftests/bench/ranges_report.py', run_name='limits')['LIMITS']
	def sample(variant, name, value):
	    key = 'bytes' if 'memory' in name else 'ns'
	    print(json.dumps({'variant': variant, 'name': name, key: value}))
	for what, trace, full, kind, limit in limits:
	    trace, factor = trace if isinstance(trace, tuple) else (trace, 1)
	    base = 100e6
	    sample('trace', trace, base / factor)
	    sample('full', full or trace, {'less': base / (limit or 1), 'times': base * limit, 'ns': limit,
	                                   None: base}[kind])
	END
}

# with NAME VARIANT KEY VALUE: prints the samples with another value for one
with()
{
	grep -v "\"$2\", \"name\": \"$1\"" "$dir/kept"
	sample "$2" "$1" "$3" "$4"
}

samples_of_limits > "$dir/kept"
reports "limits just kept" 0 ' limits are kept, 0 are not, 0 cannot' "$dir/kept"
check "JSON: all limits" python3 -c "
import json
j = json.load(open('$dir/json'))
assert len(j['limits']) > 30 and not [l for l in j['limits'] if l['verdict'] not in ('PASS', '')]"
check "Markdown: a line for each limit" grep -q '^| 1 GiB to private.*| PASS |$' "$dir/md"

with to_private.1G full ns 10001 > "$dir/broken"
reports "a factor not reached" 1 '^1 GiB to private.* 9,999 times less .*FAIL$' "$dir/broken"
with page.flip.change full ns 3001 > "$dir/broken"
reports "too many instructions" 1 '^page to private and back.* 3,001 .*FAIL$' "$dir/broken"
with page.mixed.change full ns 100100000 > "$dir/broken"
reports "more than without ranges" 1 '^page to private in a mixed.* 1\.001 .*FAIL$' "$dir/broken"
with fragments_memory.131072 full bytes 10100000 > "$dir/broken"
reports "more memory than a tenth" 1 '^\.\. memory, ascending.* 0\.101 .*FAIL$' "$dir/broken"
with to_private.4G trace ns 1 > "$dir/extrapolated"
reports "what is extrapolated" 0 '^1 TiB to private.* 256 ' "$dir/extrapolated"
grep -v '"page.mixed.unchanged"' "$dir/kept" > "$dir/missing"
reports "figures that are missing" 1 '^unchanged, mixed block.*not measured.*FAIL$' "$dir/missing"
with mapped_2m.to_shared full skipped '"no huge pages"' > "$dir/open"
reports "a figure that the kernel cannot give" 0 '^1 GiB mapped by 2 MiB, to shared.*no huge pages.*OPEN$' "$dir/open"
with memory_private.1T full bytes -24 > "$dir/tiny"
reports "memory below what is accounted" 0 'up to 4096 B' "$dir/tiny"
reports "no samples" 3 'no samples' /dev/null
{ cat "$dir/kept"; echo '{"variant": "full", '; } > "$dir/torn"
reports "a torn line" 3 'cannot read line' "$dir/torn"
echo '{"variant": "stock", "name": "x", "ns": 1}' > "$dir/other"
reports "another variant" 3 'cannot read line 1' "$dir/other"

{ cat "$dir/kept"; for size in 4K 2M 1G; do sample trace to_private.$size ns 1000; sample trace to_shared.$size ns 1000
	sample full to_private.$size ns 1000; sample full to_shared.$size ns 1000; done; } > "$dir/plot"
selftests/bench/ranges_report.py --json "$dir/json" < "$dir/plot" > /dev/null
check "pictures" selftests/bench/ranges_plot.py "$dir/json" "$dir"
check "pictures are XML" python3 -c "
import xml.dom.minidom
for name in ('size', 'fragments'):
    assert 'polyline' in xml.dom.minidom.parse('$dir/ranges-%s.svg' % name).toxml()"
plan
