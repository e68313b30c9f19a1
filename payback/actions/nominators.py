"""What a nominator may do with a receipt once the nomination is with the board: answer, take it back, say how it is, dispute once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.drafts import delete_draft
from payback.actions.progress import locked, move
from payback.actions.referrals import end_referral
from payback.enums import OVER, Asked, Ended, Status, Still
from payback.models import Dispute, Nomination, Question
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file
from snb.outbox.actions import cancel
from snb.privacy.actions import record_erasure

if TYPE_CHECKING:
    from snb.audit.actions import Actor
    from snb.outbox.models import OutboxMessage


@transaction.atomic
def answer_question(question: Question, answer: str) -> Question:
    """Answer the screeners. Only the two who screen read it.

    Raises:
        ValidationError: it is answered already, or there is no question any more.
    """
    question = Question.objects.select_for_update().get(pk=question.pk, asked=Asked.NOMINATOR)
    if question.answered_at is not None:
        raise ValidationError(_("You have answered this already."))
    question.answer, question.answered_at = answer, timezone.now()
    question.save()
    record(
        Event.TASK_QUESTION_ANSWERED,
        question,
        by=None,
        board=question.nomination.board_id,
        asked=question.asked,
    )
    return question


@transaction.atomic
def withdraw(nomination: Nomination) -> None:
    """Take it back: a draft is deleted; of anything else the nominator's own words and contact go at once.

    What is with probation is ended there; a message that has not left stays here. Over already: only the words go.
    """
    nomination = locked(nomination)
    if nomination.status == Status.DRAFT:
        delete_draft(nomination)
        return
    record_erasure(nomination)
    if nomination.status not in OVER:
        for referral in nomination.referrals.open().select_related("message"):
            _stop_message(referral.message)
            end_referral(referral, Ended.WITHDRAWN, by=None)
        move(nomination, Status.WITHDRAWN, by=None, event=Event.NOMINATION_WITHDRAWN)
    forget(nomination, by=None)


def _stop_message(message: OutboxMessage | None) -> None:
    """Keep a message here that has not left. What may have left is told by the referral's end, which the desk shows."""
    if message is not None:
        with suppress(ValidationError), transaction.atomic():
            cancel(message, by=None)


@transaction.atomic
def forget(nomination: Nomination, *, by: Actor | None) -> Nomination:
    """Empty everything the nominator wrote, delete what photos were never published, and cut the link to an account.

    The receipt opens nothing any more. What the board made public stays where it is public. Forgotten already: nothing changes.
    """
    nomination = locked(nomination)
    if nomination.forgotten_at is not None:
        return nomination
    nomination.answers, nomination.point, nomination.contact, nomination.victim = {}, {}, {}, {}
    nomination.nominator, nomination.tell, nomination.decline_words = None, "none", ""
    nomination.may_pass_contact = nomination.may_ask_after = False
    nomination.door_hash, nomination.door_until = "", None
    nomination.receipt_hash = f"forgotten:{nomination.pk}"
    nomination.forgotten_at = timezone.now()
    nomination.save()
    for question in nomination.questions.all():
        question.text, question.answer = "", ""
        question.save(update_fields=["text", "answer"])
    dispute = Dispute.objects.filter(nomination=nomination).first()
    if dispute is not None:
        dispute.words = ""
        dispute.save(update_fields=["words"])
    hidden = not nomination.is_public
    for photo in nomination.photos.select_related("original", "large", "small"):
        kept = photo.kind != "place" or (photo.published_at is not None and not hidden)
        for stored in [photo.original] if kept else [photo.original, photo.large, photo.small]:
            if stored is not None and (photo.kind == "place" or not kept):
                delete_file(stored, by=by)
        if not kept:
            photo.delete()
    nomination.referrals.filter(ended="").update(named_officer=None)
    record(Event.NOMINATION_FORGOTTEN, nomination, by=by, board=nomination.board_id)
    return nomination


@transaction.atomic
def say_how_it_is(nomination: Nomination, still: Still) -> Nomination:
    """Whether it is still as it should be, after completion.

    Raises:
        ValidationError: it is not done, or was answered already.
    """
    nomination = locked(nomination)
    if nomination.status != Status.COMPLETED:
        raise ValidationError(_("The work is not done yet."))
    if nomination.still in {Still.YES, Still.NO}:
        raise ValidationError(_("You have answered this already. Thank you."))
    nomination.still = still
    nomination.save(update_fields=["still"])
    record(Event.AFTERCARE_ANSWERED, nomination, by=None, board=nomination.board_id, still=still.value)
    return nomination


@transaction.atomic
def raise_dispute(nomination: Nomination, words: str) -> Dispute:
    """Say that what was to be done was not done or did not last; once.

    Raises:
        ValidationError: it is not completed or refused, or there was a dispute before.
    """
    nomination = locked(nomination)
    if nomination.status not in {Status.COMPLETED, Status.REJECTED, Status.DECLINED}:
        raise ValidationError(_("You can do this once it is over."))
    if Dispute.objects.filter(nomination=nomination).exists():
        raise ValidationError(_("You have done this already. The board answers here."))
    dispute = Dispute.objects.create(nomination=nomination, words=words)
    if nomination.status == Status.COMPLETED and nomination.still != Still.NO:
        nomination.still = Still.NO
        nomination.save(update_fields=["still"])
    record(Event.DISPUTE_RAISED, dispute, by=None, board=nomination.board_id)
    return dispute
