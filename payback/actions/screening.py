"""Screening by two: taken on without an interest, read, rewritten, decided when both say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import locked, move
from payback.actions.referrals import prepare
from payback.calculations import cell_at
from payback.enums import OVER, Asked, Check, Criterion, Decline, Status, Verdict
from payback.errors import WordsChanged
from payback.models import Dispute, Nomination, Question, Review
from payback.queries import hash_of, verdict_basis_of, waits_for_board, wording_of
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.privacy.calculations import find_identifiers

if TYPE_CHECKING:
    from snb.people.models import User

TWO = 2
HOUSE_NUMBER = re.compile(r"\b\d+[a-z]?\s+[A-Z][\w'’-]*", re.ASCII)
"""As in "12 Swains Lane": a question to the writer, since "20 Trees" looks the same."""


def _held(nomination: Nomination, by: User, permission: str = "payback.nomination.decide") -> Nomination:
    nomination = locked(nomination)
    if not by.has_perm(permission, nomination):
        raise PermissionDenied
    return nomination


# ------------------------------------------------------------------------------------------ taking on
@transaction.atomic
def take_on(nomination: Nomination, *, by: User) -> Review:
    """Take a nomination on, declaring that one is not its nominator and has no interest in it. Taken on already: nothing changes.

    The place of somebody who does not screen any more is free. Once it is decided, it is taken on only where something waits
    for the board and one of the two has left.

    Raises:
        PermissionDenied: `by` does not screen for its board, works for probation, is its nominator, or stepped back from it before.
        ValidationError: two people screen it already, or it is past screening and nothing waits.
    """
    nomination = _held(nomination, by, "payback.nomination.take")
    current = list(nomination.reviews.current())
    mine = next((review for review in current if review.person_id == by.pk), None)
    if mine is not None:
        return mine
    undecided = nomination.status in {Status.SUBMITTED, Status.SCREENING}
    if not undecided and not waits_for_board(nomination):
        raise ValidationError(_("This is past screening."))
    if len(current) >= TWO:
        raise ValidationError(_("Two people screen this already."))
    if undecided:
        _clear_places(nomination)
    review = Review.objects.create(nomination=nomination, person=by)
    if nomination.status == Status.SUBMITTED:
        move(nomination, Status.SCREENING, by=by)
    record(Event.NOMINATION_TAKEN, nomination, by=by, board=nomination.board_id)
    return review


@transaction.atomic
def step_back(nomination: Nomination, *, by: User) -> Nomination:
    """Leave it to somebody else, for good: the place of the second person is free again.

    Raises:
        PermissionDenied: `by` does not screen it.
        ValidationError: it is decided already.
    """
    nomination = _held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already."))
    nomination.reviews.standing().filter(person=by).update(
        stepped_back_at=timezone.now(), verdict="", reason="", merge_with=None, given_at=None, wording=""
    )
    _drop_words_nobody_says(nomination)
    record(Event.NOMINATION_STEPPED_BACK, nomination, by=by, board=nomination.board_id)
    if not nomination.reviews.current().exists():
        move(nomination, Status.SUBMITTED, by=by)
    return nomination


def _clear_places(nomination: Nomination) -> None:
    """Somebody else begins anew in the place of whoever does not screen any more; with the role again, they may take it on again."""
    current = list(nomination.reviews.current().values_list("pk", flat=True))
    nomination.reviews.standing().exclude(pk__in=current).delete()
    _drop_words_nobody_says(nomination)


def _drop_words_nobody_says(nomination: Nomination) -> None:
    """Words to the nominator stand as long as one of the two who screen now would decline with them."""
    if not nomination.decline_words:
        return
    said = nomination.reviews.current().filter(
        verdict=Verdict.DECLINE, wording=hash_of(nomination.decline_words)
    )
    if not said.exists():
        nomination.decline_words = ""
        nomination.save(update_fields=["decline_words"])


@transaction.atomic
def read_contact(nomination: Nomination, *, by: User) -> dict[str, Any]:
    """How to reach the nominator, and what they said of harm. Each look is on the record.

    Raises:
        PermissionDenied: `by` is not one of the two.
    """
    nomination = _held(nomination, by, "payback.nomination.read")
    record(Event.NOMINATION_READ, nomination, by=by, board=nomination.board_id)
    return {"contact": dict(nomination.contact), "victim": dict(nomination.victim)}


# ------------------------------------------------------------------------------------------ words
@dataclass(frozen=True)
class Words:
    """What leaves the board about a task: the screeners' own words."""

    public_title: str
    public_words: str
    public_place: str
    brief: str
    show_cell: bool = True
    hours_estimate: int | None = None
    group_size: int | None = None


def identifiers_in(words: Words) -> dict[str, list[str]]:
    """What in the words looks like a person or a number of one, by field. It helps to notice, and finds not everything."""
    found = {}
    for name in ("public_title", "public_words", "public_place", "brief"):
        texts = [finding.text for finding in find_identifiers(getattr(words, name))]
        if name in {"public_title", "public_place"}:
            texts += HOUSE_NUMBER.findall(getattr(words, name))
        if texts:
            found[name] = texts
    return found


def refuse_identifiers(found: Mapping[str, list[str]]) -> None:
    """Ask at each field about what looks like an identifier.

    Raises:
        ValidationError: there is something to ask about.
    """
    if found:
        raise ValidationError(
            {
                name: _(
                    "This may tell who somebody is: %(texts)s. Change it, or confirm below that it does not."
                )
                % {"texts": ", ".join(texts)}
                for name, texts in found.items()
            }
        )


@transaction.atomic
def rewrite(
    nomination: Nomination, words: Words, *, seen: str | None = None, confirmed: bool = False, by: User
) -> Nomination:
    """Write the words for the public and for probation. A verdict on other words than these falls.

    Args:
        seen: `wording_of` what the screener had before them; None where no page stands between reading and writing.
        confirmed: the screener looked at what seems to tell who somebody is, and says it does not.
    Raises:
        PermissionDenied: `by` is not one of the two.
        WordsChanged: somebody else wrote words that this screener has not seen.
        ValidationError: it is decided, or something looks like an identifier, said at its field.
    """
    nomination = _held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already, so its words stand."))
    if seen is not None and seen != wording_of(nomination):
        raise WordsChanged(
            _(
                "The words have changed since you opened this page. Read them first; what you typed is still below."
            )
        )
    found = identifiers_in(words)
    if not confirmed:
        refuse_identifiers(found)
    nomination.public_title, nomination.public_words = words.public_title.strip(), words.public_words.strip()
    nomination.public_place, nomination.brief = words.public_place.strip(), words.brief.strip()
    nomination.hours_estimate, nomination.group_size = words.hours_estimate, words.group_size
    _place(nomination, show=words.show_cell)
    nomination.save()
    nomination.reviews.standing().filter(verdict=Verdict.ENDORSE).exclude(
        wording=wording_of(nomination)
    ).update(verdict="", given_at=None, wording="")
    record(Event.NOMINATION_REWRITTEN, nomination, by=by, board=nomination.board_id, confirmed=bool(found))
    return nomination


def _place(nomination: Nomination, *, show: bool) -> None:
    """The fixed cell of the place, or none where it would tell who asked."""
    point = nomination.point
    if not show or point.get("latitude") is None:
        nomination.cell_x = nomination.cell_y = nomination.latitude = nomination.longitude = None
        return
    cell = cell_at(point["latitude"], point["longitude"])
    nomination.cell_x, nomination.cell_y = cell.x, cell.y
    nomination.latitude, nomination.longitude = cell.latitude, cell.longitude


# ------------------------------------------------------------------------------------------ deciding
@dataclass(frozen=True)
class Opinion:
    """What one of the two says."""

    verdict: Verdict
    criteria: Mapping[str, str]
    reason: str = ""
    words: str = ""
    merge_with: Nomination | None = None


@transaction.atomic
def give_verdict(
    nomination: Nomination,
    opinion: Opinion,
    *,
    seen: str | None = None,
    rewritten: Words | None = None,
    confirmed: bool = False,
    by: User,
) -> Nomination:
    """Say what one would do; when both say the same of the same words, it happens in this transaction.

    Only those count who hold the role today.

    Args:
        seen: `verdict_basis_of` what the screener had before them; None where no page stands between reading and writing.
        rewritten: words that were changed on the same page: kept first (`rewrite`, with `confirmed`), and the verdict is on them.
    Raises:
        PermissionDenied: `by` is not one of the two.
        WordsChanged: the words are others than this screener has seen.
        ValidationError: it is decided already, or something is missing, said at its field.
        NoProvider: both endorse and no provider has a contract; nothing is kept.
    """
    nomination = _held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already."))
    if seen is not None and seen != verdict_basis_of(nomination):
        raise WordsChanged(
            _(
                "The words have changed since you opened this page. Read them again, then give your verdict; what you chose is still below."
            )
        )
    if rewritten is not None:
        nomination = rewrite(nomination, rewritten, confirmed=confirmed, by=by)
    _check(nomination, opinion)
    review = nomination.reviews.standing().get(person=by)
    review.criteria, review.verdict, review.given_at = dict(opinion.criteria), opinion.verdict, timezone.now()
    review.reason = opinion.reason if opinion.verdict == Verdict.DECLINE else ""
    review.merge_with = opinion.merge_with if opinion.verdict == Verdict.MERGE else None
    review.wording = wording_of(nomination) if opinion.verdict == Verdict.ENDORSE else ""
    if opinion.verdict == Verdict.DECLINE:
        nomination.decline_words = opinion.words.strip()
        nomination.save(update_fields=["decline_words"])
        review.wording = hash_of(nomination.decline_words)
    review.save()
    _drop_words_nobody_says(nomination)
    record(
        Event.VERDICT_GIVEN,
        nomination,
        by=by,
        board=nomination.board_id,
        verdict=opinion.verdict.value,
        reason=review.reason,
    )
    reviews = list(nomination.reviews.current())
    said = {(one.verdict, one.reason, one.merge_with_id, one.wording) for one in reviews}
    if len(reviews) == TWO and len(said) == 1 and reviews[0].person_id != reviews[1].person_id:
        return _carry_out(nomination, review, by=by)
    return nomination


def _check(nomination: Nomination, opinion: Opinion) -> None:
    if opinion.verdict == Verdict.ENDORSE:
        empty = [
            name
            for name in ("public_title", "public_words", "public_place", "brief")
            if not getattr(nomination, name)
        ]
        if empty:
            raise ValidationError(_("Write the words for the public and for probation first."))
        missing = [name for name in Criterion.values if opinion.criteria.get(name) != Check.YES]
        if missing:
            raise ValidationError(
                {f"check_{name}": _("To endorse it, this must be “Yes”.") for name in missing}
            )
    if opinion.verdict == Verdict.DECLINE:
        if opinion.reason not in Decline.values or opinion.reason == Decline.DUPLICATE:
            raise ValidationError({"reason": _("Choose a reason.")})
        if not opinion.words.strip():
            raise ValidationError(
                {"words": _("Write a sentence for the nominator: why, and what they could do.")}
            )
    if opinion.verdict == Verdict.MERGE:
        into = opinion.merge_with
        if into is None or into.pk == nomination.pk or into.board_id != nomination.board_id:
            raise ValidationError({"merge_with": _("Choose the nomination it is the same as.")})
        if into.status in {Status.DRAFT, Status.WITHDRAWN, Status.DECLINED}:
            raise ValidationError({"merge_with": _("That one is over. Choose one that goes on.")})
        sent = nomination.submitted_at
        if into.status in OVER and (sent is None or into.ended_at is None or into.ended_at < sent):
            raise ValidationError(
                {
                    "merge_with": _(
                        "That one was over before this one was sent, so this is a new task. Choose one that goes on."
                    )
                }
            )


def _carry_out(nomination: Nomination, review: Review, *, by: User) -> Nomination:
    if review.verdict == Verdict.ENDORSE:
        nomination.endorsed_at = timezone.now()
        nomination = move(nomination, Status.ENDORSED, by=by, event=Event.NOMINATION_ENDORSED)
        prepare(nomination, by=by)
        return nomination
    if review.verdict == Verdict.MERGE:
        nomination.decline_reason, nomination.merged_into = Decline.DUPLICATE, review.merge_with
    else:
        nomination.decline_reason = review.reason
    return move(nomination, Status.DECLINED, by=by, event=Event.NOMINATION_DECLINED)


# ------------------------------------------------------------------------------------------ questions, disputes
@transaction.atomic
def ask_nominator(nomination: Nomination, text: str, *, by: User) -> Question:
    """Ask the nominator something, without learning who they are: they see it with their receipt.

    Raises:
        PermissionDenied: `by` is not one of the two.
        ValidationError: a question waits for its answer already, or it is decided.
    """
    nomination = _held(nomination, by)
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
    nomination = _held(question.nomination, by)
    _check_not_forgotten(nomination)
    question = Question.objects.select_for_update().get(pk=question.pk, asked=Asked.BOARD)
    if question.answered_at is not None:
        raise ValidationError(_("It is answered already."))
    found = [finding.text for finding in find_identifiers(answer)]
    if found:
        raise ValidationError(
            {
                "answer": _("This may tell who somebody is: %(texts)s. Say it without.")
                % {"texts": ", ".join(found)}
            }
        )
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
    nomination = _held(dispute.nomination, by, "payback.dispute.answer")
    _check_not_forgotten(nomination)
    dispute = Dispute.objects.select_for_update().select_related("nomination").get(pk=dispute.pk)
    if dispute.answered_at is not None:
        raise ValidationError(_("It is answered already."))
    found = [finding.text for finding in find_identifiers(answer)]
    if found:
        raise ValidationError(
            {
                "answer": _("This may tell who somebody is: %(texts)s. Say it without.")
                % {"texts": ", ".join(found)}
            }
        )
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


def _check_not_forgotten(nomination: Nomination) -> None:
    """Once the nominator's words are deleted, there is nothing left to answer."""
    if nomination.forgotten_at is not None:
        raise ValidationError(_("What was asked is deleted, so there is nothing to answer any more."))
