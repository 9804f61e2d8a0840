#!/usr/bin/env python3
"""Markdown tables of Hillock beside other libraries, from Google Benchmark's JSON.

usage: report.py [options] FILE.json ...      nanoseconds per call
  --per-element   nanoseconds per element (bench_dense: per row of the batch)
  --cycles        cycles per element
  --share=NAME    a share of some limit in percent: of_limit, of_peak, of_ceiling, of_bandwidth, as the rows have it
  --mine=WHO      Hillock's side of the comparison; otherwise the fastest of its columns
  --cliffs        instead: where a batch costs more than it should, see cliffs()
  --svg=FOLDER    instead: charts of the time per row against the batch, FOLDER/TABLE.svg, and of bench_dense against
                  the width of a layer and the number of layers

One table per function, one row per size; of bench_dense one table per shape, one row per batch. Times are medians over
the repetitions of a row, as many files as there are counting as one run; with several threads they are those on the wall.
Repetitions next to which the core was not the program's alone are left out, if there are three others.
`best peer` is the fastest of the others, and the ratio its time over Hillock's: above 1, Hillock is faster. The geometric
means are of times over Hillock's, column by column, and of the ratios. The last rows are the errors that the benchmark
found: see its header.
"""
import json
import math
import re
import statistics
import sys

import charts

HILLOCK = ("hillock", "avx512", "avx2", "neon", "scalar")
ALONE = 0.9  # of the operations a cycle that the core is capable of
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def is_hillock(who):
    return who.split("_")[0] in HILLOCK


def is_limit(who):
    """A loop of the benchmark's own, which nobody takes part with."""
    return who.split("_")[0] == "loop"


def parse(name):
    """function, who, size, and whether the time is that on the wall"""
    wall = name.endswith("/real_time")
    function, who, size = name.removesuffix("/real_time").split("/", 2)
    if function == "dense":
        shape, size = size.split("/", 1)
        function = f"dense {shape}"
    return function, who, size, wall


def undisturbed(rows):
    """Without the repetitions during which another thread had part of the core, where three or more are left."""
    repetitions = {}
    for row in rows:
        repetitions.setdefault(row["run_name"], []).append(row)
    kept = []
    for same in repetitions.values():
        alone = [row for row in same if row.get("alone", 1) >= ALONE]
        kept += alone if len(alone) >= 3 else same
    return kept


def read(paths, metric):
    """{function: {size: {who: median}}} and {function: {who: {error: value}}}"""
    times, errors = {}, {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            rows = [row for row in json.load(file)["benchmarks"] if not row.get("error_occurred")]
        plain = [row for row in rows if row.get("run_type") == "iteration"]
        for row in undisturbed(plain) or [row for row in rows if row.get("aggregate_name") == "median"]:
            function, who, size, wall = parse(row["run_name"])
            if metric == "call":
                value = row["real_time" if wall else "cpu_time"] * UNITS[row["time_unit"]]
            elif metric in row:
                value = row[metric]
            else:
                continue
            times.setdefault(function, {}).setdefault(size, {}).setdefault(who, []).append(value)
            for name in ("max_ulp", "max_error"):
                if name in row:
                    known = errors.setdefault(function, {}).setdefault(who, {})
                    known[name] = max(known.get(name, 0), row[name])
    for sizes in times.values():
        for cells in sizes.values():
            cells.update({who: statistics.median(values) for who, values in cells.items()})
    return times, errors


def size_key(size):
    """By numbers; behind them what is off a line, or on several threads."""
    parts = size.split("/")
    return parts[1:], [int(n) for n in re.findall(r"\d+", parts[0])]


def number(value):
    if value is None:
        return ""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}" if value < 1e6 else f"{value / 1e6:.3g}e6"


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def columns(sizes):
    seen = {who for cells in sizes.values() for who in cells}
    ours = sorted(filter(is_hillock, seen), key=lambda who: (HILLOCK.index(who.split("_")[0]), who))
    return ours, sorted(who for who in seen - set(ours) if not is_limit(who))


def limits(sizes):
    return sorted({who for cells in sizes.values() for who in cells if is_limit(who)})


def times_table(sizes, errors, only):
    """Prints the rows; returns the ratios."""
    ours, peers = columns(sizes)
    shown = ours + peers + limits(sizes)
    ratios, relative = [], {who: [] for who in shown}
    print("| n |", " | ".join(shown), "| best peer | peer / Hillock |")
    print("|---|" + "---|" * (len(shown) + 2))
    for size in sorted(sizes, key=size_key):
        cells = sizes[size]
        best = min((who for who in peers if who in cells), key=cells.get, default=None)
        mine = min((cells[who] for who in ours if who in cells and only in (None, who)), default=None)
        if best and mine:
            ratios.append(cells[best] / mine)
        for who in cells if mine else ():
            relative[who].append(cells[who] / mine)
        row = " | ".join(number(cells.get(who)) for who in shown)
        print(f"| {size} | {row} | {best or ''} | {f'{ratios[-1]:.2f}' if best and mine else ''} |")
    if len(sizes) > 1 and ratios:
        means = " | ".join(number(geometric_mean(relative[who])) for who in shown)
        print(f"| geometric mean | {means} | | {geometric_mean(ratios):.2f} |")
    for name, label in (("max_ulp", "max ULP"), ("max_error", "max error")):
        values = [errors.get(who, {}).get(name) for who in shown]
        if any(value is not None for value in values):
            print(f"| {label} |", " | ".join(map(number, values)), "| | |")
    return ratios


def shares_table(sizes):
    ours, peers = columns(sizes)
    print("| n |", " | ".join(ours + peers), "|")
    print("|---|" + "---|" * len(ours + peers))
    for size in sorted(sizes, key=size_key):
        values = (sizes[size].get(who) for who in ours + peers)
        print(f"| {size} |", " | ".join("" if v is None else f"{100 * v:.1f}" for v in values), "|")
    if len(sizes) > 1:
        means = ([cells[who] for cells in sizes.values() if who in cells] for who in ours + peers)
        print("| geometric mean |", " | ".join(f"{100 * geometric_mean(values):.1f}" for values in means), "|")


def by_batch(sizes, who):
    """{batch: time} on one thread"""
    return {int(size): cells[who] for size, cells in sorted(sizes.items(), key=lambda i: size_key(i[0]))
            if size.isdigit() and who in cells}


def cliffs(times, only):
    """A batch should not cost more than its rows one by one, time(b) <= b time(1), and one row more not much more than a
    row's share: time(b + 1) <= 1.10 time(b) + time(b) / b. Lists what does, of Hillock's columns or of --mine."""
    found = checked = 0
    for function, sizes in sorted(times.items()):
        for who in [only] if only else columns(sizes)[0]:
            batch = by_batch(sizes, who)
            for b, time in batch.items():
                limits = []
                if b > 1 and 1 in batch:
                    limits.append((b * batch[1], f"{b} times that of 1 row"))
                if b - 1 in batch:
                    limits.append(((1.1 + 1 / (b - 1)) * batch[b - 1], f"a row more than {number(batch[b - 1])}"))
                checked += len(limits)
                for limit, why in limits:
                    if time > limit:
                        found += 1
                        print(f"{function}, {who}, {b} rows: {number(time)} ns, above {number(limit)}: {why}")
    print(f"{found} of {checked} comparisons beyond their limit")
    return found > 0


def draw(folder, times):
    scaling = {}  # {(width or depth, batch): {size: {who: time}}}
    for function, sizes in times.items():
        dimension = re.fullmatch(r"dense (width|depth)-(\d+)", function)
        if dimension:
            for batch, cells in sizes.items():
                scaling.setdefault((dimension[1], batch), {})[dimension[2]] = cells
            continue
        ours, peers = columns(sizes)
        lines = {who: {b: time / b for b, time in by_batch(sizes, who).items()} for who in ours + peers}
        charts.write(folder, function, lines, ours, "rows in the batch")
    axes = {"width": "inputs and outputs of one layer", "depth": "layers of 64"}
    for (name, batch), sizes in scaling.items():
        ours, peers = columns(sizes)
        lines = {who: {int(n): cells[who] / int(batch) for n, cells in sizes.items() if who in cells}
                 for who in ours + peers}
        rows = "1 row" if batch == "1" else f"{batch} rows"
        charts.write(folder, f"dense {name}, {rows}", lines, ours, axes[name])


def main():
    metric, only, task, paths = "call", None, "tables", []
    for argument in sys.argv[1:]:
        name, _, value = argument.partition("=")
        if argument in ("--per-element", "--cycles"):
            metric = {"--per-element": "ns_per_element", "--cycles": "cycles_per_element"}[argument]
        elif name == "--share" and value:
            metric = value
        elif name == "--mine" and value:
            only = value
        elif argument == "--cliffs" or name == "--svg" and value:
            task, folder = name, value
        elif argument.startswith("-"):
            sys.exit(__doc__)
        else:
            paths.append(argument)
    if not paths:
        sys.exit(__doc__)
    times, errors = read(paths, metric)
    if task == "--cliffs":
        sys.exit(cliffs(times, only))
    if task == "--svg":
        draw(folder, times)
        return
    ratios = []
    for function, sizes in sorted(times.items()):
        print(f"\n### {function}, {'ns' if metric == 'call' else metric.replace('_', ' ')}\n")
        if metric.startswith("of_"):
            shares_table(sizes)
        else:
            ratios += times_table(sizes, errors.get(function, {}), only)
    if len(times) > 1 and ratios:
        print(f"\nGeometric mean of the {len(ratios)} ratios: {geometric_mean(ratios):.2f}; "
              f"at least 1 in {sum(ratio >= 1 for ratio in ratios)}.")


main()
