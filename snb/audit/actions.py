"""Recording what happened in the transaction in which it happens; sealing and dropping whole months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from snb.audit.calculations import is_code, month_after, month_of, months_between, seal, years_before
from snb.audit.enums import KEEP_YEARS, Event
from snb.audit.errors import MonthNotDroppable, NotACode
from snb.audit.models import AuditEvent, AuditSeal, Epoch
from snb.audit.queries import canonical_rows, months_due

if TYPE_CHECKING:
    from collections.abc import Sequence


class Actor(Protocol):
    """Whoever acts: a user with a public id."""

    public_id: UUID


Code = str | int | bool | None


def record(
    event: Event,
    obj: models.Model | None,
    *,
    by: Actor | None,
    board: str = "",
    public: bool = False,
    **data: Code | Sequence[Code],
) -> AuditEvent:
    """Write one event. Call it inside the acting transaction.

    Args:
        obj: what it happened to; `None` for what concerns the whole portal.
        by: the acting user; `None` for the timetable, a command or an anonymous visitor.
        board: GSS code of the borough whose board this concerns; "" for London-wide.
        public: whether the public pages of that board change, which moves its epoch.
        data: codes, ids, counts and dates, or lists of them; never a person's words.

    Raises:
        RuntimeError: there is no transaction: the event could then outlive what it records, or the reverse.
        NotACode: a text in `data` is longer than 64 characters or holds anything but ASCII letters, digits
            and `_ . : / + -`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs inside the transaction of what it records.")
    object_id = "" if obj is None else str(obj.pk)
    clean = {name: list(value) if isinstance(value, list | tuple) else value for name, value in data.items()}
    for name, value in {**clean, "board": board, "object_id": object_id}.items():
        if not is_code(value):
            raise NotACode(f"The audit record holds codes and ids only; {name!r} of {event} is not one.")
    written = AuditEvent.objects.create(
        event=event,
        actor=getattr(by, "public_id", None),
        board=board,
        object_type="" if obj is None else obj._meta.label_lower,
        object_id=object_id,
        data=clean,
    )
    if public:
        move_epoch(board)
    return written


def move_epoch(*boards: str) -> None:
    """Say that public pages of these boards ("" for the London-wide site) have changed.

    Call it inside the acting transaction. The row stays locked until that ends, so two actions never move to
    one number; name all boards of an action in one call, which takes them in a fixed order.
    """
    for board in sorted(set(boards)):
        if not Epoch.objects.filter(board=board).update(number=F("number") + 1):
            # Whoever loses the race to make the row waits here for the winner, then moves on from its number.
            Epoch.objects.bulk_create([Epoch(board=board)], ignore_conflicts=True)
            Epoch.objects.filter(board=board).update(number=F("number") + 1)


@transaction.atomic
def seal_months(*, now: datetime | None = None) -> list[AuditSeal]:
    """Seal every finished month that has no seal yet, in order.

    A month counts as finished a day after its end, which lets an action that began before midnight commit:
    the database refuses events for a sealed month. Running it twice changes nothing.
    """
    moment = (now or timezone.now()).astimezone(UTC)
    last = month_of(moment - timedelta(days=1))
    newest = AuditSeal.objects.order_by("month").last()
    earliest = AuditEvent.objects.order_by("at").first()
    if newest is None and earliest is None:
        return []
    first = month_after(newest.month) if newest else month_of(earliest.at.astimezone(UTC))  # type: ignore[union-attr]
    if first >= last:
        return []
    if connection.vendor == "postgresql":
        # Wait for every transaction that has written an event, and let none write until the seal is there.
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{AuditEvent._meta.db_table}" IN SHARE MODE')
        newest = AuditSeal.objects.order_by("month").last()
        first = month_after(newest.month) if newest else first
    sealed, previous = [], newest.sha256 if newest else ""
    for month in months_between(first, last):
        if month == last:
            break
        count, previous = seal(month, previous, canonical_rows(month))
        sealed.append(
            AuditSeal.objects.create(month=month, events=count, sha256=previous, sealed_at=timezone.now())
        )
        record(Event.MONTH_SEALED, sealed[-1], by=None, events=count, sha256=previous)
    return sealed


@transaction.atomic
def drop_month(month: str, *, now: datetime | None = None) -> AuditSeal:
    """Delete the events of one sealed month that is older than `KEEP_YEARS`; its seal stays.

    Raises:
        MonthNotDroppable: there is no seal, it is too young, was dropped before, or its events are not those
            that were sealed.
    """
    kept = AuditSeal.objects.select_for_update().filter(month=month).first()
    if kept is None:
        raise MonthNotDroppable(f"{month} is not sealed.")
    if kept.dropped_at:
        raise MonthNotDroppable(f"{month} was dropped on {kept.dropped_at:%d %B %Y}.")
    if month >= years_before(month_of((now or timezone.now()).astimezone(UTC)), KEEP_YEARS):
        raise MonthNotDroppable(f"{month} is kept for {KEEP_YEARS} years after its end.")
    before = AuditSeal.objects.filter(month__lt=month).order_by("month").last()
    if seal(month, before.sha256 if before else "", canonical_rows(month)) != (kept.events, kept.sha256):
        raise MonthNotDroppable(f"The events of {month} are not those that were sealed: find out why first.")
    AuditSeal.objects.filter(month=month).update(dropping=True)
    AuditEvent.objects.of_month(month).delete()
    AuditSeal.objects.filter(month=month).update(dropping=False, dropped_at=timezone.now())
    kept.refresh_from_db()
    record(Event.MONTH_DROPPED, kept, by=None, events=kept.events, sha256=kept.sha256)
    return kept


def drop_old_months(*, now: datetime | None = None) -> list[AuditSeal]:
    """Drop every sealed month past its time, oldest first; the retention rule of events."""
    return [drop_month(month, now=now) for month, _ in months_due(now=now)]
