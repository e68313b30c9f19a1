"""Meetings as iCalendar (RFC 5545): what a phone or an office calendar subscribes to.

A meeting keeps its UID for good, and what changes it counts up SEQUENCE, so that a calendar moves its entry instead of
making a second one. One that is called off stays, marked as cancelled; one that was postponed comes back under the same UID
once it has a new date. Members' meetings are announced, so they are in the calendar, without the link to join them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from snb.meetings.calculations import one_line, without_controls
from snb.meetings.enums import UPCOMING_STATES, Openness
from snb.meetings.models import Meeting
from snb.meetings.queries.take_away import access_facts, called_off, public_joining_url, where, whose

LONDON = ZoneInfo("Europe/London")
REFRESH = timedelta(hours=6)
"""How often a calendar should ask again."""


def calendar_of(
    meetings: Iterable[Meeting], *, name: str, url: str, about: str = "", subscribed: bool = True
) -> bytes:
    """Meetings as a calendar.

    Args:
        name: what a calendar program calls it.
        url: where it is subscribed to.
        subscribed: a program is to ask again; otherwise it is a single meeting taken along.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_DOMAIN}//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if subscribed:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", str(LONDON))
        calendar.add("url", url)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", REFRESH, parameters={"VALUE": "DURATION"})
        if about:
            calendar.add("description", about)
            calendar.add("x-wr-caldesc", about)
    calendar.add_component(london_time())
    for meeting in meetings:
        calendar.add_component(event_of(meeting))
    return bytes(calendar.to_ical())


def event_of(meeting: Meeting) -> Event:
    """A meeting as an entry. Board, borough, body and ward have to be there already: no query."""
    off = called_off(meeting)
    summary = one_line(f"{meeting.title}, {whose(meeting)}")
    event = Event()
    event.add("uid", f"{meeting.pk}@{settings.PORTAL_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", whole_second(meeting.changed))
    event.add("created", whole_second(meeting.announced_at or meeting.created))
    event.add("last-modified", whole_second(meeting.changed))
    event.add("dtstart", meeting.starts_at.astimezone(LONDON))
    event.add("dtend", meeting.ends_at.astimezone(LONDON))
    event.add("summary", f"{off}: {summary}" if off else summary)
    event.add("status", status_of(meeting))
    event.add("transp", "TRANSPARENT" if off else "OPAQUE")
    event.add("class", "PUBLIC")
    place = where(meeting) or (_("Online") if public_joining_url(meeting) else "")
    if place:
        event.add("location", one_line(place))
    event.add("description", description_of(meeting))
    event.add("url", meeting.full_url)
    if meeting.board and meeting.board.contact_email:
        organiser = vCalAddress(f"mailto:{meeting.board.contact_email}")
        organiser.params["CN"] = str(meeting.board)
        event.add("organizer", organiser)
    return event


def status_of(meeting: Meeting) -> str:
    """CANCELLED while it is called off; TENTATIVE as long as nobody has said where it is; else CONFIRMED."""
    if called_off(meeting):
        return "CANCELLED"
    return "CONFIRMED" if meeting.place or meeting.joining_url else "TENTATIVE"


def description_of(meeting: Meeting) -> str:
    """What somebody wants to know who has only the calendar, in plain text."""
    off = called_off(meeting)
    lines = []
    if off:
        lines.append(f"{off}: {meeting.reason}" if meeting.reason else f"{off}.")
    elif meeting.reason and meeting.moved_from and meeting.status in UPCOMING_STATES:
        day = date_format(timezone.localtime(meeting.moved_from), "l j F Y")
        lines.append(_("Moved from %(day)s: %(reason)s") % {"day": day, "reason": meeting.reason})
    if not off:
        lines.append(f"{Openness(meeting.openness).label}.")
        if meeting.place:
            lines += [f"{name}: {provision.label}." for name, provision in access_facts(meeting)]
        if meeting.access_note:
            lines.append(meeting.access_note)
        if public_joining_url(meeting):
            lines.append(_("Join online: %(url)s") % {"url": public_joining_url(meeting)})
    lines.append(_("Everything about this meeting: %(url)s") % {"url": meeting.full_url})
    return without_controls("\n".join(lines))


def whole_second(moment: datetime) -> datetime:
    """In UTC, without fractions of a second, which the format does not know."""
    return moment.astimezone(UTC).replace(microsecond=0)


def london_time() -> Timezone:
    """London's time as two rules, good since 1996: half the size of a list of days, and without an end."""
    zone = Timezone()
    zone.add("tzid", str(LONDON))
    zone.add("x-lic-location", str(LONDON))
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    for part, name, month, hour, before, after in (
        (summer, "BST", 3, 1, 0, 1),
        (winter, "GMT", 10, 2, 1, 0),
    ):
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, hour))
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    return zone
