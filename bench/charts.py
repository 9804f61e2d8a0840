"""Line charts as SVG, both axes logarithmic."""
import math
import os

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#8c564b", "#17a589", "#5b2c6f",
           "#1c2833")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 420, 70, 40, 150, 50


def label(value):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if value >= size:
            return f"{value / size:g} {unit}"
    return f"{value:g} ns"


def ticks(low, high):
    """1, 2 and 5 times powers of ten"""
    first = math.floor(math.log10(low))
    steps = (m * 10.0**e for e in range(first, math.ceil(math.log10(high)) + 1) for m in (1, 2, 5))
    return [t for t in steps if low * 0.999 <= t <= high * 1.001]


def text(x, y, content, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{content}</text>'


def chart(title, lines, thick, axis):
    """lines: {name: {number: nanoseconds per row}}; axis: what the numbers are"""
    points = [point for line in lines.values() for point in line.items()]
    least, most = min(n for n, _ in points), max(n for n, _ in points)
    low, high = min(t for _, t in points), max(t for _, t in points)

    def across(n):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(n / least) / max(math.log(most / least), 1e-9)

    def down(time):
        return TOP + (HEIGHT - TOP - BOTTOM) * math.log(high / time) / max(math.log(high / low), 1e-9)

    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           text(LEFT, 20, f"{title}: time per row by {axis}", "start", ' font-weight="bold"')]
    for time in ticks(low, high):
        svg.append(f'<path d="M{LEFT} {down(time):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        svg.append(text(LEFT - 6, down(time) + 4, label(time), "end"))
    n = least
    while n <= most:
        svg.append(f'<path d="M{across(n):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        svg.append(text(across(n), HEIGHT - BOTTOM + 18, str(n)))
        n *= 2 if most / least < 256 else 4
    svg.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, axis))
    for i, (name, line) in enumerate(lines.items()):
        colour, width = COLOURS[i % len(COLOURS)], 3 if name in thick else 1.5
        path = "L".join(f"{across(b):.1f} {down(t):.1f}" for b, t in sorted(line.items()))
        svg.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        y = TOP + 12 + 20 * i
        svg.append(f'<path d="M{WIDTH - RIGHT + 12} {y}h24" stroke="{colour}" stroke-width="{width}"/>')
        svg.append(text(WIDTH - RIGHT + 42, y + 4, name, "start"))
    return "\n".join(svg + ["</svg>"]) + "\n"


def write(folder, title, lines, thick, axis):
    """FOLDER/TITLE.svg of the lines that have at least two points, if there are any."""
    lines = {name: line for name, line in lines.items() if len(line) > 1}
    if not lines:
        return
    with open(os.path.join(folder, title.replace(",", "").replace(" ", "_") + ".svg"), "w", encoding="utf-8") as file:
        file.write(chart(title, lines, thick, axis))
