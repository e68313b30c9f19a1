"""Each accent can be read: on paper, on its own tint, under white."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

TOKENS = (Path(__file__).resolve().parent.parent.parent / "static" / "css" / "tokens.css").read_text()
ACCENTS = {
    name: dict(re.findall(r"--accent(-deep|-tint|): (#[0-9a-f]{6})", body))
    for name, body in re.findall(r'\[data-accent="(\w+)"\] \{([^}]+)\}', TOKENS)
}
PAPER, INK, WHITE = "#fcfaf5", "#1c2b27", "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1. Source: WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_agrees_with_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_there_are_eight_accents():
    assert sorted(ACCENTS) == ["canal", "clay", "heather", "moss", "ochre", "plum", "river", "slate"]


@pytest.mark.parametrize("name", ACCENTS)
def test_accent_is_readable(name):
    accent = ACCENTS[name]
    assert contrast(accent[""], PAPER) >= 4.5
    assert contrast(accent[""], accent["-tint"]) >= 4.5
    assert contrast(accent[""], WHITE) >= 4.5
    assert contrast(accent["-deep"], WHITE) >= 7
    assert contrast(accent["-deep"], accent["-tint"]) >= 7
    assert contrast(INK, accent["-tint"]) >= 7
