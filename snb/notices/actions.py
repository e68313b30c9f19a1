"""Telling people, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from snb.boards.models import OversightRole
from snb.notices import notifications
from snb.notices.enums import State, Topic
from snb.notices.models import Told
from snb.people.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from snb.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)
STUCK = timedelta(minutes=15)
"""After so long *being sent* means that the worker died: it stays unsent, because it may have been sent."""


def tell(
    person: User, topic: Topic, key: str, *, context: Mapping[str, str | int | bool | None]
) -> Told | None:
    """Tell a person something, once per topic and key, ever. The email leaves after the caller's
    transaction holds.

    Args:
        key: what makes it the same thing: an object's id, a month. Telling again with the same key does
            nothing.
        context: what the template shows: codes, places, dates as text, addresses of pages. Nobody's own
            words.
    Returns:
        The notice, or None where the person was told before.
    Raises:
        RuntimeError: there is no transaction around it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A notice belongs inside the transaction of what it tells.")
    told, new = Told.objects.get_or_create(
        person=person, topic=topic, key=key, defaults={"context": dict(context)}
    )
    if not new:
        return None
    notifications.send_notice.enqueue(str(told.pk))
    return told


@dataclass(frozen=True)
class Swept:
    """What one sweep did, in notices."""

    sent: int = 0
    waiting: int = 0
    lost: int = 0


def sweep(*, now: datetime | None = None, limit: int = 200) -> Swept:
    """Send what no worker has sent, and give up what a dead worker had begun. For the timetable, each few
    minutes.
    """
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        lost = Told.objects.filter(state=State.SENDING, changed__lt=now - STUCK).update(
            state=State.LOST, changed=now
        )
    due = (
        Told.objects.filter(state=State.WAITING, due_at__lte=now)
        .order_by("due_at")
        .values_list("pk", flat=True)
    )
    ends = [_send_or_lose(pk) for pk in due[:limit]]
    return Swept(
        sent=ends.count(State.SENT), waiting=ends.count(State.WAITING), lost=lost + ends.count(State.LOST)
    )


def _send_or_lose(told_id: UUID) -> str:
    """Send one; trouble with one must not hold up the others."""
    try:
        return notifications.send(told_id)
    except Exception:
        logger.exception("A notice may not have been sent.")
        return State.LOST


def tell_of_dead_letter(message: OutboxMessage) -> None:
    """Tell MOPAC oversight that a message was given up. Runs in the transaction that gives it up."""
    for role in OversightRole.objects.current().select_related("person"):
        tell(
            role.person,
            Topic.MESSAGE_GIVEN_UP,
            f"{message.pk}:{message.changed:%Y%m%dT%H%M%S}",
            context={
                "reference": message.reference,
                "destination": message.destination,
                "attempts": message.attempts,
                "code": message.last_error,
            },
        )
