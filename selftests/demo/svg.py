#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A terminal's screen as a picture: `tmux capture-pane -e -p | svg.py WIDTH > FILE.svg`.

Knows what curses sends: SGR with 8, 16 and 256 colours. Every cell is WIDTH columns wide.
"""
import html
import re
import sys
import unicodedata

CELL, LINE, SIZE = 8, 17, 13
DARK, LIGHT = "#16181d", "#d3d7de"
BASIC = ["#2e3436", "#ef5350", "#66bb6a", "#e0b341", "#5c9ded", "#ba7fd6", "#35b5c5", "#d3d7de",
         "#70757d", "#ff7b72", "#8ae08f", "#ffe08a", "#82b8ff", "#d7a6ee", "#6fdbe8", "#ffffff"]


def colour(n):
    if n < 16:
        return BASIC[n]
    if n >= 232:
        return "#" + "%02x" % (8 + 10 * (n - 232)) * 3
    n -= 16
    return "#" + "".join("%02x" % (55 + 40 * v if v else 0) for v in (n // 36, n // 6 % 6, n % 6))


class Pen:
    def __init__(self):
        self.reset()

    def reset(self):
        self.fg = self.bg = None
        self.bold = self.dim = self.underline = self.reverse = False

    def sgr(self, codes):
        codes = [int(c or 0) for c in codes.split(";")]
        while codes:
            c = codes.pop(0)
            if c in (38, 48) and codes[:1] == [5]:
                setattr(self, "fg" if c == 38 else "bg", colour(codes[1]))
                del codes[:2]
            elif c == 0:
                self.reset()
            elif c in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[c], True)
            elif c == 22:
                self.bold = self.dim = False
            elif c in (24, 27):
                setattr(self, "underline" if c == 24 else "reverse", False)
            elif 30 <= c <= 37 or 90 <= c <= 97:
                self.fg = colour(c - 30 if c < 90 else c - 82)
            elif 40 <= c <= 47:
                self.bg = colour(c - 40)
            elif c in (39, 49):
                setattr(self, "fg" if c == 39 else "bg", None)

    def look(self):
        fg, bg = self.fg or LIGHT, self.bg
        if self.reverse:
            fg, bg = bg or DARK, fg
        return fg, bg, self.bold, self.dim, self.underline


def width(ch):
    if unicodedata.combining(ch):
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1


def runs(line, pen):
    """(column, cells, text, look) of what looks alike."""
    at, out = 0, []
    for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z]|\x0e|\x0f|\x1b\(.)", line):
        if part.startswith("\x1b[") and part.endswith("m"):
            pen.sgr(part[2:-1])
        elif part and part[0] not in "\x0e\x0f\x1b":
            cells = sum(width(ch) for ch in part)
            out.append((at, cells, part, pen.look()))
            at += cells
    return out


def draw(y, at, cells, text, look):
    fg, bg, bold, dim, underline = look
    x, w = 10 + at * CELL, cells * CELL
    if bg:
        print(f'<rect x="{x}" y="{y}" width="{w}" height="{LINE}" fill="{bg}"/>')
    if not text.strip():
        return
    text = html.escape(text).replace(" ", "\u00a0")  # blanks are folded otherwise
    style = f' fill="{fg}"' + ' font-weight="bold"' * bold + ' opacity="0.6"' * dim + \
        ' text-decoration="underline"' * underline
    print(f'<text x="{x}" y="{y + LINE - 4}" textLength="{w}" lengthAdjust="spacingAndGlyphs"'
          f'{style}>{text}</text>')


def main():
    columns = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    lines = sys.stdin.read().rstrip("\n").split("\n")
    w, h = columns * CELL + 20, len(lines) * LINE + 20
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
          f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}" '
          '>')
    print(f'<rect width="{w}" height="{h}" rx="6" fill="{DARK}"/>')
    pen = Pen()
    for i, line in enumerate(lines):
        for run in runs(line, pen):
            draw(10 + i * LINE, *run)
    print("</svg>")


main()
