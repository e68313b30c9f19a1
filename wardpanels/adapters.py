"""The database's own clock and locks, where casting and closing meet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection


def database_now() -> datetime:
    """The database's clock at this moment (not at the transaction's start)."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)  # SQLite runs in this process and reads the same clock
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


_turn = threading.Lock()


@contextmanager
def in_turn() -> Iterator[None]:
    """Around a short transaction that many threads ask for at once.

    On SQLite whoever finds the only write lock taken sleeps and looks again, and several sleepers leave it idle most of the time: the
    threads of this process take turns instead. On PostgreSQL the server keeps the queue.
    """
    if connection.vendor == "postgresql":
        yield
    else:
        with _turn:
            yield


def hold_round(round_id: UUID, *, closing: bool) -> None:
    """Until this transaction ends: many votes at once, or one close alone.

    SQLite begins each transaction with the only write lock there is (`transaction_mode` IMMEDIATE), so nothing more is needed there.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)" if closing else "SELECT pg_advisory_xact_lock_shared(%s)",
                [lock_number(round_id.bytes)],
            )


def hold_marks(marks: list[str]) -> None:
    """Until this transaction ends: one vote at a time for each of these marks, taken in one order so that none waits in a ring."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for mark in sorted(marks):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(bytes.fromhex(mark))])


def lock_number(data: bytes) -> int:
    """The first eight bytes as PostgreSQL's bigint."""
    return int.from_bytes(data[:8], "big", signed=True)


def forget_deleted_rows(tables: list[str]) -> None:
    """Give deleted rows' bytes back: VACUUM on PostgreSQL; on SQLite, whose `secure_delete` has overwritten them, empty the log."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
