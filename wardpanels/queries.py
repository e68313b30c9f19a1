"""Every read of rounds, results and priorities, ready to render without another query."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import Fact, Facts
from snb.people.calculations import email_mark
from snb.people.enums import ResidencyMethod
from snb.people.models import Residency, User
from snb.people.queries import (
    CodeCounts,
    code_counts,
    former_accounts,
    has_second_factor,
    needs_second_factor,
    printed_code,
    residency_of,
)
from snb.places.enums import PostcodeStatus
from snb.places.models import Ward
from snb.places.queries import look_up
from wardpanels import calculations as count
from wardpanels.calculations import CastVote, Voter
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.models import CountedBallot, Extension, Option, Priority, Receipt, RollEntry, RollMark, Round

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


def winners_of(round_: Round) -> list[str]:
    """Codes of the options that won by the vote alone."""
    return list(json.loads(round_.result)["winners"]) if round_.result else []


@dataclass(frozen=True)
class ResultRow:
    """One line of the results table."""

    code: str
    text: str
    votes: int
    won: bool
    tied: bool


@dataclass(frozen=True)
class Result:
    """The results page, ready to render."""

    round: Round
    published: bool
    rows: list[ResultRow]
    turnout: str
    by_method: list[tuple[str, str]]
    left_to_panel: int
    tied: bool
    hashes: dict[str, str]
    priorities: list[Priority]
    extension: Extension | None
    codes: CodeCounts

    @property
    def winners(self) -> list[ResultRow]:
        """What won a slot by the vote alone, most votes first."""
        return [row for row in self.rows if row.won]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """Label and votes for the bar chart; the label says who won or tied."""
        bars = []
        for row in self.rows:
            label = row.text or _("Options with fewer than 5 votes, together")
            note = _("won") if row.won else _("tied") if row.tied else ""
            # Hard blanks, so that a wrapped label keeps the word beside its last word.
            bars.append((f"{label}\u00a0–\u00a0{note}" if note else label, row.votes))
        return bars


def result_of(round_: Round) -> Result:
    """Everything the results page shows; three queries."""
    priorities = list(Priority.objects.filter(round=round_))
    extension = Extension.objects.filter(round=round_, agreed_at__isnull=False).first()
    codes = code_counts(round_.ward)
    if not round_.result:
        return Result(
            round_,
            False,
            [],
            count.turnout_in_words(0),
            [],
            round_.slots_vote,
            False,
            {},
            priorities,
            extension,
            codes,
        )
    said = json.loads(round_.result)
    texts = said["options"]
    rows = [
        ResultRow(code, texts.get(code, ""), votes, code in said["winners"], code in said["tied"])
        for code, votes in said["votes"].items()
    ]
    by_method = [
        (
            ResidencyMethod(method).strength,
            f"{number:,}" if number >= count.LEAST_VOTES else _("fewer than 5"),
        )
        for method, number in round_.turnout_by_method.items()
    ]
    hashes = {**said["sha256"], "result.json": round_.result_sha256}
    return Result(
        round_,
        True,
        rows,
        count.turnout_in_words(said["ballots"]),
        by_method,
        said["left_to_panel"],
        bool(said["tied"]),
        hashes,
        priorities,
        extension,
        codes,
    )


def latest_results(board: Board, number: int = 20) -> list[Round]:
    """The newest counted rounds of the board's wards."""
    return list(
        Round.objects.for_board(board)
        .with_result()
        .select_related("ward__borough")
        .order_by("-closed_at")[:number]
    )


def ballots_file(round_: Round) -> bytes:
    """`ballots.txt`, the same bytes each time."""
    return count.as_file(sorted(CountedBallot.objects.filter(round=round_).values_list("choices", flat=True)))


def receipts_file(round_: Round) -> bytes:
    """`receipts.txt`, the same bytes each time."""
    return count.as_file(sorted(Receipt.objects.filter(round=round_).values_list("code", flat=True)))


def is_receipt_listed(round_: Round, code: str) -> bool:
    """Whether a receipt, typed in any case and spacing, is listed."""
    letters = "".join(
        ch
        for ch in code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        if ch in count.CROCKFORD
    )
    if len(letters) != 16:
        return False
    return Receipt.objects.filter(
        round=round_, code="-".join(letters[place : place + 4] for place in range(0, 16, 4))
    ).exists()


def round_for_desk(board: Board, slug: str, round_slug: str) -> Round | None:
    """A round of this board's ward with its options and extension, for the panel desk; two queries."""
    return (
        Round.objects.for_board(board)
        .filter(ward__slug=slug, slug=round_slug)
        .select_related("ward__borough", "panel", "extension")
        .prefetch_related(Prefetch("options", Option.objects.select_related("merged_into")))
        .first()
    )


# ------------------------------------------------------------------------------------------------- who may vote
def must_sign_in_fully(user: User) -> bool:
    """Whether an emailed code is not enough to sign this person in: a role or their own choice asks for a second factor."""
    return needs_second_factor(user) or has_second_factor(user)


@dataclass(frozen=True)
class Eligibility:
    """Whether a person may vote in a round now, and if not, what to say.

    Attributes:
        is_final: nothing the person can prove now changes the answer for this round.
        elsewhere: the other ward they live in, as far as we know.
        residency: what we know of where they live.
    """

    may_vote: bool
    why: str = ""
    is_final: bool = False
    elsewhere: Ward | None = None
    residency: Residency | None = None


def eligibility(round_: Round, user: User) -> Eligibility:
    """Whether what we know of where a person lives lets them vote in this round."""
    residency = residency_of(user)
    if residency is None:
        return Eligibility(False, _("Tell us where you live."))
    if residency.ward_id != round_.ward_id:
        return Eligibility(
            False,
            _(
                "You confirmed that you live in %(ward)s. A new ward counts in rounds that open after you change it."
            )
            % {"ward": residency.ward},
            is_final=True,
            elsewhere=residency.ward,
        )
    if residency.is_change and round_.opened_at and residency.since > round_.opened_at:
        return Eligibility(
            False,
            _(
                "You moved to this ward after the vote had opened, so you can vote here from the next round on."
            ),
            is_final=True,
        )
    if residency.method not in round_.methods:
        return Eligibility(False, _("This round needs another way to show where you live."))
    return Eligibility(True, residency=residency)


def voter_of(round_: Round, user: User, *, printed: str = "", residency: Residency | None = None) -> Voter:
    """How the roll knows a signed-in person. A printed code of this ward, where given, confirms a held vote.

    Args:
        residency: where they live, where it was read already.

    Raises:
        ValidationError: the printed code is unknown, used, or another ward's.
    """
    residency = residency or residency_of(user)
    method = residency.method if residency else ResidencyMethod.POSTCODE
    proof = residency.proof_hash if residency else ""
    code = proof if method == ResidencyMethod.CODE else ""
    if printed:
        code, method = checked_code(round_, printed), ResidencyMethod.CODE
    domain = user.email.rpartition("@")[2].lower()
    return Voter(
        accounts=(str(user.public_id), *former_accounts(user.email)),
        email=email_mark(user.email),
        code=code,
        method=method,
        postcode=proof if residency and residency.method == ResidencyMethod.POSTCODE else "",
        domain="" if domain in count.SHARED_MAIL_DOMAINS else domain,
    )


def voter_by_code(round_: Round, typed: str) -> Voter:
    """How the roll knows somebody with a printed code and no account.

    Raises:
        ValidationError: the code is unknown, used elsewhere, another ward's, or the round takes none.
    """
    if ResidencyMethod.CODE not in round_.methods:
        raise ValidationError(_("This round does not take printed codes."))
    return Voter(code=checked_code(round_, typed), method=ResidencyMethod.CODE)


def checked_code(round_: Round, typed: str) -> str:
    """The mark of a printed code that may vote in this round. Raises ValidationError."""
    found = printed_code(typed)
    if found is None or not found.batch.is_usable:
        raise ValidationError(
            _("We do not know that code. Check it against the paper: it has twelve letters and numbers.")
        )
    if found.batch.ward_id != round_.ward_id:
        raise ValidationError(_("That code is for another ward, %(ward)s.") % {"ward": found.batch.ward})
    if found.used_on is not None and not has_voted(
        round_, [count.mark(round_.secret, "code", found.code_hash)]
    ):
        raise ValidationError(_("That code has been used already. Each code works once."))
    return found.code_hash


def refuse_postcode_of_another_ward(round_: Round, postcode: str) -> None:
    """Say so before anything is written where a postcode is not in the round's ward. Raises ValidationError keyed by field."""
    answer = look_up(postcode)
    if answer.ward is None or answer.status != PostcodeStatus.WARD:
        raise ValidationError({"postcode": answer.message})
    if answer.ward.pk != round_.ward_id:
        raise ValidationError(
            {
                "postcode": _("That postcode is in %(ward)s, so your vote belongs there.")
                % {"ward": f"{answer.ward}, {answer.ward.borough}"}
            }
        )


def refuse_code_of_another_ward(round_: Round, typed: str) -> None:
    """Say so before anything is written where a printed code is not for the round's ward. Raises ValidationError keyed by field."""
    try:
        checked_code(round_, typed)
    except ValidationError as error:
        raise ValidationError({"printed": error.messages}) from None


def entry_known_as(round_: Round, voter: Voter) -> RollEntry | None:
    """The roll's line of a person, while the round is open."""
    if not round_.secret:
        return None
    found = (
        RollMark.objects.filter(round=round_, mark__in=voter.marks(round_.secret))
        .select_related("entry")
        .first()
    )
    return found.entry if found else None


def has_user_voted(round_: Round, user: User | AnonymousUser) -> bool:
    """Whether this signed-in person has voted in the open round; never what."""
    return isinstance(user, User) and entry_known_as(round_, voter_of(round_, user)) is not None


def receipt_of(round_: Round, user: User) -> CastVote | None:
    """The receipt of a signed-in person's vote, while the round is open."""
    entry = entry_known_as(round_, voter_of(round_, user))
    return CastVote(count.receipt_code(round_.secret, entry.pk.hex), False, entry.held) if entry else None


def turnout_words(round_: Round) -> str:
    """Turnout so far, in the words that may be shown."""
    return count.turnout_in_words(turnout_of(round_))


def rounds_not_counted() -> QuerySet[Round]:
    """Rounds whose roll and box still exist, soonest end first: open ones, and ones that wait for paper."""
    rounds = Round.objects.filter(status__in=[RoundStatus.VOTING, RoundStatus.COUNTING])
    return rounds.select_related("ward__borough").order_by("closes_at")


# ------------------------------------------------------------------------------------------------ for an agenda
def priorities_for_agenda(meeting: Meeting) -> list[Facts]:
    """The priorities that stand and when each is to be reviewed: of a panel's ward one by one, of a board's wards counted."""
    if meeting.body is None:
        return []
    if meeting.body.ward is not None:
        return [priorities_of_ward_in_words(meeting.body.ward)]
    return [priorities_of_board_in_words(meeting.body.board)] if meeting.body.kind == BodyKind.BOARD else []


def priorities_of_ward_in_words(ward: Ward) -> Facts:
    """A line for each current priority of the ward, the one to be reviewed first on top; one query."""
    priorities = Priority.objects.current().filter(ward=ward).order_by("review_by", "text")
    lines = [
        Fact(
            (
                _("%(text)s: overdue, it was to be reviewed by %(day)s.")
                if priority.is_overdue
                else _("%(text)s: to be reviewed by %(day)s.")
            )
            % {"text": priority.text, "day": date_format(priority.review_by, "j F Y")},
            f"/wards/{ward.slug}/",
        )
        for priority in priorities
    ]
    none = [Fact(_("This ward has no priorities."), f"/wards/{ward.slug}/")]
    return Facts(_("The ward's priorities"), tuple(lines or none), timezone.localdate())


def priorities_of_board_in_words(board: Board) -> Facts:
    """How many wards have priorities, none, or overdue ones, and which; two queries however many wards there are."""
    wards = list(Ward.objects.current().filter(borough=board.code).order_by("name"))
    today = timezone.localdate()
    first_review: dict[str, date] = {}
    for ward, review_by in (
        Priority.objects.current().filter(ward__in=wards).values_list("ward_id", "review_by")
    ):
        first_review[ward] = min(review_by, first_review.get(ward, review_by))
    without = [ward for ward in wards if ward.pk not in first_review]
    overdue = [ward for ward in wards if first_review.get(ward.pk, today) < today]
    total = _("Priorities stand in %(have)d of %(count)d wards; in %(overdue)d of them one is overdue.") % {
        "have": len(first_review),
        "count": len(wards),
        "overdue": len(overdue),
    }
    lines = [Fact(total, "/wards/")]
    lines += [Fact(_("Overdue: %(ward)s") % {"ward": ward.name}, f"/wards/{ward.slug}/") for ward in overdue]
    lines += [
        Fact(_("No priorities: %(ward)s") % {"ward": ward.name}, f"/wards/{ward.slug}/") for ward in without
    ]
    return Facts(_("Priorities in the wards"), tuple(lines), today)
