"""An earlier version of a meeting's minutes. The meeting and its minutes themselves are pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from snb.boards.queries import board_of
from snb.meetings.queries import public


@require_safe
def minutes_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The minutes as they were published once; the newest has no address of its own here."""
    meeting = public.public_meeting(board_of(request), slug)
    minutes = public.shown_minutes(meeting.pk, number) if meeting else None
    if minutes is None:
        raise Http404
    return render(request, "cms/minutes_page.html", {"minutes": minutes, "preview": False})
