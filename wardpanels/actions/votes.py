"""Casting a vote: the one action that writes no audit event, no task, no mail and no session data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from snb.people.actions import use_printed_code
from wardpanels import calculations as count
from wardpanels.adapters import database_now, hold_marks, hold_round, in_turn
from wardpanels.calculations import CastVote, Voter
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.errors import VoteRefused
from wardpanels.models import Ballot, Option, RollEntry, RollMark, Round

MOST_FROM_A_POSTCODE = 10
MOST_FROM_A_PRIVATE_DOMAIN = 5


def cast_vote(round_id: UUID, choices: Sequence[str], *, voter: Voter) -> CastVote:
    """Take a vote, or replace the one this person cast before. Sending it twice gives the same state.

    Args:
        choices: option codes, 1 to the round's picks, each once.

    Raises:
        VoteRefused: the round is not open at this moment, or the choices are not on the ballot.
    """
    with in_turn(), transaction.atomic(durable=True):
        hold_round(round_id, closing=False)
        # Read after the lock: what it says now stays true until this transaction ends.
        round_ = Round.objects.get(pk=round_id)
        refuse_unless_open(round_)
        picked = checked_choices(round_, choices)
        marks = voter.marks(round_.secret)
        if not marks:
            raise VoteRefused(_("We need an email address or a printed code to know that you vote once."))
        hold_marks(marks)
        entry, replaced = entry_of(round_, marks, voter)
        key = count.mark(round_.secret, "ballot", entry.pk.hex)
        Ballot.objects.bulk_create(
            [Ballot(key=key, round=round_, sealed=count.seal(round_.secret, key, picked))],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["sealed"],
        )
        return CastVote(count.receipt_code(round_.secret, entry.pk.hex), replaced, entry.held)


def refuse_unless_open(round_: Round) -> None:
    """Refuse with a sentence that fits. The database's clock decides."""
    now = database_now()
    if round_.status == RoundStatus.VOTING and now < round_.closes_at:
        return
    if round_.status in {RoundStatus.DRAFT, RoundStatus.COLLECTING}:
        raise VoteRefused(_("Voting has not opened yet. Your vote was not taken."))
    if round_.status == RoundStatus.CANCELLED:
        raise VoteRefused(_("This vote was cancelled. Your vote was not taken."))
    late = now - round_.closes_at
    if round_.status == RoundStatus.VOTING and late < timedelta(minutes=1):
        raise VoteRefused(_("Voting closed a moment ago. Your vote came too late and was not taken."))
    raise VoteRefused(_("Voting has closed. Your vote was not taken."))


def checked_choices(round_: Round, choices: Sequence[str]) -> list[str]:
    """The choices, each once, all on the ballot, no more than allowed."""
    picked = sorted(set(choices))
    if not picked:
        raise VoteRefused(_("Choose at least one."))
    if len(picked) > round_.picks:
        raise VoteRefused(
            _("Choose %(picks)s at most; you chose %(chosen)s."),
            params={"picks": round_.picks, "chosen": len(picked)},
        )
    offered = Option.objects.filter(round=round_, status=OptionStatus.OFFERED).values_list("code", flat=True)
    if not set(picked) <= set(offered):
        raise VoteRefused(_("Something you chose is not on the ballot any more. Please choose again."))
    return picked


def entry_of(round_: Round, marks: list[str], voter: Voter) -> tuple[RollEntry, bool]:
    """This person's line on the roll, made where there is none. Also whether it was there before."""
    known = {found.mark: found.entry_id for found in RollMark.objects.filter(round=round_, mark__in=marks)}
    if len(set(known.values())) > 1:
        raise VoteRefused(_("That code has already been used to vote. Vote without it, or ask for another."))
    if voter.code:
        use_printed_code(voter.code)
    if known:
        entry = RollEntry.objects.get(pk=next(iter(known.values())))
        if entry.held and voter.code:
            entry.held, entry.method = False, voter.method
            entry.save(update_fields=["held", "method"])
    else:
        entry = new_entry(round_, voter)
    RollMark.objects.bulk_create(
        [RollMark(round=round_, mark=mark, entry=entry) for mark in marks if mark not in known]
    )
    return entry, bool(known)


def new_entry(round_: Round, voter: Voter) -> RollEntry:
    """Put a person on the roll; beyond a number from one postcode or private mail domain they are held until a printed code."""
    postcode = count.mark(round_.secret, "postcode", voter.postcode) if voter.postcode else ""
    domain = count.mark(round_.secret, "domain", voter.domain) if voter.domain else ""
    held = False
    if voter.method == "postcode" and not voter.code:
        hold_marks([mark for mark in (postcode, domain) if mark])
        roll = RollEntry.objects.filter(round=round_, method="postcode")
        held = bool(postcode and roll.filter(postcode_mark=postcode).count() >= MOST_FROM_A_POSTCODE) or bool(
            domain and roll.filter(domain_mark=domain).count() >= MOST_FROM_A_PRIVATE_DOMAIN
        )
    return RollEntry.objects.create(
        pk=uuid4(), round=round_, postcode_mark=postcode, domain_mark=domain, method=voter.method, held=held
    )


def confirm_held_vote(round_id: UUID, *, voter: Voter) -> CastVote:
    """Release a held vote with a printed code (`voter.code`); the choices stay as they are, unread.

    Raises:
        VoteRefused: the round is not open, there is no vote, or the code has voted by itself.
    """
    with transaction.atomic(durable=True):
        hold_round(round_id, closing=False)
        round_ = Round.objects.get(pk=round_id)
        refuse_unless_open(round_)
        marks = voter.marks(round_.secret)
        hold_marks(marks)
        if not voter.code or not RollMark.objects.filter(round=round_, mark__in=marks).exists():
            raise VoteRefused(_("There is no vote of yours to confirm."))
        entry, replaced = entry_of(round_, marks, voter)
        return CastVote(count.receipt_code(round_.secret, entry.pk.hex), replaced, entry.held)
