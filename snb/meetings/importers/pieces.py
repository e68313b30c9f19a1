"""The pieces a converted document consists of, and how they are read from what mammoth made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlsplit

from lxml import html as lxml_html

from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.pictures import Pictures, Shown
from snb.meetings.importers.preparation import KEY, Paragraph, Prepared, Table

KEPT = ("strong", "em", "s", "sub", "sup")
MARK = re.compile(r"\[note (\d{1,3})\]")
_NOTE = re.compile(r"(foot|end)note-ref-")
_EMPTY = re.compile(r"<(strong|em|s|sub|sup|a)\b[^>]*>(\s*)</\1>")
_EDGE = r"(?:\s|<br/>)+"
_SAYS_NOTHING = {"here", "click here", "link", "this link", "more", "read more", "this"}
_SCHEMES = {"http", "https", "mailto"}


@dataclass
class Line:
    """One paragraph: its HTML without the `p`, its words with tabs and line ends, and the pictures in it."""

    html: str = ""
    text: str = ""
    known: Paragraph = field(default_factory=Paragraph)
    pictures: list[str] = field(default_factory=list)


@dataclass
class Cell:
    """A cell of a table where it begins, and how far it reaches."""

    lines: list[Line]
    across: int = 1
    down: int = 1
    is_header: bool = False

    @property
    def text(self) -> str:
        """All its words, a line for each paragraph."""
        return "\n".join(line.text for line in self.lines if line.text)


@dataclass
class Item:
    """One item of a list. A level counts from 0; a style is "" for a bullet."""

    html: str
    text: str
    level: int
    style: str
    value: int
    label: str
    language: str = ""


@dataclass
class Grid:
    """A table of facts: names of columns, rows of cells, and what was merged, counted from 1 below the names."""

    headings: list[str] = field(default_factory=list)
    rows: list[list[list[Line]]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    caption: str = ""
    has_row_headers: bool = False


@dataclass
class Piece:
    """A part of the text: a paragraph, a heading, a list, a table or a picture."""

    kind: str
    line: Line = field(default_factory=Line)
    level: int = 0
    language: str = ""
    items: list[Item] = field(default_factory=list)
    start: int = 1
    styles: list[str] = field(default_factory=list)
    cells: list[list[Cell]] = field(default_factory=list)
    known: Table = field(default_factory=Table)
    grid: Grid = field(default_factory=Grid)
    name: str = ""
    shown: Shown = field(default_factory=Shown)


@dataclass
class Note:
    """A footnote or an endnote."""

    number: int
    html: str
    text: str


class Reader:
    """Reads mammoth's HTML into pieces."""

    def __init__(
        self, prepared: Prepared, pictures: Pictures, notes: Notes, shown: dict[str, tuple[str, Shown]]
    ) -> None:
        self.prepared, self.pictures, self.notes, self.shown = prepared, pictures, notes, shown

    def read(self, html: str) -> tuple[list[Piece], list[Note]]:
        """All pieces in order, and the notes."""
        root = lxml_html.fragment_fromstring(html, create_parent="div")
        notes: list[Note] = []
        pieces: list[Piece] = []
        children = list(root)
        for child in children:
            if child.tag == "table":
                pieces.append(self._table(child))
            elif child.tag == "ol" and child is children[-1]:
                notes = [self._note(number, each) for number, each in enumerate(child, 1)]
            elif child.tag == "p":
                line = self.line(child)
                if line.html:
                    pieces.append(Piece("paragraph", line, language=line.known.language))
                pieces += [self.picture(name) for name in line.pictures]
        return pieces, notes

    def picture(self, key: str) -> Piece:
        """A picture of the document, by the key it was given."""
        name, shown = self.shown[key]
        return Piece("picture", name=name, shown=shown)

    def line(self, element: Any) -> Line:
        """One paragraph."""
        line = Line()
        keys = [each.get("id") for each in element.iter("a") if (each.get("id") or "").startswith(KEY)]
        known = [self.prepared.paragraphs[key] for key in keys if key in self.prepared.paragraphs]
        if known:
            line.known = known[-1]
        html, text = self._inline(element, line)
        previous = ""
        while previous != html:
            previous, html = html, _EMPTY.sub(r"\2", html)
        html = re.sub(r" ?<br/> ?", "<br/>", re.sub(r"[\t\r\n ]+", " ", html))
        line.html = re.sub(rf"^{_EDGE}|{_EDGE}$", "", html)
        line.text = text.strip()
        if not line.text:
            line.html = ""
        return line

    def _inline(self, element: Any, line: Line) -> tuple[str, str]:
        literal = _literal(element.text)
        html, text = [escape(literal, quote=False)], [literal]
        for child in element:
            made = self._child(child, line)
            html.append(made[0])
            text.append(made[1])
            tail = _literal(child.tail)
            html.append(escape(tail, quote=False))
            text.append(tail)
        return "".join(html), "".join(text)

    def _child(self, child: Any, line: Line) -> tuple[str, str]:
        if child.tag == "br":
            return "<br/>", "\n"
        if child.tag == "img":
            self._image(child, line)
            return "", ""
        if child.tag == "input":
            box = "☒" if child.get("checked") is not None else "☐"
            return box, box
        if child.tag == "a" and _NOTE.match(child.get("id") or ""):
            mark = f"[note {(child.text or '').strip('[]')}]"
            return mark, mark
        html, text = self._inline(child, line)
        if child.tag == "a" and child.get("href") is not None:
            return self._link(child.get("href"), html, text), text
        if child.tag == "sup" and MARK.fullmatch(text):
            return html, text
        if child.tag in KEPT and text.strip():
            return f"<{child.tag}>{html}</{child.tag}>", text
        return html, text

    def _image(self, child: Any, line: Line) -> None:
        key = child.get("alt") or ""
        name, _shown = self.shown.get(key, ("", Shown()))
        if name == "":
            self.notes.counted["left.picture"] += 1
        elif name == "-":
            self.notes.counted["left.dot"] += 1
        elif name == "+":
            self.notes.counted["left.huge_picture"] += 1
        else:
            line.pictures.append(key)

    def _link(self, address: str, html: str, text: str) -> str:
        words = " ".join(text.split())
        if not words:
            return html
        address, reason = clean_address(address)
        if reason:
            self.notes.tell(f"links.dropped.{reason}", text=short(words, 80))
            return html
        self.notes.counted["links.kept"] += 1
        if words.lower().strip(" .:»>") in _SAYS_NOTHING:
            self.notes.tell("links.says_nothing", text=short(words, 80), address=short(address, 80))
        return f'<a href="{escape(address)}">{html}</a>'

    def _note(self, number: int, element: Any) -> Note:
        for back in element.xpath(
            ".//a[starts-with(@href, '#footnote-ref-') or starts-with(@href, '#endnote-ref-')]"
        ):
            back.drop_tree()
        lines = [self.line(each) for each in element.iter("p")]
        lines = [line for line in lines if line.html]
        return Note(number, "<br/>".join(line.html for line in lines), "\n".join(line.text for line in lines))

    def _table(self, element: Any) -> Piece:
        keys = [
            each.get("id") for each in element.iter("a") if (each.get("id") or "") in self.prepared.tables
        ]
        known = self.prepared.tables[keys[0]] if keys else Table()
        rows = [
            [
                Cell(
                    [line for line in map(self.line, cell.iter("p")) if line.html or line.pictures],
                    _span(cell.get("colspan")),
                    _span(cell.get("rowspan")),
                    cell.tag == "th",
                )
                for cell in row
                if cell.tag in {"td", "th"}
            ]
            for row in element.iter("tr")
        ]
        return Piece("table", cells=rows, known=known)


def clean_address(address: str) -> tuple[str, str]:
    """An address that may be linked, or the reason why not: inside, scheme or broken."""
    address = "".join(address.split()) if address.strip().lower().startswith("mailto:") else address.strip()
    if address.startswith("#"):
        return "", "inside"
    if address.lower().startswith("www."):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme.lower(), parts.hostname
    except ValueError:
        return "", "broken"
    if not scheme:
        return "", "broken"
    if scheme not in _SCHEMES:
        return "", "scheme"
    if scheme != "mailto" and (not host or "@" in parts.netloc):
        return "", "broken"
    if scheme == "mailto" and "@" not in parts.path:
        return "", "broken"
    if re.search(r"[\s<>\"\\\x00-\x1f]", address) or len(address) > 2000:
        address = re.sub(r"\s", "%20", address)
        if re.search(r"[<>\"\\\x00-\x1f]", address) or len(address) > 2000:
            return "", "broken"
    return address, ""


def _literal(text: str | None) -> str:
    """Words as they stand; what looks like our mark of a note, but is none, gets round brackets."""
    return MARK.sub(r"(note \1)", text or "")


def _span(text: str | None) -> int:
    return max(1, min(int(text), 1000)) if text and text.isdigit() else 1


def plain(html: str) -> str:
    """The words of our own inline HTML."""
    return lxml_html.fragment_fromstring(html.replace("<br/>", " "), create_parent="p").text_content()
