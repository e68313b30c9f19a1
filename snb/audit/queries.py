"""Reading events, seals and epochs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from snb.audit.calculations import canonical, month_after, month_of, seal, years_before
from snb.audit.enums import KEEP_YEARS
from snb.audit.models import AuditEvent, AuditSeal, Epoch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

    from snb.audit.models import AuditEventQuerySet


def events_of(obj: models.Model) -> AuditEventQuerySet:
    """What happened to one object, newest first."""
    return AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))


def events_of_board(code: str) -> AuditEventQuerySet:
    """What happened on one board (GSS code; "" for the London-wide site), newest first."""
    return AuditEvent.objects.filter(board=code)


def epoch_of(board: str) -> int:
    """How often the public pages of a board ("" for the London-wide site) have changed; 0 before the first
    change."""
    return Epoch.objects.filter(board=board).values_list("number", flat=True).first() or 0


def canonical_rows(month: str) -> Iterator[bytes]:
    """The events of a month in their canonical form, in order of id."""
    for event in AuditEvent.objects.of_month(month).order_by("id").iterator(chunk_size=2000):
        yield canonical(
            {
                "id": event.id,
                "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "event": event.event,
                "actor": str(event.actor) if event.actor else None,
                "board": event.board,
                "object_type": event.object_type,
                "object_id": event.object_id,
                "data": event.data,
            }
        )


def months_due(*, now: datetime | None = None) -> list[tuple[str, int]]:
    """Sealed months past `KEEP_YEARS` that still have their events, with how many, oldest first."""
    limit = years_before(month_of((now or timezone.now()).astimezone(UTC)), KEEP_YEARS)
    due = AuditSeal.objects.filter(month__lt=limit, dropped_at=None).order_by("month")
    return list(due.values_list("month", "events"))


@dataclass(frozen=True)
class SealProblem:
    """Something about a sealed month that does not fit."""

    month: str
    what: str

    def __str__(self) -> str:
        return f"{self.month}: {self.what}"


def verify_seals() -> list[SealProblem]:
    """Compute every seal again from the events that are there; an empty list means that all fits.

    A dropped month has no events left to hash: its stored hash is held by the seal of the month after it. The
    last seal is held by nothing inside the database, so print it and keep it elsewhere (`manage.py
    audit_verify`).
    """
    problems: list[SealProblem] = []
    previous, expected = "", ""
    for kept in AuditSeal.objects.order_by("month"):
        if expected and kept.month != expected:
            problems.append(SealProblem(expected, "There is no seal for this month."))
        if kept.dropping:
            problems.append(SealProblem(kept.month, "The month is marked as being dropped."))
        if kept.dropped_at:
            if AuditEvent.objects.of_month(kept.month).exists():
                problems.append(SealProblem(kept.month, "The month was dropped, but has events."))
        else:
            count, digest = seal(kept.month, previous, canonical_rows(kept.month))
            if count != kept.events:
                problems.append(
                    SealProblem(kept.month, f"Sealed with {kept.events} events; now there are {count}.")
                )
            elif digest != kept.sha256:
                problems.append(
                    SealProblem(
                        kept.month, "The events, or the seal before this one, are not those that were sealed."
                    )
                )
        previous, expected = kept.sha256, month_after(kept.month)
    first, earliest = AuditSeal.objects.order_by("month").first(), AuditEvent.objects.order_by("at").first()
    if first and earliest and month_of(earliest.at.astimezone(UTC)) < first.month:
        problems.append(
            SealProblem(month_of(earliest.at.astimezone(UTC)), "There are events before the first seal.")
        )
    return problems
