"""The two places of those who screen: taken on without an interest, left to somebody else, and a look at how to reach the nominator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import locked, move
from payback.enums import Status, Verdict
from payback.models import Nomination, Review
from payback.queries import hash_of, waits_for_board
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User

TWO = 2


def held(nomination: Nomination, by: User, permission: str = "payback.nomination.decide") -> Nomination:
    """The nomination as it is now, held until the transaction ends, for whoever may do this with it.

    Raises:
        PermissionDenied: `by` may not.
    """
    nomination = locked(nomination)
    if not by.has_perm(permission, nomination):
        raise PermissionDenied
    return nomination


@transaction.atomic
def take_on(nomination: Nomination, *, by: User) -> Review:
    """Take a nomination on, declaring that one is not its nominator and has no interest in it. Taken on already: nothing changes.

    The place of somebody who does not screen any more is free. Once it is decided, it is taken on only where something waits
    for the board and one of the two has left.

    Raises:
        PermissionDenied: `by` does not screen for its board, works for probation, is its nominator, or stepped back from it before.
        ValidationError: two people screen it already, or it is past screening and nothing waits.
    """
    nomination = held(nomination, by, "payback.nomination.take")
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
    nomination = held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already."))
    nomination.reviews.standing().filter(person=by).update(
        stepped_back_at=timezone.now(), verdict="", reason="", merge_with=None, given_at=None, wording=""
    )
    drop_words_nobody_says(nomination)
    record(Event.NOMINATION_STEPPED_BACK, nomination, by=by, board=nomination.board_id)
    if not nomination.reviews.current().exists():
        move(nomination, Status.SUBMITTED, by=by)
    return nomination


def _clear_places(nomination: Nomination) -> None:
    """Somebody else begins anew in the place of whoever does not screen any more; with the role again, they may take it on again."""
    current = list(nomination.reviews.current().values_list("pk", flat=True))
    nomination.reviews.standing().exclude(pk__in=current).delete()
    drop_words_nobody_says(nomination)


def drop_words_nobody_says(nomination: Nomination) -> None:
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
    nomination = held(nomination, by, "payback.nomination.read")
    record(Event.NOMINATION_READ, nomination, by=by, board=nomination.board_id)
    return {"contact": dict(nomination.contact), "victim": dict(nomination.victim)}
