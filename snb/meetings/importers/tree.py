"""Small steps in the tree of a Word document: take out, put in, and ask for runs, styles and words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from snb.meetings.importers.package import M, W


def remove(element: Any) -> None:
    """Take an element out of its tree."""
    holder = element.getparent()
    if holder is not None:
        holder.remove(element)


def replace(element: Any, others: list[Any]) -> None:
    """Put other elements in an element's place."""
    holder = element.getparent()
    at = holder.index(element)
    holder.remove(element)
    for offset, other in enumerate(others):
        holder.insert(at + offset, other)


def run_of(text: str) -> Any:
    """A run of plain text."""
    run = etree.Element(f"{W}r")
    words = etree.SubElement(run, f"{W}t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def runs_of(paragraph: Any) -> list[Any]:
    """The runs of a paragraph, not those of a paragraph in a box inside it."""
    return list(_own_runs(paragraph))


def _own_runs(element: Any) -> Iterator[Any]:
    for child in element.iterchildren():
        if child.tag == f"{W}r":
            yield child
        if child.tag not in {f"{W}p", f"{W}txbxContent", f"{W}drawing", f"{W}pict", f"{W}object"}:
            yield from _own_runs(child)


def style_of(paragraph: Any) -> str | None:
    """The id of a paragraph's style."""
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    return named.get(f"{W}val") if named is not None else None


def text_of(element: Any) -> str:
    """The text below an element; breaks and tabs are space."""
    kinds = [f"{W}t", f"{M}t", *(f"{W}{name}" for name in ("tab", "br", "cr", "noBreakHyphen", "p"))]
    return "".join(
        (each.text or "") if each.tag in {f"{W}t", f"{M}t"} else " " for each in element.iter(*kinds)
    )
