"""Which meetings have something to tell, and who is told of it by their role."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from snb.boards.enums import BoardRoleKind, BodyKind, PanelRoleKind
from snb.boards.models import BoardRole, OversightRole, PanelRole
from snb.meetings.enums import UPCOMING_STATES, MeetingKind, MeetingStatus
from snb.meetings.models import Meeting, MeetingRules
from snb.people.models import User

OFFICERS = (BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY)
SITTING = (*OFFICERS, BoardRoleKind.MEMBER)
"""Who sits on a board; its editors do not."""
MORNING = time(7)
"""When emails leave that are due on a day: not at midnight."""
LONGEST_RULE = timedelta(days=63)
"""No body has its papers due earlier than that, the reminder included."""
MINUTES_DUE, MINUTES_LATE = timedelta(days=14), timedelta(days=44)
"""Draft minutes are asked for once between these two after a meeting; what is older is history."""


def _with_body() -> QuerySet[Meeting]:
    return Meeting.objects.public().select_related(
        "board__borough", "body__ward", "body__board__borough", "body__meeting_rules"
    )


def untold(since: datetime) -> QuerySet[Meeting]:
    """Meetings that changed in public since then and whose followers have not been told yet, soonest first."""
    rows = _with_body().filter(Q(told_at=None) | Q(told_at__lt=F("changed")), changed__gt=since)
    return rows.order_by("starts_at", "pk")


def is_next(meeting: Meeting) -> bool:
    """Whether no other announced meeting of the same body, or of London, is still to come before it."""
    earlier = Meeting.objects.public().upcoming().filter(board=meeting.board_id, body=meeting.body_id)
    return not earlier.filter(starts_at__lt=meeting.starts_at).exclude(pk=meeting.pk).exists()


def with_untold_papers(now: datetime) -> QuerySet[Meeting]:
    """Meetings to come whose agenda was published and not sent to members since."""
    rows = _with_body().filter(
        Q(members_told_at=None) | Q(members_told_at__lt=F("agenda_published_at")),
        status=MeetingStatus.AGENDA_PUBLISHED,
        agenda_published_at__isnull=False,
        starts_at__gt=now,
    )
    return rows.order_by("starts_at", "pk")


def without_agenda(now: datetime) -> QuerySet[Meeting]:
    """Meetings to come soon whose agenda is not published, and whose officers were not told so."""
    rows = _with_body().filter(
        status=MeetingStatus.AGENDA_DRAFT,
        agenda_chased_at=None,
        starts_at__gt=now,
        starts_at__lte=now + LONGEST_RULE,
    )
    return rows.exclude(kind=MeetingKind.CONTACT_SESSION).order_by("starts_at", "pk")


def without_minutes(now: datetime) -> QuerySet[Meeting]:
    """Meetings two weeks ago or more whose draft minutes are not published, and whose officers were not told so."""
    rows = _with_body().filter(
        status__in=(*UPCOMING_STATES, MeetingStatus.HELD, MeetingStatus.MINUTES_DRAFT),
        minutes_chased_at=None,
        starts_at__gt=now - MINUTES_LATE,
        ends_at__lte=now - MINUTES_DUE,
    )
    return rows.exclude(kind=MeetingKind.CONTACT_SESSION).order_by("starts_at", "pk")


def papers_due(meeting: Meeting, *, days_before: int = 0) -> datetime:
    """When members are to have agenda and papers: in the morning of the day so many days before the meeting, by London's calendar and clocks.

    Args:
        days_before: that many days earlier.
    """
    rules = getattr(meeting.body, "meeting_rules", None) or MeetingRules()
    day = timezone.localdate(meeting.starts_at) - timedelta(days=rules.papers_days + days_before)
    return timezone.make_aware(datetime.combine(day, MORNING))


def members_of(meeting: Meeting) -> QuerySet[User]:
    """Who sits on the body today; for a London-wide meeting oversight."""
    if meeting.body is None:
        return _holding(OversightRole.objects.current())
    if meeting.body.kind == BodyKind.BOARD:
        return _holding(BoardRole.objects.current().filter(board=meeting.board_id, kind__in=SITTING))
    return _holding(PanelRole.objects.current().filter(body=meeting.body_id))


def officers_of(meeting: Meeting) -> QuerySet[User]:
    """Who runs it: the chair of the panel or group, or where it has none the officers of its board; for London oversight."""
    if meeting.body is None:
        return _holding(OversightRole.objects.current())
    if meeting.body.kind != BodyKind.BOARD:
        chairs = PanelRole.objects.current().filter(body=meeting.body_id, kind=PanelRoleKind.CHAIR)
        if chairs.exists():
            return _holding(chairs)
    return _holding(BoardRole.objects.current().filter(board=meeting.board_id, kind__in=OFFICERS))


def _holding(roles: QuerySet) -> QuerySet[User]:
    return User.objects.filter(pk__in=roles.values("person"), is_active=True).order_by("pk")
