"""Geometry of tile maps, scales of bars: pure, no Django.

A tile map is a set of axial cells (q, r) of pointy-top hexagons. Drawn, a cell is 14 wide and 16 high in
whole units; rows are 12 apart. (The regular hexagon is 13.86 by 16: whole numbers are a hundredth off and a
third of the bytes.)
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = tuple[int, int]
Point = tuple[int, int]

HALF = 7
"""Half the width of a hexagon; neighbours in a row are two of these apart."""
SIDE = 8
"""Length of the upright edges."""
ROOF = 4
"""Height of the slanted part above and below the upright edges."""
DROP = SIDE + ROOF
"""From one row to the next."""
NEIGHBOURS: tuple[Cell, ...] = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
MARGIN = 1
"""Free space around the drawing, so that strokes and focus rings are not cut."""


@dataclass(frozen=True)
class Box:
    """What an SVG shows."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        """As the `viewBox` attribute wants it."""
        return f"{self.x} {self.y} {self.width} {self.height}"


def centre(cell: Cell) -> Point:
    """The middle of a cell: x = q + r/2, y = r·√3/2, in drawing units."""
    q, r = cell
    return (2 * q + r) * HALF, r * DROP


def corners(cell: Cell) -> tuple[Point, ...]:
    """The six corners of a cell, clockwise from the top."""
    x, y = centre(cell)
    half = SIDE // 2
    return (
        (x, y - half - ROOF),
        (x + HALF, y - half),
        (x + HALF, y + half),
        (x, y + half + ROOF),
        (x - HALF, y + half),
        (x - HALF, y - half),
    )


def box(cells: Iterable[Cell], *, margin: int = MARGIN) -> Box:
    """The smallest box around the cells, with a margin. Nothing at all gives an empty box."""
    points = [point for cell in cells for point in corners(cell)]
    if not points:
        return Box(0, 0, 0, 0)
    left, top = min(x for x, _ in points) - margin, min(y for _, y in points) - margin
    return Box(left, top, max(x for x, _ in points) + margin - left, max(y for _, y in points) + margin - top)


def outline(cell: Cell) -> str:
    """One hexagon as path data."""
    x, y = corners(cell)[0]
    return f"M{x} {y}{_HEXAGON}"


_HEXAGON = f"l{HALF} {ROOF}v{SIDE}l-{HALF} {ROOF}-{HALF}-{ROOF}v-{SIDE}z"


@lru_cache(maxsize=256)
def emblem(cells: tuple[Cell, ...]) -> tuple[str, str]:
    """A borough as one path of relative moves: few bytes, and nearly none after compression. With its
    `viewBox`.

    Kept for each set of cells, so that a page with all boroughs draws none of them twice.
    """
    path, at = [], (0, 0)
    for cell in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        x, y = corners(cell)[0]
        dx, dy = x - at[0], y - at[1]
        path.append(f"m{dx}{'' if dy < 0 else ' '}{dy}{_HEXAGON}")
        at = (x, y)
    return "".join(path), str(box(cells))


def is_connected(cells: Iterable[Cell]) -> bool:
    """Whether one can walk from each cell to each other over shared edges."""
    left = set(cells)
    if not left:
        return True
    edge = [left.pop()]
    while edge:
        q, r = edge.pop()
        for dq, dr in NEIGHBOURS:
            if (q + dq, r + dr) in left:
                left.remove((q + dq, r + dr))
                edge.append((q + dq, r + dr))
    return not left


# ------------------------------------------------------------------------------------------ bars
def nice_ticks(highest: float, *, steps: int = 4, whole: bool = False) -> list[float]:
    """Round numbers from nought to at least `highest`, evenly apart, about `steps` of them after the nought.

    Args:
        highest: the longest bar, finite, ≥ 0; nought (or next to it) gives a scale up to one.
        whole: only whole numbers, for counts.

    Raises:
        ValueError: `highest` is negative or not a number.
    """
    if not math.isfinite(highest) or highest < 0:
        raise ValueError("Bars are drawn from nought upwards.")
    if highest < 1e-9:
        return [0, 1]
    top = Fraction(repr(highest))  # the decimal that was meant: 0.8 is four times 0.2
    rough = top / steps
    power = Fraction(10) ** math.floor(math.log10(rough))
    step = next((power * nice for nice in (1, 2, Fraction(5, 2), 5, 10) if power * nice >= rough), power * 10)
    if whole:
        step = Fraction(max(1, math.ceil(step)))
    return [_plain(step * number) for number in range(math.ceil(top / step) + 1)]


def _plain(number: Fraction) -> float:
    return number.numerator if number.denominator == 1 else float(number)


def share(value: float, of: float) -> str:
    """A length as a percentage of the scale, two decimals at most, between 0 and 100."""
    percent = 0.0 if of <= 0 else min(100.0, max(0.0, 100 * value / of))
    return f"{percent:.2f}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True)
class Bar:
    """One bar, laid out. Heights in em from the top of the chart, lengths as a percentage of its width.

    Args:
        label: lines of the label, each with its baseline.
        text: the value in words, and `text_at` its baseline.
        top: upper edge of the bar.
        shown: whether there is a bar at all.
    """

    label: tuple[tuple[str, float], ...]
    text: str
    text_at: float
    length: str
    top: float
    shown: bool


LINE, THICK, GAP = 1.35, 1.1, 0.9
"""Height of a line of text, of a bar, and of the space after it, in em."""


def lay_out(
    rows: Sequence[tuple[str, float | None, str]], highest: float, *, letters: int = 30
) -> tuple[list[Bar], float]:
    """Place bars under their labels, and say how high (em) the chart is.

    Args:
        rows: label, value (None where it is not shown) and the value in words.
        highest: end of the scale.
        letters: width of a label before it is wrapped; fits a phone.
    """
    bars, at = [], 0.0
    for label, value, text in rows:
        lines = tuple(textwrap.wrap(label, letters)) or ("",)
        under = at + LINE * len(lines) + 0.15
        bars.append(
            Bar(
                label=tuple((line, round(at + 1 + LINE * number, 2)) for number, line in enumerate(lines)),
                text=text,
                text_at=round(under + THICK * 0.78, 2),
                length=share(value or 0, highest),
                top=round(under, 2),
                shown=value is not None,
            )
        )
        at = under + THICK + GAP
    return bars, round(at, 2)
