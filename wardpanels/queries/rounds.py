"""Reads of rounds, options and turnout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from snb.boards.models import Board, Body
from snb.people.models import User
from snb.places.models import Ward
from wardpanels import calculations as count
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.models import Option, Priority, RollEntry, RollMark, Round

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def rounds_visible_to(user: User | AnonymousUser, board: Board | None) -> list[Round]:
    """Rounds of the board's wards that this person may see, newest first; agrees with `wardpanels.round.view`."""
    rounds = Round.objects.for_board(board).select_related("ward__borough", "panel")
    return [round_ for round_ in rounds if user.has_perm("wardpanels.round.view", round_)]


def rounds_of_panel(panel: Body) -> list[Round]:
    """All rounds of a panel, newest first."""
    return list(Round.objects.filter(panel=panel).select_related("ward__borough"))


@dataclass(frozen=True)
class WardVote:
    """What the ward page says of voting.

    Attributes:
        round: the open or coming one.
        turnout: of the open one, in words.
        last: the newest with a result that stands.
        stopped: the newest ended one, where it was cancelled or annulled; its reason is public.
        priorities: those adopted last.
        earlier: those adopted before, which nobody has reviewed yet.
    """

    round: Round | None
    turnout: str
    last: Round | None
    stopped: Round | None = None
    priorities: list[Priority] = field(default_factory=list)
    earlier: list[Priority] = field(default_factory=list)

    @property
    def changes_at(self) -> datetime | None:
        """The next moment at which the ward page changes by itself: no copy of it may be kept longer."""
        if self.round is None:
            return None
        now = timezone.now()
        moments = [self.round.collects_at, self.round.opens_at, self.round.closes_at]
        return min((moment for moment in moments if moment and moment > now), default=None)


def vote_of_ward(ward: Ward) -> WardVote:
    """The vote part of the ward page; four queries at most."""
    rounds = list(
        Round.objects.filter(ward=ward)
        .exclude(status=RoundStatus.DRAFT, announced_at__isnull=True)
        .select_related("ward__borough", "extension")[:12]
    )
    live = {RoundStatus.DRAFT, RoundStatus.COLLECTING, RoundStatus.VOTING, RoundStatus.COUNTING}
    coming = sorted(
        (round_ for round_ in rounds if round_.status in live), key=lambda round_: round_.opens_at
    )
    present = next(
        (r for r in coming if r.status in {RoundStatus.VOTING, RoundStatus.COUNTING}),
        coming[0] if coming else None,
    )
    last = next(
        (round_ for round_ in rounds if round_.status in {RoundStatus.CLOSED, RoundStatus.ADOPTED}), None
    )
    ended = next((round_ for round_ in rounds if round_.status not in live), None)
    is_stopped = ended is not None and ended.status in {RoundStatus.CANCELLED, RoundStatus.ANNULLED}
    open_now = present is not None and present.status in {RoundStatus.VOTING, RoundStatus.COUNTING}
    turnout = count.turnout_in_words(turnout_of(present)) if open_now and present else ""
    priorities = list(Priority.objects.current().filter(ward=ward))
    newest = priorities[0].adopted_on if priorities else None
    return WardVote(
        present,
        turnout,
        last,
        ended if is_stopped else None,
        [priority for priority in priorities if priority.adopted_on == newest],
        [priority for priority in priorities if priority.adopted_on != newest],
    )


def open_round_of(ward: Ward) -> Round | None:
    """The ward's round that takes votes at this moment, by this process's clock; one query."""
    for round_ in Round.objects.filter(ward=ward, status=RoundStatus.VOTING):
        round_.ward = ward
        if round_.is_open:
            return round_
    return None


def turnout_of(round_: Round) -> int:
    """Votes taken so far that will be counted. Shown in words only (`turnout_in_words`)."""
    return RollEntry.objects.filter(round=round_, held=False).count()


def options_of(round_: Round) -> list[Option]:
    """What is on the ballot, in the alphabet's order."""
    return list(Option.objects.filter(round=round_, status=OptionStatus.OFFERED).order_by("text"))


@dataclass(frozen=True)
class OptionsByState:
    """All options of a round as the public may see them."""

    offered: list[Option]
    waiting: list[Option]
    rejected: list[Option]
    merged: list[Option]


def options_by_state(round_: Round) -> OptionsByState:
    """All options of a round; one query."""
    options = list(Option.objects.filter(round=round_).select_related("merged_into").order_by("text"))
    by = {status: [option for option in options if option.status == status] for status in OptionStatus}
    return OptionsByState(
        by[OptionStatus.OFFERED],
        by[OptionStatus.SUGGESTED],
        by[OptionStatus.REJECTED],
        by[OptionStatus.MERGED],
    )


def has_voted(round_: Round, marks: list[str]) -> bool:
    """Whether somebody known by one of these marks is on the roll (the paper desk's question); never what they chose."""
    return RollMark.objects.filter(round=round_, mark__in=marks).exists()


def round_for_desk(board: Board, slug: str, round_slug: str) -> Round | None:
    """A round of this board's ward with its options and extension, for the panel desk; two queries."""
    return (
        Round.objects.for_board(board)
        .filter(ward__slug=slug, slug=round_slug)
        .select_related("ward__borough", "panel", "extension")
        .prefetch_related(Prefetch("options", Option.objects.select_related("merged_into")))
        .first()
    )


def turnout_words(round_: Round) -> str:
    """Turnout so far, in the words that may be shown."""
    return count.turnout_in_words(turnout_of(round_))


def rounds_not_counted() -> QuerySet[Round]:
    """Rounds whose roll and box still exist, soonest end first: open ones, and ones that wait for paper."""
    rounds = Round.objects.filter(status__in=[RoundStatus.VOTING, RoundStatus.COUNTING])
    return rounds.select_related("ward__borough").order_by("closes_at")
