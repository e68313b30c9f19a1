"""What nobody sees in a document although it is there: hidden text, and words in the colour of what is behind them."""

from __future__ import annotations

import re
from typing import Any

from snb.meetings.importers.package import WP, W
from snb.meetings.importers.styles import Style, Styles

_WHITE, _BLACK = "FFFFFF", "000000"
_YES = {"1", "true", "on"}
_NONE = {"", "auto", "none", _WHITE}
"""Colours behind words that leave them on white."""


class Hiding:
    """Tells the hidden runs of one part of a document."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self.styles = styles
        # White words may stand on a picture or on a coloured page. What lies behind them is not known there.
        self._has_backdrop = root.find(f"{W}background") is not None or any(
            _lies_behind(each) for each in root.iter(f"{WP}anchor")
        )

    def of(self, run: Any, paragraph: Any, style: Style) -> str:
        """Why a run of a paragraph is not seen: `hidden`, `covered`, or "" where it is."""
        held = self.styles.run(run.find(f"{W}rPr"), style)
        if held.get("vanish"):
            return "hidden"
        colour, behind = _plain(held.get("color", "")), _plain(held.get("shd", ""))
        if held.get("highlight") == "black":
            return "covered" if colour in {"", "auto", _BLACK} else ""
        if colour not in {"", "auto"} and colour == behind:
            return "covered"
        if colour == _WHITE and behind in _NONE and held.get("highlight", "none") in {"none", "white"}:
            return "covered" if not self._has_backdrop and _is_on_paper(paragraph, style) else ""
        return ""


def is_hidden_drawing(element: Any) -> bool:
    """Whether somebody switched a drawing off in Word's list of everything on the page."""
    if element.tag == f"{W}drawing":
        return any(each.get("hidden") in _YES for each in element.iter(f"{WP}anchor", f"{WP}docPr"))
    return element.tag == f"{W}pict" and any(
        re.search(r"visibility:\s*hidden", each.get("style") or "") for each in element
    )


def _plain(colour: str) -> str:
    """A colour in capitals; one that no eye can tell from white is white."""
    colour = colour.upper() if re.fullmatch(r"[0-9A-Fa-f]{6}", colour) else colour
    return _WHITE if re.fullmatch(r"(?:F[A-F]){3}", colour) else colour


def _lies_behind(anchor: Any) -> bool:
    """Whether a drawing may lie behind the words of the page."""
    return anchor.get("behindDoc") in _YES or anchor.find(f"{WP}wrapNone") is not None


def _is_on_paper(paragraph: Any, style: Style) -> bool:
    """Whether a paragraph lies on the bare page: no colour of its own, no cell of a table, no box."""
    shade = paragraph.find(f"{W}pPr/{W}shd")
    fill = (shade.get(f"{W}fill") or "") if shade is not None else style.fill
    if _plain(fill) not in _NONE:
        return False
    return next(paragraph.iterancestors(f"{W}tc", f"{W}txbxContent"), None) is None
