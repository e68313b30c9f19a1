"""Meetings to take along: calendars, the Atom feed, and the agenda and minutes as PDF. All of it is public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from snb.boards.queries import board_of
from snb.files.adapters import PDF_POLICY
from snb.files.errors import PdfUnavailable
from snb.meetings.calculations import one_line, without_controls
from snb.meetings.errors import NoDocument
from snb.meetings.exports.calendar import calendar_of
from snb.meetings.exports.documents import Document, agenda_document, minutes_as_document, pdf_of
from snb.meetings.models import Meeting
from snb.meetings.queries.take_away import (
    FeedEntry,
    announced_meeting,
    feed_entries,
    meetings_for_calendar,
)
from snb.places.queries import successors_of, ward_by_slug


def meeting_or_404(request: HttpRequest, slug: str) -> Meeting:
    """A meeting of this site that everybody may know of."""
    meeting = announced_meeting(board_of(request), slug)
    if meeting is None:
        raise Http404
    return meeting


# ------------------------------------------------------------------------------------------ calendars
@require_safe
def board_calendar(request: HttpRequest) -> HttpResponse:
    """All meetings of a site; on the London-wide one those that are nobody's alone."""
    board = board_of(request)
    name = _("Meetings – %(site)s") % {"site": board or _("London’s Safer Neighbourhood Boards")}
    return as_calendar(
        calendar_of(
            meetings_for_calendar(board), name=name, url=request.build_absolute_uri(request.path_info)
        ),
        "meetings.ics",
    )


@require_safe
def ward_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Meetings of a ward's panel. A former ward's calendar goes on answering, and says which wards took its place."""
    board = board_of(request)
    ward = ward_by_slug(board.borough, slug) if board else None
    if ward is None:
        raise Http404
    about = ""
    if ward.valid_to is not None:
        names = ", ".join(successor.name for successor in successors_of(ward))
        about = _("This ward is no more. Its place was taken by: %(wards)s.") % {"wards": names}
    return as_calendar(
        calendar_of(
            meetings_for_calendar(board, ward),
            name=_("Meetings of %(ward)s – %(site)s") % {"ward": ward.name, "site": board},
            url=request.build_absolute_uri(request.path_info),
            about=about,
        ),
        f"{ward.slug}-meetings.ics",
    )


@require_safe
def meeting_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """One meeting, to put into a calendar."""
    meeting = meeting_or_404(request, slug)
    made = calendar_of([meeting], name=str(meeting), url=meeting.full_url, subscribed=False)
    return as_calendar(made, f"{meeting.slug}.ics")


def as_calendar(made: bytes, filename: str) -> HttpResponse:
    """A calendar as an answer; the page cache gives it its ETag and has it asked for again each time."""
    response = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response


# ------------------------------------------------------------------------------------------ feed
class MeetingFeed(Feed):
    """What happened to the meetings of a site."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> HttpRequest:
        """The request stands for the site."""
        return request

    def title(self, request: HttpRequest) -> str:
        """Whose meetings these are."""
        return _("Meetings – %(site)s") % {
            "site": board_of(request) or _("London’s Safer Neighbourhood Boards")
        }

    def link(self, request: HttpRequest) -> str:
        """The list of meetings."""
        return "/meetings/"

    def items(self, request: HttpRequest) -> list[FeedEntry]:
        """The newest entries."""
        return feed_entries(board_of(request))

    def item_title(self, item: FeedEntry) -> str:
        """What happened, and to which meeting."""
        return one_line(item.title)

    def item_description(self, item: FeedEntry) -> str:
        """When it is, or why."""
        return without_controls(item.text)

    def item_link(self, item: FeedEntry) -> str:
        """The meeting or its minutes."""
        return item.meeting.url(item.path)

    def item_guid(self, item: FeedEntry) -> str:
        """A name that stays."""
        return item.unique_id

    def item_pubdate(self, item: FeedEntry) -> datetime:
        """When it happened."""
        return item.at

    item_updateddate = item_pubdate


# ------------------------------------------------------------------------------------------ documents
@require_safe
def agenda_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The agenda as it was published last."""
    return as_pdf(request, meeting_or_404(request, slug), agenda_document, "agenda")


@require_safe
def minutes_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The newest public version of the minutes."""
    return as_pdf(request, meeting_or_404(request, slug), minutes_as_document, "minutes")


def as_pdf(
    request: HttpRequest, meeting: Meeting, document_of: Callable[[Meeting], Document | None], name: str
) -> HttpResponseBase:
    """A document as a PDF, its words as its version; a kind page where it cannot be made just now."""
    document = document_of(meeting)
    if document is None:
        raise Http404
    etag = f'"{document.key[:32]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    try:
        made = pdf_of(document)
    except (NoDocument, PdfUnavailable) as error:
        page = meeting.minutes_path if name == "minutes" else meeting.get_absolute_url()
        reason = str(error) if isinstance(error, NoDocument) else _("This server cannot make PDFs.")
        context = {"meeting": meeting, "page": page, "reason": reason}
        response = render(request, "meetings/no_document.html", context, status=503)
        response["Retry-After"] = "60"
        return response
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(False, f"{meeting.slug}-{name}.pdf") or "inline"
    )
    response["Content-Security-Policy"] = PDF_POLICY
    response["Cache-Control"] = "no-cache"
    response["ETag"] = etag
    return response
