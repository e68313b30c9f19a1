"""Board packs on the desk. Whoever is not of the body finds nothing here."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from snb.boards.queries import board_of
from snb.meetings.actions.packs import make_pack
from snb.meetings.models import BoardPack, Meeting
from snb.meetings.queries import packs as queries
from snb.people.models import User


def meeting_or_404(request: HttpRequest, slug: str) -> Meeting:
    """A meeting of this site, for somebody who may read its packs."""
    meeting = queries.meeting_for_desk(board_of(request), slug)
    if meeting is None or not request.user.has_perm("meetings.pack.read", meeting):
        raise Http404
    return meeting


def pack_or_404(request: HttpRequest, slug: str, number: int) -> BoardPack:
    """A pack of such a meeting."""
    pack = queries.pack_of(meeting_or_404(request, slug), number)
    if pack is None:
        raise Http404
    return pack


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pack_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The packs of a meeting, newest first, and the button that makes another."""
    meeting = meeting_or_404(request, slug)
    if request.method == "POST":
        assert isinstance(request.user, User)
        try:
            pack = make_pack(meeting, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("pack_list", meeting.slug)
        messages.success(request, _("The pack is made. Nothing that is changed from now on touches it."))
        return redirect(pack)
    return render(
        request,
        "meetings/pack_list.html",
        {
            "meeting": meeting,
            "packs": queries.packs_of(meeting),
            "may_make": request.user.has_perm("meetings.pack.make", meeting),
        },
    )


@login_required
@require_safe
def pack_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A pack as it was made."""
    pack = pack_or_404(request, slug, number)
    return render(request, "meetings/pack_detail.html", {"pack": pack, "meeting": pack.meeting})


@login_required
@require_safe
def pack_paper(request: HttpRequest, slug: str, number: int, paper: int) -> HttpResponse:
    """The pack's copy of a paper."""
    stored = queries.paper_of(pack_or_404(request, slug, number), paper)
    if stored is None:
        raise Http404
    return redirect(stored)
