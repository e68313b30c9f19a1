"""The agenda and the minutes as tagged PDFs, made when somebody asks, of what everybody may read.

What was made is kept in this process by the words it was made of, so a change is never answered with an old file. One is
made at a time: a burst of visitors waits, or is asked to come back, and the machine stays up.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import lxml.html
from django.conf import settings
from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from snb.files.adapters import render_pdf
from snb.meetings.calculations import one_line, without_controls
from snb.meetings.enums import VersionKind
from snb.meetings.errors import NoDocument
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import published_agenda
from snb.meetings.queries.take_away import (
    access_facts,
    called_off,
    minutes_document,
    public_joining_url,
    where,
    whose,
)

LANGUAGE = "en-GB"
LONGEST = 400_000
"""Characters of a page that may become a PDF."""
MOST_PICTURES = 24 * 1024 * 1024
"""Bytes of pictures in a PDF; the rest are their alternative texts."""
LARGEST_STORE = 24 * 1024 * 1024
PATIENCE = 20
"""Seconds somebody waits for the one before."""
RENDITION = re.compile(rf"{re.escape(settings.MEDIA_URL)}(renditions/[\w.-]+)", re.ASCII)
_made: OrderedDict[str, bytes] = OrderedDict()
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Document:
    """A page that becomes a PDF: its title, its words, and its pictures by the name it calls them."""

    title: str
    html: str
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Of what it says. A picture's name is random and stands for its bytes."""
        return hashlib.sha256(f"{self.title}\0{self.html}".encode()).hexdigest()


def agenda_document(meeting: Meeting) -> Document | None:
    """The agenda as it was published last; None where there is none to read."""
    if not meeting.has_agenda:
        return None
    published = date_format(timezone.localtime(meeting.agenda_published_at), "j F Y")
    title = _("Agenda: %(meeting)s") % {"meeting": meeting}
    html = render_to_string(
        "meetings/documents/agenda.html",
        {
            **title_block(meeting),
            "heading": _("Agenda"),
            "state": _("Agenda, published on %(day)s") % {"day": published},
            "items": published_agenda(meeting),
        },
    )
    return Document(title, html)


def minutes_as_document(meeting: Meeting) -> Document | None:
    """The newest public version of the minutes; None where there is none."""
    minutes = minutes_document(meeting)
    if minutes is None:
        return None
    version = minutes.version
    words = format_html("<p>{}</p>", version.redaction.note) if version.redaction else version.html
    body, files = with_pictures(words, meeting)
    html = render_to_string(
        "meetings/documents/minutes.html",
        {
            **title_block(meeting),
            "heading": _("Minutes"),
            "state": minutes.state,
            "correction": version.shown_reason if version.kind == VersionKind.CORRECTED else "",
            "minutes": minutes,
            "body": body,
        },
    )
    return Document(_("Minutes: %(meeting)s") % {"meeting": meeting}, html, files)


def title_block(meeting: Meeting) -> dict[str, object]:
    """What stands on top of every document."""
    return {
        "meeting": meeting,
        "whose": whose(meeting),
        "where": where(meeting),
        "joining": public_joining_url(meeting),
        "access": access_facts(meeting),
        "off": called_off(meeting),
    }


def pdf_of(document: Document) -> bytes:
    """The PDF of a document, made now or kept from before.

    Raises:
        NoDocument: it is too long, or others are being made.
        PdfUnavailable: this machine lacks Pango.
    """
    if len(document.html) > LONGEST:
        raise NoDocument(_("This is too long to become one PDF."))
    kept = _made.get(document.key)
    if kept is not None:
        return kept
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise NoDocument(_("Others are waiting for a PDF just now. Please try again in a minute."))
    try:
        kept = _made.get(document.key)
        if kept is None:
            kept = render_pdf(
                without_controls(document.html),
                title=one_line(document.title),
                lang=LANGUAGE,
                files=document.files,
            )
            keep(document.key, kept)
    finally:
        _one_at_a_time.release()
    return kept


def keep(key: str, pdf: bytes) -> None:
    """Remember what was made, letting go of the oldest once all are larger than `LARGEST_STORE`. Under the lock."""
    _made[key] = pdf
    while sum(map(len, _made.values())) > LARGEST_STORE:
        _made.popitem(last=False)


def with_pictures(html: str, meeting: Meeting) -> tuple[str, dict[str, bytes]]:
    """Minutes ready for paper: links lead to the site, pictures are brought along, and one that cannot be is its text."""
    if not html.strip():
        return "", {}
    # What somebody pasted into the text of a picture would stop lxml.
    body = lxml.html.fragment_fromstring(without_controls(html), create_parent="div")
    for link in body.iter("a"):
        if link.get("href", "").startswith("/") and not link.get("href", "").startswith("//"):
            link.set("href", meeting.url(link.get("href")))
    files: dict[str, bytes] = {}
    for picture in list(body.iter("img")):
        name = bring_along(picture.get("src", ""), files)
        if name:
            picture.attrib.pop("srcset", None)
            picture.set("src", name)
            continue
        text = lxml.html.Element("span")
        text.text = _("[Picture: %(text)s]") % {"text": picture.get("alt")} if picture.get("alt") else ""
        text.tail = picture.tail
        picture.getparent().replace(picture, text)
    return lxml.html.tostring(body, encoding="unicode"), files


def bring_along(address: str, files: dict[str, bytes]) -> str:
    """Add a picture of ours to `files`; its name there, or nothing where it is not ours, not there or one too many."""
    found = RENDITION.fullmatch(address)
    if found is None:
        return ""
    name = found[1]
    if name not in files:
        try:
            with storages["private"].open(name) as file:
                data = file.read()
        except OSError:
            return ""
        if sum(map(len, files.values())) + len(data) > MOST_PICTURES:
            return ""
        files[name] = data
    return name
