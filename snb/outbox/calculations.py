"""Waiting times between tries: pure numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
LONGEST_RETRY_AFTER = timedelta(hours=1)


def backoff(attempts: int, *, draw: Callable[[float, float], float]) -> timedelta:
    """How long to wait after `attempts` tries: exponential with full jitter, so that waiting messages do
    not come at once.

    Args:
        attempts: tries so far, > 0.
        draw: a uniform draw between two numbers, such as `random.uniform`.
    """
    most = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
    return timedelta(seconds=draw(0.0, most.total_seconds()))


def retry_after(header: str | None, *, now: datetime) -> timedelta | None:
    """What a `Retry-After` header asks for, seconds or a date, at most an hour; None where it is missing
    or nonsense.
    """
    text = (header or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=int(text[:9]))
    else:
        try:
            wait = parsedate_to_datetime(text) - now
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(wait, timedelta()), LONGEST_RETRY_AFTER)
