"""Months, the canonical form of an event, and the hash of a month."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

CODE = re.compile(r"[\w.:/+-]{0,64}", re.ASCII)
"""What a text in an event may look like: ASCII letters, digits and `_ . : / + -`, at most 64 of them."""


def is_code(value: object) -> bool:
    """Whether a value may stand in an event: nothing, a truth, a 64-bit whole number, a code, or a list of
    codes and numbers."""
    if isinstance(value, list):
        return all(is_code(part) and not isinstance(part, list) for part in value)
    if isinstance(value, str):
        return CODE.fullmatch(value) is not None
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None


def month_of(day: date) -> str:
    """`YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def month_after(month: str) -> str:
    """The following month, `YYYY-MM`."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def months_between(first: str, last: str) -> Iterator[str]:
    """Every month from `first` to `last`, both included; none where `first` is later."""
    while first <= last:
        yield first
        first = month_after(first)


def years_before(month: str, years: int) -> str:
    """The same month so many years earlier."""
    return f"{int(month[:4]) - years:04d}{month[4:]}"


def canonical(row: dict[str, object]) -> bytes:
    """One event as a line of JSON that is the same on every database: sorted keys, no blanks, ASCII only."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def seal(month: str, previous: str, rows: Iterable[bytes]) -> tuple[int, str]:
    """Number of events and SHA-256 of a month.

    Args:
        previous: the hash of the month before, "" for the first: nobody can redo one month without redoing
            all that follow.
        rows: canonical lines in order of id.
    """
    digest = hashlib.sha256(f"{month}\n{previous}\n".encode())
    count = 0
    for row in rows:
        digest.update(row)
        count += 1
    return count, digest.hexdigest()
