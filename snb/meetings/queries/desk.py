"""What the desk of meetings shows: which meetings a person runs or sits in, and what they may plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from snb.meetings.enums import OPEN_STATES, UPCOMING_STATES, MeetingKind, MeetingStatus, Provision
from snb.meetings.models import Meeting, MeetingQuerySet
from snb.meetings.queries.agenda import public_papers
from snb.meetings.queries.steps import WITHOUT_PAPERWORK, Step, next_step, state_of
from snb.places.models import Ward

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from snb.people.models import User

    Somebody = User | AnonymousUser

PAGE = 20
"""Past meetings on a page."""
MOST_COMING = 60
"""Coming meetings shown at once, the soonest."""
AFTER_MEETING = (
    MeetingStatus.HELD,
    MeetingStatus.MINUTES_DRAFT,
    MeetingStatus.MINUTES_PUBLISHED,
)
"""Its minutes still want something."""


# ------------------------------------------------------------------------------------------------ which meetings
def meeting_for_desk(board: Board | None, slug: str) -> Meeting | None:
    """A meeting on a board's site (London's with None), with what its desk page names; one query."""
    return (
        Meeting.objects.for_board(board)
        .filter(slug=slug)
        .select_related(
            "board__borough", "body__ward__borough", "body__board__borough", "body__meeting_rules"
        )
        .first()
    )


def bodies_of(user: Somebody, board: Board, permission: str = "meetings.draft.read") -> list[Body]:
    """Bodies of the board for which this person has a permission: the board first, then groups, then panels; one query."""
    bodies = Body.objects.filter(board=board).select_related(
        "board__borough", "ward__borough", "meeting_rules"
    )
    order = list(BodyKind.values)
    return sorted(
        (body for body in bodies if user.has_perm(permission, body)),
        key=lambda body: (order.index(body.kind), body.ward.name if body.ward else ""),
    )


def meetings_of(user: Somebody, board: Board | None) -> MeetingQuerySet | None:
    """Meetings this person may read before they are public; None where they have no business with any body here."""
    here = Meeting.objects.for_board(board)
    if board is None:
        return here if user.has_perm("meetings.draft.read", Meeting()) else None
    bodies = bodies_of(user, board)
    return here.filter(body__in=[body.pk for body in bodies]) if bodies else None


@dataclass(frozen=True)
class Offer:
    """A kind of meeting that a person may plan: `value` for a form, `group` for its heading there."""

    value: str
    label: str
    group: str
    kind: MeetingKind
    body_kind: BodyKind | None = None
    ward: Ward | None = None
    body: Body | None = None


def offers_for(user: Somebody, board: Board | None) -> list[Offer]:
    """What this person may plan here; a body that does not exist yet is offered to whoever may form it. Two queries."""
    if board is None:
        may = user.has_perm("meetings.meeting.plan", Meeting())
        return [Offer("public", _("Public meeting"), _("London"), MeetingKind.PUBLIC)] if may else []
    known = {
        (body.kind, body.ward_id): body
        for body in Body.objects.filter(board=board).select_related(
            "board__borough", "ward__borough", "meeting_rules"
        )
    }

    def body(kind: BodyKind, ward: Ward | None = None) -> Body | None:
        """The body, made up where there is none, if this person may plan for it."""
        found = known.get((kind, ward.pk if ward else None)) or Body(board=board, kind=kind, ward=ward)
        return found if user.has_perm("meetings.meeting.plan", found) else None

    found: list[Offer] = []
    for kind, group, body_kind in (
        (MeetingKind.BOARD, _("The board"), BodyKind.BOARD),
        (MeetingKind.PUBLIC, _("The board"), BodyKind.BOARD),
        (MeetingKind.MONITORING_GROUP, _("Groups"), BodyKind.MONITORING_GROUP),
    ):
        holder = body(body_kind)
        if holder:
            found.append(Offer(kind.value, str(kind.label), group, kind, body_kind, None, holder))
    wards = Ward.objects.current().filter(borough=board.code).select_related("borough").order_by("name")
    holders = [(ward, holder) for ward in wards if (holder := body(BodyKind.WARD_PANEL, ward))]
    for kind, group, words in (
        (MeetingKind.WARD_PANEL, _("Ward panels"), _("%(ward)s ward panel")),
        (MeetingKind.CONTACT_SESSION, _("Contact sessions"), _("Contact session, %(ward)s")),
    ):
        found += [
            Offer(
                f"{kind.value}:{ward.slug}",
                words % {"ward": ward.name},
                group,
                kind,
                BodyKind.WARD_PANEL,
                ward,
                holder,
            )
            for ward, holder in holders
        ]
    return found


def plan_like_last(board: Board | None, offer: Offer) -> dict[str, Any]:
    """What the plan form begins with: place, access, people and hours of the body's last meeting of this kind, and the next
    usual day. One query.
    """
    body = offer.body if offer.body and offer.body.pk else None
    before: list[Meeting] = []
    if body or board is None:
        before = list(
            Meeting.objects.for_board(board)
            .filter(body=body, kind=offer.kind)
            .exclude(status=MeetingStatus.CANCELLED)
            .order_by("-starts_at")[:2]
        )
    found: dict[str, Any] = {
        "title": offer.label,
        "begins": time(19, 0),
        "ends": time(21, 0),
        "quorum": body.quorum if body else None,
        **dict.fromkeys(("step_free", "toilets", "hearing_loop"), Provision.UNKNOWN),
    }
    if not before:
        return found
    last = before[0]
    starts = [timezone.localtime(meeting.starts_at) for meeting in before]
    found |= {
        name: getattr(last, name)
        for name in (
            "place",
            "address",
            "step_free",
            "toilets",
            "hearing_loop",
            "access_note",
            "joining_url",
            "openness",
            "chair_name",
        )
    }
    if {meeting.title for meeting in before} == {last.title}:
        found["title"] = last.title
    return found | {
        "quorum": last.quorum if last.quorum is not None else found["quorum"],
        "begins": starts[0].time(),
        "ends": timezone.localtime(last.ends_at).time(),
        "day": next_usual_day([start.date() for start in starts], timezone.localdate()),
    }


def next_usual_day(days: list[date], today: date) -> date | None:
    """The next day in the rhythm of the last two, on the same day of the week; None where there is no rhythm yet.

    Args:
        days: the latest first.
    """
    if len(days) < 2 or days[0] <= days[1]:
        return None
    weeks = max(1, round((days[0] - days[1]).days / 7))
    found = days[0] + timedelta(weeks=weeks)
    while found <= today:
        found += timedelta(weeks=weeks)
    return found


# ------------------------------------------------------------------------------------------------ where one stands
@dataclass(frozen=True)
class DeskMeeting:
    """A meeting on a list, ready to show."""

    meeting: Meeting
    state: str
    tone: str
    step: Step | None

    @property
    def url(self) -> str:
        """Its desk page."""
        return desk_url(self.meeting)

    @property
    def body(self) -> str:
        """Who meets."""
        return body_name(self.meeting)


@dataclass(frozen=True)
class MeetingsDesk:
    """The desk of meetings: what comes, what waits for minutes, what has been; `later` counts those not shown."""

    coming: list[DeskMeeting]
    after: list[DeskMeeting]
    past: list[DeskMeeting]
    page: Page[Any]
    later: int
    may_plan: bool


def desk_of(user: Somebody, board: Board | None, *, page: str | int = 1) -> MeetingsDesk | None:
    """The meetings this person runs or sits in, on one board's site or London's; None where there are none to have.

    As many queries for one meeting as for all.
    """
    mine = meetings_of(user, board)
    if mine is None:
        return None
    now = timezone.now()
    waits = Q(status__in=AFTER_MEETING, ends_at__lte=now) & ~Q(kind__in=WITHOUT_PAPERWORK)
    open_ = Q(ends_at__gt=now) | Q(status=MeetingStatus.POSTPONED) | Q(announced_at__isnull=True)
    # An announced meeting that ended within the last hours is still marked as to come: the timetable has not been by yet.
    open_ |= Q(status__in=UPCOMING_STATES)
    rows = mine.select_related("board__borough", "body__ward", "body__board__borough", "body__meeting_rules")
    rows = rows.annotate(items_count=Count("items"))
    coming = list(rows.filter(open_).order_by("starts_at")[: MOST_COMING + 1])
    later = mine.filter(open_).count() - MOST_COMING if len(coming) > MOST_COMING else 0
    shown = Paginator(rows.exclude(open_).exclude(waits).order_by("-starts_at"), PAGE).get_page(page)
    return MeetingsDesk(
        coming=[on_desk(meeting, user) for meeting in coming[:MOST_COMING]],
        after=[on_desk(meeting, user) for meeting in rows.filter(waits).order_by("starts_at")],
        past=[on_desk(meeting, user) for meeting in shown],
        page=shown,
        later=later,
        may_plan=bool(offers_for(user, board)),
    )


def on_desk(meeting: Meeting, user: Somebody) -> DeskMeeting:
    """A meeting with its state and the next step of this person; `items_count` saves a query."""
    text, tone = state_of(meeting)
    return DeskMeeting(meeting, text, tone, next_step(meeting, user))


# ------------------------------------------------------------------------------------------------ its pages
def desk_url(meeting: Meeting, path: str = "") -> str:
    """A page of the desk of a meeting."""
    return f"/desk/meetings/{meeting.slug}/{path}"


def body_name(meeting: Meeting) -> str:
    """Who meets, in words."""
    return str(meeting.body) if meeting.body else _("London-wide")


def desk_pages(meeting: Meeting, user: Somebody) -> list[dict[str, str]]:
    """The pages of a meeting's desk that this person may open, for `components/side_nav.html`."""
    pages = [(_("Overview"), "", "meetings.draft.read")]
    if meeting.status in OPEN_STATES:
        pages.append((_("Agenda"), "agenda/", "meetings.agenda.write"))
    if meeting.status in OPEN_STATES or public_papers(meeting):
        pages.append((_("Papers"), "papers/", "meetings.agenda.write"))
    if meeting.status != MeetingStatus.CANCELLED:
        pages += [
            (_("Attendance"), "attendance/", "meetings.attendance.take"),
            (_("Questions"), "questions/", "meetings.question.moderate"),
            (_("Minutes"), "minutes/", "meetings.minutes.write"),
            (_("Board pack"), "pack/", "meetings.pack.make"),
        ]
    return [
        {"title": title, "url": desk_url(meeting, path)}
        for title, path, permission in pages
        if user.has_perm(permission, meeting)
    ]
