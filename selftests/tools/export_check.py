#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what gmemtrace export wrote, as its readers would. Prints one line a problem.

export_check.py chrome FILE | perfetto FILE FOLDER | openmetrics FILE
FOLDER has perfetto_pb2.py, made by protoc."""
import json
import re
import sys

problems = 0


def problem(text):
    global problems
    problems += 1
    if problems <= 20:
        print(text)


class Tracks:
    """Slices of each track nest, and time does not go back within one."""

    def __init__(self):
        self.stack = {}
        self.last = {}
        self.slices = 0
        self.depth = 0

    def begin(self, track, ts, name):
        self.at(track, ts)
        stack = self.stack.setdefault(track, [])
        stack.append((ts, name))
        self.depth = max(self.depth, len(stack))

    def end(self, track, ts):
        self.at(track, ts)
        if not self.stack.get(track):
            problem(f"{track}: an end at {ts} without its begin")
            return None
        self.slices += 1
        begin, name = self.stack[track].pop()
        return name, ts - begin

    def at(self, track, ts):
        if ts < self.last.get(track, 0):
            problem(f"{track}: time goes back to {ts}")
        self.last[track] = ts

    def finish(self):
        open_slices = sum(len(s) for s in self.stack.values())
        if not self.slices:
            problem("there are no slices")
        print(f"# {self.slices} slices, {self.depth} deep, {open_slices} open")


def chrome(path):
    with open(path, encoding="utf-8") as f:
        events = json.load(f)["traceEvents"]
    tracks, named = Tracks(), set()
    for e in events:
        if e["ph"] == "M":
            named.add((e["name"], e["pid"], e["tid"]))
    # Viewers sort by time, and keep the order of what is at the same time.
    for e in sorted((e for e in events if e["ph"] != "M"), key=lambda e: e["ts"]):
        key = (e["pid"], e["tid"])
        if e["ph"] in "BEi" and e["pid"] and ("process_name", e["pid"], 0) not in named:
            problem(f"VM {e['pid']} has no name")
        if e["ph"] in "BEi" and ("thread_name", *key) not in named:
            problem(f"{key} has no name")
        if e["ph"] == "B":
            tracks.begin(key, e["ts"], e["name"])
        elif e["ph"] == "E":
            tracks.end(key, e["ts"])
        elif e["ph"] == "C" and e["args"]["bytes"] % 4096:
            problem(f"{e['args']} is no number of pages")
        elif e["ph"] not in "BEiC":
            problem(f"unknown event {e['ph']}")
    tracks.finish()


def perfetto(path, folder):
    sys.path.insert(0, folder)
    import perfetto_pb2
    trace = perfetto_pb2.Trace()
    with open(path, "rb") as f:
        trace.ParseFromString(f.read())
    kinds, parents = {}, {}
    for p in trace.packet:
        if p.HasField("track_descriptor"):
            d = p.track_descriptor
            kinds[d.uuid] = "counter" if d.HasField("counter") else \
                "process" if d.HasField("process") else "slices"
            parents[d.uuid] = d.parent_uuid
    tracks, event = Tracks(), perfetto_pb2.TrackEvent
    events = [p for p in trace.packet if p.HasField("track_event")]
    for p in sorted(events, key=lambda p: p.timestamp):
        e = p.track_event
        want = "counter" if e.type == event.TYPE_COUNTER else "slices"
        if kinds.get(e.track_uuid) != want:
            problem(f"event of type {e.type} on a track that is {kinds.get(e.track_uuid)}")
        if e.type == event.TYPE_SLICE_BEGIN:
            tracks.begin(e.track_uuid, p.timestamp, e.name)
        elif e.type == event.TYPE_SLICE_END:
            tracks.end(e.track_uuid, p.timestamp)
    for uuid, parent in parents.items():
        if parent and kinds.get(parent) != "process":
            problem(f"track {uuid} is below {parent}, which is no VM")
    tracks.finish()


SAMPLE = re.compile(r'^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SUFFIXES = {"counter": ["_total"], "info": ["_info"], "gauge": [""],
            "histogram": ["_bucket", "_count", "_sum"]}


def histogram(name, series):
    """Buckets only grow, the last is +Inf and the count."""
    for labels, parts in series.items():
        bounds = [(float(le), n) for le, n in parts["_bucket"]]
        if bounds != sorted(bounds):
            problem(f"{name}{labels}: buckets are not in order, or do not grow")
        if any(b[1] > c[1] for b, c in zip(bounds, bounds[1:])):
            problem(f"{name}{labels}: buckets shrink")
        if bounds[-1] != (float("inf"), parts["_count"]):
            problem(f"{name}{labels}: +Inf is not the count")
        if bool(parts["_sum"]) != bool(parts["_count"]):
            problem(f"{name}{labels}: sum and count do not fit")


def openmetrics(path):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    if not text.endswith("\n# EOF\n") or text.count("# EOF") != 1 or "\n\n" in text or "\r" in text:
        problem("it does not end with # EOF, or has empty lines")
    types, family, seen, hist, order = {}, None, set(), {}, []
    for line in text.splitlines()[:-1]:
        if line.startswith("# "):
            _, what, name, value = line.split(" ", 3)
            if what == "TYPE":
                if name in types:
                    problem(f"{name} occurs twice")
                types[name] = value
                family = name
            elif name != family:
                problem(f"{what} of {name} is in {family}")
            if what == "UNIT" and not name.endswith("_" + value):
                problem(f"{name} does not end with its unit {value}")
            continue
        m = SAMPLE.match(line)
        if not m:
            problem(f"no sample: {line}")
            continue
        name, labels, value = m.group(1), m.group(2) or "", m.group(3)
        found = LABEL.findall(labels)
        if "".join(f'{k}="{v}",' for k, v in found).rstrip(",") != labels.rstrip(","):
            problem(f"bad labels: {line}")
        suffix = name[len(family):] if name.startswith(family) else None
        if suffix not in SUFFIXES[types[family]]:
            problem(f"{name} is no sample of {family}, which is a {types[family]}")
        if (name, labels) in seen:
            problem(f"repeated sample: {line}")
        seen.add((name, labels))
        if re.search(r"_(ns|us|ms|kb|pages)(_|$)", name):
            problem(f"{name}: no base unit")
        if float(value) < 0:
            problem(f"negative: {line}")
        if types[family] == "histogram":
            rest = tuple((k, v) for k, v in found if k != "le")
            parts = hist.setdefault(family, {}).setdefault(rest, {"_bucket": []})
            if suffix == "_bucket":
                parts["_bucket"].append((dict(found)["le"], float(value)))
            else:
                parts[suffix] = float(value)
    for name, series in hist.items():
        histogram(name, series)
    if not seen:
        problem("there are no samples")


if __name__ == "__main__":
    {"chrome": chrome, "perfetto": perfetto, "openmetrics": openmetrics}[sys.argv[1]](*sys.argv[2:])
    sys.exit(problems > 0)
