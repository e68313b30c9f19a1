"""Lists: from paragraphs with a number or a bullet to lists in lists, with the numbers that Word shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from snb.meetings.importers.findings import Notes
from snb.meetings.importers.numbering import Mark
from snb.meetings.importers.pieces import Item, Line, Piece

TYPED = re.compile(r"((?:<[^>]+>)*)\s*([•·▪■◦‣●○*–—-]|o(?=\s))\s+")
_SURE = set("•·▪■◦‣●○")


def find_lists(pieces: list[Piece], notes: Notes) -> list[Piece]:
    """Put together what is a list; everything else stays as it is."""
    made: list[Piece] = []
    run: list[Piece] = []
    for piece in [*_read_typed(pieces, notes), Piece("end")]:
        mark = piece.line.known.mark
        if piece.kind == "paragraph" and mark is not None and mark.style is not None:
            if run and run[-1].language != piece.language:
                made += _lists(run, notes)
                run = []
            run.append(piece)
            continue
        made += _lists(run, notes)
        run = []
        if piece.kind != "end":
            made.append(piece)
    return made


def _read_typed(pieces: list[Piece], notes: Notes) -> Iterator[Piece]:
    """See bullets that somebody typed, where they begin two lines in a row."""

    typed = [
        TYPED.match(piece.line.html) if piece.kind == "paragraph" and not piece.line.known.mark else None
        for piece in pieces
    ]
    is_new = True
    for index, (piece, found) in enumerate(zip(pieces, typed, strict=True)):
        beside = typed[max(index - 1, 0) : index] + typed[index + 1 : index + 2]
        if found and (found[2] in _SURE or any(beside)):
            rest = piece.line.html[found.end() :]
            piece.line = Line(
                found[1] + rest, _without_bullet(piece.line.text), piece.line.known, piece.line.pictures
            )
            piece.line.known.mark = Mark(0, "", 1, "•")
            notes.counted["lists.typed"] += is_new
            is_new = False
        else:
            is_new = True
        yield piece


def _without_bullet(text: str) -> str:
    return re.sub(r"^\s*([•·▪■◦‣●○*–—-]|o(?=\s))\s+", "", text)


def _lists(run: list[Piece], notes: Notes) -> list[Piece]:
    """The lists of neighbouring paragraphs: a new one where the outermost numbers do not go on."""
    made: list[Piece] = []
    lowest = min((piece.line.known.mark.level for piece in run if piece.line.known.mark), default=0)
    for piece in run:
        mark = piece.line.known.mark
        assert mark is not None
        assert mark.style is not None
        level = mark.level - lowest
        item = Item(
            piece.line.html, piece.line.text, level, mark.style, mark.value, mark.label, piece.language
        )
        last = made[-1].items if made else []
        item.level = min(level, last[-1].level + 1) if last else 0
        if not last or (item.level == 0 and not _goes_on(last, item)):
            made.append(Piece("list", language=piece.language))
        made[-1].items.append(item)
    for piece in made:
        _settle(piece, notes)
        notes.counted["lists.numbered" if piece.items[0].style else "lists.bullets"] += 1
    return made


def _goes_on(items: list[Item], item: Item) -> bool:
    before = next(each for each in reversed(items) if each.level == 0)
    return before.style == item.style and (not item.style or item.value == before.value + 1)


def _settle(piece: Piece, notes: Notes) -> None:
    """Say where the list begins and how each level counts; a number that would come out wrong is written as text."""
    first = piece.items[0]
    piece.start = first.value if first.style else 1
    counts: dict[int, int] = {}
    styles: dict[int, str] = {}
    depths: dict[int, int] = {}
    kinds: dict[int, bool] = {}
    for item in piece.items:
        for deeper in [level for level in counts if level > item.level]:
            counts.pop(deeper)
            kinds.pop(deeper, None)
        depths[item.level] = sum(1 for level in range(item.level) if kinds.get(level))
        if item.level and item.style:
            depth = depths[item.level]
            expected = counts.get(item.level, 0) + 1
            is_same = kinds.get(item.level, True) and styles.get(depth, item.style) == item.style
            if item.value != expected or not is_same:
                item.html, item.text = f"{item.label} {item.html}", f"{item.label} {item.text}"
                notes.added.append(item.label)
                notes.counted["lists.written_out"] += 1
                item.style = ""
        if item.style:
            styles.setdefault(depths[item.level], item.style)
            counts[item.level] = item.value
        kinds[item.level] = bool(item.style)
    piece.styles = [styles.get(depth, "1") for depth in range(3)]


def list_html(items: list[Item], *, start: int = 1, styles: list[str] | None = None) -> str:
    """Lists in lists. `styles` says how the numbers of each depth look; without it they are plain."""
    return _nest(items, 0, len(items), 0, start, styles)


def _nest(items: list[Item], at: int, end: int, depth: int, start: int, styles: list[str] | None) -> str:
    made: list[str] = []
    level = items[at].level
    while at < end:
        style = items[at].style
        tag = "ol" if style else "ul"
        inside: list[str] = []
        while at < end and bool(items[at].style) is bool(style):
            after = at + 1
            while after < end and items[after].level > level:
                after += 1
            below = depth + 1 if style else depth
            nested = _nest(items, at + 1, after, below, 1, styles) if after > at + 1 else ""
            inside.append(f"<li>{items[at].html}{nested}</li>")
            at = after
        attributes = ""
        if style and styles:
            shown = styles[min(depth, 2)]
            attributes += f' type="{shown}"' if shown != "1" else ""
            attributes += f' start="{start}"' if start != 1 else ""
        made.append(f"<{tag}{attributes}>{''.join(inside)}</{tag}>")
    return "".join(made)


def is_plain(piece: Piece) -> bool:
    """Whether the text editor keeps this list as it is: begun at 1, in digits, and no bullets between numbers."""
    if piece.start != 1 or any(style != "1" for style in piece.styles):
        return False
    above: list[str] = []
    for item in piece.items:
        del above[item.level :]
        if not item.style and any(above):
            return False
        above.append(item.style)
    return True
