"""Reading the outbox."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from snb.outbox.models import Circuit, OutboxMessage, OutboxQuerySet


def dead_letters(board: str | None = None) -> OutboxQuerySet:
    """What was given up and waits for a person, oldest first; of one board, or of all with None."""
    dead = OutboxMessage.objects.dead().order_by("changed")
    return dead if board is None else dead.filter(board=board)


def resting_destinations(now: datetime) -> list[str]:
    """Destinations nothing is sent to just now, because they failed several times in a row."""
    return list(Circuit.objects.filter(open_until__gt=now).values_list("destination", flat=True))


def barred_destinations() -> list[Circuit]:
    """Receivers that do not let us in, longest first: what is to go there waits."""
    return list(Circuit.objects.filter(barred_since__isnull=False).order_by("barred_since"))


def due_messages(now: datetime, *, limit: int) -> list[OutboxMessage]:
    """What the sweep may try, longest waiting first; resting destinations left out."""
    due = OutboxMessage.objects.due(now).filter(~Q(destination__in=resting_destinations(now)))
    return list(due.order_by("due_at", "created")[:limit])
