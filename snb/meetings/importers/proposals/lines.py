"""The lines of the minutes, each with the heading and the agenda item it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from snb.meetings.importers.headings import NUMBERED
from snb.meetings.importers.pieces import MARK, Grid, Piece


@dataclass
class Spoken:
    """A line of the minutes with the heading and the agenda item it stands under."""

    text: str
    kind: str
    heading: str = ""
    item: str = ""
    grid: Grid | None = None


@dataclass
class Found:
    """What was found, in the order of the minutes."""

    agenda_items: list[dict[str, str]] = field(default_factory=list)
    attendance: list[dict[str, str]] = field(default_factory=list)
    decisions: list[dict[str, str]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


def lines_of(pieces: list[Piece]) -> Iterator[Spoken]:
    heading = item = ""
    for piece in pieces:
        text = MARK.sub("", piece.line.text)
        if piece.kind == "heading":
            heading = text
            number = NUMBERED.match(heading)
            if piece.level == 2 or (number and item and number[1].startswith(f"{item}.")):
                item = number[1] if number else ""
            yield Spoken(heading, "heading", heading, item)
        elif piece.kind == "paragraph":
            yield Spoken(text, "paragraph", heading, item)
        elif piece.kind == "list":
            for each in piece.items:
                yield Spoken(MARK.sub("", each.text), "item", heading, item)
        elif piece.kind == "table":
            yield Spoken("", "table", heading, item, piece.grid)


def sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences; initials, titles and “p.m.” end none."""
    parts = re.split(
        r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bSgt\.)(?<!\bp\.m\.)(?<!\ba\.m\.)\s+|\n",
        text,
    )
    return [part.strip() for part in parts if part.strip()]


def without_number(text: str) -> str:
    """A heading without the number before it."""
    number = NUMBERED.match(text)
    return text[number.end() :] if number else text
