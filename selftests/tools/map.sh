#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace map and stat, of recordings that were made up, and the page of report.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

build/synth_record "$dir/a" seed=21 vms=2 conversions=600

# private_at MS: private pages of VM 1 after so many milliseconds, by the events alone.
private_at() {
	$trace export --format csv "$dir/a" | awk -F, -v ms="$1" '
		NR == 2 { begin = $1 }
		$2 == "attributes_end" && $3 == 1 && $1 <= begin + ms * 1000000 && $11 == 1 {
			for (i = $8; i < $9; i++) if ($10 == "private") private[i] = 1; else delete private[i]
		}
		END { for (i in private) n++; print n + 0 }'
}
for ms in 5.5 6 10 25 1000; do
	is "map at $ms ms is what events say, to the page" \
		"$($trace map --at ${ms}ms --json --vm 1 "$dir/a" 2> "$dir/err" | jq '[.vms[].private_extents[][1]] | add // 0')" \
		"$(private_at $ms)"
done
$trace map "$dir/a" > "$dir/end"
$trace map --at 10s "$dir/a" > "$dir/10s"
same "without --at it is the end" "$dir/end" "$dir/10s"
is "extents are the bytes" "$($trace map --json "$dir/a" | jq '.vms[0] | [.private_extents[][1]] | add * 4096')" \
	"$($trace map --json "$dir/a" | jq '.vms[0].private_bytes')"
$trace map --ascii "$dir/a" > "$dir/ascii"
lacks "80 columns" '.{81}' "$dir/ascii"
LC_ALL=C lacks "ASCII is ASCII" '[^ -~]' "$dir/ascii"
is "the map has all cells" "$($trace map --ascii --vm 1 "$dir/a" | awk '/^ +[0-9a-f]+  [.#1-7]+$/ { n += length($2) } END { print n }')" 1024

$trace map -o "$dir/m.svg" "$dir/a"
check "SVG is XML" /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/m.svg"
$trace map -o "$dir/m.png" "$dir/a"
is "PNG is one" "$(head -c 8 "$dir/m.png" | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a
$trace map --vm nobody "$dir/a" > "$dir/out" 2> "$dir/err"
is "no such VM: status 8" $? 8
# The first state: the VMs of the recording with their slots, and no conversion yet.
first=$($trace map --at 0s --json selftests/tools/recordings/v1.gmem 2>&1 |
	jq -c '[.vms[] | [.vm, .slot_bytes > 0, .private_bytes]]')
is "--at 0s is the first state" "$first" "[[1,true,0],[2,true,0]]"
is "--at 0 is the same" "$($trace map --at 0 --json selftests/tools/recordings/v1.gmem |
	jq -c '[.vms[] | [.vm, .slot_bytes > 0, .private_bytes]]')" "$first"
$trace print --longer 0s "$dir/a" > "$dir/longer" 2> "$dir/err"
$trace print "$dir/a" > "$dir/all" 2> "$dir/err"
same "--longer 0s leaves nothing out" "$dir/longer" "$dir/all"
$trace map --at soon "$dir/a" 2> "$dir/err"
is "no time: status 2" $? 2

$trace report --json "$dir/a" > "$dir/report"
is "stat counts what the report has" "$($trace stat --json "$dir/a" | jq '.to_shared_count')" \
	"$(jq .total.conversions.to_shared.count "$dir/report")"
is "stat: rows add up" "$($trace stat -i 0.01 --json "$dir/a" | jq -s 'map(.to_private_bytes) | add')" \
	"$(jq .total.conversions.to_private.bytes "$dir/report")"
is "stat: CSV has a name for each column" "$($trace stat --csv "$dir/a" | awk -F, '{ print NF }' | sort -u | wc -l)" 1
is "stat: --vm" "$($trace stat --vm 2 --json "$dir/a" | jq .to_shared_count)" \
	"$(jq '.vms[] | select(.vm == 2).conversions.to_shared.count' "$dir/report")"
$trace stat --longer 1ms "$dir/a" 2> "$dir/err"
is "stat: what the kernel does not count by is refused" $? 2

$trace report --html "$dir/a" > "$dir/page"
lacks "the page loads nothing" 'https?://|<script|src=|@import|url\(' "$dir/page"
check "its elements are closed" /usr/bin/python3 - "$dir/page" <<'END'
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
