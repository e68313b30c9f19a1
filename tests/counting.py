"""How many queries something takes: the same at one row and at three, or it will not do."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_in(call: Callable[[], object]) -> int:
    """How many queries a call makes."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
