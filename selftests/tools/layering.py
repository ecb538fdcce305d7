#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
The layers of bpf/ and tools/: which folder may include which, and no circles of files.
Prints TAP, with FILE: TEXT of each fault. Exit status: 0 none, 1 some, 2 no source.
  layering.py [--build DIR] [ROOT]    DIR has the objects; without one, circles of calls are not looked for
  layering.py --count [ROOT]          prints the number of lines of C, comments included
"""
import argparse, collections, os, re, subprocess, sys

# A folder, and those that it may include besides itself; all of them stand above it.
LAYERS = '''
bpf
lib/abi: bpf
lib/base: lib/abi
lib/operations: bpf lib/abi
lib/model: bpf lib/abi lib/operations
lib/recording: bpf lib/abi lib/base
lib/live: bpf lib/abi lib/base
lib/analysis: bpf lib/abi lib/operations lib/model
lib/views: lib/abi lib/model
lib/cli: lib/base lib/live
gmemtop/terminal: lib/base
gmemtop/widgets: lib/model gmemtop/terminal
gmemtop/ui: lib/abi lib/base lib/model gmemtop/terminal gmemtop/widgets
gmemtop/views: bpf lib/abi lib/base lib/model lib/views gmemtop/terminal gmemtop/widgets gmemtop/ui
gmemtop/screen: lib/abi lib/model lib/views gmemtop/terminal gmemtop/widgets gmemtop/ui gmemtop/views
gmemtop/run: lib/base lib/model lib/recording lib/live lib/views lib/cli gmemtop/terminal gmemtop/ui gmemtop/screen
gmemtrace/output: lib/base
gmemtrace/input: bpf lib/abi lib/base lib/model lib/recording lib/live lib/views lib/cli
gmemtrace/print: bpf lib/abi lib/base lib/views gmemtrace/output gmemtrace/input
gmemtrace/record: lib/abi lib/base lib/model lib/recording lib/live lib/views gmemtrace/input
gmemtrace/report: bpf lib/abi lib/analysis lib/views
gmemtrace/results: lib/base lib/analysis
gmemtrace/compare: lib/base lib/analysis lib/views gmemtrace/results
gmemtrace/dashboard: lib/base lib/analysis lib/views gmemtrace/results
gmemtrace/map: lib/model lib/views
gmemtrace/export: bpf lib/abi lib/model lib/analysis lib/views gmemtrace/input gmemtrace/report
gmemtrace/serve: lib/base lib/model lib/live lib/views gmemtrace/input
gmemtrace/commands: lib/abi lib/base lib/model lib/recording lib/live lib/analysis lib/views lib/cli gmemtrace/output gmemtrace/input gmemtrace/print gmemtrace/record gmemtrace/report gmemtrace/results gmemtrace/compare gmemtrace/dashboard gmemtrace/map gmemtrace/export gmemtrace/serve
gmemtrace: gmemtrace/commands gmemtrace/input
'''

# Calls that go up, each with its reason.
CALLED_FROM_BELOW = {
    'view_table': 'ui/ knows views only as a table of functions, which screen/ fills in',
}

KNOWS_BPF = r'tools/lib/live/(live|live_sync|attach|inflight|inventory|inventory_parts|load|probes|providers|scan|verify)\.[ch]'
KNOWS_CURSES = r'tools/gmemtop/terminal/tui\.c'
KNOWS_ARGP = r'tools/(lib/cli|gmemtop|gmemtrace)/.*'
GENERATED = {'gmem.skel.h', 'perfetto.pb-c.h', 'dashboard_parts.h'}
MOST_LINES = 400
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def sources():
    found = []
    for top in ('bpf', 'tools'):
        for folder, _, names in os.walk(top):
            found += [os.path.join(folder, n) for n in names if n.endswith(('.c', '.h'))]
    return sorted(found)


def program(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'tools' else parts[0]


def folder(path):
    return re.sub('^tools/', '', os.path.dirname(path))


def candidates(path, name):
    roots = {'bpf': ['bpf'], 'lib': ['tools/lib', '.']}.get(program(path), ['tools/' + program(path), 'tools/lib', '.'])
    return [p for p in (os.path.normpath(os.path.join(r, name)) for r in roots) if os.path.exists(p)]


def own_includes(files):
    """A file -> what of ours it includes; and includes that name no file, or several, or no folder."""
    graph, faults = {}, []
    for f in files:
        graph[f] = set()
        for quote, name in INCLUDE.findall(read(f)):
            if quote == '<' or name in GENERATED:
                continue
            found = candidates(f, name)
            if len(found) != 1 or (program(f) != 'bpf' and '/' not in name):
                faults.append(f'{f}: {name}: {" ".join(found) or "no such file"}')
            graph[f].update(found[:1])
    return graph, faults


def layers():
    allowed, faults = {}, []
    for line in LAYERS.split('\n'):
        name, _, below = line.partition(':')
        faults += [f'{name}: {b} does not stand above it' for b in below.split() if b not in allowed]
        if name:
            allowed[name] = set(below.split())
    return allowed, faults


def arrows(graph):
    """Includes that the table does not allow, and what it allows and nobody needs."""
    allowed, faults = layers()
    used = set()
    for f, targets in graph.items():
        if folder(f) not in allowed:
            faults.append(f'{f}: its folder is not in the table')
            continue
        for a, b in ((folder(f), folder(t)) for t in targets):
            used.add((a, b))
            if a != b and b not in allowed[a]:
                faults.append(f'{f}: includes {b}')
    faults += [f'{a}: {b} is allowed, and nobody includes it'
               for a in allowed for b in allowed[a] if (a, b) not in used]
    return sorted(set(faults))


def circles(graph):
    """Sets of files from each of which there is a way to each (Tarjan)."""
    number, low, stack, found = {}, {}, [], []

    def visit(f):
        number[f] = low[f] = len(number)
        stack.append(f)
        for g in sorted(graph.get(f, ())):
            if g not in number:
                visit(g)
                low[f] = min(low[f], low[g])
            elif g in stack:
                low[f] = min(low[f], number[g])
        if low[f] == number[f]:
            at = stack.index(f)
            if len(stack) - at > 1:
                found.append(' '.join(sorted(stack[at:])))
            del stack[at:]

    sys.setrecursionlimit(10000)
    for f in sorted(graph):
        if f not in number:
            visit(f)
    return found


def calls(files, build):
    """A .c file -> files that define what it uses; and exceptions that nobody needs."""
    defined, used = collections.defaultdict(list), {}
    for f in files:
        obj = os.path.join(build, f[:-2] + '.o')
        if not f.endswith('.c') or program(f) == 'bpf':
            continue
        if not os.path.exists(obj):
            return None, [f'{obj}: not there: make all']
        used[f] = set()
        for line in subprocess.run(['nm', '-P', obj], check=True, capture_output=True, text=True).stdout.splitlines():
            symbol, kind = line.split()[:2]
            if kind == 'U':
                used[f].add(symbol)
            elif kind.isupper():
                defined[symbol].append(f)
    unneeded = [f'{s}: nobody below calls it' for s in CALLED_FROM_BELOW
                if not any(s in used[f] and folder(d) != folder(f) for f in used for d in defined[s])]
    return {f: {d for s in symbols if s not in CALLED_FROM_BELOW for d in defined[s]
                if d != f and program(d) in (program(f), 'lib')} for f, symbols in used.items()}, unneeded


def users(files, pattern, but):
    return [f'{f}: {name}' for f in files if not re.fullmatch(but, f)
            for _, name in INCLUDE.findall(read(f)) if re.fullmatch(pattern, name)]


def with_includes(files, graph):
    seen, todo = set(), list(files)
    while todo:
        f = todo.pop()
        if f not in seen:
            seen.add(f)
            todo += graph[f]
    return sorted(seen)


def long_files(files):
    faults = []
    for f in files:
        lines = read(f).split('\n')
        if len(lines) - 1 > MOST_LINES and 'Longer than 400 lines because ' not in '\n'.join(lines[:12]):
            faults.append(f'{f}: {len(lines) - 1} lines, and no "Longer than 400 lines because ..." near its top')
    return faults


def main():
    p = argparse.ArgumentParser()
    p.add_argument('root', nargs='?', default=os.path.join(os.path.dirname(__file__), '../..'))
    p.add_argument('--build')
    p.add_argument('--count', action='store_true')
    o = p.parse_args()
    if not os.path.isfile(os.path.join(o.root, 'tools/lib/model/model.c')):
        print(f'layering.py: cannot find tools/lib/model/model.c in {o.root}\nGive the root of the source tree.', file=sys.stderr)
        return 2
    if o.build:
        o.build = os.path.abspath(o.build)
    os.chdir(o.root)
    files = sources()
    if o.count:
        print(f'{sum(read(f).count(chr(10)) for f in files)} lines of C in {len(files)} files of bpf/ and tools/')
        return 0
    graph, bad = own_includes(files)
    model = with_includes([f for f in files if re.match(r'tools/lib/(abi|operations|model)/.*\.c', f)], graph)
    tests = [
        ('every include names one file, by its folder', bad),
        ('includes go only where the table of layers lets them', arrows(graph)),
        ('no files include each other in a circle', circles(graph)),
        ('only what reads its maps and attaches, in tools/lib/live, knows BPF',
         users(files, r'bpf/(bpf|libbpf|btf)\.h|.*\.skel\.h', KNOWS_BPF + '|bpf/.*')),
        ('only tools/gmemtop/terminal/tui.c knows curses',
         users(files, r'(.*/)?n?curses\.h|ncursesw?/.*\.h|term\.h', KNOWS_CURSES)),
        ('in the library only tools/lib/cli knows command lines', users(files, r'argp\.h', KNOWS_ARGP)),
        ('the model knows neither output nor clock', users(model, r'stdio\.h|(sys/)?timex?\.h', '')),
        ('a file of more than 400 lines states the reason', long_files(files)),
    ]
    if o.build:
        called, faults = calls(files, o.build)
        tests.append(('no files call each other in a circle', faults if called is None else circles(called) + faults))
    for n, (name, faults) in enumerate(tests, 1):
        print(f'{"not " if faults else ""}ok {n} - {name}')
        for f in faults:
            print(f'# {f}')
    print(f'1..{len(tests)}')
    return 1 if any(faults for _, faults in tests) else 0


if __name__ == '__main__':
    sys.exit(main())
