"""What the styles of a document say about its text: bold, hidden, heading levels, list numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snb.meetings.importers.package import W, is_on

TOGGLES = ("b", "i", "strike", "dstrike", "vanish")
NAMED_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """A style with everything it inherits."""

    name: str = ""
    run: dict[str, Any] = field(default_factory=dict)
    outline: int | None = None
    number: tuple[str, int] | None = None
    bordered: bool = False
    fill: str = ""

    @property
    def heading_level(self) -> int | None:
        """1 to 9 for a heading style."""
        named = NAMED_HEADING.fullmatch(self.name.strip())
        if named:
            return int(named[1])
        return self.outline + 1 if self.outline is not None and self.outline < 9 else None


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: Any) -> None:
        self._elements: dict[str, Any] = {}
        self._resolved: dict[str, Style] = {}
        self._default_paragraph = ""
        self._defaults: dict[str, Any] = {}
        if root is None:
            return
        for element in root.iterchildren(f"{W}style"):
            name = element.get(f"{W}styleId") or ""
            self._elements.setdefault(name, element)
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in {"1", "true", "on"}:
                self._default_paragraph = name
        self._defaults = run_properties(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def get(self, name: str | None) -> Style:
        """The style of this id, with what it is based on; an empty one where there is none."""
        name = name or ""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def paragraph(self, name: str | None) -> Style:
        """A paragraph's style; without an id, the document's default."""
        return self.get(name or self._default_paragraph)

    def _resolve(self, name: str) -> Style:
        chain: list[Any] = []
        at: str | None = name
        while at and at in self._elements and self._elements[at] not in chain and len(chain) < 20:
            chain.append(self._elements[at])
            at = _value(self._elements[at].find(f"{W}basedOn"))
        run, outline, number, bordered, fill = dict(self._defaults), None, None, False, ""
        for element in reversed(chain):
            run |= run_properties(element.find(f"{W}rPr"))
            level = _value(element.find(f"{W}pPr/{W}outlineLvl"))
            outline = int(level) if level and level.isdigit() else outline
            number = number_of(element.find(f"{W}pPr")) or number
            borders = element.find(f"{W}tblPr/{W}tblBorders")
            bordered = has_borders(borders) if borders is not None else bordered
            shade = element.find(f"{W}pPr/{W}shd")
            fill = shade.get(f"{W}fill") or "" if shade is not None else fill
        own_name = _value(chain[0].find(f"{W}name")) if chain else _built_in(name)
        return Style(own_name or "", run, outline, number, bordered, fill)

    def run(self, properties: Any, paragraph: Style) -> dict[str, Any]:
        """What holds for a run: its own properties over its style's over its paragraph's."""
        found = dict(paragraph.run)
        if properties is not None:
            named = _value(properties.find(f"{W}rStyle"))
            if named:
                own = self.get(named)
                found |= {key: value for key, value in own.run.items() if self._defaults.get(key) != value}
                if own.name == "Strong":
                    found["b"] = True
            found |= run_properties(properties)
        return found


def _built_in(name: str) -> str:
    """What Word calls one of its own styles that the file does not describe; "" for any other."""
    heading = re.fullmatch(r"Heading ?([1-9])", name)
    return f"heading {heading[1]}" if heading else name if name == "Title" else ""


def run_properties(properties: Any) -> dict[str, Any]:
    """The properties of text that we look at, by Word's short names; only those that are there."""
    found: dict[str, Any] = {}
    if properties is None:
        return found
    for name in TOGGLES:
        element = properties.find(f"{W}{name}")
        if element is not None:
            found[name] = is_on(element)
    for name in ("u", "vertAlign", "sz", "color", "highlight"):
        value = _value(properties.find(f"{W}{name}"))
        if value:
            found[name] = value
    shade = properties.find(f"{W}shd")
    if shade is not None:
        found["shd"] = shade.get(f"{W}fill") or ""
    fonts = properties.find(f"{W}rFonts")
    if fonts is not None:
        found["font"] = "" if fonts.get(f"{W}asciiTheme") else fonts.get(f"{W}ascii") or ""
    language = properties.find(f"{W}lang")
    if language is not None and language.get(f"{W}bidi"):
        found["bidi"] = language.get(f"{W}bidi")
    return found


def number_of(properties: Any) -> tuple[str, int] | None:
    """List and level (from 0) of paragraph properties; the list "0" takes numbers away."""
    number = properties.find(f"{W}numPr") if properties is not None else None
    if number is None:
        return None
    level = _value(number.find(f"{W}ilvl"))
    name = _value(number.find(f"{W}numId"))
    return (name or "", int(level) if level and level.isdigit() else 0) if name or level else None


def has_borders(borders: Any) -> bool:
    """Whether any side has a line."""
    return borders is not None and any(
        side.get(f"{W}val") not in {None, "nil", "none"} for side in borders.iterchildren()
    )


def _value(element: Any) -> str | None:
    return element.get(f"{W}val") if element is not None else None
