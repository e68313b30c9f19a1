"""The database's own clock and locks, where casting and closing meet."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

log = logging.getLogger(__name__)
PATIENCE_SECONDS = (
    3  # an exclusive lock makes the pages of these tables wait behind it, so it is not asked for long
)


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


def forget_deleted_rows(tables: list[str]) -> bool:
    """Take the bytes of deleted and changed rows out of the database's files.

    PostgreSQL's plain VACUUM frees their room and leaves the bytes standing in it, so the tables are written anew (VACUUM FULL), once no
    transaction of this server that began before is left: the rows it may still see would be carried over. What was carried over all the
    same is asked of PostgreSQL afterwards. SQLite's `secure_delete` has overwritten them, and its log is emptied.

    Returns:
        Whether the bytes are gone. Not while somebody reads with an older view or holds a table: ask again later.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone()
            return not busy
        if not older_views_are_gone(cursor):
            return False
        before = _files_of(cursor, tables)
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{PATIENCE_SECONDS}s"])
        try:
            carried_over = [table for table in tables if _write_anew(cursor, table)]
        except OperationalError as error:  # somebody holds a table: the page they wait for goes first
            log.warning("Tables with destroyed ballots not rewritten yet: %s", error)
            return False
        finally:
            cursor.execute("RESET lock_timeout")
        kept = [table for table, file in _files_of(cursor, tables).items() if before[table] == file]
    if kept:  # PostgreSQL only warns a role that does not own a table, and leaves it as it is
        log.error("%s could not be rewritten: the portal's role must own them.", ", ".join(sorted(kept)))
    elif carried_over:
        log.warning("Destroyed rows of %s are still in an older view.", ", ".join(sorted(carried_over)))
    return not kept and not carried_over


def _write_anew(cursor: CursorWrapper, table: str) -> bool:
    """Write a table's file anew, and say whether dead rows had to be carried over into it.

    PostgreSQL counts them in the detail of what VERBOSE reports, in the server's language and with that number first. A table that
    reports nothing counts as one that carried rows over.
    """
    details: list[str] = []

    def hear(notice: Diagnostic) -> None:
        details.append(notice.message_detail or "")

    cursor.connection.add_notice_handler(hear)
    try:
        cursor.execute(f"VACUUM (FULL, VERBOSE) {connection.ops.quote_name(table)}")
    finally:
        cursor.connection.remove_notice_handler(hear)
    dead = [int(found.group()) for detail in details if (found := re.match(r"\D*(\d+)", detail))]
    return not dead or any(dead)


def _files_of(cursor: CursorWrapper, tables: list[str]) -> dict[str, int]:
    """The number of each table's file: another one after it was written anew."""
    cursor.execute(
        "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname = ANY(%s)", [tables]
    )
    return dict(cursor.fetchall())


def older_views_are_gone(cursor: CursorWrapper) -> bool:
    """Whether every transaction that began before this moment, and could still see what was deleted, ends within `PATIENCE_SECONDS`.

    A transaction that writes in another database of the same server counts too: the view with which a table is rewritten begins at the
    oldest of all that run. One that only reads counts in this database alone.
    """
    cursor.execute("SELECT pg_current_xact_id()::text")
    now = cursor.fetchone()[0]
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8 AND NOT EXISTS ("
            "SELECT FROM pg_stat_activity WHERE (datname IS NULL OR datname = current_database())"
            " AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(%s::xid8::xid))",
            [now, now],
        )
        if cursor.fetchone()[0]:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
