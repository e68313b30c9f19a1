"""Telling followers what became of a meeting, members that its papers are ready, and officers what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.enums import BodyKind
from snb.meetings.enums import UPCOMING_STATES, MeetingStatus, Openness
from snb.meetings.models import Meeting
from snb.meetings.models.meetings import clock
from snb.meetings.queries import telling as queries
from snb.notices.actions import tell_each
from snb.notices.enums import Interest, Topic
from snb.notices.models import place_name
from snb.notices.queries import followers_of, followers_of_board
from snb.people.models import User

NEWS = timedelta(days=3)
"""Older news is not told any more: after a long standstill nobody wants a mail about last month."""
CHANGES = frozenset({Topic.MEETING_MOVED, Topic.MEETING_POSTPONED, Topic.MEETING_CANCELLED})
"""What members hear of by their role, whether they follow or not."""
MINUTES = frozenset({Topic.MINUTES_DRAFTED, Topic.MINUTES_APPROVED})
"""What followers hear of even where the meeting itself is for members only."""
MANY = frozenset({Topic.MEETING_MOVED, Topic.MEETING_POSTPONED})
"""What may happen to one meeting more than once."""
REMIND = 2
"""Days before members are to have agenda and papers at which officers are told that the agenda is due."""


def tell_of_meetings() -> int:
    """For the timetable: tell followers, members and officers. Killed in the middle it goes on where it was; nobody is told twice.

    Returns:
        Number of emails.
    """
    return tell_news() + tell_members() + tell_officers()


def tell_news() -> int:
    """Tell followers of each meeting the one thing that is news about it, and members what changes its date."""
    now = timezone.now()
    told = 0
    for meeting in queries.untold(now - NEWS):
        topic = news_of(meeting, now=now)
        if topic is not None:
            told += _tell_news(meeting, topic)
        # Up to the change that was read: one that came in between is found the next time.
        Meeting.objects.filter(pk=meeting.pk).update(
            told_at=meeting.changed,
            told_starts_at=None if meeting.status == MeetingStatus.POSTPONED else meeting.starts_at,
        )
    return told


def news_of(meeting: Meeting, *, now: datetime) -> Topic | None:
    """The one thing there is to tell of a meeting since it was told of last; the latest where there are several.

    Only the next meeting of a body is told of when it is announced: a year's dates entered in one evening make one email.
    The others become known by the calendar, and by their agenda.
    """
    since = now - NEWS
    first = meeting.told_at is None
    postponed = not first and meeting.told_starts_at is None

    def is_news(moment: datetime | None) -> bool:
        return moment is not None and moment > max(since, meeting.told_at or since)

    if meeting.status == MeetingStatus.APPROVED:
        return Topic.MINUTES_APPROVED if is_news(meeting.approved_at) else None
    if meeting.status == MeetingStatus.MINUTES_PUBLISHED:
        return Topic.MINUTES_DRAFTED if is_news(meeting.minutes_published_at) else None
    if meeting.status == MeetingStatus.CANCELLED:
        # That nobody met after all is said on its page: an email that it will not take place would come too late.
        ahead = meeting.ends_at > max(since, meeting.changed)
        return Topic.MEETING_CANCELLED if postponed or ahead else None
    if meeting.status == MeetingStatus.POSTPONED:
        return None if postponed or meeting.ends_at <= since else Topic.MEETING_POSTPONED
    if meeting.status not in UPCOMING_STATES or meeting.starts_at <= now:
        return None
    announced = first and is_news(meeting.announced_at)
    known = meeting.moved_from or meeting.starts_at if first else meeting.told_starts_at
    if known != meeting.starts_at and not announced:
        return Topic.MEETING_MOVED
    if meeting.status == MeetingStatus.AGENDA_PUBLISHED and is_news(meeting.agenda_published_at):
        return Topic.AGENDA_PUBLISHED
    return Topic.MEETING_ANNOUNCED if announced and queries.is_next(meeting) else None


def _tell_news(meeting: Meeting, topic: Topic) -> int:
    known = meeting.told_starts_at or (meeting.moved_from if meeting.told_at is None else None)
    context = _context(meeting) | {"old": _begins(known) if known else "", "agenda": meeting.has_agenda}
    key = str(meeting.pk)
    if topic in MANY:
        # The same until this telling is done, and another where the date changes again before that.
        last = f"{meeting.told_at:%Y%m%dT%H%M%S%f}" if meeting.told_at else "first"
        key = f"{key}:{last}:{meeting.starts_at:%Y%m%dT%H%M}"
    told = 0
    if topic in CHANGES:
        told += tell_each(
            queries.members_of(meeting), topic, key, context=context, board=meeting.board, ward=meeting.ward
        )
    if topic in MINUTES or meeting.openness != Openness.MEMBERS:
        told += tell_each(
            _followers(meeting, topic),
            topic,
            key,
            context=context,
            interest=Interest.MEETINGS,
            board=meeting.board,
            ward=meeting.ward,
        )
    return told


def _followers(meeting: Meeting, topic: Topic) -> QuerySet[User]:
    """Who follows it, without the members who are sent the same agenda with its papers in this very run."""
    if meeting.ward:
        people = followers_of(meeting.ward, Interest.MEETINGS)
    else:
        people = followers_of_board(meeting.board, Interest.MEETINGS)
    if topic == Topic.AGENDA_PUBLISHED and queries.papers_due(meeting) <= timezone.now():
        people = people.exclude(pk__in=queries.members_of(meeting).values("pk"))
    return people


def tell_members() -> int:
    """Tell who sits on the body that agenda and papers are ready, so many days before the meeting, and again where the agenda was published anew since."""
    now = timezone.now()
    told = 0
    for meeting in queries.with_untold_papers(now):
        first = meeting.members_told_at is None
        if first and queries.papers_due(meeting) > now:
            continue
        told += tell_each(
            queries.members_of(meeting),
            Topic.PAPERS_READY if first else Topic.AGENDA_CHANGED,
            f"{meeting.pk}:{meeting.agenda_published_at:%Y%m%dT%H%M%S%f}",
            context=_context(meeting),
            board=meeting.board,
            ward=meeting.ward,
        )
        Meeting.objects.filter(pk=meeting.pk).update(members_told_at=now)
    return told


def tell_officers() -> int:
    """Tell who runs a meeting, once, that its agenda is due, and once that its draft minutes are."""
    now = timezone.now()
    told = 0
    for meeting in queries.without_agenda(now):
        if queries.papers_due(meeting, days_before=REMIND) <= now:
            told += _remind(meeting, Topic.AGENDA_DUE)
            Meeting.objects.filter(pk=meeting.pk).update(agenda_chased_at=now)
    for meeting in queries.without_minutes(now):
        told += _remind(meeting, Topic.MINUTES_DUE)
        Meeting.objects.filter(pk=meeting.pk).update(minutes_chased_at=now)
    return told


def _remind(meeting: Meeting, topic: Topic) -> int:
    return tell_each(
        queries.officers_of(meeting),
        topic,
        str(meeting.pk),
        context=_context(meeting)
        | {
            "due": date_format(queries.papers_due(meeting), "l j F Y"),
            "desk": meeting.url("/desk/meetings/"),
        },
        board=meeting.board,
        ward=meeting.ward,
    )


def _context(meeting: Meeting) -> dict[str, str | int | bool | None]:
    """What emails about a meeting show: kind, places, dates and addresses. Its title and reasons are on its page, in their writer's words."""
    ward, body = meeting.ward, meeting.body
    where = follows = place_name(meeting.board, ward)
    role = str(body) if body else _("MOPAC oversight")
    if body and body.kind == BodyKind.MONITORING_GROUP:
        role = f"{body}, {where}"
    if body and ward:
        follows = _("%(ward)s or all of %(borough)s") % {"ward": ward, "borough": body.board.borough}
    return {
        "meeting": _("%(kind)s in %(place)s") % {"kind": meeting.get_kind_display(), "place": where},
        "begins": _begins(meeting.starts_at),
        "when": meeting.when,
        "venue": meeting.place,
        "url": meeting.full_url,
        "minutes": meeting.url(meeting.minutes_path),
        "follows": follows,
        "body": role,
    }


def _begins(moment: datetime) -> str:
    """For example: Thursday 12 November 2026, 7pm."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'l j F Y')}, {clock(local)}"
