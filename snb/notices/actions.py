"""Following a board, a ward or London, and telling people, once."""

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
from snb.notices import notifications, queries
from snb.notices.enums import BY_RESIDENCE, Interest, State, Topic
from snb.notices.models import Follow, FollowRequest, Told
from snb.people.actions import confirm_address, issue_link, person_with_address
from snb.people.models import Residency, User
from snb.places.models import Ward

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from snb.outbox.models import OutboxMessage

    Context = Mapping[str, str | int | bool | None]

logger = logging.getLogger(__name__)
STUCK = timedelta(minutes=15)
"""After so long *being sent* means that the worker died: it stays unsent, because it may have been sent."""


BATCH = 500
"""How many people are told in one transaction."""
CONFIRM = "notices.follow.confirm"


@transaction.atomic
def ask_to_follow(
    email: str, board: Board | None, ward: Ward | None = None, *, interests: Iterable[Interest]
) -> None:
    """Send a link that confirms it; nothing else happens until it is used. The answer is the same for every address.

    The caller limits how often.
    """
    person = person_with_address(email)
    if not person.is_active:
        return
    asked = FollowRequest.objects.create(person=person, board=board, ward=ward, interests=list(interests))
    link = issue_link(person, CONFIRM, asked)
    notifications.send_follow_link.enqueue(str(asked.pk), link.pk)


@transaction.atomic
def confirm_follow(asked: FollowRequest, *, by: User) -> list[Follow]:
    """By the link in the email, which shows that they read the address. It confirms everything that was asked at once."""
    if asked.person_id != by.pk:
        raise PermissionDenied
    confirm_address(by)
    return follow_place(by, asked.board, asked.ward, interests=queries.in_order(asked.interests))


@transaction.atomic
def follow_place(
    person: User, board: Board | None, ward: Ward | None = None, *, interests: Iterable[Interest]
) -> list[Follow]:
    """Follow a board, one ward of it, or London (no board); the person is signed in, so there is nothing to confirm.

    What they followed there before stays.
    """
    now, wanted, begun = timezone.now(), list(interests), []
    for interest in wanted:
        follow, _ = Follow.objects.update_or_create(
            person=person,
            board=board,
            ward=ward,
            interest=interest,
            defaults={"confirmed_at": now, "stopped_at": None},
        )
        begun.append(follow)
    if begun and board is not None and ward is None:
        # All wards means all: what was stopped before begins again.
        Follow.objects.filter(
            person=person, board=board, ward__isnull=False, stopped_at__isnull=False, interest__in=wanted
        ).delete()
    if begun:
        record(
            Event.FOLLOWED,
            begun[0],
            by=person,
            board=board.pk if board else "",
            interests=[follow.interest for follow in begun],
        )
    return begun


@transaction.atomic
def choose_interests(
    person: User, board: Board | None, ward: Ward | None = None, *, interests: Iterable[Interest]
) -> None:
    """Hear of exactly these about a place: the others that the person hears of there are stopped, there and nowhere else.

    With the whole board beside it on the same page, that may mean all of a borough but one ward.
    """
    chosen = set(interests)
    heard = next((place for place in queries.heard_by(person, board) if place.ward == ward), None)
    before = set(heard.interests) if heard else set()
    follow_place(person, board, ward, interests=queries.in_order(chosen - before))
    for interest in queries.in_order(before - chosen):
        _stop(person, board, ward, interest, Q(ward=ward))


@transaction.atomic
def stop_following(
    person: User, board: Board | None, ward: Ward | None = None, *, interest: Interest
) -> None:
    """By an email: no more notices of this kind about a ward, nor about the whole board: whoever says stop wants less, not a riddle. Twice does no harm."""
    _stop(person, board, ward, interest, Q(ward=ward) | Q(ward=None))


def _stop(person: User, board: Board | None, ward: Ward | None, interest: Interest, places: Q) -> None:
    follow = None
    if ward is not None:
        # Whoever only lives there has no row yet; it keeps that they stopped.
        follow, _ = Follow.objects.get_or_create(person=person, board=board, ward=ward, interest=interest)
    running = Follow.objects.filter(places, person=person, board=board, interest=interest, stopped_at=None)
    if running.update(stopped_at=timezone.now()):
        record(
            Event.FOLLOW_STOPPED,
            follow or board,
            by=person,
            board=board.pk if board else "",
            interests=[interest],
        )


@transaction.atomic
def stop_everything(person: User, board: Board | None) -> None:
    """No more notices of any kind about a board, any ward of it or the person's own home there; without a board, about London."""
    if board is not None:
        homes = Residency.objects.current().filter(user=person, ward__borough=board.borough_id)
        for home in homes.select_related("ward"):
            for interest in BY_RESIDENCE:
                Follow.objects.get_or_create(person=person, board=board, ward=home.ward, interest=interest)
    running = Follow.objects.filter(person=person, board=board, stopped_at=None)
    interests = queries.in_order(running.values_list("interest", flat=True))
    if running.update(stopped_at=timezone.now()):
        record(
            Event.FOLLOW_STOPPED,
            board,
            by=person,
            board=board.pk if board else "",
            interests=interests,
        )


def tell(
    person: User,
    topic: Topic,
    key: str,
    *,
    context: Context,
    interest: Interest | None = None,
    board: Board | None = None,
    ward: Ward | None = None,
) -> Told | None:
    """Tell a person something, once per topic and key, ever. The email leaves after the caller's
    transaction holds.

    Args:
        key: what makes it the same thing: an object's id, a month. Telling again with the same key does
            nothing.
        context: what the template shows: codes, places, dates as text, addresses of pages. Nobody's own
            words.
        interest: what the person hears of as a follower or resident; the email then says how to stop it. None for
            what comes with a role or a deed of their own.
        board, ward: the place it is about; neither for what is London-wide.
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
        defaults={
            "context": dict(context),
            "interest": interest or "",
            "ward": ward,
            "board_id": ward.borough_id if ward else board and board.pk,
        },
    )
    if not new:
        return None
    notifications.send_notice.enqueue(str(told.pk))
    return told


def tell_each(
    people: QuerySet[User],
    topic: Topic,
    key: str,
    *,
    context: Context,
    interest: Interest | None = None,
    board: Board | None = None,
    ward: Ward | None = None,
) -> int:
    """Tell many the same thing, a batch a transaction. Killed in the middle and called again it goes on where it was.

    Returns:
        How many were told now.
    """
    before = Told.objects.filter(topic=topic, key=key)
    waiting = list(people.exclude(pk__in=before.values("person")).values_list("pk", flat=True))
    told = 0
    for start in range(0, len(waiting), BATCH):
        with transaction.atomic():
            for person in User.objects.filter(pk__in=waiting[start : start + BATCH]):
                told += (
                    tell(person, topic, key, context=context, interest=interest, board=board, ward=ward)
                    is not None
                )
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


def tell_of_barred_destination(message: OutboxMessage, code: str) -> None:
    """Tell MOPAC oversight that a receiver does not let us in. Runs in the transaction that notes it, once each time it begins."""
    for role in OversightRole.objects.current().select_related("person"):
        tell(
            role.person,
            Topic.MESSAGE_GIVEN_UP,
            f"barred:{message.pk}:{message.changed:%Y%m%dT%H%M%S}",
            context={"destination": message.destination, "code": code, "barred": True},
        )
