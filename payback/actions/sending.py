"""What the outbox did, written on tasks: sent, and taken in. The message's row is the truth; this follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from payback.actions.progress import locked, move
from payback.enums import TRANSITIONS, Status
from payback.models import Nomination, Referral
from snb.outbox.enums import State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from snb.audit.actions import Actor


def follow_messages(*, limit: int = 500) -> int:
    """For the timetable: tasks whose message has left or was taken in say so. Returns how many changed.

    A killed run loses nothing: whatever it did not reach, the next one finds.
    """
    behind = Referral.objects.filter(
        Q(message__state=State.SENT, sent_at__isnull=True)
        | Q(message__state=State.ACKNOWLEDGED, acknowledged_at__isnull=True)
    )
    keys = list(behind.order_by("created_at").values_list("pk", flat=True)[:limit])
    return sum(follow_message(key) for key in keys)


@transaction.atomic
def follow_message(key: UUID) -> bool:
    """Bring one referral and its task up to its message. Up already: nothing changes."""
    nomination, referral = locked_with_task(Referral.objects.get(pk=key))
    message = referral.message
    if message is None or message.state not in {State.SENT, State.ACKNOWLEDGED}:
        return False
    return note_taken(
        nomination, referral, taken_in=message.state == State.ACKNOWLEDGED, by=None, at=message.changed
    )


def locked_with_task(referral: Referral) -> tuple[Nomination, Referral]:
    """The task and its referral as they are now, held in this order until the transaction ends."""
    nomination = locked(Nomination(pk=referral.nomination_id))
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("provider", "message")
        .get(pk=referral.pk)
    )
    referral.nomination = nomination
    return nomination, referral


def note_taken(
    nomination: Nomination,
    referral: Referral,
    *,
    taken_in: bool,
    by: Actor | None,
    at: datetime | None = None,
) -> bool:
    """Write down that a referral was sent, or taken in, and move its task as far as that leads. Whether anything changed."""
    now = timezone.now()
    when = min(at or now, now)
    changed = []
    if referral.sent_at is None:
        referral.sent_at = when
        changed.append("sent_at")
    if taken_in and referral.acknowledged_at is None:
        referral.acknowledged_at = max(when, referral.sent_at)
        changed.append("acknowledged_at")
    if not changed:
        return False
    referral.save(update_fields=changed)
    # A task that has gone to the next provider, or is further on, is not moved back by the first one's late word.
    to = Status.ACKNOWLEDGED if taken_in else Status.SENT
    if not referral.ended and to in TRANSITIONS[Status(nomination.status)]:
        move(nomination, to, by=by, at=when)
    return True
