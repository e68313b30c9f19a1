"""What a provider's people do with a task on their desk."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from payback.actions.progress import move
from payback.actions.reports import (
    check_code,
    check_dates,
    check_words,
    drop_session,
    keep_session,
    step,
    take_in,
)
from payback.actions.sending import locked_with_task
from payback.enums import TRANSITIONS, Asked, Ended, PhotoKind, Refusal, Status
from payback.errors import InvalidTransition
from payback.models import Nomination, Photo, ProviderRole, Question, Referral, Session
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import store_file
from snb.files.enums import RASTERS

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from snb.people.models import User

MOST_PHOTOS = 4
"""Of one kind, for one task."""
STARTED = (Status.SCHEDULED, Status.IN_PROGRESS)


def held(referral: Referral, by: User, *, even_done: bool = False) -> tuple[Nomination, Referral]:
    """Task and referral as they are now, for somebody of the provider, held until the transaction ends.

    Raises:
        PermissionDenied: `by` does not work for the provider.
        InvalidTransition: it is over.
    """
    nomination, referral = locked_with_task(referral)
    if not by.has_perm("payback.referral.work", referral):
        raise PermissionDenied
    if referral.ended and not (even_done and referral.ended == Ended.COMPLETED):
        raise InvalidTransition(_("This task is not with you any more. Nothing was changed."))
    return nomination, referral


@transaction.atomic
def acknowledge(referral: Referral, *, by: User) -> Referral:
    """Say that the task has arrived. Said already: nothing changes."""
    nomination, referral = held(referral, by)
    if nomination.status in {Status.ENDORSED, Status.SENT}:
        step(nomination, referral, Status.ACKNOWLEDGED, by=by)
    return referral


@transaction.atomic
def begin_assessing(referral: Referral, *, by: User) -> Referral:
    """Say that somebody looks at it now."""
    nomination, referral = held(referral, by)
    step(nomination, referral, Status.ASSESSING, by=by)
    return referral


@transaction.atomic
def ask(referral: Referral, *, text: str, by: User) -> Question:
    """Ask the board; never the nominator, of whom nobody here knows. More than one question may be open."""
    nomination, referral = held(referral, by)
    if not text.strip():
        raise ValidationError({"text": _("Write your question.")})
    question = Question.objects.create(
        nomination=nomination, referral=referral, asked=Asked.BOARD, text=text.strip(), asked_by=by
    )
    take_in(referral, by=by)
    if nomination.status != Status.MORE_INFO:
        move(nomination, Status.MORE_INFO, by=by)
    record(Event.TASK_QUESTION_ASKED, question, by=by, board=nomination.board_id)
    return question


@transaction.atomic
def accept(
    referral: Referral,
    *,
    project_code: str,
    starts_on: date | None = None,
    expected_end_on: date | None = None,
    by: User,
) -> Referral:
    """Take the task on, under the provider's project code."""
    nomination, referral = held(referral, by)
    check_dates(starts_on, expected_end_on)
    referral.project_code = check_code(referral, project_code)
    referral.starts_on, referral.expected_end_on = starts_on, expected_end_on
    referral.save(update_fields=["project_code", "starts_on", "expected_end_on"])
    step(nomination, referral, Status.ACCEPTED, by=by)
    return referral


@transaction.atomic
def refuse(referral: Referral, *, reason: Refusal, words: str, by: User) -> Referral:
    """Refuse the task with a reason from the list, and words for board and nominator."""
    nomination, referral = held(referral, by)
    if reason not in Refusal.values:
        raise ValidationError({"reason": _("Choose a reason.")})
    referral.refusal, referral.refusal_words = reason, check_words(words)
    referral.save(update_fields=["refusal", "refusal_words"])
    step(nomination, referral, Status.REJECTED, by=by)
    referral.refresh_from_db()
    return referral


@transaction.atomic
def schedule(
    referral: Referral,
    *,
    starts_on: date,
    expected_end_on: date | None = None,
    seen: str | None = None,
    by: User,
) -> Referral:
    """Say when the work begins; again where it moves.

    Args:
        seen: the dates that stood on the person's page (`Referral.planned`); not given, nothing is compared.
    Raises:
        ValidationError: somebody else has changed the dates since.
    """
    nomination, referral = held(referral, by)
    if seen is not None and seen != referral.planned:
        raise ValidationError({"starts_on": changed_meanwhile(referral)})
    if nomination.status in STARTED:
        _keep_dates(nomination, referral, starts_on, expected_end_on, by=by)
    else:
        check_dates(starts_on, expected_end_on)
        referral.starts_on, referral.expected_end_on = starts_on, expected_end_on
        referral.save(update_fields=["starts_on", "expected_end_on"])
        step(nomination, referral, Status.SCHEDULED, by=by)
    return referral


@transaction.atomic
def change_dates(
    referral: Referral, *, starts_on: date | None, expected_end_on: date | None, by: User
) -> Referral:
    """Other dates for a task that is accepted, planned or under way; its state stays."""
    nomination, referral = held(referral, by)
    if nomination.status not in {Status.ACCEPTED, *STARTED}:
        raise InvalidTransition(_("Accept the task before you give it dates."))
    _keep_dates(nomination, referral, starts_on, expected_end_on, by=by)
    return referral


def _keep_dates(
    nomination: Nomination,
    referral: Referral,
    starts_on: date | None,
    expected_end_on: date | None,
    *,
    by: User,
) -> None:
    check_dates(starts_on, expected_end_on)
    referral.starts_on, referral.expected_end_on = starts_on, expected_end_on
    referral.save(update_fields=["starts_on", "expected_end_on"])
    record(
        Event.NOMINATION_CHANGED,
        nomination,
        by=by,
        board=nomination.board_id,
        public=True,
        old=nomination.status,
        new=nomination.status,
        starts_on=starts_on.isoformat() if starts_on else "",
    )


def changed_meanwhile(referral: Referral) -> str:
    """What to say to somebody whose page shows other dates than those that stand."""
    return _(
        "Somebody else has changed these dates in the meantime: the work begins on %(start)s now and is to end on %(end)s."
        " Save once more if yours are to count."
    ) % {
        "start": date_format(referral.starts_on, "j F Y") if referral.starts_on else "–",
        "end": date_format(referral.expected_end_on, "j F Y") if referral.expected_end_on else "–",
    }


@transaction.atomic
def log_session(
    referral: Referral, *, date: date, people: int, hours: Decimal, source_id: str = "", by: User
) -> Session:
    """Write down a working day: a date, how many people, how many hours together. The first one says that work is under way."""
    nomination, referral = held(referral, by, even_done=True)
    before = nomination.status not in STARTED and not referral.ended
    if before and nomination.status != Status.ACCEPTED:
        raise InvalidTransition(_("Accept the task before you log work on it."))
    session = keep_session(
        nomination, referral, date=date, people=people, hours=hours, source_id=source_id, by=by
    )
    if not referral.ended and Status.IN_PROGRESS in TRANSITIONS[Status(nomination.status)]:
        step(nomination, referral, Status.IN_PROGRESS, by=by)
    return session


@transaction.atomic
def remove_session(session: Session, *, by: User) -> None:
    """Take a session away that was logged by mistake."""
    nomination, _referral = held(session.referral, by, even_done=True)
    drop_session(nomination, session, by=by)


@transaction.atomic
def complete(referral: Referral, *, by: User) -> Referral:
    """Say that the work is done."""
    nomination, referral = held(referral, by)
    if not referral.sessions.exists():
        raise ValidationError(_("Log the sessions first, so that everybody sees the hours given back."))
    step(nomination, referral, Status.COMPLETED, by=by)
    referral.refresh_from_db()
    return referral


@transaction.atomic
def add_work_photo(referral: Referral, *, file: IO[bytes], kind: PhotoKind, by: User) -> Photo:
    """A photo from before or after the work: made anew, private until a screener publishes it.

    Raises:
        FileRefused: it is no photo we take; the message says why.
        ValidationError: there are as many as there may be.
    """
    nomination, referral = held(referral, by, even_done=True)
    if kind not in {PhotoKind.BEFORE, PhotoKind.AFTER}:
        raise ValidationError({"kind": _("Choose whether it shows the place before or after the work.")})
    if nomination.photos.filter(kind=kind).count() >= MOST_PHOTOS:
        raise ValidationError({"file": _("There are four such photos already.")})
    photo = Photo.objects.create(nomination=nomination, kind=kind)
    photo.original = store_file(
        file,
        owner=photo,
        kinds=RASTERS,
        by=by,
        board=nomination.board_id,
        public_name=f"{nomination.reference}-{kind}",
    )
    photo.save(update_fields=["original"])
    record(Event.PAYBACK_PHOTO_ADDED, photo, by=by, board=nomination.board_id, kind=str(kind))
    return photo


@transaction.atomic
def name_officer(referral: Referral, *, officer: User, by: User) -> Referral:
    """Name the one officer who may see how to reach the nominator, where the nominator agreed to that."""
    nomination, referral = held(referral, by)
    if not by.has_perm("payback.provider.staff", referral.provider):
        raise PermissionDenied
    if not nomination.may_pass_contact:
        raise ValidationError(_("The nominator did not agree to be contacted."))
    if not ProviderRole.objects.current().filter(provider=referral.provider_id, person=officer).exists():
        raise ValidationError({"officer": _("Choose somebody who works here.")})
    referral.named_officer = officer
    referral.save(update_fields=["named_officer"])
    record(
        Event.OFFICER_NAMED,
        referral,
        by=by,
        board=nomination.board_id,
        officer=str(officer.public_id),
    )
    return referral


@transaction.atomic
def read_contact(referral: Referral, *, by: User) -> dict[str, Any]:
    """How to reach the nominator, for the named officer; each look is on the audit record.

    Raises:
        PermissionDenied: `by` is not the named officer, or the nominator did not agree.
    """
    nomination, referral = held(referral, by)
    if not by.has_perm("payback.referral.contact", referral):
        raise PermissionDenied
    record(Event.REFERRAL_CONTACT_READ, referral, by=by, board=nomination.board_id)
    return dict(nomination.contact)
