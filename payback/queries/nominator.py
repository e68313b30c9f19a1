"""Where a nomination stands, as its nominator sees it; and what a person keeps under their account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from payback.enums import AFTER, OVER, Asked, Status, Still
from payback.models import Dispute, Nomination, Question, Referral
from payback.queries.pace import silence_of, timeline_of
from snb.people.models import User

if TYPE_CHECKING:
    from snb.boards.models import Board


@dataclass(frozen=True)
class NominatorState:
    """Everything the status page says, ready to show."""

    label: str
    timeline: list[tuple[str, str]]
    silence: str
    open_question: Question | None
    answered: list[Question]
    reason: str
    words: str
    twin: Nomination | None
    dispute: Dispute | None
    ask_still: bool
    says_no: bool
    may_dispute: bool
    may_withdraw: bool


def state_for_nominator(nomination: Nomination) -> NominatorState:
    """Seven queries at most, however long its story."""
    questions = list(nomination.questions.filter(asked=Asked.NOMINATOR))
    dispute = Dispute.objects.filter(nomination=nomination).first()
    reason = words = ""
    if nomination.status == Status.DECLINED:
        reason, words = str(nomination.get_decline_reason_display()), nomination.decline_words
    if nomination.status == Status.REJECTED:
        referral = Referral.objects.filter(nomination=nomination).first()
        if referral is not None:
            reason, words = str(referral.get_refusal_display()), referral.refusal_words
    twin = nomination.merged_into if nomination.merged_into_id else None
    return NominatorState(
        label=str(Status(nomination.status).label),
        timeline=timeline_of(nomination),
        silence=silence_of(nomination),
        open_question=next((question for question in questions if question.answered_at is None), None)
        if nomination.status == Status.SCREENING
        else None,
        answered=[question for question in questions if question.answered_at is not None],
        reason=reason,
        words=words,
        twin=twin if twin is not None and twin.is_public else None,
        dispute=dispute,
        ask_still=nomination.status == Status.COMPLETED
        and nomination.still not in {Still.YES, Still.NO}
        and (nomination.still == Still.ASKED or asked_by_now(nomination)),
        says_no=dispute is None and nomination.still == Still.NO,
        may_dispute=dispute is None and nomination.status in OVER and nomination.status != Status.WITHDRAWN,
        may_withdraw=nomination.forgotten_at is None,
    )


def asked_by_now(nomination: Nomination) -> bool:
    """Whether four weeks have passed since the work was done."""
    return nomination.ended_at is not None and nomination.ended_at <= timezone.now() - AFTER


def kept_under_account(user: Any, board: Board) -> Sequence[Nomination]:
    """What a signed-in person nominated here and wished to keep under their account: state and reference only."""
    if not isinstance(user, User):
        return []
    return list(
        Nomination.objects.for_board(board)
        .filter(nominator=user)
        .exclude(status=Status.DRAFT)
        .order_by("-submitted_at")
        .only("reference", "status", "submitted_at", "public_title")[:50]
    )
