"""What a provider says about a task, from whichever side it comes: its desk, its sheet or its system. Asks for no permission."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import move
from payback.actions.referrals import end_referral
from payback.enums import Ended, Status
from payback.models import Nomination, Referral, Session
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.outbox.actions import acknowledge as acknowledge_message
from snb.outbox.enums import OVER
from snb.privacy.calculations import find_identifiers

if TYPE_CHECKING:
    from datetime import datetime

    from snb.audit.actions import Actor

ENDS = {Status.REJECTED: Ended.REJECTED, Status.COMPLETED: Ended.COMPLETED}
"""States with which a referral is over."""
MOST_PEOPLE, MOST_HOURS_EACH = 60, 12
SLACK = timedelta(days=366)
"""How long before the board's word a session may lie: a sheet may bring in what was under way already, but no wrong century."""


def take_in(referral: Referral, *, by: Actor | None, at: datetime | None = None) -> None:
    """Whoever says anything about a task has it: the message needs no more sending. The referral as `locked_with_task` gave it."""
    now = timezone.now()
    when = min(at or now, now)
    message = referral.message
    if message is not None and message.state not in OVER:
        with suppress(ValidationError), transaction.atomic():
            referral.message = acknowledge_message(message, by=by)
    referral.sent_at = min(referral.sent_at or when, when)
    referral.acknowledged_at = min(referral.acknowledged_at or when, when)
    referral.save(update_fields=["sent_at", "acknowledged_at"])


def step(
    nomination: Nomination,
    referral: Referral,
    to: Status,
    *,
    by: Actor | None,
    at: datetime | None = None,
) -> None:
    """Move a task to a state that the provider named, and end the referral where nothing more is to come.

    Raises:
        InvalidTransition: the state does not lead there.
    """
    take_in(referral, by=by, at=at)
    move(nomination, to, by=by, at=at)
    if to in ENDS:
        end_referral(referral, ENDS[to], by=by)


def check_code(referral: Referral, code: str) -> str:
    """A project code as its system would have it. Raises ValidationError at `project_code`."""
    code = code.strip().upper()
    begins = referral.provider.provider_code
    if not code.isascii() or not code.isalnum() or len(code) > 24:
        raise ValidationError({"project_code": _("A project code has letters and figures only, 24 at most.")})
    if begins and not code.startswith(begins):
        raise ValidationError(
            {"project_code": _("The project codes of this provider begin with %(code)s.") % {"code": begins}}
        )
    others = Referral.objects.filter(provider=referral.provider_id, project_code=code)
    if others.exclude(pk=referral.pk).exists():
        raise ValidationError({"project_code": _("Another task has this project code.")})
    return code


def check_words(words: str) -> str:
    """A refusal's words for board and nominator. Raises ValidationError at `words`."""
    words, most = words.strip(), Referral._meta.get_field("refusal_words").max_length or 0
    if not words:
        raise ValidationError({"words": _("Say in a sentence why, for the board and for whoever asked.")})
    if len(words) > most:
        raise ValidationError(
            {
                "words": _("Say why in at most %(most)s characters. These are %(count)s.")
                % {"most": most, "count": len(words)}
            }
        )
    named = [finding.text for finding in find_identifiers(words)]
    if named:
        raise ValidationError(
            {
                "words": _("This may tell who somebody is: %(texts)s. Say it without.")
                % {"texts": ", ".join(named)}
            }
        )
    return words


def check_dates(starts_on: date | None, expected_end_on: date | None) -> None:
    """The end is not before the start. Raises ValidationError at `expected_end_on`."""
    if starts_on and expected_end_on and expected_end_on < starts_on:
        raise ValidationError({"expected_end_on": _("The work cannot end before it begins.")})


def keep_session(
    nomination: Nomination,
    referral: Referral,
    *,
    date: date,
    people: int,
    hours: Decimal,
    source_id: str = "",
    by: Actor | None,
) -> Session:
    """Write down a working day, or change the one with the same source id.

    Raises:
        ValidationError: the day is to come or long before the task, or so many people cannot work so long.
    """
    if date > timezone.localdate():
        raise ValidationError(
            {"date": _("This day is still to come. Log a session when it has taken place.")}
        )
    begun = timezone.localdate(nomination.endorsed_at or referral.created_at)
    if date < begun - SLACK:
        raise ValidationError(
            {"date": _("This day is long before the board endorsed the task. Check the year.")}
        )
    if not 1 <= people <= MOST_PEOPLE:
        raise ValidationError(
            {"people": _("From 1 to %(most)s people can have worked.") % {"most": MOST_PEOPLE}}
        )
    if not 0 < hours <= min(people * MOST_HOURS_EACH, 999):
        raise ValidationError(
            {
                "hours": _(
                    "Give the hours of all people together: more than 0, and at most %(most)s for each person."
                )
                % {"most": MOST_HOURS_EACH}
            }
        )
    values = {
        "date": date,
        "people": people,
        "hours": hours,
        "logged_at": timezone.now(),
        "logged_by": by if hasattr(by, "pk") else None,
    }
    if source_id:
        session, new = Session.objects.update_or_create(
            referral=referral, source_id=source_id[:80], defaults=values
        )
    else:
        session, new = Session.objects.create(referral=referral, **values), True
    record(
        Event.SESSION_LOGGED,
        session,
        by=by,
        board=nomination.board_id,
        public=True,
        date=date.isoformat(),
        people=people,
        new=new,
    )
    return session


def drop_session(nomination: Nomination, session: Session, *, by: Actor | None) -> None:
    """Take a session away that was logged by mistake."""
    record(Event.SESSION_REMOVED, session, by=by, board=nomination.board_id, public=True)
    session.delete()
