"""Dates as people in London write them: the day first. Whatever is unsure stays empty."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.lower(): number for number, name in enumerate(calendar.month_abbr) if name
} | {"sept": 9}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WRITTEN = re.compile(
    rf"(?:(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri|sat|sun)\.?,?\s+)?"
    rf"(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?(?:,?\s+(?P<year>\d{{4}})\b)?",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(
    rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)\b", re.IGNORECASE
)
DIGITS = re.compile(r"(?<![\d/.-])(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})(?![\d/-])")
ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d{2})-(?P<day>\d{2})\b")
END = re.compile(rf"(?:the\s+)?end\s+of\s+(?P<month>{_MONTH})\b\.?(?:,?\s+(?P<year>\d{{4}}))?", re.IGNORECASE)
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FURTHEST = timedelta(days=300)
"""How far ahead a date without a year may lie; beyond it may as well have been meant for the past."""


def find_date(text: str, *, after: date | None = None) -> tuple[date | None, tuple[int, int]]:
    """The first date in a text and where it stands, (-1, -1) where there is none.

    A date that cannot be, one whose weekday is wrong, and one without a year that no meeting gives a year to are None.

    Args:
        after: the day of the meeting, which gives a date without a year its year.
    """
    found = [match for pattern in (WRITTEN, MONTH_FIRST, DIGITS, ISO, END) if (match := pattern.search(text))]
    if not found:
        return None, (-1, -1)
    first = min(found, key=lambda match: match.start())
    return _read(first, after), first.span()


def _read(match: re.Match[str], after: date | None) -> date | None:
    parts = match.groupdict()
    month = MONTHS.get(parts["month"].lower()) or (int(parts["month"]) if parts["month"].isdigit() else 0)
    if not 1 <= month <= 12:
        return None
    written = parts["year"]
    year = int(written) if written else None
    if year is not None and year < 100:
        year += 2000
    if year is not None and not 2000 <= year <= 2100:
        return None
    if year is None:
        return _next_after(parts, month, after)
    return _made(parts, year, month)


def _made(parts: dict[str, str | None], year: int, month: int) -> date | None:
    written = parts.get("day")
    day = int(written) if written else calendar.monthrange(year, month)[1]
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    weekday = parts.get("weekday")
    return made if not weekday or _WEEKDAYS[made.weekday()] == weekday[:3].lower() else None


def _next_after(parts: dict[str, str | None], month: int, after: date | None) -> date | None:
    """The first such day on or after the meeting."""
    if after is None:
        return None
    for year in (after.year, after.year + 1):
        made = _made(parts, year, month)
        if made and after <= made <= after + FURTHEST:
            return made
    return None
