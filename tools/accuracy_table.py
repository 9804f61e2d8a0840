#!/usr/bin/env python3
"""The tables of docs/accuracy.md from docs/accuracy.json and docs/accuracy_f64.json.

usage: accuracy_table.py                    writes the tables into docs/accuracy.md
       accuracy_table.py --check            exits with 1 if they are not what stands there
       accuracy_table.py --same NEW STORED  exits with 1 if two results of a measurement differ, and says where
The measurements: build/tests/accuracy --json docs/accuracy.json (a quarter of an hour on two cores),
build/tests/accuracy_f64 --count 5000 --json docs/accuracy_f64.json."""
import json
import pathlib
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"


def fine(count):
    return "right" if count == 0 else f"{count} wrong"


def table_f32(results):
    yield "| function | bound | max | at | max, subnormal | at | NaN | infinities | zeros | not monotone at | exact values |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for r in results["activations"]:
        name = r["kind"] + (", fast" if r["fast"] else "")
        monotone = "" if r["not_monotone"] is None else str(r["not_monotone"])
        anchors = f"{r['anchors_exact']} of {r['anchors']}" if r["anchors"] else ""
        cells = [name, f"{r['bound']:g} {r['unit']}", f"{r['max_ulp']:.3f}", r["at"], f"{r['max_ulp_subnormal']:.3f}",
                 r["subnormal_at"], fine(r["wrong_nan"]), fine(r["wrong_infinity"]), fine(r["wrong_zero"]), monotone,
                 anchors]
        yield "| " + " | ".join(cells) + " |"


def table_f64(results):
    yield "| function | alpha | beta | bound | max | at | max, subnormal | at | NaN, infinities, zeros |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for r in results["activations"]:
        cells = [r["kind"], f"{r['alpha']:g}", f"{r['beta']:g}", f"{r['bound']:g}", f"{r['max_ulp']:.3f}", r["at"],
                 f"{r['max_ulp_subnormal']:.3f}", r["subnormal_at"], fine(r["wrong"])]
        yield "| " + " | ".join(cells) + " |"


def with_table(text, name, rows):
    begin, end = f"<!-- {name}: made by tools/accuracy_table.py -->\n", f"\n<!-- end of {name} -->"
    head, rest = text.split(begin)
    return head + begin + "\n".join(rows) + end + rest.split(end)[1]


def document():
    text = (DOCS / "accuracy.md").read_text()
    text = with_table(text, "accuracy.json", table_f32(json.loads((DOCS / "accuracy.json").read_text())))
    return with_table(text, "accuracy_f64.json", table_f64(json.loads((DOCS / "accuracy_f64.json").read_text())))


def differences(new, stored):
    for a, b in zip(new["activations"], stored["activations"]):
        for key in a:
            if a[key] != b.get(key):
                yield f"{a['kind']}{', fast' if a.get('fast') else ''}: {key} is {a[key]}, stored {b.get(key)}"
    if len(new["activations"]) != len(stored["activations"]):
        yield "another number of functions"


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--same":
        new, stored = (json.loads(pathlib.Path(p).read_text()) for p in arguments[1:])
        found = list(differences(new, stored))
        print("\n".join(found) or "the same")
        return 1 if found else 0
    if arguments == ["--check"]:
        same = document() == (DOCS / "accuracy.md").read_text()
        print("docs/accuracy.md is", "what" if same else "not what", "the measurements say")
        return 0 if same else 1
    if arguments:
        print(__doc__)
        return 2
    (DOCS / "accuracy.md").write_text(document())
    return 0


sys.exit(main(sys.argv[1:]))
