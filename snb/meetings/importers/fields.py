"""Word's fields: of each only the result is seen; what the field is told to do stands in the file as well."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from snb.meetings.importers.package import W

_SEEN = {f"{W}{name}" for name in ("t", "tab", "br", "cr", "noBreakHyphen", "sym")}


def words_of_orders(root: Any) -> set[Any]:
    """The words between the beginning of a field and its result, such as the value an IF field compares.

    A field without an end hides nothing: a broken file must not swallow its own text.
    """
    found: set[Any] = set()
    fields: list[tuple[bool, list[Any]]] = []
    for element in root.iter(f"{W}fldChar", *_SEEN):
        if element.tag != f"{W}fldChar":
            for is_order, words in fields:
                if is_order:
                    words.append(element)
            continue
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            fields.append((True, []))
        elif kind == "separate" and fields:
            fields[-1] = (False, fields[-1][1])
        elif kind == "end" and fields:
            found.update(fields.pop()[1])
    return found


def chosen(choices: Any) -> str:
    """What is chosen in a drop-down list of an old form; without a choice Word shows the first."""
    entries = [each.get(f"{W}val") or "" for each in choices.iterchildren(f"{W}listEntry")]
    at = next((each.get(f"{W}val") for each in choices.iterchildren(f"{W}result", f"{W}default")), "0")
    return entries[int(at)] if at and at.isdigit() and int(at) < len(entries) else ""


def spelled_out(field: Any) -> list[Any]:
    """A field written as one element, as the runs that say the same; so its link is found."""
    order = etree.Element(f"{W}r")
    etree.SubElement(order, f"{W}instrText").text = field.get(f"{W}instr") or ""
    return [_run("begin"), order, _run("separate"), *(deepcopy(each) for each in field), _run("end")]


def _run(kind: str) -> Any:
    run = etree.Element(f"{W}r")
    etree.SubElement(run, f"{W}fldChar").set(f"{W}fldCharType", kind)
    return run
