"""The database's own clock and locks, where casting and closing meet."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connection


def database_now() -> datetime:
    """The database's clock at this moment (not at the transaction's start)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.strptime(cursor.fetchone()[0], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


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
