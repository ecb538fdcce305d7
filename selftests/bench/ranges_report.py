#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
Compares gmem_ranges' samples of the kernels trace and full, and checks limits.
  ranges_report.py [--json FILE] [--markdown FILE] < SAMPLES
Exit status: 0 all limits are kept, 1 one is not or lacks figures, 2 wrong usage, 3 bad samples.
A row whose figure the kernel cannot give is OPEN, and no failure.
"""
import argparse
import json
import sys

KINDS = {
    'less': 'at least {:,.0f} times less',       # trace / full
    'times': 'at most {:g} times',                # full / trace
    'ns': 'at most {:,.0f} instructions',         # full
    None: '',                                     # no limit
}

# What, figure of trace (and factor that extrapolates it), figure of full if another, limit. Rows without a
# limit are those where ranges are not better, and show how much worse they can be.
LIMITS = [
    ('1 GiB to private, nothing mapped', 'to_private.1G', None, 'less', 10000),
    ('1 GiB to shared, nothing mapped', 'to_shared.1G', None, 'less', 10000),
    ('1 TiB to private, sparse (1)', ('to_private.4G', 256), 'to_private.1T', 'ns', 10e6),
    ('1 TiB to shared, sparse (1)', ('to_shared.4G', 256), 'to_shared.1T', 'ns', 10e6),
    ('window of 1 GiB to private', 'window.1G.to_private', None, 'less', 5000),
    ('window of 1 GiB to shared', 'window.1G.to_shared', None, 'less', 5000),
    ('1 GiB mapped by 2 MiB, to shared (2)', 'mapped_4k.to_shared', 'mapped_2m.to_shared', 'less', 100),
    ('1 GiB mapped by 2 MiB, to private', 'mapped_2m.to_private', None, 'less', 100),
    ('1 GiB mapped by 4 KiB, to shared', 'mapped_4k.to_shared', None, None, 0),
    ('1 GiB mapped by 4 KiB, to private', 'mapped_4k.to_private', None, None, 0),
    ('page to private and back, each in turn, all else shared', 'page.flip.change', None, 'ns', 3000),
    ('page to private in a shared block', 'page.shared.change', None, None, 0),
    ('.. and back: the block is whole again', 'page.shared.restore', None, 'times', 1),
    ('page to shared in a private block', 'page.private.change', None, 'ns', 3000),
    ('.. and back: the block is whole again', 'page.private.restore', None, 'times', 1),
    ('page to private in a mixed block', 'page.mixed.change', None, 'times', 1),
    ('.. and back', 'page.mixed.restore', None, 'times', 1),
    ('private page by page, from the start', 'page.growth.change', None, 'times', 1),
    ('many (3): page to private and back, each in turn', 'page_among_many.flip.change', None, None, 0),
    ('many: page to private in a shared block', 'page_among_many.shared.change', None, None, 0),
    ('.. and back', 'page_among_many.shared.restore', None, None, 0),
    ('many: page to shared in a private block', 'page_among_many.private.change', None, 'ns', 3000),
    ('.. and back', 'page_among_many.private.restore', None, 'times', 1),
    ('many: page to private in a mixed block', 'page_among_many.mixed.change', None, 'times', 1),
    ('.. and back', 'page_among_many.mixed.restore', None, 'times', 1),
    ('every other page of 1 GiB, ascending, each', 'fragments.131072', None, 'times', 1.05),
    ('.. in scattered order, each', 'fragments_scattered.131072', None, 'times', 1.05),
    ('.. memory, ascending', 'fragments_memory.131072', None, 'times', 0.1),
    ('.. memory, scattered', 'fragments_scattered_memory.131072', None, 'times', 0.1),
    ('.. then 1 GiB to shared at once', 'fragments_to_shared.131072', None, 'less', 500),
    ('.. the same after scattered order', 'fragments_scattered_to_shared.131072', None, 'less', 500),
    ('one page of each 2 MiB of 1 GiB, each', 'fragments.512', None, None, 0),
    ('.. memory', 'fragments_memory.512', None, None, 0),
    ('unchanged, shared', 'page.shared.unchanged', None, 'times', 1.15),
    ('unchanged, private', 'page.private.unchanged', None, 'times', 1.15),
    ('unchanged, mixed block', 'page.mixed.unchanged', None, 'times', 1.15),
    ('many: unchanged, shared', 'page_among_many.shared.unchanged', None, None, 0),
    ('many: unchanged, private', 'page_among_many.private.unchanged', None, None, 0),
    ('many: unchanged, mixed block', 'page_among_many.mixed.unchanged', None, None, 0),
    ('slot of 1 TiB created', 'slot.1T', None, 'times', 1),
    ('slot of 1 GiB created over private memory', 'slot_private.1G', None, 'times', 1),
    ('memory for "all of 1 TiB is private" (1)', ('memory_private.4G', 256), 'memory_private.1T', None, 0),
]
NOTES = '''(1) trace: extrapolated from 4 GiB; its costs grow linearly.
(2) trace: mapped by 4 KiB, the only way there.
(3) many: among 4,096 other ranges of 2 MiB.
A conversion's figure is the instructions of one call, a window's includes writing 4 events.'''

RESOLUTION = 4096   # bytes: less is not accounted to the cgroup at once


class BadSamples(Exception):
    pass


def read_samples(lines):
    """{variant: {name: sample}}."""
    figures = {'trace': {}, 'full': {}}
    for number, line in enumerate(lines, 1):
        try:
            sample = json.loads(line)
            figures[sample['variant']][sample['name']] = sample
        except (ValueError, KeyError, TypeError):
            raise BadSamples('cannot read line %d' % number) from None
    if not any(figures.values()):
        raise BadSamples('no samples')
    return figures


def value_of(sample):
    for key in ('ns', 'bytes'):
        if key in sample:
            return sample[key]
    return None


class Row:
    """A limit, and what was measured for it."""

    def __init__(self, limit, figures):
        self.what, trace, full, self.kind, self.limit = limit
        trace, factor = trace if isinstance(trace, tuple) else (trace, 1)
        samples = figures['trace'].get(trace), figures['full'].get(full or trace)
        self.unit = 'bytes' if 'memory' in trace else 'ns'
        self.trace, self.full = (s and value_of(s) for s in samples)
        self.skipped = next((s['skipped'] for s in samples if s and 'skipped' in s), None)
        if self.trace is not None:
            self.trace *= factor
        if self.unit == 'bytes':
            self.full = self.full if self.full is None else max(self.full, RESOLUTION)
        self.ratio = self.full / self.trace if self.trace and self.full is not None else None
        self.verdict = self.judge()

    def judge(self):
        if self.skipped:
            return 'OPEN'
        if self.ratio is None:
            return 'FAIL'
        kept = {'less': lambda: self.ratio * self.limit <= 1, 'times': lambda: self.ratio <= self.limit,
                'ns': lambda: self.full <= self.limit, None: lambda: None}[self.kind]()
        return {True: 'PASS', False: 'FAIL', None: ''}[kept]

    def limit_text(self):
        return KINDS[self.kind].format(self.limit)

    def ratio_text(self):
        if self.skipped:
            return self.skipped
        if self.ratio is None:
            return 'not measured'
        if 0 < self.ratio < 0.1:
            return '%s times less' % '{:,.0f}'.format(1 / self.ratio)
        return '%.3f' % self.ratio

    def as_json(self):
        return {'what': self.what, 'unit': self.unit, 'trace': self.trace, 'full': self.full,
                'ratio': self.ratio, 'limit': self.limit_text(), 'verdict': self.verdict,
                'skipped': self.skipped}


def number_text(value):
    if value is None:
        return '-'
    for unit, size in (('G', 1e9), ('M', 1e6)):
        if value >= size:
            return '%.3g%s' % (value / size, unit)
    return '{:,.0f}'.format(value)


def bytes_text(value):
    if value is None:
        return '-'
    for unit, size in (('GB', 1e9), ('MB', 1e6), ('kB', 1e3)):
        if value >= size and value > RESOLUTION:
            return '%.3g %s' % (value / size, unit)
    return 'up to %d B' % RESOLUTION


def cells(row):
    text = bytes_text if row.unit == 'bytes' else number_text
    return [row.what, text(row.trace), text(row.full), row.ratio_text(), row.limit_text(), row.verdict]


HEADS = ['what', 'trace', 'full', 'full/trace', 'limit', '']


def text_table(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return '\n'.join('  '.join(cell.rjust(width) if i in (1, 2) else cell.ljust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)


def markdown_table(lines):
    lines = [lines[0], ['---', '---:', '---:', '---', '---', '---']] + lines[1:]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines) + '\n'


PHASES = ['check', 'reserve', 'zap', 'store', 'mixed']


def phase_lines(figures):
    """One line per conversion and kernel: instructions of each phase, without those of events."""
    lines = [['phases', 'kernel'] + PHASES]
    names = dict.fromkeys(name.split('.', 1)[1].rsplit('.', 1)[0] for name in figures['full']
                          if name.startswith('phase.') and name != 'phase.event')
    for name in names:
        for variant in ('trace', 'full'):
            event = figures[variant].get('phase.event', {}).get('ns', 0)
            found = [figures[variant].get('phase.%s.%s' % (name, phase)) for phase in PHASES]
            lines.append([name, variant] + [number_text(max(f['ns'] - event, 0)) if f else '-'
                                            for f in found])
    return lines


def report(figures, rows):
    print('Instructions of one call (QEMU --icount), and bytes of kernel memory.\n')
    print(text_table([HEADS] + [cells(row) for row in rows]))
    print('\n' + NOTES + '\n')
    print(text_table(phase_lines(figures)))
    verdicts = [row.verdict for row in rows]
    print('\n%d limits are kept, %d are not, %d cannot be measured on this kernel' %
          tuple(verdicts.count(v) for v in ('PASS', 'FAIL', 'OPEN')))


def write(path, text):
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


def main():
    parser = argparse.ArgumentParser(description='Compares samples of gmem_ranges, and checks limits.')
    parser.add_argument('--json', metavar='FILE', help='write figures and verdicts to FILE')
    parser.add_argument('--markdown', metavar='FILE', help='write the table to FILE')
    options = parser.parse_args()
    try:
        figures = read_samples(sys.stdin)
    except BadSamples as e:
        print('ranges_report: %s\nIt reads what selftests/bench/ranges.sh --samples writes.' % e,
              file=sys.stderr)
        return 3
    rows = [Row(limit, figures) for limit in LIMITS]
    report(figures, rows)
    if options.json:
        write(options.json, json.dumps({'figures': figures, 'limits': [row.as_json() for row in rows]},
                                       indent=1) + '\n')
    if options.markdown:
        write(options.markdown, markdown_table([HEADS] + [cells(row) for row in rows]) + '\n' + NOTES + '\n')
    return 1 if any(row.verdict == 'FAIL' for row in rows) else 0


if __name__ == '__main__':
    sys.exit(main())
