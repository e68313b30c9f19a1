"""Following a board or a ward, and telling people, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Board, OversightRole
from snb.notices import notifications
from snb.notices.enums import State, Topic
from snb.notices.models import Follow, Told
from snb.people.actions import confirm_address, issue_link, person_with_address
from snb.people.models import User
from snb.places.models import Ward

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from snb.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)
STUCK = timedelta(minutes=15)
"""After so long *being sent* means that the worker died: it stays unsent, because it may have been sent."""


CONFIRM = "notices.follow.confirm"


@transaction.atomic
def ask_to_follow(email: str, board: Board, ward: Ward | None = None) -> None:
    """Send a link that confirms it; nothing else happens until it is used. The answer is the same for every address.

    The caller limits how often.
    """
    person = person_with_address(email)
    if not person.is_active:
        return
    follow, _ = Follow.objects.get_or_create(person=person, board=board, ward=ward)
    link = issue_link(person, CONFIRM, follow)
    notifications.send_follow_link.enqueue(str(follow.pk), link.pk)


@transaction.atomic
def confirm_follow(follow: Follow, *, by: User) -> Follow:
    """By the link in the email, which shows that they read the address."""
    if follow.person_id != by.pk:
        raise PermissionDenied
    confirm_address(by)
    return _begin(follow, by)


@transaction.atomic
def follow_place(person: User, board: Board, ward: Ward | None = None) -> Follow:
    """Follow a board, or one ward of it; the person is signed in, so there is nothing to confirm."""
    follow, _ = Follow.objects.get_or_create(person=person, board=board, ward=ward)
    return _begin(follow, person)


def _begin(follow: Follow, by: User) -> Follow:
    follow.confirmed_at, follow.stopped_at = timezone.now(), None
    follow.save(update_fields=["confirmed_at", "stopped_at"])
    if follow.ward is None:
        # All wards means all: what was stopped before begins again.
        Follow.objects.filter(
            person=follow.person_id, board=follow.board_id, ward__isnull=False, stopped_at__isnull=False
        ).delete()
    record(Event.FOLLOWED, follow, by=by, board=follow.board_id)
    return follow


@transaction.atomic
def stop_following(person: User, board: Board, ward: Ward | None = None) -> None:
    """No more notices about a ward, nor about the whole board: whoever says stop wants less, not a riddle. Twice does no harm."""
    follow = None
    if ward is not None:
        # Whoever only lives there has no row yet; it keeps that they stopped.
        follow, _ = Follow.objects.get_or_create(person=person, board=board, ward=ward)
    running = Follow.objects.filter(Q(ward=ward) | Q(ward=None), person=person, board=board, stopped_at=None)
    stopped = running.update(stopped_at=timezone.now())
    if stopped:
        record(Event.FOLLOW_STOPPED, follow or board, by=person, board=board.pk)


def tell(
    person: User,
    topic: Topic,
    key: str,
    *,
    context: Mapping[str, str | int | bool | None],
    ward: Ward | None = None,
) -> Told | None:
    """Tell a person something, once per topic and key, ever. The email leaves after the caller's
    transaction holds.

    Args:
        key: what makes it the same thing: an object's id, a month. Telling again with the same key does
            nothing.
        context: what the template shows: codes, places, dates as text, addresses of pages. Nobody's own
            words.
        ward: what it is about, where the person hears of it as a follower or resident; the email then says how to
            stop.
    Returns:
        The notice, or None where the person was told before.
    Raises:
        RuntimeError: there is no transaction around it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A notice belongs inside the transaction of what it tells.")
    told, new = Told.objects.get_or_create(
        person=person,
        topic=topic,
        key=key,
        defaults={"context": dict(context), "ward": ward, "board_id": ward.borough_id if ward else None},
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
