"""The result: HTML for reading, and the values of the blocks for editing, both from the same pieces."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import nh3

from snb.meetings.importers.grids import cell_html, cell_text, is_rich
from snb.meetings.importers.lists import is_plain, list_html
from snb.meetings.importers.pieces import MARK, Line, Note, Piece

TAGS = {
    "h2", "h3", "h4", "p", "br", "strong", "em", "s", "sub", "sup", "a", "ol", "ul", "li", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "figure", "img", "section", "div",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "id"},
    "ol": {"start", "type"},
    "li": {"id", "value"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt"},
}
SCHEMES = {"http", "https", "mailto"}
MOST_TEXT = 12_000
"""Characters of one block of text, about; an editor with more is slow to type in."""
NOTES_HEADING = "Notes"
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ps", "ckb", "yi", "rtl"}


def clean(html: str) -> str:
    """The last word on what may stay. A relative address can only be a place on this page or one of our pictures."""
    html = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None, clean_content_tags=set()
    )
    return html.replace("<br>", "<br/>")  # Wagtail's editor waits for the end of a tag without a slash


def as_html(pieces: list[Piece], notes: list[Note]) -> str:
    """One accessible document, from its first heading of level 2 on."""
    made = [_piece_html(piece) for piece in pieces]
    marked = set(MARK.findall("\n".join(made)))
    if notes:
        made.append(f"<section><h2>{NOTES_HEADING}</h2><ol>")
        made += [_note_html(note, is_marked=str(note.number) in marked) for note in notes]
        made.append("</ol></section>")
    seen: set[str] = set()

    def link(found: re.Match[str]) -> str:
        place = "" if found[1] in seen else f' id="note-{found[1]}-mark"'
        seen.add(found[1])
        return f'<sup><a href="#note-{found[1]}"{place}>[{found[1]}]</a></sup>'

    return clean(MARK.sub(link, "\n".join(made)))


def _note_html(note: Note, *, is_marked: bool) -> str:
    """A note and the way back to its mark; a note of the title has no mark in the text."""
    way = f'<a href="#note-{note.number}-mark">Back to note {note.number} in the text</a>'
    return f'<li id="note-{note.number}">{note.html}{f" {way}" if is_marked else ""}</li>'


def _spoken(language: str) -> str:
    if not language:
        return ""
    direction = ' dir="rtl"' if language in _RIGHT_TO_LEFT else ""
    return direction if language == "rtl" else f' lang="{language}"{direction}'


def _piece_html(piece: Piece) -> str:
    spoken = _spoken(piece.language)
    if piece.kind == "heading":
        return f"<h{piece.level}{spoken}>{escape(piece.line.text, quote=False)}</h{piece.level}>"
    if piece.kind == "list":
        html = list_html(piece.items, start=piece.start, styles=piece.styles)
        return f"<div{spoken}>{html}</div>" if spoken else html
    if piece.kind == "table":
        return _table_html(piece, spoken)
    if piece.kind == "picture":
        alt = "" if piece.shown.is_decorative else piece.shown.alt
        return f'<figure><img src="{piece.name}" alt="{escape(alt)}"></figure>'
    return f"<p{spoken}>{piece.line.html}</p>"


def _table_html(piece: Piece, spoken: str) -> str:
    grid = piece.grid
    spans = {(row, column): (across, down) for row, column, across, down in grid.merged}
    hidden = {
        (row + below, column + beside)
        for (row, column), (across, down) in spans.items()
        for below in range(down)
        for beside in range(across)
        if below or beside
    }
    made = [f"<table{spoken}>"]
    if grid.caption:
        made.append(f"<caption>{escape(grid.caption, quote=False)}</caption>")
    if any(grid.headings):
        names = (
            f'<th scope="col">{escape(name, quote=False)}</th>' if name else "<td></td>"
            for name in grid.headings
        )
        made.append(f"<thead><tr>{''.join(names)}</tr></thead>")
    made.append("<tbody>")
    for at_row, row in enumerate(grid.rows, 1):
        made.append("<tr>")
        for at_column, lines in enumerate(row, 1):
            if (at_row, at_column) in hidden:
                continue
            across, down = spans.get((at_row, at_column), (1, 1))
            span = f' colspan="{across}"' if across > 1 else ""
            span += f' rowspan="{down}"' if down > 1 else ""
            is_name = grid.has_row_headers and at_column == 1
            inside = (
                cell_html(lines)
                if is_rich(lines, is_name=is_name)
                else escape(cell_text(lines), quote=False).replace("\n", "<br/>")
            )
            made.append(f'<th scope="row"{span}>{inside}</th>' if is_name else f"<td{span}>{inside}</td>")
        made.append("</tr>")
    made.append("</tbody></table>")
    return "".join(made)


def as_blocks(pieces: list[Piece], notes: list[Note]) -> list[dict[str, Any]]:
    """The same content as values for `MinutesBlock`; a picture is named, not yet an image of the site."""
    made: list[dict[str, Any]] = []
    for piece in pieces:
        if piece.kind == "heading":
            value = {"text": piece.line.text, "level": str(piece.level), "language": piece.language}
            made.append({"type": "heading", "value": value})
        elif piece.kind == "picture":
            shown = piece.shown
            made.append(
                {
                    "type": "picture",
                    "value": {"name": piece.name, "alt_text": shown.alt, "decorative": shown.is_decorative},
                }
            )
        elif piece.kind == "table":
            made.append({"type": "table", "value": _table_value(piece)})
        elif piece.kind == "list" and not is_plain(piece):
            first, second, third = piece.styles
            listed: dict[str, Any] = {
                "text": clean(list_html(piece.items)),
                "start": piece.start,
                "style": first,
                "second_style": second,
                "third_style": third,
                "language": piece.language,
            }
            made.append({"type": "numbered_list", "value": listed})
        else:
            _add_text(made, piece)
    if notes:
        values = [{"number": note.number, "text": clean(f"<p>{note.html}</p>")} for note in notes]
        made.append({"type": "notes", "value": {"heading": NOTES_HEADING, "notes": values}})
    return made


def _add_text(made: list[dict[str, Any]], piece: Piece) -> None:
    """Paragraphs and plain lists go on in the block before, as long as it is one of text in the same language.

    Two numbered lists in a row are two blocks: the editor would make one list of them, and change their numbers.
    """
    html = clean(list_html(piece.items) if piece.kind == "list" else f"<p>{piece.line.html}</p>")
    last = made[-1] if made else None
    if piece.language:
        is_same = (
            last is not None and last["type"] == "passage" and last["value"]["language"] == piece.language
        )
        if last is not None and is_same and _may_follow(last["value"]["text"], html):
            last["value"]["text"] += html
        else:
            made.append({"type": "passage", "value": {"language": piece.language, "text": html}})
    elif last is not None and last["type"] == "text" and _may_follow(last["value"], html):
        last["value"] += html
    else:
        made.append({"type": "text", "value": html})


def _may_follow(before: str, html: str) -> bool:
    return len(before) + len(html) < MOST_TEXT and not (before.endswith("</ol>") and html.startswith("<ol>"))


def _table_value(piece: Piece) -> dict[str, Any]:
    grid = piece.grid
    columns, cells = [], []
    for at, heading in enumerate(grid.headings):
        is_name = grid.has_row_headers and at == 0
        lines = [row[at] for row in grid.rows]
        rich = any(is_rich(each, is_name=is_name) for each in lines)
        columns.append({"type": "rich" if rich else "text", "heading": heading})
        cells.append([_cell_value(each, rich) for each in lines])
    return {
        "table": {
            "columns": columns,
            "rows": [{"values": [column[at] for column in cells]} for at in range(len(grid.rows))],
            "caption": grid.caption,
        },
        "row_headers": grid.has_row_headers,
        "merged": [
            {"row": row, "column": column, "across": across, "down": down}
            for row, column, across, down in grid.merged
        ],
        "language": piece.language,
    }


def _cell_value(lines: list[Line], rich: bool) -> str:
    return clean(cell_html(lines)) if rich else cell_text(lines)
