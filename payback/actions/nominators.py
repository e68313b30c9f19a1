"""What a nominator may do with a receipt once the nomination is with the board: answer, take it back, say how it is, dispute once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.drafts import delete_draft
from payback.actions.progress import locked, move
from payback.actions.referrals import call_back, end_referral
from payback.enums import OVER, Asked, Ended, PhotoKind, Redacted, Status, Still, Tell
from payback.errors import DoorClosed
from payback.models import Dispute, Nomination, Question
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file
from snb.privacy.actions import record_erasure

if TYPE_CHECKING:
    from snb.audit.actions import Actor


@transaction.atomic
def answer_question(question: Question, answer: str) -> Question:
    """Answer the screeners. Only the two who screen read it.

    Raises:
        ValidationError: it is answered already, or there is no question any more.
        DoorClosed: it was taken back in the meantime: nothing written afterwards is kept.
    """
    _still_there(locked(question.nomination))
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


def _still_there(nomination: Nomination) -> None:
    """Raises DoorClosed where what its nominator wrote is deleted already."""
    if nomination.forgotten_at is not None:
        raise DoorClosed(_("What you wrote is deleted already, so nothing can be added to it."))


@transaction.atomic
def withdraw(nomination: Nomination) -> None:
    """Take it back: a draft is deleted; of anything else the nominator's own words, photos and contact go at once.

    What is with probation is ended there, and whoever may have it is told; a message that has not left stays here. Over already: only
    what the nominator gave goes. Nominations that were the same as this one go back to the board: others asked for it too.
    """
    nomination = locked(nomination)
    if nomination.status == Status.DRAFT:
        delete_draft(nomination)
        return
    record_erasure(nomination)
    if nomination.status not in OVER:
        for referral in nomination.referrals.open().select_related("message", "provider"):
            call_back(referral)
            end_referral(referral, Ended.WITHDRAWN, by=None)
        move(nomination, Status.WITHDRAWN, by=None, event=Event.NOMINATION_WITHDRAWN)
        for twin in nomination.twins.filter(status=Status.DECLINED, forgotten_at__isnull=True):
            _back_to_the_board(twin)
    if nomination.endorsed_at is None:
        _without_its_place(nomination)
    forget(nomination, by=None, photos_too=True)


def _back_to_the_board(twin: Nomination) -> None:
    """Somebody else asked for the same: it is screened anew, and what the two said of it before falls."""
    twin = locked(twin)
    twin.reviews.update(verdict="", given_at=None, reason="", merge_with=None, wording="")
    twin.merged_into, twin.decline_reason, twin.decline_words = None, "", ""
    move(twin, Status.SCREENING if twin.reviews.standing().exists() else Status.SUBMITTED, by=None)


def _without_its_place(nomination: Nomination) -> None:
    """What was never public keeps no place, no day and no words of the board's about it. The row is held already."""
    nomination.cell_x = nomination.cell_y = nomination.latitude = nomination.longitude = None
    nomination.not_before = nomination.not_after = None
    nomination.public_title = nomination.public_words = nomination.public_place = nomination.brief = ""
    nomination.save()


@transaction.atomic
def forget(nomination: Nomination, *, by: Actor | None, photos_too: bool = False) -> Nomination:
    """Empty everything the nominator wrote, delete what photos were never published, and cut the link to an account.

    The receipt opens nothing any more. What the board made public stays where it is public. Forgotten already: nothing changes.

    Args:
        photos_too: also the nominator's own photos that are public, as whoever takes it back is promised.
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
        own = photo.kind == PhotoKind.PLACE
        kept = photo.published_at is not None and not (own and (hidden or photos_too))
        for stored in [photo.original] if kept else [photo.original, photo.large, photo.small]:
            if stored is not None:
                delete_file(stored, by=by)
        if not kept:
            photo.delete()
    nomination.referrals.filter(ended="").update(named_officer=None)
    if photos_too:
        for redaction in nomination.redactions.filter(state=Redacted.ASKED):
            # Hidden words of a task that is taken back need no second look: they are gone.
            redaction.state, redaction.answered_at = Redacted.AGREED, timezone.now()
            redaction.kept, redaction.instead = {}, {}
            redaction.save()
    record(Event.NOMINATION_FORGOTTEN, nomination, by=by, board=nomination.board_id)
    return nomination


@transaction.atomic
def say_how_it_is(nomination: Nomination, still: Still) -> Nomination:
    """Whether it is still as it should be, after completion. The same answer twice is one.

    Raises:
        ValidationError: it is not done, or was answered already.
    """
    nomination = locked(nomination)
    _still_there(nomination)
    if nomination.status != Status.COMPLETED:
        raise ValidationError(_("The work is not done yet."))
    if nomination.still == still:
        return nomination
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
    _still_there(nomination)
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


@transaction.atomic
def stop_writing(nomination: Nomination) -> Nomination:
    """No email to the nominator any more, and nobody else sees how to reach them: without taking the nomination back.

    The address itself goes. What the receipt shows stays.
    """
    nomination = locked(nomination)
    _still_there(nomination)
    nomination.contact, nomination.tell = {}, Tell.NONE
    nomination.may_pass_contact = nomination.may_ask_after = False
    nomination.save(update_fields=["contact", "tell", "may_pass_contact", "may_ask_after"])
    nomination.referrals.filter(ended="").update(named_officer=None)
    record(Event.CONTACT_TAKEN_BACK, nomination, by=None, board=nomination.board_id)
    return nomination
