"""The plots of growth: milliseconds of something against the number of entries in the ledger, drawn as SVG."""

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640, 300, 60, 250, 30


class Words(NamedTuple):
    """What stands above the plot: what is drawn, and its two lines."""

    what: str
    first: str
    second: str


def growth(points: Sequence[tuple[int, float, float]], words: Words) -> str:
    """SVG of (entries, milliseconds of the first line, of the second); the axis of entries is logarithmic."""
    highest = 1.3 * max(max(at, none) for _, at, none in points)
    first, last = log10(points[0][0]), log10(points[-1][0])

    def x(entries: int) -> float:
        return _LEFT + 20 + (log10(entries) - first) / ((last - first) or 1) * (_WIDTH - _LEFT - 60)

    def y(milliseconds: float) -> float:
        return _BOTTOM - milliseconds / highest * (_BOTTOM - _TOP)

    def line(colour: str, values: Sequence[tuple[int, float]]) -> str:
        path = " ".join(f"{x(entries):.1f},{y(value):.1f}" for entries, value in values)
        dots = "".join(
            f'<circle cx="{x(entries):.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}"/>' for entries, value in values
        )
        return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'

    marks = "".join(
        f'<text x="{x(entries):.1f}" y="{_BOTTOM + 20}" text-anchor="middle">{entries:,}</text>'
        f'<text x="{x(entries):.1f}" y="{y(at) - 10:.1f}" text-anchor="middle">{at:.1f} ms</text>'
        for entries, at, _ in points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="12" fill="#333" role="img">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f'<path d="M{_LEFT},{_TOP} V{_BOTTOM} H{_WIDTH - 20}" fill="none" stroke="#999"/>'
        f"{line('#bbb', [(entries, none) for entries, _, none in points])}"
        f"{line('#1f5f8b', [(entries, at) for entries, at, _ in points])}{marks}"
        f'<text x="{_LEFT - 8}" y="{_BOTTOM + 4}" text-anchor="end">0</text>'
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">entries in the ledger</text>'
        f'<text x="{_LEFT}" y="18">{words.what}<tspan fill="#1f5f8b">  ● {words.first}</tspan>'
        f'<tspan fill="#999">  ● {words.second}</tspan></text>'
        "</svg>\n"
    )
