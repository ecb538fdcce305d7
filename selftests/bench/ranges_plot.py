#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
Draws what ranges.sh has measured: `ranges_plot.py FIGURES.json DIR` writes DIR/ranges-size.svg, cost
against the size of a conversion, and DIR/ranges-fragments.svg, cost and memory against fragmentation.
"""
import html
import json
import math
import os
import sys

DARK, LIGHT, GRID = '#16181d', '#d3d7de', '#2e3436'
# The same hues as in the pictures of gmemtop; told apart without colours by the labels.
COLOURS = {'trace': '#e0b341', 'full': '#82b8ff'}
NAMES = {'trace': 'without ranges', 'full': 'with ranges'}
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 50, 50
GIB = 1 << 30


class Axis:
    """A logarithmic axis: values from low to high on pixels from start to end."""

    def __init__(self, low, high, start, end):
        self.low, self.high, self.start, self.end = low, high, start, end

    def at(self, value):
        share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


class Picture:
    def __init__(self, width, height):
        self.parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
                      'font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">' %
                      (width, height, width, height),
                      '<rect width="%d" height="%d" rx="6" fill="%s"/>' % (width, height, DARK)]

    def text(self, x, y, text, colour=LIGHT, anchor='start', bold=False):
        self.parts.append('<text x="%.1f" y="%.1f" fill="%s" text-anchor="%s"%s>%s</text>' %
                          (x, y, colour, anchor, ' font-weight="bold"' * bold, html.escape(text)))

    def line(self, points, colour, width=1, dashed=False):
        self.parts.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="%g"%s/>' %
                          (' '.join('%.1f,%.1f' % p for p in points), colour, width,
                           ' stroke-dasharray="5 4"' * dashed))

    def dot(self, x, y, colour):
        self.parts.append('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (x, y, colour))

    def write(self, path):
        with open(path, 'w', encoding='utf-8') as out:
            out.write('\n'.join(self.parts + ['</svg>']) + '\n')


def size_text(size):
    for unit, name in ((1 << 40, 'TiB'), (1 << 30, 'GiB'), (1 << 20, 'MiB')):
        if size >= unit:
            return '%d %s' % (size // unit, name)
    return '%d KiB' % (size >> 10)


def bytes_of(text):
    return int(text[:-1]) << {'K': 10, 'M': 20, 'G': 30, 'T': 40}[text[-1]]


def amount_text(value):
    for unit, name in ((1e12, 'T'), (1e9, 'G'), (1e6, 'M'), (1e3, 'k')):
        if value >= unit:
            return '%g%s' % (value / unit, name)
    return '%g' % value


def draw_axes(picture, title, x, y, ticks, tick_text, x_title, y_text):
    """@y_text makes labels of the powers of ten."""
    picture.text(x.start, TOP - 22, title, bold=True)
    value = y.low
    while value <= y.high * 1.001:
        at = y.at(value)
        picture.line([(x.start, at), (x.end, at)], GRID)
        picture.text(x.start - 8, at + 4, y_text(value), anchor='end')
        value *= 10
    for tick in ticks:
        at = x.at(tick)
        picture.line([(at, y.start), (at, y.start + 4)], LIGHT)
        picture.text(at, y.start + 18, tick_text(tick), anchor='middle')
    picture.text((x.start + x.end) / 2, y.start + 38, x_title, anchor='middle')


def draw_curve(picture, points, x, y, variant, dots=True, dashed=False):
    """@points: (x, y) values, ascending."""
    places = [(x.at(a), y.at(b)) for a, b in points]
    picture.line(places, COLOURS[variant], 2, dashed)
    for place in places if dots else []:
        picture.dot(*place, COLOURS[variant])
    return places[-1]


def label_curves(picture, ends):
    """@ends: {variant: where its curve ends}. Labels of curves that end close to each other move apart."""
    higher, lower = sorted(ends, key=lambda variant: ends[variant][1])
    apart = max(0, 16 - (ends[lower][1] - ends[higher][1])) / 2
    for variant, by in ((higher, -apart), (lower, apart)):
        x, y = ends[variant]
        picture.text(x + 8, y + 4 + by, NAMES[variant], COLOURS[variant])


def curve(figures, variant, prefix, key, parse):
    """Points of all figures named PREFIX.NUMBER."""
    return sorted((parse(name[len(prefix) + 1:]), max(sample[key], 1))
                  for name, sample in figures[variant].items() if name.startswith(prefix + '.'))


def average(one, other):
    return [(a, (b + c) / 2) for (a, b), (_, c) in zip(one, other)]


def draw_sizes(figures, path):
    picture = Picture(760, 420)
    x = Axis(4 << 10, 1 << 40, LEFT, 760 - RIGHT)
    y = Axis(1e3, 1e12, 420 - BOTTOM, TOP)
    draw_axes(picture, 'Instructions to convert a range, mean of both directions, nothing mapped', x, y,
              [4 << 10, 64 << 10, 2 << 20, 64 << 20, GIB, 16 * GIB, 1 << 40], size_text, 'size of the range',
              amount_text)
    ends = {}
    for variant in ('trace', 'full'):
        points = average(*(curve(figures, variant, prefix, 'ns', bytes_of)
                           for prefix in ('to_private', 'to_shared')))
        ends[variant] = draw_curve(picture, points, x, y, variant)
        size, cost = points[-1]
        if size < x.high:
            ends[variant] = draw_curve(picture, [points[-1], (x.high, cost * x.high / size)], x, y,
                                       variant, dots=False, dashed=True)
            middle = math.sqrt(size * x.high)
            picture.text(x.at(middle) - 10, y.at(cost * middle / size) - 8, 'extrapolated',
                         COLOURS[variant], 'end')
    label_curves(picture, ends)
    picture.write(path)


PANELS = [
    # Title, figures, key, low and high of the axis, text of a value
    ('Instructions per call that makes one page private', 'fragments', 'ns', 1e3, 1e4),
    ('Instructions to convert all back at once', 'fragments_to_shared', 'ns', 1e3, 1e9),
    ('Kernel memory, bytes', 'fragments_memory', 'bytes', 1e3, 1e7),
]


def draw_fragments(figures, path):
    width, height = 760, 300
    picture = Picture(width, height * len(PANELS))
    for i, (title, prefix, key, low, high) in enumerate(PANELS):
        top = i * height
        x = Axis(8, 131072, LEFT, width - RIGHT)
        y = Axis(low, high, top + height - BOTTOM, top + TOP)
        draw_panel(picture, figures, (title, prefix, key), x, y)
    picture.write(path)


def draw_panel(picture, figures, panel, x, y):
    title, prefix, key = panel
    picture.text(x.start, y.end - 14, title, bold=True)
    draw_axes(picture, '', x, y, [8, 64, 512, 4096, 32768, 131072], lambda n: '{:,}'.format(n),
              'private pages, evenly spread over 1 GiB', amount_text)
    ends = {}
    for variant in ('trace', 'full'):
        points = curve(figures, variant, prefix, key, int)
        ends[variant] = draw_curve(picture, points, x, y, variant)
    label_curves(picture, ends)


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding='utf-8') as file:
        figures = json.load(file)['figures']
    draw_sizes(figures, os.path.join(sys.argv[2], 'ranges-size.svg'))
    draw_fragments(figures, os.path.join(sys.argv[2], 'ranges-fragments.svg'))
    return 0


sys.exit(main())
