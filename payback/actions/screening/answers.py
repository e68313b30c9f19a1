"""Questions and answers of those who screen: to the nominator, to probation, to a dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import move
from payback.actions.screening.places import held
from payback.enums import Asked, Status
from payback.models import Dispute, Nomination, Question
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.privacy.calculations import find_identifiers

if TYPE_CHECKING:
    from snb.people.models import User


@transaction.atomic
def ask_nominator(nomination: Nomination, text: str, *, by: User) -> Question:
    """Ask the nominator something, without learning who they are: they see it with their receipt.

    Raises:
        PermissionDenied: `by` is not one of the two.
        ValidationError: a question waits for its answer already, or it is decided.
    """
    nomination = held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already."))
    if nomination.questions.filter(asked=Asked.NOMINATOR, answered_at__isnull=True).exists():
        raise ValidationError(_("A question waits for its answer already."))
    question = Question.objects.create(
        nomination=nomination, asked=Asked.NOMINATOR, text=text.strip(), asked_by=by
    )
    Nomination.objects.filter(pk=nomination.pk).update(told_status="")
    record(Event.TASK_QUESTION_ASKED, question, by=by, board=nomination.board_id, asked=Asked.NOMINATOR.value)
    return question


@transaction.atomic
def answer_probation(question: Question, answer: str, *, by: User) -> Question:
    """Answer probation's question for the board: in the screeners' words, never the nominator's.

    Raises:
        PermissionDenied: `by` is not one of the two.
        ValidationError: it is answered or deleted already, or the answer looks as if it told who somebody is.
    """
    nomination = held(question.nomination, by)
    _check_not_forgotten(nomination)
    question = Question.objects.select_for_update().get(pk=question.pk, asked=Asked.BOARD)
    if question.answered_at is not None:
        raise ValidationError(_("It is answered already."))
    _check_names_nobody(answer)
    question.answer, question.answered_at, question.answered_by = answer.strip(), timezone.now(), by
    question.save()
    record(Event.TASK_QUESTION_ANSWERED, question, by=by, board=nomination.board_id, asked=Asked.BOARD.value)
    waiting = Question.objects.filter(referral=question.referral_id, answered_at__isnull=True).exists()
    if nomination.status == Status.MORE_INFO and not waiting:
        move(nomination, Status.ASSESSING, by=by)
    return question


@transaction.atomic
def answer_dispute(dispute: Dispute, answer: str, *, by: User) -> Dispute:
    """Answer the nominator's dispute; the answer is public with the task.

    Raises:
        PermissionDenied: `by` is not one of the two.
        ValidationError: it is answered or deleted already, or the answer looks as if it told who somebody is.
    """
    nomination = held(dispute.nomination, by, "payback.dispute.answer")
    _check_not_forgotten(nomination)
    dispute = Dispute.objects.select_for_update().select_related("nomination").get(pk=dispute.pk)
    if dispute.answered_at is not None:
        raise ValidationError(_("It is answered already."))
    _check_names_nobody(answer)
    dispute.answer, dispute.answered_at, dispute.answered_by = answer.strip(), timezone.now(), by
    dispute.save()
    Nomination.objects.filter(pk=dispute.nomination_id).update(told_status="")
    record(
        Event.DISPUTE_ANSWERED,
        dispute,
        by=by,
        board=dispute.nomination.board_id,
        public=dispute.nomination.is_public,
    )
    return dispute


def _check_names_nobody(answer: str) -> None:
    """An answer that others read tells of nobody who they are."""
    found = [finding.text for finding in find_identifiers(answer)]
    if found:
        raise ValidationError(
            {
                "answer": _("This may tell who somebody is: %(texts)s. Say it without.")
                % {"texts": ", ".join(found)}
            }
        )


def _check_not_forgotten(nomination: Nomination) -> None:
    """Once the nominator's words are deleted, there is nothing left to answer."""
    if nomination.forgotten_at is not None:
        raise ValidationError(_("What was asked is deleted, so there is nothing to answer any more."))
