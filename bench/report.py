#!/usr/bin/env python3
"""Markdown tables of Hillock beside other libraries, from Google Benchmark's JSON.

usage: report.py FILE.json ...            nanoseconds per call; --per-element: per element; --cycles: cycles per element

One table per function, one row per size. Times are medians over the repetitions of a row, as many files as there are
counting as one run. `best peer` is the fastest of the others, and the ratio its time over that of the fastest of
Hillock's levels: above 1, Hillock is faster. The last rows are the errors that the benchmark found: see its header.
"""
import json
import re
import statistics
import sys

HILLOCK = ("hillock", "avx512", "avx2", "neon", "scalar")
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def is_hillock(who):
    return who == "hillock" or who.split("_")[0] in HILLOCK


def time_of(row, metric):
    if metric == "call":
        return row["cpu_time"] * UNITS[row["time_unit"]]
    return row[metric]


def read(paths, metric):
    """{(function, size): {who: [times]}} and {function: {who: {error: value}}}"""
    times, errors = {}, {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)["benchmarks"]
        plain = [row for row in rows if row.get("run_type") == "iteration"]
        for row in plain or [row for row in rows if row.get("aggregate_name") == "median"]:
            function, who, size = row["run_name"].split("/", 2)
            if metric != "call" and metric not in row:
                continue
            times.setdefault((function, size), {}).setdefault(who, []).append(time_of(row, metric))
            for name in ("max_ulp", "max_error"):
                if name in row:
                    known = errors.setdefault(function, {}).setdefault(who, {})
                    known[name] = max(known.get(name, 0), row[name])
    return times, errors


def size_key(size):
    numbers = [int(n) for n in re.findall(r"\d+", size.split("/off")[0])]
    return "/off" in size, size.split("/")[1:], numbers


def number(value):
    if value is None:
        return ""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}" if value < 1e6 else f"{value:.1e}"


def main():
    metric = "call"
    paths = []
    for argument in sys.argv[1:]:
        if argument in ("--per-element", "--cycles"):
            metric = {"--per-element": "ns_per_element", "--cycles": "cycles_per_element"}[argument]
        elif argument.startswith("-"):
            sys.exit(__doc__)
        else:
            paths.append(argument)
    if not paths:
        sys.exit(__doc__)
    times, errors = read(paths, metric)
    for function in sorted({function for function, _ in times}):
        sizes = sorted((size for f, size in times if f == function), key=size_key)
        seen = {who for size in sizes for who in times[function, size]}
        ours = sorted(filter(is_hillock, seen), key=lambda who: (HILLOCK.index(who.split("_")[0]), who))
        peers = sorted(seen - set(ours))
        print(f"\n### {function}, {'ns' if metric == 'call' else metric.replace('_', ' ')}\n")
        print("| n |", " | ".join(ours + peers), "| best peer | peer / Hillock |")
        print("|---|" + "---|" * (len(ours + peers) + 2))
        for size in sizes:
            median = {who: statistics.median(all_times) for who, all_times in times[function, size].items()}
            best = min((who for who in peers if who in median), key=median.get, default=None)
            mine = min((median[who] for who in ours if who in median), default=None)
            ratio = f"{median[best] / mine:.2f}" if best and mine else ""
            cells = " | ".join(number(median.get(who)) for who in ours + peers)
            print(f"| {size} | {cells} | {best or ''} | {ratio} |")
        for name, label in (("max_ulp", "max ULP"), ("max_error", "max error")):
            values = [errors.get(function, {}).get(who, {}).get(name) for who in ours + peers]
            if any(value is not None for value in values):
                print(f"| {label} |", " | ".join(map(number, values)), "| | |")


main()
