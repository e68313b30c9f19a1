"""What is read for calendars, feeds and documents: announced meetings only, and of each only what everybody may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.enums import BodyKind
from snb.boards.models import Board
from snb.meetings.enums import (
    MINUTES_STATES,
    UPCOMING_STATES,
    Capacity,
    MeetingStatus,
    Openness,
    Presence,
    Provision,
    VersionKind,
)
from snb.meetings.models import (
    ActionItem,
    Attendance,
    Decision,
    Meeting,
    MeetingQuerySet,
    MinutesVersion,
)
from snb.places.models import Ward

WINDOW = timedelta(days=731)
"""How far back a calendar reaches; forwards it has everything."""
ENTRIES = 40
"""Of a feed."""
LATEST_MEETINGS = 100
"""Meetings changed last, of which a feed tells."""


def announced(board: Board | None) -> MeetingQuerySet:
    """Meetings of a site that everybody may know of, ready to be named."""
    return Meeting.objects.public().for_board(board).select_related("board__borough", "body__ward__borough")


def announced_meeting(board: Board | None, slug: str) -> Meeting | None:
    """The meeting an address names, if everybody may know of it."""
    return announced(board).filter(slug=slug).first()


def meetings_for_calendar(board: Board | None, ward: Ward | None = None) -> MeetingQuerySet:
    """Two years back and all to come, cancelled and postponed ones among them; of one ward's panel where a ward is named."""
    found = announced(board).filter(starts_at__gte=timezone.now() - WINDOW).order_by("starts_at", "slug")
    return found.of_ward(ward) if ward else found


# ------------------------------------------------------------------------------------------ in words
def whose(meeting: Meeting) -> str:
    """Who meets: "Highgate ward panel, Camden Safer Neighbourhood Board"; London's boards together where it is nobody's."""
    if meeting.board is None or meeting.body is None:
        return _("London’s Safer Neighbourhood Boards")
    if meeting.body.kind == BodyKind.BOARD:
        return str(meeting.board)
    return f"{meeting.body}, {meeting.board}"


def called_off(meeting: Meeting) -> str:
    """ "Cancelled" or "Postponed"; empty for a meeting that takes place."""
    off = {MeetingStatus.CANCELLED: _("Cancelled"), MeetingStatus.POSTPONED: _("Postponed")}
    return off.get(MeetingStatus(meeting.status), "")


def public_joining_url(meeting: Meeting) -> str:
    """Where to join online; nothing for a meeting of members only, and nothing once it is called off."""
    return "" if meeting.openness == Openness.MEMBERS or called_off(meeting) else meeting.joining_url


def where(meeting: Meeting) -> str:
    """Place and address in a line."""
    return ", ".join(filter(None, [meeting.place, meeting.address]))


def access_facts(meeting: Meeting) -> list[tuple[str, Provision]]:
    """What is known of the place: name of the provision, and whether it is there."""
    return [
        (_("Step-free access"), Provision(meeting.step_free)),
        (_("Accessible toilet"), Provision(meeting.toilets)),
        (_("Hearing loop"), Provision(meeting.hearing_loop)),
    ]


# ------------------------------------------------------------------------------------------ the feed
@dataclass(frozen=True)
class FeedEntry:
    """One thing that happened to a meeting.

    Attributes:
        key: what tells it apart from everything else that happens to the meeting; never changes.
    """

    meeting: Meeting
    key: str
    title: str
    text: str
    at: datetime
    path: str

    @property
    def unique_id(self) -> str:
        """A name that stays, whatever becomes of the address (RFC 4151)."""
        return f"tag:{settings.PORTAL_DOMAIN},2026:meetings/{self.meeting.pk}/{self.key}"


CALLED = {
    Event.MEETING_MOVED: "moved",
    Event.MEETING_POSTPONED: "postponed",
    Event.MEETING_CANCELLED: "cancelled",
}


def feed_entries(board: Board | None) -> list[FeedEntry]:
    """What happened to the meetings of a site, newest first: announced, agenda, moved or called off, minutes. Three queries."""
    meetings = {
        str(meeting.pk): meeting for meeting in announced(board).order_by("-changed")[:LATEST_MEETINGS]
    }
    entries = []
    for meeting in meetings.values():
        entries += milestones(meeting)
    entries += changes(meetings)
    entries += corrections(meetings)
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)[:ENTRIES]


def milestones(meeting: Meeting) -> list[FeedEntry]:
    """What happens to a meeting once, as its row says."""
    path = meeting.get_absolute_url()
    found = []
    if meeting.announced_at:
        place = where(meeting)
        text = f"{meeting.when}. {place}." if place else f"{meeting.when}."
        found.append(
            FeedEntry(
                meeting,
                "announced",
                _("Announced: %(meeting)s") % {"meeting": meeting},
                text,
                meeting.announced_at,
                path,
            )
        )
    if meeting.agenda_published_at and meeting.has_agenda:
        found.append(
            FeedEntry(
                meeting,
                f"agenda/{meeting.agenda_published_at:%Y%m%dT%H%M%SZ}",
                _("Agenda published: %(meeting)s") % {"meeting": meeting},
                meeting.when + ".",
                meeting.agenda_published_at,
                path,
            )
        )
    if meeting.minutes_published_at and meeting.status in MINUTES_STATES:
        found.append(
            FeedEntry(
                meeting,
                "minutes",
                _("Draft minutes published: %(meeting)s") % {"meeting": meeting},
                _("They are to be agreed at a later meeting.")
                if meeting.status == MeetingStatus.MINUTES_PUBLISHED
                else "",
                meeting.minutes_published_at,
                meeting.minutes_path,
            )
        )
    if meeting.approved_at and meeting.status == MeetingStatus.APPROVED:
        found.append(
            FeedEntry(
                meeting,
                "approved",
                _("Minutes approved: %(meeting)s") % {"meeting": meeting},
                _("These are the minutes as they were agreed."),
                meeting.approved_at,
                meeting.minutes_path,
            )
        )
    return found


def changes(meetings: dict[str, Meeting]) -> list[FeedEntry]:
    """Each time one was moved or called off, at the moment the audit record has. A reason is known of the last time only."""
    events = AuditEvent.objects.filter(
        object_type=Meeting._meta.label_lower, object_id__in=list(meetings), event__in=list(CALLED)
    ).order_by("-id")
    told: set[str] = set()
    found = []
    for event in events:
        meeting = meetings[event.object_id]
        is_last = event.object_id not in told
        told.add(event.object_id)
        word = CALLED[Event(event.event)]
        titles = {
            "moved": _("Moved: %(meeting)s"),
            "postponed": _("Postponed: %(meeting)s"),
            "cancelled": _("Cancelled: %(meeting)s"),
        }
        text = meeting.reason if is_last else ""
        if is_last and word == "moved" and meeting.status in UPCOMING_STATES:
            text = _("It is on %(when)s. %(reason)s") % {"when": meeting.when, "reason": meeting.reason}
        found.append(
            FeedEntry(
                meeting,
                f"{word}/{event.pk}",
                titles[word] % {"meeting": meeting},
                text,
                event.at,
                meeting.get_absolute_url(),
            )
        )
    return found


def corrections(meetings: dict[str, Meeting]) -> list[FeedEntry]:
    """Each time approved minutes were corrected, with the reason."""
    versions = MinutesVersion.objects.filter(
        meeting__in=list(meetings), meeting__status=MeetingStatus.APPROVED, kind=VersionKind.CORRECTED
    ).defer("body", "html")
    return [
        FeedEntry(
            meetings[str(version.meeting_id)],
            f"corrected/{version.number}",
            _("Minutes corrected: %(meeting)s") % {"meeting": meetings[str(version.meeting_id)]},
            version.shown_reason,
            version.published_at,
            meetings[str(version.meeting_id)].minutes_path,
        )
        for version in versions
    ]


# ------------------------------------------------------------------------------------------ minutes as a document
@dataclass(frozen=True)
class WhoCame:
    """Those who were there, by capacity, and those who were not. Of the public the number alone."""

    groups: list[tuple[str, list[str]]]
    apologies: list[str]
    absent: list[str]
    public: int

    def __bool__(self) -> bool:
        return bool(self.groups or self.apologies or self.absent or self.public)

    @property
    def public_in_words(self) -> str:
        """ "3 members of the public"."""
        words = ngettext("%(number)d member of the public", "%(number)d members of the public", self.public)
        return words % {"number": self.public}


@dataclass(frozen=True)
class MinutesDocument:
    """The minutes of a meeting as everybody may read them: the newest version, and what stands beside it."""

    meeting: Meeting
    version: MinutesVersion
    attendance: WhoCame
    decisions: list[Decision]
    actions: list[ActionItem]

    @property
    def state(self) -> str:
        """In words, for each page: a draft says that it is one."""
        published = date_format(timezone.localtime(self.version.published_at), "j F Y")
        if self.version.kind == VersionKind.DRAFT:
            return _("Draft, to be agreed")
        if self.version.kind == VersionKind.CORRECTED:
            return _("Approved, corrected on %(day)s") % {"day": published}
        return _("Approved")


def minutes_document(meeting: Meeting) -> MinutesDocument | None:
    """The public minutes; None where there are none. Four queries."""
    if not meeting.has_minutes:
        return None
    versions = MinutesVersion.objects.filter(meeting=meeting).select_related("redaction")
    version = versions.order_by("-number").first()
    if version is None:
        return None
    return MinutesDocument(
        meeting,
        version,
        who_came(meeting),
        list(Decision.objects.filter(meeting=meeting, is_private=False)),
        list(ActionItem.objects.public().filter(meeting=meeting).order_by("kind", "number")),
    )


def who_came(meeting: Meeting) -> WhoCame:
    """Attendance as the minutes give it."""
    rows = list(Attendance.objects.filter(meeting=meeting).order_by("name"))
    there = [row for row in rows if row.is_there]
    groups = [
        (str(capacity.label), [in_the_room(row) for row in there if row.capacity == capacity])
        for capacity in Capacity
        if capacity != Capacity.PUBLIC
    ]
    away = [row for row in rows if row.capacity != Capacity.PUBLIC]
    return WhoCame(
        [(label, names) for label, names in groups if names],
        [row.name for row in away if row.presence == Presence.APOLOGIES],
        [row.name for row in away if row.presence == Presence.ABSENT],
        sum(row.capacity == Capacity.PUBLIC for row in there),
    )


def in_the_room(row: Attendance) -> str:
    """ "A. Person (Housing), online"."""
    name = f"{row.name} ({row.organisation})" if row.organisation else row.name
    return _("%(name)s, online") % {"name": name} if row.presence == Presence.REMOTE else name
