"""Which lines are headings, which is the title, and at which level each stands."""

from __future__ import annotations

import re

from snb.meetings.importers.dates import find_date
from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.pieces import MARK, Piece

NUMBERED = re.compile(r"(?:(?:agenda )?item\s+)?(\d{1,2}(?:\.\d{1,2})*)[.):]?\s+(?=\S)", re.IGNORECASE)
TITLE_WORDS = re.compile(r"\b(minutes|agenda|meeting|board|panel|notes of|forum|committee)\b", re.IGNORECASE)
LABELS = re.compile(
    r"\W*(actions?|decision|resolved|agreed|noted|action point|ap)\b\s*\d*\s*[:–-]?\s*\S", re.IGNORECASE
)
ONLY_LABEL = re.compile(r"(actions?( points| list| log)?|decisions?)\s*:?", re.IGNORECASE)
TOP_NAMES = re.compile(
    r"(present|attendance|attendees|in attendance|apologies.*|welcome.*|introductions?.*|any other business.*|aob|"
    r"(date|time).*next meeting.*|next meetings?|actions?|action (log|points|list)|close.*|notes)\s*:?",
    re.IGNORECASE,
)
SECOND_TITLE = re.compile(
    r"(minutes|notes|held|date|venue|time|location|(the )?meeting)\b.*\d", re.IGNORECASE
)
"""When and where the meeting was, as it stands in bold below a title."""
HOUR = re.compile(r"\d{1,2}(?:[.:]\d{2})?\s*[ap]\.?m\b", re.IGNORECASE)
LONGEST = 110
BIG = 28
"""Half points: 14 point, larger than the text of any minutes."""
DEEPEST = 4


def find_title(pieces: list[Piece], notes: Notes) -> None:
    """Take the title out of the text: the page has it already, and a heading twice is read out twice."""
    paragraphs = [index for index, piece in enumerate(pieces) if piece.kind == "paragraph"]
    at = next((index for index in paragraphs if pieces[index].line.known.style.lower() == "title"), None)
    if at is None:
        at = _first_that_stands_out(pieces, paragraphs[:6])
    if at is None:
        return
    notes.title = " ".join(MARK.sub("", pieces[at].line.text).split())
    notes.left_out.append(notes.title)
    notes.tell("headings.title", text=short(notes.title))
    del pieces[at]


def _first_that_stands_out(pieces: list[Piece], places: list[int]) -> int | None:
    """The first line if it is large, centred or a heading above others; a later one of a letterhead if it says “minutes”."""
    for index in places:
        line = pieces[index].line
        known = line.known
        is_item = bool(NUMBERED.match(line.text)) and bool(known.is_bold or known.level)
        if len(line.text.split()) > 25 or LABELS.match(line.text) or is_item:
            return None
        says_so = bool(TITLE_WORDS.search(line.text))
        if known.level:
            levels = [piece.line.known.level for piece in pieces[index + 1 :] if piece.line.known.level]
            is_title = known.level == 1 and bool(levels) and (says_so or 1 not in levels)
            return index if is_title else None
        if says_so and (known.is_bold or known.is_underlined or known.is_centred or known.size >= BIG):
            return index
        if index == places[0] and (known.size >= BIG or (known.is_bold and known.is_centred)):
            return index
        if known.is_bold and TOP_NAMES.fullmatch(line.text):
            return None
    return None


def find_headings(pieces: list[Piece], notes: Notes) -> None:
    """Make headings of what is one, and repair their levels so that they begin at 2 and never skip."""
    candidates = {index: piece for index, piece in enumerate(pieces) if _could_be(piece)}
    raw: dict[int, int] = {}
    made: set[int] = set()
    styled = [p.line.known.level for p in pieces if p.kind == "paragraph" and p.line.known.level]
    base = min(styled, default=1)
    last_styled, seen_number = 0, False
    for index, piece in enumerate(pieces):
        if piece.kind != "paragraph":
            continue
        known = piece.line.known
        if known.level and len(piece.line.text) <= 255:
            raw[index], last_styled = known.level, known.level
        elif index in candidates and _is_heading(pieces, index, candidates):
            number = _number(piece)
            depth = number.count(".") + 1 if number else 1
            below = (
                last_styled
                if last_styled and number == "" and not TOP_NAMES.fullmatch(piece.line.text)
                else 0
            )
            if not number and seen_number and not TOP_NAMES.fullmatch(piece.line.text):
                depth = 2
            raw[index] = (below + 1 if below else base) + depth - 1
            seen_number = seen_number or bool(number)
            made.add(index)
    _set_levels(pieces, raw, made, notes)


def _could_be(piece: Piece) -> bool:
    line = piece.line
    if piece.kind != "paragraph" or not (line.known.is_bold or line.known.is_underlined) or line.known.level:
        return False
    text = line.text
    if len(text) > LONGEST or "\n" in text.strip() or not re.search(r"[^\W\d_]{2}", text):
        return False
    if (line.known.mark is not None and line.known.mark.style == "") or text[0] in "•·▪■◦‣●○*–—-":
        return False
    if LABELS.match(text) and not ONLY_LABEL.fullmatch(text):
        return False
    if "quote" in line.known.style.lower():
        return False
    if SECOND_TITLE.match(text) or _is_when(text):
        return False
    ending = text.rstrip()[-1:]
    return ending not in {";", ","} and (ending != "." or len(text.split()) <= 8)


def _is_when(text: str) -> bool:
    """Whether a line is only a day or an hour, with or without a place: “12 November 2026, 7pm”, “7pm, Town Hall”."""
    if HOUR.match(text):
        return True
    _found, (start, end) = find_date(text)
    return start == 0 and (end == len(text) or text[end] in " ,;–—-")


def _number(piece: Piece) -> str:
    """“3.1” of “3.1 Figures”, whether it was typed or counted by Word; "" without one."""
    mark = piece.line.known.mark
    if mark is not None and mark.style == "1":
        return ".".join(["1"] * mark.level + [str(mark.value)])
    found = NUMBERED.match(piece.line.text)
    return found[1] if found else ""


def _is_heading(pieces: list[Piece], index: int, candidates: dict[int, Piece]) -> bool:
    """Whether a bold line has text of its own below it; one of several bold lines in a row is no heading."""
    if index + 1 >= len(pieces):
        return False
    if index + 1 not in candidates:
        return True
    if not _number(pieces[index]):
        return bool(_number(candidates[index + 1])) and index > 0 and index - 1 not in candidates
    if not _number(candidates[index + 1]):
        return True
    run = 1
    while index - run in candidates and _number(candidates[index - run]):
        run += 1
    ahead = 1
    while index + ahead in candidates and _number(candidates[index + ahead]):
        ahead += 1
    return run + ahead - 1 < 4


def _set_levels(pieces: list[Piece], raw: dict[int, int], made: set[int], notes: Notes) -> None:
    stack: list[int] = []
    lowest = min(raw.values(), default=1)
    for index, level in raw.items():
        piece = pieces[index]
        while stack and stack[-1] >= level:
            stack.pop()
        stack.append(level)
        piece.kind, piece.level = "heading", min(len(stack) + 1, DEEPEST)
        mark = piece.line.known.mark
        if mark is not None and mark.style:
            piece.line.text = f"{mark.label} {piece.line.text}"
            notes.added.append(mark.label)
        text = short(piece.line.text, 80)
        if index in made:
            notes.tell("headings.made", text=text)
        else:
            notes.counted["headings.found"] += 1
            if piece.level not in {level - lowest + 2, level}:
                notes.tell("headings.level", text=text, was=level, now=piece.level)
        if "<a " in piece.line.html:
            notes.tell("links.dropped.heading", text=text)
            notes.counted["links.kept"] -= piece.line.html.count("<a ")
        piece.line.text = " ".join(piece.line.text.split())
