"""What a page says about a meeting to programs, and the ways to take it along; what a document needs to look like one of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from snb.meetings.exports.json_ld import event_json
from snb.meetings.models import Meeting
from snb.meetings.models.meetings import clock as clock_of

register = template.Library()
ESCAPES = {
    ord(">"): "\\u003e",
    ord("<"): "\\u003c",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
"""So that no word of a meeting ends the element it stands in."""
FONTS = (
    ("normal", "site/fonts/atkinson-latin.woff2"),
    ("italic", "site/fonts/atkinson-latin-italic.woff2"),
    ("normal", "site/fonts/atkinson-latin-ext.woff2"),
    ("italic", "site/fonts/atkinson-latin-ext-italic.woff2"),
)
FACE = (
    '@font-face {{ font-family: "Atkinson Hyperlegible Next"; font-style: {}; font-weight: 200 800; '
    'src: url("{}{}") format("woff2") }}'
)


@register.simple_tag
def meeting_json_ld(meeting: Meeting) -> SafeString:
    """A meeting as schema.org's Event: a block of data, which no browser runs."""
    said = json.dumps(event_json(meeting), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(said))  # noqa: S308 - escaped


@dataclass(frozen=True)
class Way:
    """One way to take something along; `note` says in a few words what it is."""

    url: str
    text: str
    note: str = ""


@register.simple_tag
def take_away_links(meeting: Meeting) -> dict[str, list[Way]]:
    """The ways to take a meeting along: into a calendar, on paper, into a feed reader. All are our own addresses."""
    once = Way(reverse("meeting_ics", args=[meeting.slug]), _("Add this meeting to your calendar"), "ICS")
    documents = []
    if meeting.has_agenda:
        documents.append(Way(reverse("agenda_pdf", args=[meeting.slug]), _("Agenda"), "PDF"))
    if meeting.has_minutes:
        documents.append(Way(reverse("minutes_pdf", args=[meeting.slug]), _("Minutes"), "PDF"))
    calendars = [(_("All meetings on this site"), reverse("meetings_ics"))]
    if meeting.ward is not None:
        name = _("Meetings of %(ward)s") % {"ward": meeting.ward.name}
        calendars.insert(0, (name, reverse("ward_ics", args=[meeting.ward.slug])))
    return {
        "once": [once],
        "documents": documents,
        "calendars": [Way(as_webcal(meeting.url(path)), name, meeting.url(path)) for name, path in calendars],
        "feeds": [Way(reverse("meeting_feed"), _("News of all meetings"), _("Atom feed"))],
    }


def as_webcal(url: str) -> str:
    """An address that a calendar program opens as a subscription."""
    return "webcal:" + url.partition(":")[2]


@register.filter
def clock(moment: datetime) -> str:
    """A moment as people say it in London: 7pm."""
    return clock_of(timezone.localtime(moment))


@register.filter
def on_site_of(path: str, meeting: Meeting) -> str:
    """A path with the meeting's site before it: on paper a link needs all of it."""
    return meeting.url(path) if path.startswith("/") else path


@register.simple_tag
def document_style() -> SafeString:
    """Our look on paper. A font that was not built yet is left out, and the machine's own takes its place."""
    faces = format_html_join(
        "\n",
        FACE,
        ((style, settings.STATIC_URL, name) for style, name in FONTS if finders.find(name)),
    )
    return format_html(
        '<link rel="stylesheet" href="{}meetings/document.css"><style>{}</style>',
        settings.STATIC_URL,
        mark_safe(faces),  # noqa: S308 - our own file names
    )
