"""What the chair is asked to tick or mend: agenda items, attendance, decisions and actions, as the minutes word them.

Nothing is invented: an owner, a date or a role that the words do not give stays empty.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from snb.meetings.importers.dates import find_date
from snb.meetings.importers.headings import NUMBERED
from snb.meetings.importers.pieces import MARK, Piece
from snb.meetings.importers.proposals.actions import Actions
from snb.meetings.importers.proposals.attendance import APOLOGIES, PRESENT, read_attendance
from snb.meetings.importers.proposals.decisions import read_decisions
from snb.meetings.importers.proposals.lines import Found, Spoken, lines_of


def propose(pieces: list[Piece], title: str) -> dict[str, Any]:
    """Everything the minutes seem to record, in their own order."""
    lines = list(lines_of(pieces))
    held_on = _held_on(lines, title)
    found = Found(agenda_items=_agenda_items(pieces))
    initials = read_attendance(lines, found)
    read_decisions(lines, found)
    Actions(found, initials, held_on).read(lines)
    return {
        "held_on": held_on.isoformat() if held_on else "",
        "agenda_items": found.agenda_items,
        "attendance": found.attendance,
        "decisions": found.decisions,
        "actions": found.actions,
    }


def _held_on(lines: list[Spoken], title: str) -> date | None:
    """The day of the meeting, where the title or the first lines say so."""
    for text in [title, *(line.text for line in lines[:12] if line.kind != "table")]:
        if len(text) < 200 and (
            text == title or re.search(r"\b(held|meeting|date|minutes)\b", text, re.IGNORECASE)
        ):
            if re.search(r"next|last|previous", text, re.IGNORECASE):
                continue
            found, _place = find_date(text)
            if found:
                return found
    return None


def _agenda_items(pieces: list[Piece]) -> list[dict[str, str]]:
    """Numbered sections; where none is numbered, all sections that are not mere lists of people or actions."""
    sections = [
        MARK.sub("", piece.line.text) for piece in pieces if piece.kind == "heading" and piece.level == 2
    ]
    numbered = [
        (found[1], text[found.end() :].strip()) for text in sections if (found := NUMBERED.match(text))
    ]
    if numbered:
        return [{"number": number, "title": title.rstrip(":")} for number, title in numbered]
    plain = [
        text
        for text in sections
        if not PRESENT.fullmatch(text) and not (text.endswith(":") and APOLOGIES.fullmatch(text))
    ]
    return [
        {"number": "", "title": text}
        for text in plain
        if not re.match(r"(actions?|notes)\b", text, re.IGNORECASE)
    ]
