"""Closing a round: the rewriting transaction after which nothing joins a person to a choice."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people.models import User
from wardpanels import calculations as count
from wardpanels.adapters import database_now, forget_deleted_rows, hold_round
from wardpanels.enums import ROUND_TRANSITIONS, OptionStatus, RoundStatus
from wardpanels.errors import InvalidTransition
from wardpanels.models import Ballot, CountedBallot, Option, Receipt, RollEntry, RollMark, Round

SECRET_TABLES = [model._meta.db_table for model in (RollMark, RollEntry, Ballot, Round)]


def close_round(round_id: UUID) -> Round:
    """End voting when its time has come, and count unless paper is still to come. Late or twice changes nothing.

    Raises:
        InvalidTransition: the round is not open, or its time has not come; nobody closes a round early.
    """
    with transaction.atomic(durable=True):
        hold_round(round_id, closing=True)
        round_ = Round.objects.select_for_update().get(pk=round_id)
        if round_.status in {RoundStatus.COUNTING, RoundStatus.CLOSED, RoundStatus.ADOPTED}:
            return round_
        if round_.status != RoundStatus.VOTING or database_now() < round_.closes_at:
            raise InvalidTransition("This round's voting cannot be closed now.")
        if round_.paper:
            move(round_, RoundStatus.COUNTING)
            round_.save(update_fields=["status"])
            record(Event.ROUND_COUNTING, round_, by=None, board=round_.board_code, public=True)
            return round_
        count_round(round_)
        transaction.on_commit(clean_closed_rounds)
    return round_


def confirm_count(round_id: UUID, *, by: User) -> Round:
    """Close a round that waited for paper, once the panel has nothing (more) to enter.

    Raises:
        PermissionDenied: `by` may not plan this ward's rounds.
        InvalidTransition: the round is not being counted.
    """
    with transaction.atomic(durable=True):
        hold_round(round_id, closing=True)
        round_ = Round.objects.select_for_update().get(pk=round_id)
        if not by.has_perm("wardpanels.round.plan", round_):
            raise PermissionDenied
        if round_.status != RoundStatus.COUNTING:
            raise InvalidTransition("This round is not being counted.")
        count_round(round_, by=by)
        transaction.on_commit(clean_closed_rounds)
    return round_


def move(round_: Round, to: RoundStatus) -> None:
    """Set a status the workflow allows. Raises InvalidTransition otherwise."""
    if to not in ROUND_TRANSITIONS[RoundStatus(round_.status)]:
        raise InvalidTransition(
            f"A round that is {round_.get_status_display().lower()} cannot become {to.label.lower()}."
        )
    round_.status = to


def count_round(round_: Round, *, by: User | None = None) -> None:
    """Open the box, count, publish in sorted order, and destroy roll, box and secret. Runs inside the closing transaction."""
    secret = round_.secret
    counted = {
        count.mark(secret, "ballot", pk.hex): (count.receipt_code(secret, pk.hex), method)
        for pk, method in RollEntry.objects.filter(round=round_, held=False).values_list("pk", "method")
    }
    box = [
        count.unseal(secret, key, bytes(sealed))
        for key, sealed in Ballot.objects.filter(round=round_)
        .values_list("key", "sealed")
        .iterator(chunk_size=5000)
        if key in counted
    ]
    round_.held = RollEntry.objects.filter(round=round_, held=True).count()
    counts = count.tally(box, slots=round_.slots_vote)
    lines = count.publishable(box)
    if lines:
        receipts = sorted(receipt for receipt, _ in counted.values())
        CountedBallot.objects.bulk_create(
            [CountedBallot(round=round_, choices=line) for line in lines], batch_size=5000
        )
        Receipt.objects.bulk_create([Receipt(round=round_, code=code) for code in receipts], batch_size=5000)
        options = dict(
            Option.objects.filter(round=round_, status=OptionStatus.OFFERED)
            .order_by("code")
            .values_list("code", "text")
        )
        result = count.result_file(
            title=round_.title,
            ward=str(round_.ward),
            options=options,
            picks=round_.picks,
            slots=round_.slots_vote,
            paper=0,
            counted=counts,
            ballots=count.as_file(lines),
            receipts=count.as_file(receipts),
        )
        round_.result = result.decode()
        round_.result_sha256 = count.sha256(result)
        round_.turnout = counts.ballots
        round_.turnout_by_method = dict(sorted(Counter(method for _, method in counted.values()).items()))
    destroy_roll_and_box(round_)
    move(round_, RoundStatus.CLOSED)
    round_.closed_at = timezone.now()
    round_.save()
    record(
        Event.ROUND_CLOSED,
        round_,
        by=by,
        board=round_.board_code,
        public=True,
        published=bool(lines),
        sha256=round_.result_sha256,
    )


def destroy_roll_and_box(round_: Round) -> None:
    """Delete roll, marks and box, take the secret away and unlink the authors of suggestions."""
    for model in (RollMark, Ballot, RollEntry):
        rows = model.objects.filter(round=round_)
        rows._raw_delete(rows.db)
    round_.secret = ""
    Option.objects.filter(round=round_).update(author=None)


def clean_closed_rounds() -> int:
    """Rewrite the tables after closes that were committed and not yet cleaned; the timetable asks again until it is done.

    Returns:
        Number of rounds cleaned.
    """
    waiting = list(
        Round.objects.filter(closed_at__isnull=False, cleaned_at__isnull=True).values_list("pk", flat=True)
    )
    waiting += list(
        Round.objects.filter(status=RoundStatus.CANCELLED, cleaned_at__isnull=True).values_list(
            "pk", flat=True
        )
    )
    if not waiting or transaction.get_connection().in_atomic_block or not forget_deleted_rows(SECRET_TABLES):
        return 0
    Round.objects.filter(pk__in=waiting).update(cleaned_at=timezone.now())
    return len(waiting)
