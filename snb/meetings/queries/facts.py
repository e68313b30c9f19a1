"""What this room and the boards know for an agenda: actions outstanding, the last minutes, the next date, wards without a panel."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from snb.boards.enums import BodyKind
from snb.boards.models import PanelRole
from snb.meetings.enums import MINUTES_STATES, LogKind, MeetingStatus
from snb.meetings.models import ActionItem, Meeting, MeetingQuerySet
from snb.meetings.queries.agenda import Fact, Facts
from snb.places.models import Ward

LOG = "/meetings/actions/"
MOST_ACTIONS = 30
"""Actions named one by one; of more than these the rest is a number."""


def same_body(meeting: Meeting) -> MeetingQuerySet:
    """Public meetings of the same body, or of London, but this one."""
    return Meeting.objects.public().filter(board=meeting.board, body=meeting.body).exclude(pk=meeting.pk)


def actions_outstanding(meeting: Meeting) -> list[Facts]:
    """Public actions of the body that are still to be done, the overdue first; and recommendations without an answer."""
    today = timezone.localdate()
    entries = list(
        ActionItem.objects.public()
        .outstanding()
        .filter(board=meeting.board, body=meeting.body)
        .order_by(F("due_on").asc(nulls_last=True), "number")
    )
    actions = [entry for entry in entries if entry.kind == LogKind.ACTION]
    waiting = [entry for entry in entries if entry.kind == LogKind.RECOMMENDATION]
    overdue = sum(entry.is_overdue for entry in actions)
    if not actions:
        first = _("No action is outstanding.")
    elif overdue:
        first = _("%(count)d outstanding, %(overdue)d of them overdue.") % {
            "count": len(actions),
            "overdue": overdue,
        }
    else:
        first = _("%(count)d outstanding, none overdue.") % {"count": len(actions)}
    found = [Facts(_("Actions outstanding"), (Fact(first, LOG), *lines_for(actions)), today)]
    if waiting:
        found.append(Facts(_("Recommendations outstanding"), tuple(lines_for(waiting)), today))
    return found


def lines_for(entries: list[ActionItem]) -> list[Fact]:
    """A line for each entry, `MOST_ACTIONS` at most."""
    lines = [Fact(action_in_words(entry)) for entry in entries[:MOST_ACTIONS]]
    return lines + ([Fact(_("The rest is in the action log."), LOG)] if len(entries) > MOST_ACTIONS else [])


def action_in_words(entry: ActionItem) -> str:
    """For example: A12 (overdue since 3 March 2026): Mend the lamp. Council."""
    if entry.due_on and entry.is_overdue:
        when = _(" (overdue since %(day)s)") % {"day": date_format(entry.due_on, "j F Y")}
    elif entry.due_on:
        when = _(" (due %(day)s)") % {"day": date_format(entry.due_on, "j F Y")}
    else:
        when = ""
    return f"{entry.label}{when}: {entry.text.rstrip('.')}. {entry.owner_name}."


def minutes_of_the_last_meeting(meeting: Meeting) -> list[Facts]:
    """The last meeting of the body before this one: its minutes, and whether they are agreed."""
    last = (
        same_body(meeting)
        .filter(starts_at__lt=meeting.starts_at)
        .exclude(status__in=[MeetingStatus.CANCELLED, MeetingStatus.POSTPONED])
        .order_by("-starts_at")
        .first()
    )
    if last is None:
        return []
    if last.status == MeetingStatus.APPROVED:
        line = Fact(_("%(meeting)s: minutes approved.") % {"meeting": last}, last.minutes_path)
    elif last.status in MINUTES_STATES:
        line = Fact(_("%(meeting)s: draft minutes, to be agreed.") % {"meeting": last}, last.minutes_path)
    else:
        line = Fact(_("%(meeting)s: no minutes yet.") % {"meeting": last}, last.get_absolute_url())
    return [Facts(_("Minutes of the last meeting"), (line,), timezone.localdate())]


def date_of_the_next_meeting(meeting: Meeting) -> list[Facts]:
    """The first meeting of the body after this one that everybody may know of."""
    following = same_body(meeting).upcoming().filter(starts_at__gt=meeting.starts_at).first()
    line = (
        Fact(f"{following.title}: {following.when}.", following.get_absolute_url())
        if following
        else Fact(_("No date has been announced yet."))
    )
    return [Facts(_("Date of the next meeting"), (line,), timezone.localdate())]


def wards_without_a_panel(meeting: Meeting) -> list[Facts]:
    """For a board: the wards whose panel nobody sits on today."""
    if meeting.body is None or meeting.body.kind != BodyKind.BOARD:
        return []
    seated = (
        PanelRole.objects.current()
        .filter(body__board=meeting.board_id, body__kind=BodyKind.WARD_PANEL)
        .values("body__ward")
    )
    wards = list(Ward.objects.current().filter(borough=meeting.board_code).order_by("name"))
    if not wards:
        return []
    names = list(
        Ward.objects.current()
        .filter(borough=meeting.board_code)
        .exclude(pk__in=seated)
        .order_by("name")
        .values_list("name", "slug")
    )
    if not names:
        lines = [Fact(_("Every ward has a panel."), "/wards/")]
    else:
        total = ngettext(
            "%(count)d of %(wards)d wards has no panel.",
            "%(count)d of %(wards)d wards have no panel.",
            len(names),
        ) % {"count": len(names), "wards": len(wards)}
        lines = [Fact(total, "/wards/"), *(Fact(name, f"/wards/{slug}/") for name, slug in names)]
    return [Facts(_("Ward panels"), tuple(lines), timezone.localdate())]
