"""What everybody may read: a site's meetings, one meeting, its minutes and their earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from snb.boards.models import Board
from snb.meetings.enums import Capacity, MeetingKind, MeetingStatus, VersionKind
from snb.meetings.models import ActionItem, Attendance, Decision, Meeting, MeetingQuerySet, MinutesVersion
from snb.meetings.queries.agenda import PublishedItem, published_agenda
from snb.meetings.queries.log import LogRow, next_midnight, open_actions_of, rows_of, with_reports
from snb.meetings.queries.questions import takes_questions
from snb.places.models import Ward

MOST_COMING = 60
"""Meetings shown ahead: a borough with twenty panels that meet every quarter fills a season with them."""
RELATED = ("board__borough", "body__ward", "body__board__borough")


# ---------------------------------------------------------------------------------------------- lists
def public_meetings(board: Board | None) -> MeetingQuerySet:
    """Every announced meeting of a site, with what a list shows; one query."""
    return Meeting.objects.for_board(board).public().select_related(*RELATED)


def coming_meetings(
    board: Board | None, limit: int = MOST_COMING, kind: MeetingKind | None = None
) -> list[Meeting]:
    """What is still to come, soonest first; cancelled and postponed ones stay in their place until their day has passed."""
    rows = of_kind(public_meetings(board), kind).filter(ends_at__gt=timezone.now())
    return list(rows.order_by("starts_at")[:limit])


def past_meetings(
    board: Board | None, year: int | None = None, kind: MeetingKind | None = None
) -> MeetingQuerySet:
    """What was, latest first."""
    rows = of_kind(public_meetings(board), kind).past()
    return rows.filter(starts_at__year=year) if year else rows


def of_kind(rows: MeetingQuerySet, kind: MeetingKind | None) -> MeetingQuerySet:
    """Only those of one kind, where one is asked for."""
    return rows.filter(kind=kind) if kind else rows


def kinds_of(board: Board | None) -> list[MeetingKind]:
    """The kinds of meetings a site has announced, in the usual order."""
    held = set(Meeting.objects.for_board(board).public().order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in MeetingKind if kind in held]


def years_of(board: Board | None, kind: MeetingKind | None = None) -> list[int]:
    """Years with meetings that are over, latest first."""
    rows = of_kind(Meeting.objects.for_board(board).public(), kind).past().order_by()
    return [day.year for day in rows.dates("starts_at", "year", order="DESC")]


@dataclass(frozen=True)
class WardMeetings:
    """What a ward's page says of its panel's meetings."""

    coming: Sequence[Meeting]
    minuted: Sequence[Meeting]
    rows: Sequence[LogRow]

    @property
    def changes_at(self) -> datetime | None:
        """When it changes by itself: a meeting begins or ends, or something falls due at midnight."""
        moments = [moment for meeting in self.coming if (moment := change_of(meeting))]
        if self.rows:
            moments.append(next_midnight())
        return min(moments, default=None)


def ward_meetings(ward: Ward, limit: int = 3) -> WardMeetings:
    """The next meetings of a ward's panel, its last minutes, and what was promised and is open. Three queries."""
    rows = Meeting.objects.of_ward(ward).public().select_related(*RELATED)
    return WardMeetings(
        coming=list(rows.filter(ends_at__gt=timezone.now()).order_by("starts_at")[:limit]),
        minuted=list(rows.past().filter(minutes_published_at__isnull=False)[:limit]),
        rows=open_actions_of(ward),
    )


def next_change(board: Board | None) -> datetime | None:
    """When a site's list of meetings changes by itself: the next meeting begins or ends."""
    now = timezone.now()
    rows = Meeting.objects.for_board(board).public()
    moments = [
        rows.filter(starts_at__gt=now).order_by("starts_at").values_list("starts_at", flat=True).first(),
        rows.filter(ends_at__gt=now).order_by("ends_at").values_list("ends_at", flat=True).first(),
    ]
    return min((moment for moment in moments if moment), default=None)


def change_of(meeting: Meeting) -> datetime | None:
    """When a meeting's page changes by itself: half an hour before it begins, when it begins, when it ends."""
    moments = (meeting.starts_at - timedelta(minutes=30), meeting.starts_at, meeting.ends_at)
    return next((moment for moment in moments if moment > timezone.now()), None)


# ---------------------------------------------------------------------------------------------- one meeting
@dataclass(frozen=True)
class ShownMeeting:
    """A meeting as everybody may see it; nothing of it asks the database again."""

    meeting: Meeting
    agenda: Sequence[PublishedItem]
    approves: Sequence[Meeting]
    takes_questions: bool

    @property
    def minutes_are_due(self) -> bool:
        """Over, and no minutes yet."""
        waiting = {MeetingStatus.HELD, MeetingStatus.MINUTES_DRAFT}
        return self.meeting.status in waiting and self.meeting.kind != MeetingKind.CONTACT_SESSION

    @property
    def has_private_part(self) -> bool:
        """Whether some item is for members only."""
        return any(item.is_private for item in self.agenda)


def shown_meeting(pk: UUID) -> ShownMeeting | None:
    """The meeting of a page; None where it was not announced."""
    meeting = Meeting.objects.public().select_related(*RELATED, "body__meeting_rules").filter(pk=pk).first()
    if meeting is None:
        return None
    agreed = list(meeting.approves.all()) if meeting.agenda_published_at else []
    return ShownMeeting(
        meeting,
        published_agenda(meeting) if meeting.has_agenda else [],
        agreed,
        takes_questions=takes_questions(meeting),
    )


def public_meeting(board: Board | None, slug: str) -> Meeting | None:
    """An announced meeting on this site by its address."""
    return public_meetings(board).filter(slug=slug).first()


# ---------------------------------------------------------------------------------------------- minutes
@dataclass(frozen=True)
class Presences:
    """Who was there, by capacity, in the order of the list."""

    capacity: str
    present: tuple[Attendance, ...]
    apologies: tuple[Attendance, ...]


@dataclass(frozen=True)
class ShownMinutes:
    """Minutes as everybody may read them: the version published last, and what stands beside it."""

    meeting: Meeting
    version: MinutesVersion
    versions: Sequence[MinutesVersion]
    decisions: Sequence[Decision]
    rows: Sequence[LogRow]
    attendance: Sequence[Attendance]

    @property
    def is_draft(self) -> bool:
        """Not agreed yet."""
        return self.version.kind == VersionKind.DRAFT

    @property
    def is_latest(self) -> bool:
        """Whether nothing was published since."""
        return self.version.pk == self.versions[-1].pk

    @cached_property
    def corrections(self) -> list[MinutesVersion]:
        """Corrections since the approval that this version holds, latest first."""
        return [
            one
            for one in reversed(self.versions)
            if one.kind == VersionKind.CORRECTED and one.number <= self.version.number
        ]

    @property
    def earlier(self) -> list[MinutesVersion]:
        """Versions before the newest one, latest first."""
        return list(reversed(self.versions[:-1]))

    @property
    def changes_at(self) -> datetime | None:
        """When the page changes by itself: something falls due at midnight."""
        return next_midnight() if self.rows else None

    @property
    def presences(self) -> list[Presences]:
        """Who was there and who sent apologies; people from the public are counted, not named."""
        found = []
        for capacity in Capacity:
            if capacity == Capacity.PUBLIC:
                continue
            rows = [row for row in self.attendance if row.capacity == capacity]
            present = tuple(row for row in rows if row.is_there)
            sorry = tuple(row for row in rows if row.presence == "apologies")
            if present or sorry:
                found.append(Presences(str(capacity.label), present, sorry))
        return found

    @property
    def public_count(self) -> int:
        """Members of the public who were there."""
        return sum(1 for row in self.attendance if row.capacity == Capacity.PUBLIC and row.is_there)


def shown_minutes(pk: UUID, number: int | None = None) -> ShownMinutes | None:
    """The minutes of a meeting, or an earlier version of them; None where none is published. Five queries."""
    meeting = (
        Meeting.objects.public()
        .select_related(*RELATED, "approved_in__board__borough")
        .prefetch_related(
            Prefetch(
                "versions",
                MinutesVersion.objects.select_related("redaction").defer("body", "html").order_by("number"),
                "kept",
            ),
            Prefetch(
                "decisions",
                Decision.objects.filter(is_private=False).select_related("approves__board__borough"),
                "shown_decisions",
            ),
            Prefetch(
                "action_items",
                with_reports(ActionItem.objects.public().order_by("number")),
                "shown_entries",
            ),
            Prefetch("attendance", to_attr="shown_attendance"),
        )
        .filter(pk=pk)
        .first()
    )
    if meeting is None or not meeting.has_minutes or not meeting.kept:
        return None
    versions: list[MinutesVersion] = meeting.kept
    wanted = next((one for one in versions if one.number == number), None) if number else versions[-1]
    if wanted is None:
        return None
    return ShownMinutes(
        meeting=meeting,
        version=MinutesVersion.objects.select_related("redaction").defer("body").get(pk=wanted.pk),
        versions=versions,
        decisions=meeting.shown_decisions,
        rows=rows_of(meeting.shown_entries),
        attendance=meeting.shown_attendance,
    )


def newest_version(meeting: Meeting) -> MinutesVersion | None:
    """What was published last."""
    return meeting.versions.order_by("-number").first()


def pictures_of_versions(meeting_id: UUID) -> set[int]:
    """Keys of the pictures in any published version of a meeting's minutes that was not taken off."""
    rows = MinutesVersion.objects.filter(meeting=meeting_id, redaction=None).values_list(
        "pictures", flat=True
    )
    return {key for keys in rows for key in keys}


def meetings_that_may_approve(meeting: Meeting) -> QuerySet[Meeting]:
    """Later announced meetings of the same body that have begun: one of them agrees the minutes."""
    return (
        Meeting.objects.public()
        .filter(Q(body=meeting.body) if meeting.body_id else Q(body=None, board=None))
        .filter(starts_at__gt=meeting.starts_at, starts_at__lte=timezone.now())
        .exclude(status__in=[MeetingStatus.CANCELLED, MeetingStatus.POSTPONED])
        .order_by("starts_at")
    )
