"""What each of the two would do; it happens when both say the same of the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import move
from payback.actions.referrals import prepare
from payback.actions.screening.places import TWO, drop_words_nobody_says, held
from payback.actions.screening.words import Words, rewrite
from payback.enums import OVER, Check, Criterion, Decline, Status, Verdict
from payback.errors import WordsChanged
from payback.models import Nomination, Review
from payback.queries import hash_of, verdict_basis_of, wording_of
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User


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
    nomination = held(nomination, by)
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
    drop_words_nobody_says(nomination)
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
