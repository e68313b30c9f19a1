"""Who sits where, who came, whether there was a quorum, and a body's year at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.boards.enums import BoardRoleKind, BodyKind
from snb.boards.models import Board, BoardRole, Body, OversightRole, PanelRole
from snb.meetings.calculations import Quorum, quorum
from snb.meetings.enums import MINUTES_STATES, THERE, Capacity, MeetingStatus, Presence
from snb.meetings.models import Attendance, Decision, Meeting
from snb.meetings.queries.questions import version_of
from snb.people.models import Role, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

VOTING = (BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY, BoardRoleKind.MEMBER)
"""Whose seats on a board carry a vote; an editor has none."""
NOT_HELD = (MeetingStatus.CANCELLED, MeetingStatus.POSTPONED)
MARKS = {Presence.PRESENT: "✓", Presence.REMOTE: "✓", Presence.APOLOGIES: "○", Presence.ABSENT: "–"}
"""Beside the word, for whoever looks along a row."""


@dataclass(frozen=True)
class Seat:
    """A place at a meeting, taken or not.

    Attributes:
        presence: empty until somebody has marked it.
        is_guest: came by name; not one of the body's own seats.
    """

    name: str
    person: User | None = None
    label: str = ""
    capacity: Capacity | str = Capacity.MEMBER
    organisation: str = ""
    is_voting: bool = False
    presence: Presence | str = ""

    @property
    def is_guest(self) -> bool:
        """Came by name: without an account, or with one and no seat of the body."""
        return self.person is None

    @property
    def key(self) -> str:
        """Of a member's fields in a form."""
        return self.person.public_id.hex if self.person else ""


def seats_of(meeting: Meeting) -> list[Seat]:
    """Everybody with a seat at a meeting today, and whoever was marked already: members by name, then guests."""
    marked = {row.person_id: row for row in meeting.attendance.select_related("person") if row.person_id}
    seats: dict[int, Seat] = {}
    for role in _roles_of(meeting.body):
        row = marked.pop(role.person_id, None)
        if role.person_id in seats:
            continue
        seats[role.person_id] = Seat(
            name=row.name if row else role.person.get_full_name(),
            person=role.person,
            label=str(getattr(role, "get_kind_display", role.__str__)()),
            is_voting=row.is_voting if row else meeting.body is not None,
            presence=row.presence if row else "",
        )
    # Somebody whose role has ended since stays where they were marked.
    former = [_seat(row) for row in marked.values()]
    members = sorted([*seats.values(), *former], key=lambda seat: seat.name.casefold())
    return [*members, *(_seat(row) for row in meeting.attendance.filter(person__isnull=True))]


def _seat(row: Attendance) -> Seat:
    return Seat(
        name=row.name,
        person=row.person,
        capacity=row.capacity,
        organisation=row.organisation,
        is_voting=row.is_voting,
        presence=row.presence,
    )


def _roles_of(body: Body | None) -> Iterable[Role]:
    """Roles that are a seat: a board's officers and members, a panel's members, oversight for London."""
    if body is None:
        return OversightRole.objects.current().select_related("person")
    if body.kind == BodyKind.BOARD:
        found = BoardRole.objects.current().filter(board=body.board_id, kind__in=VOTING)
        ranks = list(VOTING)
        return sorted(found.select_related("person"), key=lambda role: ranks.index(BoardRoleKind(role.kind)))
    return PanelRole.objects.current().filter(body=body).select_related("person").order_by("kind")


def quorum_needed(meeting: Meeting) -> int | None:
    """The meeting's own quorum, else its body's."""
    if meeting.quorum is not None:
        return meeting.quorum
    return meeting.body.quorum if meeting.body else None


def quorum_of(meeting: Meeting, seats: Iterable[Seat | Attendance]) -> Quorum:
    """Whether enough of these are there."""
    voting = [seat for seat in seats if seat.is_voting]
    there = sum(seat.presence in THERE for seat in voting)
    return quorum(there, len(voting), quorum_needed(meeting))


# ---------------------------------------------------------------------------------------------- desk
def meeting_for_desk(
    user: User | AnonymousUser, board: Board | None, slug: str, permission: str
) -> Meeting | None:
    """A meeting on this site for which the person has the permission."""
    found = Meeting.objects.for_board(board).filter(slug=slug)
    meeting = found.select_related("body__ward", "body__board__borough", "board__borough").first()
    return meeting if meeting is not None and user.has_perm(permission, meeting) else None


def decisions_of(meeting: Meeting) -> QuerySet[Decision]:
    """What it decided, in the order in which it did."""
    return meeting.decisions.select_related("item", "approves").order_by("created")


# ---------------------------------------------------------------------------------------------- a year at a glance
@dataclass(frozen=True)
class Cell:
    """Somebody at one meeting: a mark and a word; neither where they had no seat."""

    mark: str
    word: str
    was_there: bool


@dataclass(frozen=True)
class MemberYear:
    """A member's year."""

    name: str
    cells: list[Cell]

    @property
    def total(self) -> str:
        """For example: 4 of 5."""
        seated = [cell for cell in self.cells if cell.word]
        return _("%(there)d of %(held)d") % {
            "there": sum(cell.was_there for cell in seated),
            "held": len(seated),
        }


@dataclass(frozen=True)
class MeetingCount:
    """How many came to one meeting."""

    meeting: Meeting
    there: int
    members: int
    quorum: Quorum

    @property
    def words(self) -> str:
        """For example: 7 of 9 members."""
        return _("%(there)d of %(members)d members") % {"there": self.there, "members": self.members}

    @property
    def quorum_words(self) -> str:
        """In a word or three."""
        return {True: _("Quorum met"), False: _("No quorum"), None: _("No quorum set")}[self.quorum.met]


@dataclass(frozen=True)
class BodyYear:
    """A body's meetings of a year, who came; `members` is empty where only numbers are told."""

    name: str
    counts: list[MeetingCount]
    members: list[MemberYear]


def year_at_a_glance(board: Board | None, year: int) -> list[BodyYear]:
    """Attendance for everybody: of meetings whose minutes are public. Members of a board are named: it is a public office.

    A ward panel's or group's members are neighbours: of those only how many came is told.
    """
    meetings = _held(board, year).filter(status__in=MINUTES_STATES, announced_at__isnull=False)
    return _years(meetings, every_name=False)


def year_for_desk(user: User | AnonymousUser, board: Board | None, year: int) -> list[BodyYear]:
    """Attendance with names, for who runs the body; minuted or not."""
    held = _held(board, year)
    mine = [meeting for meeting in held if user.has_perm("meetings.attendance.take", meeting)]
    return _years(held.filter(pk__in=[meeting.pk for meeting in mine]), every_name=True)


def runs_anything(user: User | AnonymousUser, board: Board | None) -> bool:
    """Whether the person takes attendance of any body on this site."""
    if board is None:
        return user.has_perm("meetings.attendance.take", Meeting())
    bodies = Body.objects.filter(board=board)
    return any(user.has_perm("meetings.attendance.take", body) for body in bodies)


def years_with_meetings(board: Board | None) -> list[int]:
    """Years in which something has met here, latest first; the present one always."""
    begun = Meeting.objects.for_board(board).filter(starts_at__lte=timezone.now())
    found = {moment.year for moment in begun.datetimes("starts_at", "year", order="DESC")}
    return sorted(found | {timezone.localdate().year}, reverse=True)


def _held(board: Board | None, year: int) -> QuerySet[Meeting]:
    """Meetings of a year that have begun, with their body."""
    found = Meeting.objects.for_board(board).filter(starts_at__year=year, starts_at__lte=timezone.now())
    return found.exclude(status__in=NOT_HELD).select_related("body__ward", "body__board__borough")


def _years(meetings: QuerySet[Meeting], *, every_name: bool) -> list[BodyYear]:
    """One table a body, boards first; with every name, or with those of the board alone."""
    rows: dict[object, list[Attendance]] = defaultdict(list)
    members = Attendance.objects.filter(meeting__in=meetings, capacity=Capacity.MEMBER)
    for row in members.order_by("name", "pk"):
        rows[row.meeting_id].append(row)
    groups: dict[Body | None, list[Meeting]] = defaultdict(list)
    for meeting in meetings.order_by("starts_at"):
        if rows[meeting.pk]:
            groups[meeting.body].append(meeting)
    ordered = sorted(
        groups.items(),
        key=lambda pair: (pair[0] is not None and pair[0].kind != BodyKind.BOARD, str(pair[0])),
    )
    return [
        BodyYear(
            name=str(body) if body else _("London-wide meetings"),
            counts=[_count(meeting, rows[meeting.pk]) for meeting in held],
            members=_members(held, rows) if every_name or (body and body.kind == BodyKind.BOARD) else [],
        )
        for body, held in ordered
    ]


def _count(meeting: Meeting, rows: list[Attendance]) -> MeetingCount:
    return MeetingCount(meeting, sum(row.is_there for row in rows), len(rows), quorum_of(meeting, rows))


def _members(held: list[Meeting], rows: dict[object, list[Attendance]]) -> list[MemberYear]:
    people: dict[object, str] = {}
    found: dict[object, dict[object, Attendance]] = defaultdict(dict)
    for meeting in held:
        for row in rows[meeting.pk]:
            key = row.person_id or row.name.casefold()
            people[key] = row.name
            found[key][meeting.pk] = row
    return [
        MemberYear(name, [_cell(found[key].get(meeting.pk)) for meeting in held])
        for key, name in sorted(people.items(), key=lambda item: item[1].casefold())
    ]


def _cell(row: Attendance | None) -> Cell:
    if row is None:
        return Cell("", "", False)
    presence = Presence(row.presence)
    return Cell(MARKS[presence], str(presence.label), row.is_there)


def decision_version(decision: Decision) -> str:
    """A short name of a decision as it stands, by which whoever changes it says what they saw."""
    votes = (decision.votes_for, decision.votes_against, decision.abstained)
    said = (decision.text, decision.item_id, *votes, decision.is_private)
    return version_of([tuple(str(one) for one in said)])
