"""The map of tasks: fixed cells of 200 metres on the borough's outlines where we have them, and on the names of its wards."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import ngettext

from payback.enums import OVER
from payback.models import Nomination
from snb.places.models import Ward, WardBoundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snb.boards.models import Board

MOST = 500
"""Tasks on one map, the newest first."""
METRES_A_DEGREE = 111_320
TARGET = 26
"""A square is pressed within this many pixels of a map that is `WIDE` pixels wide."""
WIDE = 640


@dataclass
class Square:
    """A cell as drawn: left and top, in the units of the drawing; the middle, and the tasks in it."""

    key: str
    x: float
    y: float
    middle_x: float
    middle_y: float
    tasks: list[Nomination] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing in it is still to be done."""
        return all(task.status in OVER for task in self.tasks)

    @property
    def label(self) -> str:
        """For example: Clear the alley, Swains Lane. Or: 3 tasks."""
        if len(self.tasks) == 1:
            return f"{self.tasks[0].public_title}, {self.tasks[0].public_place}"
        return ngettext("%(count)d task", "%(count)d tasks", len(self.tasks)) % {"count": len(self.tasks)}


@dataclass
class Name:
    """A ward's name just below its middle."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawn:
    """Everything that is drawn, with north up."""

    view_box: str
    wards: list[str]
    names: list[Name]
    squares: list[Square]
    side: float
    reach: float
    letters: float


def map_of(board: Board) -> Drawn | None:
    """The borough with the cells of its tasks; None while it has no wards. Three queries."""
    flat = math.cos(math.radians(51.5))

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return round(longitude * flat * 1000, 2), round(-latitude * 1000, 2)

    wards = Ward.objects.current().filter(borough=board.code, latitude__isnull=False)
    names = [Name(ward.name, *place(ward.longitude or 0, ward.latitude or 0)) for ward in wards]
    if not names:
        return None
    shapes = WardBoundary.objects.filter(ward__borough=board.code, ward__valid_to=None)
    rings = [
        [[place(*point[:2]) for point in ring] for ring in _rings(geometry)]
        for geometry in shapes.values_list("geometry", flat=True)
    ]
    paths = [
        "".join("M" + " ".join(f"{x:g},{y:g}" for x, y in ring) + "z" for ring in each) for each in rings
    ]
    side = round(200 / METRES_A_DEGREE * 1000, 2)
    squares: dict[str, Square] = {}
    for task in tasks_on_map(board):
        key = f"{task.cell_x}-{task.cell_y}"
        x, y = place(task.longitude or 0, task.latitude or 0)
        square = squares.setdefault(key, Square(key, round(x - side / 2, 2), round(y - side / 2, 2), x, y))
        square.tasks.append(task)
    points = [point for each in rings for ring in each for point in ring]
    points += [(name.x, name.y) for name in names] + [
        (one.middle_x, one.middle_y) for one in squares.values()
    ]
    edge = side if rings else side * 5  # room for names where there is no outline around them
    left, top = min(x for x, _ in points) - edge, min(y for _, y in points) - edge
    width, height = max(x for x, _ in points) - left + edge, max(y for _, y in points) - top + edge
    unit = width / WIDE
    for name in names:  # below the middle: a task may lie in it
        name.y = round(name.y + 24 * unit, 2)
    return Drawn(
        f"{left:g} {top:g} {width:g} {height:g}",
        paths,
        names,
        list(squares.values()),
        max(side, round(10 * unit, 2)),
        round(TARGET / 2 * unit, 2),
        round(13 * unit, 2),
    )


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Every ring of a polygon or of several."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def tasks_on_map(board: Board) -> list[Nomination]:
    """A board's public tasks with a cell that changed within a year, newest first: one query."""
    since = timezone.now() - timedelta(days=365)
    tasks = (
        Nomination.objects.for_board(board)
        .public()
        .filter(latitude__isnull=False, cell_x__isnull=False, changed_at__gte=since)
    )
    return list(
        tasks.select_related("ward", "board__borough")
        .only(
            "reference",
            "status",
            "show",
            "public_title",
            "public_place",
            "cell_x",
            "cell_y",
            "latitude",
            "longitude",
            "ward__name",
            "board__borough__slug",
        )
        .order_by("-changed_at", "reference")[:MOST]
    )
