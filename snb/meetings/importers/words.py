"""Counting words on both sides of the conversion, so that none is lost silently.

The document is walked here as it came, on its own: what the preparation does to it is what this is there to check.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from snb.meetings.importers.fields import chosen, words_of_orders
from snb.meetings.importers.hiding import Hiding, is_hidden_drawing
from snb.meetings.importers.package import MC, M, Package, W, is_on
from snb.meetings.importers.styles import Style, Styles
from snb.meetings.importers.symbols import shown_as

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_GONE = {
    f"{W}{name}"
    for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "sectPr")
}
_BREAKS = {f"{W}{name}" for name in ("tab", "br", "cr", "ptab", "rt")}
_NOTES = {
    "footnotes": (f"{W}footnote", f"{W}footnoteReference"),
    "endnotes": (f"{W}endnote", f"{W}endnoteReference"),
}
_REFERENCES = {reference for _tag, reference in _NOTES.values()}


def words_of(text: str) -> list[str]:
    """The words of a text, numbers among them, as both sides are counted."""
    return WORD.findall(unicodedata.normalize("NFC", text).replace("\u00ad", ""))


def count(texts: Iterable[str]) -> Counter[str]:
    """How often each word occurs."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(words_of(text))
    return counted


def visible_words(package: Package, styles: Styles) -> Counter[str]:
    """The words that a reader of the document sees: paragraphs, tables, text boxes, notes and fields.

    Not counted: page headers and footers, deleted and hidden text, comments, and words that only stand in a content
    control until somebody fills it in.
    """
    walk = _Walk(styles)
    counted = count(walk.part(package.main, package.main.find(f"{W}body")))
    for part, (tag, reference) in _NOTES.items():
        root = package.xml(f"word/{part}.xml")
        for note in root.iterchildren(tag) if root is not None else ():
            if (reference, note.get(f"{W}id")) in walk.references:
                counted += count(walk.part(root, note))
    return counted


class _Walk:
    """One walk over what is visible, with the notes it came by."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.references: set[tuple[str, str | None]] = set()
        self.orders: set[Any] = set()
        self.hiding: Hiding | None = None

    def part(self, root: Any, inside: Any) -> Iterator[str]:
        """The visible text of an element of this part."""
        self.orders, self.hiding = words_of_orders(root), Hiding(root, self.styles)
        return self.paragraphs(inside)

    def paragraphs(self, root: Any) -> Iterator[str]:
        """The visible text below an element, a paragraph at a time; a box inside a paragraph is its own."""
        waiting = [root]
        carried = ""
        while waiting:
            element = waiting.pop()
            if element.tag == f"{W}p":
                named = element.find(f"{W}pPr/{W}pStyle")
                style = self.styles.paragraph(named.get(f"{W}val") if named is not None else None)
                inside: list[Any] = []
                text = carried + "".join(self._text(element, element, style, inside))
                carried = ""
                waiting.extend(reversed(inside))
                following = element.getnext()
                if (
                    element.find(f"{W}pPr/{W}rPr/{W}del") is not None
                    and following is not None
                    and following.tag == f"{W}p"
                ):
                    carried = (
                        text  # the end of the paragraph was deleted: the next one goes on in the same line
                    )
                else:
                    yield text
            elif element.tag not in _GONE and not _is_gone(element):
                waiting.extend(reversed(list(_children(element))))
        if carried:
            yield carried

    def _text(self, element: Any, paragraph: Any, style: Style, inside: list[Any]) -> Iterator[str]:
        for child in _children(element):
            tag = child.tag
            if tag in _GONE or _is_gone(child) or child in self.orders:
                continue
            if tag == f"{W}r" and self.hiding is not None and self.hiding.of(child, paragraph, style):
                continue
            if tag in {f"{W}txbxContent", f"{W}p"}:
                inside.append(child)
            elif tag == f"{W}t":
                font = self.styles.run(element.find(f"{W}rPr"), style).get("font", "")
                yield shown_as(child.text or "", font)
            elif tag == f"{W}ddList":
                yield chosen(child)
            elif tag == f"{M}t":
                yield f" {child.text or ''} "
            elif tag == f"{W}noBreakHyphen":
                yield "\u2011"
            elif tag in _BREAKS:
                yield " "
                yield from self._text(child, paragraph, style, inside)
                yield " " if tag == f"{W}rt" else ""
            elif tag in _REFERENCES:
                self.references.add((tag, child.get(f"{W}id")))
            else:
                yield from self._text(child, paragraph, style, inside)


def _is_gone(element: Any) -> bool:
    """A row or cell that was deleted, a hidden drawing, or words that wait for somebody to fill them in."""
    if element.tag in {f"{W}drawing", f"{W}pict"}:
        return is_hidden_drawing(element)
    if element.tag == f"{W}tc":
        return element.find(f"{W}tcPr/{W}cellDel") is not None
    if element.tag == f"{W}tr":
        return element.find(f"{W}trPr/{W}del") is not None
    return element.tag == f"{W}sdt" and is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _children(element: Any) -> Iterator[Any]:
    """What is inside; of two versions of a drawing, the first."""
    if element.tag == f"{MC}AlternateContent":
        chosen = element.find(f"{MC}Choice")
        chosen = element.find(f"{MC}Fallback") if chosen is None or len(chosen) == 0 else chosen
        yield from () if chosen is None else chosen
    else:
        yield from element.iterchildren()
