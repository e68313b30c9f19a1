"""A meeting as search engines and other programs read it (schema.org Event)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from snb.meetings.enums import UPCOMING_STATES, MeetingStatus, Openness, Provision
from snb.meetings.models import Meeting
from snb.meetings.queries.take_away import access_facts, public_joining_url, where, whose

SCHEMA = "https://schema.org/"


def event_json(meeting: Meeting) -> dict[str, Any]:
    """The event with what everybody may know of it."""
    joining = public_joining_url(meeting)
    said: dict[str, Any] = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Event",
        "@id": f"{meeting.full_url}#event",
        "name": f"{meeting.title}, {whose(meeting)}",
        "url": meeting.full_url,
        "startDate": timezone.localtime(meeting.starts_at).isoformat(),
        "endDate": timezone.localtime(meeting.ends_at).isoformat(),
        "eventStatus": SCHEMA + status_of(meeting),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "organizer": {
            "@type": "Organization",
            "name": str(meeting.board) if meeting.board else whose(meeting),
            "url": meeting.url("/"),
        },
    }
    if status_of(meeting) == "EventRescheduled" and meeting.moved_from:
        said["previousStartDate"] = timezone.localtime(meeting.moved_from).isoformat()
    if meeting.reason and status_of(meeting) != "EventScheduled":
        said["description"] = meeting.reason
    if meeting.openness == Openness.MEMBERS:
        said["audience"] = {"@type": "Audience", "audienceType": str(Openness.MEMBERS.label)}
    places: list[dict[str, Any]] = []
    if where(meeting):
        places.append(physical(meeting))
    if joining:
        places.append({"@type": "VirtualLocation", "url": joining})
    if places:
        said["location"] = places if len(places) > 1 else places[0]
        said["eventAttendanceMode"] = SCHEMA + attendance_mode(bool(where(meeting)), bool(joining))
    return said


def status_of(meeting: Meeting) -> str:
    """Name of schema.org's state."""
    if meeting.status == MeetingStatus.CANCELLED:
        return "EventCancelled"
    if meeting.status == MeetingStatus.POSTPONED:
        return "EventPostponed"
    if meeting.moved_from and meeting.status in UPCOMING_STATES:
        return "EventRescheduled"
    return "EventScheduled"


def attendance_mode(in_a_room: bool, online: bool) -> str:
    """Name of schema.org's mode."""
    if in_a_room and online:
        return "MixedEventAttendanceMode"
    return "OnlineEventAttendanceMode" if online else "OfflineEventAttendanceMode"


def physical(meeting: Meeting) -> dict[str, Any]:
    """The place; of its access only what is known."""
    place: dict[str, Any] = {"@type": "Place", "name": meeting.place or _("Meeting place")}
    if meeting.address:
        place["address"] = meeting.address
    known = [
        {"@type": "LocationFeatureSpecification", "name": name, "value": provision == Provision.YES}
        for name, provision in access_facts(meeting)
        if provision != Provision.UNKNOWN
    ]
    if known:
        place["amenityFeature"] = known
    return place
