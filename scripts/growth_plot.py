"""A plot of costs by size, as SVG: one line a statement, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 900, 460
LEFT, TOP, RIGHT, BOTTOM = 60, 40, 200, 60
COLOURS: Final = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#17becf", "#bcbd22",
)  # fmt: skip
APART: Final = 15.0  # px between two names


def plotted(labels: Sequence[str], lines: Mapping[str, Sequence[float]]) -> str:
    """`labels` of the sizes, and what each line costs at each of them, in µs."""
    values = [value for line in lines.values() for value in line]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    body = "".join((*_axes(labels, low, high), *_lines(lines, len(labels), low, high)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="{LEFT}" y="20" font-size="14">CPU of PostgreSQL for one statement, µs, by users / postings</text>'
        f"{body}</svg>\n"
    )


def _axes(labels: Sequence[str], low: int, high: int) -> Iterator[str]:
    for power in range(low, high + 1):
        y = _y(10.0**power, low, high)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:,}</text>'
    for place, label in enumerate(labels):
        x = _x(place, len(labels))
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#eee"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{escape(label)}</text>'


def _lines(lines: Mapping[str, Sequence[float]], sizes: int, low: int, high: int) -> Iterator[str]:
    """Each with its name at its end; names that would cover each other move down."""
    free = 0.0
    colours = dict(zip(lines, COLOURS, strict=False))
    for name, values in sorted(lines.items(), key=lambda line: -line[1][-1]):
        points = " ".join(f"{_x(place, sizes):.1f},{_y(value, low, high):.1f}" for place, value in enumerate(values))
        y = max(_y(values[-1], low, high) + 4, free)
        free = y + APART
        yield f'<polyline points="{points}" fill="none" stroke="{colours[name]}" stroke-width="2"/>'
        yield f'<text x="{WIDTH - RIGHT + 10}" y="{y:.1f}" fill="{colours[name]}">{escape(name)}</text>'


def _x(place: int, sizes: int) -> float:
    return LEFT + 30 + place * (WIDTH - LEFT - RIGHT - 60) / max(sizes - 1, 1)


def _y(value: float, low: int, high: int) -> float:
    return TOP + (high - log10(value)) / max(high - low, 1) * (HEIGHT - TOP - BOTTOM)
