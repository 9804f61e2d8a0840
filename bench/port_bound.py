#!/usr/bin/env python3
"""Counts what each wide AVX-512 kernel asks of the two 512-bit ports of a processor like Golden Cove, and prints the
bound in cycles per element.

    bench/port_bound.py build/kernels/libhillock_wide_avx512.a.p/activation_f32.c.o

Ports, as measured with loops of one instruction: shifts and integer maxima only the first, permutations and comparisons
only the second, a division three slots (and the divider for ten cycles), all else either one. Loads, stores and moves
between registers without a mask take none. The loop holds four blocks of 16 elements.
"""
import re
import subprocess
import sys

BLOCKS = 4


def loop_of(lines):
    """The instructions of the longest backward jump's range."""
    code = []
    for line in lines:
        m = re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)", line)
        if m:
            code.append((int(m[1], 16), m[2], m[3]))
    spans = []
    for address, op, operands in code:
        m = re.match(r"([0-9a-f]+)", operands)
        if op.startswith("j") and m and int(m[1], 16) < address:
            spans.append((address - int(m[1], 16), int(m[1], 16), address))
    if not spans:
        return []
    _, first, last = max(spans)
    return [(op, operands) for address, op, operands in code if first <= address <= last]


def bound(name, instructions):
    slots = only_first = only_second = divisions = 0
    for op, operands in instructions:
        masked_move = "{%k" in operands and "(" not in operands
        if "mm" not in operands or re.match(r"v(mov|broadcast|pbroadcast)", op) and not masked_move:
            continue
        if op.startswith("vdiv"):
            slots, divisions = slots + 3, divisions + 1
            continue
        slots += 1
        only_first += bool(re.match(r"vp(sll|srl|sra|max|min)", op))
        only_second += bool(re.match(r"v(perm|cmp|pcmp)", op))
    cycles = max(slots / 2, only_first, only_second, 10 * divisions)
    print(f"{name:28} {slots / BLOCKS:6.2f} slots a block, {only_first / BLOCKS:5.2f} only the first port, "
          f"{only_second / BLOCKS:5.2f} only the second: {cycles / BLOCKS / 16:.3f} cycles per element")


if len(sys.argv) != 2:
    sys.exit(__doc__)
listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", sys.argv[1]], check=True, capture_output=True, text=True)
for block in listing.stdout.split("\n\n"):
    m = re.match(r"[0-9a-f]+ <hk_(\w+)>:", block.strip())
    if m:
        bound(m[1], loop_of(block.splitlines()))
