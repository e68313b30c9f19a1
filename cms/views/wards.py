"""The wards of a borough: the list with its tile map, and a page for each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms import queries
from snb.boards.queries import board_of
from snb.meetings.queries.public import ward_meetings
from snb.places import queries as places
from snb.places.models import Borough
from wardpanels.queries import vote_of_ward


def borough_of(request: HttpRequest) -> Borough:
    """The borough of the site; these addresses are on boards' sites only."""
    board = board_of(request)
    if board is None:
        raise Http404
    return board.borough


@require_safe
def ward_list(request: HttpRequest) -> HttpResponse:
    """All wards of this borough; those without a hexagon stand under the numbered ones."""
    wards = places.wards_of(borough_of(request))
    unmapped = [ward for ward in wards if ward.tile_q is None or ward.tile_r is None]
    return render(request, "cms/ward_list.html", {"wards": wards, "unmapped": unmapped})


@require_safe
def ward_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A ward of this borough; a former one says what took its place; another borough's is not found here."""
    ward = places.ward_by_slug(borough_of(request), slug)
    if ward is None:
        return render(request, "cms/ward_not_found.html", status=404)
    if ward.valid_to is not None:
        return render(
            request, "cms/ward_ended.html", {"ward": ward, "successors": places.successors_of(ward)}
        )
    vote = vote_of_ward(ward)
    meetings = ward_meetings(ward)
    context = {
        "ward": ward,
        "meetings": meetings,
        "has_panel": queries.has_panel(ward),
        "has_outline": places.has_boundary(ward),
        "articles": queries.ward_news(queries.site_of(request).root_page, ward),
        "vote": vote,
    }
    response = render(request, "cms/ward_detail.html", context)
    moments = [moment for moment in (vote.changes_at, meetings.changes_at) if moment]
    response.page_changes_at = min(moments, default=None)  # type: ignore[attr-defined]
    return response
