"""What goes into a file that somebody opens in a spreadsheet."""

from __future__ import annotations

LEADS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or skips before one."""


def cell(value: object) -> str:
    """A value as text that no spreadsheet runs: what looks like a formula gets an apostrophe before it."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(LEADS) or words.lstrip().startswith(LEADS) else words
