"""The numbers that Word shows before paragraphs: they stand nowhere in the text and are counted here as Word counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from snb.meetings.importers.package import W
from snb.meetings.importers.styles import Styles

HTML_STYLES = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
"""Word's kinds of numbers that a list of a web page has too."""
_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What stands before a paragraph of a list.

    Attributes:
        level: 0 for the outermost.
        style: `""` for a bullet, else the `type` of an HTML list; None for a number that no HTML list can show.
        value: the number itself.
        label: the words Word shows, such as “3.2” or “(a)”.
    """

    level: int
    style: str | None
    value: int
    label: str


@dataclass(frozen=True)
class _Level:
    kind: str = "decimal"
    text: str = ""
    start: int = 1
    is_legal: bool = False


class Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, int], dict[int, _Level]]] = {}
        self._links: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        self._styles = styles
        if root is None:
            return
        for abstract in root.iterchildren(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId") or ""
            self._levels[name] = {
                _number(level.get(f"{W}ilvl")): _read_level(level)
                for level in abstract.iterchildren(f"{W}lvl")
            }
            link = abstract.find(f"{W}numStyleLink")
            if link is not None:
                self._links[name] = link.get(f"{W}val") or ""
        for each in root.iterchildren(f"{W}num"):
            target = each.find(f"{W}abstractNumId")
            starts: dict[int, int] = {}
            changed: dict[int, _Level] = {}
            for override in each.iterchildren(f"{W}lvlOverride"):
                at = _number(override.get(f"{W}ilvl"))
                start = override.find(f"{W}startOverride")
                if start is not None:
                    starts[at] = _number(start.get(f"{W}val"))
                if override.find(f"{W}lvl") is not None:
                    changed[at] = _read_level(override.find(f"{W}lvl"))
            abstract_name = target.get(f"{W}val") or "" if target is not None else ""
            self._lists[each.get(f"{W}numId") or ""] = (abstract_name, starts, changed)

    def next(self, name: str, level: int) -> Mark | None:
        """Count one more paragraph of a list; None for a list that does not exist or shows nothing."""
        if name not in self._lists:
            return None
        abstract, starts, changed = self._lists[name]
        if abstract in self._links:
            linked = self._styles.get(self._links[abstract]).number
            if linked and linked[0] in self._lists:
                abstract = self._lists[linked[0]][0]
        levels = {**self._levels.get(abstract, {}), **changed}
        here = levels.get(level)
        if here is None:
            return None
        counts = self._counts.setdefault(abstract, {})
        if name not in self._begun:
            self._begun.add(name)
            for at, start in starts.items():
                counts[at] = start - 1
        if level not in counts:
            counts[level] = here.start - 1
        counts[level] += 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if here.kind == "bullet":
            if not here.text.strip():
                return None  # a paragraph that goes on below an item
            return Mark(level, "", counts[level], "•")
        label = _label(here, levels, counts)
        if here.kind == "none" and not label.strip():
            return None
        if not label.strip():
            return None
        is_simple = re.fullmatch(rf"\s*\(?%{level + 1}[.):\]]?\s*", here.text)
        return Mark(level, HTML_STYLES.get(here.kind) if is_simple else None, counts[level], label.strip())


def _read_level(element: Any) -> _Level:
    def value(name: str) -> str | None:
        found = element.find(f"{W}{name}")
        return found.get(f"{W}val") if found is not None else None

    start = value("start")
    return _Level(
        value("numFmt") or "decimal",
        value("lvlText") or "",
        _number(start) if start is not None else 1,
        element.find(f"{W}isLgl") is not None,
    )


def _label(here: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    def shown(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        level = levels.get(at, here)
        kind = "decimal" if here.is_legal else level.kind
        return in_words(counts.get(at, level.start), kind)

    return re.sub(r"%([1-9])", shown, here.text)


def in_words(number: int, kind: str) -> str:
    """A number in one of Word's kinds; kinds that English minutes do not use are written in digits."""
    if kind in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 4)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        roman, left = "", number
        for value, letters in _ROMAN:
            while left >= value:
                roman, left = roman + letters, left - value
        return roman if kind == "lowerRoman" else roman.upper()
    if kind == "decimalZero":
        return f"{number:02d}"
    if kind == "ordinal":
        ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    return "" if kind in {"none", "bullet"} else str(number)


def _number(text: str | None) -> int:
    try:
        return max(0, min(int(text or 0), 32_767))
    except ValueError:
        return 0
