"""Saving a body unchanged, the way Wagtail's editor does: value to form state, state to inputs, inputs to value."""

from __future__ import annotations

import re
from typing import Any

from django.utils.datastructures import MultiValueDict
from lxml import html as lxml_html
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from cms.blocks import MinutesBlock

FORMAT_ONLY = {"strong": "b", "em": "i"}


def inputs(block: Any, state: Any, prefix: str) -> dict[str, str]:
    """What the editor's page would post for a block in this state."""
    if isinstance(block, StreamBlock | ListBlock):
        made = {f"{prefix}-count": str(len(state))}
        for index, child in enumerate(state):
            place = f"{prefix}-{index}"
            kind = block.child_blocks[child["type"]] if isinstance(block, StreamBlock) else block.child_block
            made |= {
                f"{place}-order": str(index),
                f"{place}-deleted": "",
                f"{place}-id": child.get("id") or "",
            }
            if isinstance(block, StreamBlock):
                made[f"{place}-type"] = child["type"]
            made |= inputs(kind, child["value"], f"{place}-value")
        return made
    if isinstance(block, StructBlock):
        return {
            key: value
            for name, child in block.child_blocks.items()
            for key, value in inputs(child, state[name], f"{prefix}-{name}").items()
        }
    if isinstance(block, TypedTableBlock):
        return _table_inputs(block, state, prefix)
    if isinstance(state, bool):
        return {prefix: "on"} if state else {}
    if isinstance(state, list):
        state = state[0]  # a choice
    return {prefix: "" if state is None else str(state)}


def _table_inputs(block: TypedTableBlock, state: Any, prefix: str) -> dict[str, str]:
    made = {
        f"{prefix}-caption": state["caption"],
        f"{prefix}-column-count": str(len(state["columns"])),
        f"{prefix}-row-count": str(len(state["rows"])),
    }
    for at, column in enumerate(state["columns"]):
        made |= {
            f"{prefix}-column-{at}-type": column["type"], f"{prefix}-column-{at}-heading": column["heading"],
            f"{prefix}-column-{at}-order": str(at), f"{prefix}-column-{at}-deleted": "",
        }  # fmt: skip
    for at_row, row in enumerate(state["rows"]):
        made |= {f"{prefix}-row-{at_row}-order": str(at_row), f"{prefix}-row-{at_row}-deleted": ""}
        for at, (column, cell) in enumerate(zip(state["columns"], row["values"], strict=True)):
            made |= inputs(block.child_blocks[column["type"]], cell, f"{prefix}-cell-{at_row}-{at}")
    return made


def saved(block: MinutesBlock, value: Any) -> Any:
    """The value after somebody opened the editor and saved without a change."""
    data = inputs(block, block.get_form_state(value), "body")
    posted = block.value_from_datadict(data, MultiValueDict(), "body")
    return block.to_python(block.get_prep_value(block.clean(posted)))


def outline(html: str) -> list[tuple[Any, ...]]:
    """What a reader gets of a page: words, numbers of lists, cells, languages, links and marks, in order."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    found: list[tuple[Any, ...]] = []
    for element in root.iter():
        tag = FORMAT_ONLY.get(element.tag, element.tag)
        spoken = (element.get("lang"), element.get("dir"))
        if tag == "li" and element.getparent().tag == "ol":
            parent = element.getparent()
            place = int(parent.get("start", 1)) + parent.index(element)
            found.append(
                (
                    "number",
                    parent.get("type", "1"),
                    place,
                    len(list(element.iterancestors("ol", "ul"))),
                    _own(element),
                )
            )
        elif tag == "li":
            found.append(("bullet", len(list(element.iterancestors("ol", "ul"))), _own(element)))
        elif tag in {"td", "th", "caption"}:
            found.append(
                (tag, element.get("colspan"), element.get("rowspan"), element.get("scope"), _words(element))
            )
        elif tag in {"h2", "h3", "h4", "p"} and _words(element):
            found.append((tag, *spoken, _words(element)))
        elif tag == "a":
            found.append((tag, element.get("href"), _words(element)))
        elif tag in {"sup", "sub", "s"}:
            found.append((tag, _words(element)))
        elif tag == "div" and any(spoken):
            found.append((tag, *spoken))
    return found


def _words(element: Any) -> str:
    for line in element.iter("br"):
        line.tail = " " + (line.tail or "").lstrip()
    return re.sub(r"[ \t\n]+", " ", element.text_content()).strip()


def _own(item: Any) -> str:
    """The words of an item without those of lists inside it."""
    text = item.text or ""
    for child in item:
        if child.tag not in {"ol", "ul"}:
            text += " " if child.tag == "br" else child.text_content()
        text += child.tail or ""
    return re.sub(r"\s+", " ", text).strip()
