#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtrace map, stat and report --html on synthetic recordings.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

build/synth_record "$dir/a" seed=21 vms=2 conversions=600

# private_at MS: prints the private pages of VM 1 after MS milliseconds, computed from the events.
private_at() {
	$trace export --format csv "$dir/a" | awk -F, -v ms="$1" '
		NR == 2 { begin = $1 }
		$2 == "attributes_end" && $3 == 1 && $1 <= begin + ms * 1000000 && $11 == 1 {
			for (i = $8; i < $9; i++) if ($10 == "private") private[i] = 1; else delete private[i]
		}
		END { for (i in private) n++; print n + 0 }'
}
for ms in 5.5 6 10 25 1000; do
	is "map at $ms ms equals the events, to the page" \
		"$($trace map --at ${ms}ms --json --vm 1 "$dir/a" 2> "$dir/err" | jq '[.vms[].private_extents[][1]] | add // 0')" \
		"$(private_at $ms)"
done
$trace map "$dir/a" > "$dir/end"
$trace map --at 10s "$dir/a" > "$dir/10s"
same "map without --at shows the end" "$dir/end" "$dir/10s"
is "extents add up to private_bytes" "$($trace map --json "$dir/a" | jq '.vms[0] | [.private_extents[][1]] | add * 4096')" \
	"$($trace map --json "$dir/a" | jq '.vms[0].private_bytes')"
$trace map --ascii "$dir/a" > "$dir/ascii"
lacks "the ASCII map fits into 80 columns" '.{81}' "$dir/ascii"
LC_ALL=C lacks "the ASCII map has ASCII characters only" '[^ -~]' "$dir/ascii"
is "the ASCII map has all cells" "$($trace map --ascii --vm 1 "$dir/a" | awk '/^ +[0-9a-f]+  [.#1-7]+$/ { n += length($2) } END { print n }')" 1024

build/synth_record "$dir/one" vms=1 conversions=0
is "a map of one range has one private range" "$($trace map "$dir/one" | sed -n 2p)" "  1 private range; 0 of 128 blocks of 2M are mixed"

$trace map -o "$dir/m.svg" "$dir/a"
check "the SVG is well-formed XML" /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/m.svg"
$trace map -o "$dir/m.png" "$dir/a"
is "the PNG has the signature of PNG" "$(head -c 8 "$dir/m.png" | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a
$trace map --vm nobody "$dir/a" > "$dir/out" 2> "$dir/err"
is "an unknown VM: status 8" $? 8
# The first state: the VMs of the recording with their slots, and no conversion yet.
first=$($trace map --at 0s --json selftests/tools/recordings/v1.gmem 2>&1 |
	jq -c '[.vms[] | [.vm, .slot_bytes > 0, .private_bytes]]')
is "--at 0s shows the first state" "$first" "[[1,true,0],[2,true,0]]"
is "--at 0 equals --at 0s" "$($trace map --at 0 --json selftests/tools/recordings/v1.gmem |
	jq -c '[.vms[] | [.vm, .slot_bytes > 0, .private_bytes]]')" "$first"
$trace print --longer 0s "$dir/a" > "$dir/longer" 2> "$dir/err"
$trace print "$dir/a" > "$dir/all" 2> "$dir/err"
same "--longer 0s selects all events" "$dir/longer" "$dir/all"
$trace map --at soon "$dir/a" 2> "$dir/err"
is "an invalid time: status 2" $? 2

$trace report --json "$dir/a" > "$dir/report"
is "stat: counts of conversions equal the report" "$($trace stat --json "$dir/a" | jq '.to_shared_count')" \
	"$(jq .total.conversions.to_shared.count "$dir/report")"
is "stat: rows add up to the report's bytes" "$($trace stat -i 0.01 --json "$dir/a" | jq -s 'map(.to_private_bytes) | add')" \
	"$(jq .total.conversions.to_private.bytes "$dir/report")"
is "stat: CSV has a name for each column" "$($trace stat --csv "$dir/a" | awk -F, '{ print NF }' | sort -u | wc -l)" 1
is "stat: --vm selects one VM" "$($trace stat --vm 2 --json "$dir/a" | jq .to_shared_count)" \
	"$(jq '.vms[] | select(.vm == 2).conversions.to_shared.count' "$dir/report")"
$trace stat --longer 1ms "$dir/a" 2> "$dir/err"
is "stat refuses a filter by latency, which the kernel does not count by: status 2" $? 2

$trace report --html "$dir/a" > "$dir/page"
lacks "the HTML page loads no other file" 'https?://|<script|src=|@import|url\(' "$dir/page"
check "the HTML page closes its elements" /usr/bin/python3 - "$dir/page" <<'END'
import html.parser, sys
class P(html.parser.HTMLParser):
    stack = []
    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "rect", "line"):
            self.stack.append(tag)
    def handle_endtag(self, tag):
        if tag in ("rect", "line", "meta"):
            return
        assert self.stack and self.stack[-1] == tag, (tag, self.stack[-3:], self.getpos())
        self.stack.pop()
p = P()
p.feed(open(sys.argv[1], encoding="utf-8").read())
assert not p.stack, p.stack
END
plan
