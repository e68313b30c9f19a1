"""Where a meeting stands, and the one next thing somebody can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from snb.meetings.enums import UPCOMING_STATES, MeetingKind, MeetingStatus
from snb.meetings.models import Meeting, MeetingRules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from snb.people.models import User

    Somebody = User | AnonymousUser

WITHOUT_PAPERWORK = frozenset({MeetingKind.CONTACT_SESSION})
"""Kinds of meetings that need neither agenda nor minutes."""
TONES = {
    MeetingStatus.AGENDA_DRAFT: "due",
    MeetingStatus.AGENDA_PUBLISHED: "good",
    MeetingStatus.HELD: "due",
    MeetingStatus.MINUTES_DRAFT: "due",
    MeetingStatus.MINUTES_PUBLISHED: "good",
    MeetingStatus.APPROVED: "good",
    MeetingStatus.POSTPONED: "trouble",
    MeetingStatus.CANCELLED: "trouble",
}


@dataclass(frozen=True)
class Step:
    """The one next thing to do: a sentence, and the button that leads there or does it.

    Attributes:
        path: below the meeting's desk address; empty: nothing to press.
        does: whether the button does it at once (POST).
        urgent: whether its day has come or passed.
    """

    text: str
    button: str = ""
    path: str = ""
    does: bool = False
    urgent: bool = False


def state_of(meeting: Meeting) -> tuple[str, str]:
    """Where it stands, in words and a tone (`components/tag.html`)."""
    if meeting.announced_at is None:
        return _("Not announced"), "quiet"
    if meeting.status in UPCOMING_STATES and meeting.agenda_changed:
        return _("Agenda changed since it was published"), "due"
    if meeting.status == MeetingStatus.AGENDA_DRAFT and meeting.kind in WITHOUT_PAPERWORK:
        return _("Announced"), "good"
    status = MeetingStatus(meeting.status)
    return str(status.label), TONES[status]


def rules_of(meeting: Meeting) -> MeetingRules:
    """What its body has agreed, or the defaults."""
    rules = getattr(meeting.body, "meeting_rules", None) if meeting.body else None
    return rules or MeetingRules(body=meeting.body)


def next_step(meeting: Meeting, user: Somebody) -> Step | None:
    """The one next thing this person can do about a meeting; None where there is nothing."""
    runs = user.has_perm("meetings.meeting.plan", meeting)
    if meeting.status in UPCOMING_STATES and meeting.announced_at:
        publish = step_to_publish(meeting, user)
        if publish and (runs or publish.does):
            return publish
    return step_of_runner(meeting) if runs else None


def step_of_runner(meeting: Meeting) -> Step | None:
    """The next thing for whoever runs the meeting."""
    now = timezone.now()
    status = MeetingStatus(meeting.status)
    if meeting.announced_at is None:
        if meeting.starts_at <= now:
            return Step(
                _("Its day has passed, and nobody was told of it."),
                _("Change the plan"),
                "change/",
                urgent=True,
            )
        return Step(
            _("Nobody else knows of this meeting yet."), _("Announce the meeting"), "announce/", does=True
        )
    if status == MeetingStatus.POSTPONED:
        return Step(_("It has no new date yet."), _("Give it a new date"), "move/", urgent=True)
    if status in UPCOMING_STATES:
        if meeting.ends_at <= now:
            return Step(_("Did it take place?"), _("Yes, it was held"), "held/", does=True)
        if meeting.starts_at - timedelta(hours=2) <= now:
            return Step(
                _("It is today: take attendance as people come in."), _("Take attendance"), "attendance/"
            )
        return None
    if meeting.kind in WITHOUT_PAPERWORK:
        return None
    if status == MeetingStatus.HELD:
        days = (timezone.localdate() - timezone.localdate(meeting.ends_at)).days
        words = (
            ngettext(
                "The minutes are missing; the meeting was %(days)d day ago.",
                "The minutes are missing; the meeting was %(days)d days ago.",
                days,
            )
            % {"days": days}
            if days
            else _("Now the minutes.")
        )
        return Step(words, _("Bring in the minutes"), "minutes/", urgent=days > 14)
    if status == MeetingStatus.MINUTES_DRAFT:
        return Step(_("The minutes are being written."), _("Go on with the minutes"), "minutes/")
    if status == MeetingStatus.MINUTES_PUBLISHED:
        return Step(
            _("The draft minutes wait to be agreed at the next meeting."),
            _("Look at the minutes"),
            "minutes/",
        )
    return None


def step_to_publish(meeting: Meeting, user: Somebody) -> Step | None:
    """What the agenda of an announced, coming meeting wants next; None where everybody reads it as it stands."""
    if meeting.kind in WITHOUT_PAPERWORK or meeting.starts_at <= timezone.now():
        return None
    when, urgent = agenda_due(meeting)
    if not number_of_items(meeting):
        return Step(
            _("There is no agenda yet. %(when)s") % {"when": when},
            _("Write the agenda"),
            "agenda/",
            urgent=urgent,
        )
    if meeting.agenda_published_at and not meeting.agenda_changed:
        return None
    said = (
        _("The agenda has changed since it was published; everybody still reads the old one.")
        if meeting.agenda_published_at
        else _("The agenda is not published. %(when)s") % {"when": when}
    )
    if str(getattr(user, "public_id", "")) in meeting.agenda_written_by:
        waits = _("You wrote part of it, so somebody else publishes it: it waits for them.")
        return Step(f"{said} {waits}", _("Go on with the agenda"), "agenda/", urgent=urgent)
    if not user.has_perm("meetings.agenda.publish", meeting):
        return Step(said, urgent=urgent)
    return Step(said, _("Publish the agenda"), "publish-agenda/", does=True, urgent=urgent)


def agenda_due(meeting: Meeting) -> tuple[str, bool]:
    """When members should have agenda and papers, in a sentence; and whether that has come."""
    due = timezone.localdate(meeting.starts_at) - timedelta(days=rules_of(meeting).papers_days)
    days = (due - timezone.localdate()).days
    if days > 0:
        words = ngettext("It is due in %(days)d day.", "It is due in %(days)d days.", days) % {"days": days}
    elif days == 0:
        words = _("It is due today.")
    else:
        words = ngettext("It was due %(days)d day ago.", "It was due %(days)d days ago.", -days) % {
            "days": -days
        }
    return words, days <= 0


def number_of_items(meeting: Meeting) -> int:
    """How many items its draft agenda has; a list has counted them already."""
    counted: int | None = getattr(meeting, "items_count", None)
    return meeting.items.count() if counted is None else counted
