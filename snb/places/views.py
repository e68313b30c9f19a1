"""Finding a ward by postcode, and the outlines a map draws."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from snb.places import queries
from snb.places.enums import PostcodeStatus
from snb.places.forms import PostcodeForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from snb.places.models import Borough


def _borough(request: HttpRequest) -> Borough | None:
    """The borough of this site; None on the London-wide one."""
    board = getattr(request, "board", None)
    return board.borough if board else None


@require_safe
def find_ward(request: HttpRequest) -> HttpResponse:
    """From a postcode to its ward page, on another site if it is there; else say why, and show the wards.

    What answers a postcode is kept nowhere, not even in the person's browser; the page before that is one for everybody.
    """
    typed = "postcode" in request.GET
    form = PostcodeForm(request.GET if typed else None)
    response = _found(request, form)
    if typed:
        add_never_cache_headers(response)
    return response


def _found(request: HttpRequest, form: PostcodeForm) -> HttpResponse:
    here = _borough(request)
    form.is_valid()
    answer = form.answer
    if answer and answer.borough and answer.borough != here:
        return HttpResponseRedirect(
            answer.borough.url(f"{request.path}?{urlencode({'postcode': answer.postcode})}")
        )
    if answer and answer.ward and answer.status == PostcodeStatus.WARD:
        return redirect(answer.ward)
    return render(
        request,
        "places/ward_find.html",
        {
            "form": form,
            "answer": answer,
            "wards": (answer.choices if answer else ()) or (queries.wards_of(here) if here else ()),
            "boroughs": () if here else queries.boroughs(),
        },
    )


def _version(request: HttpRequest, slug: str = "") -> str:
    """Changes whenever the outlines do."""
    return queries.outlines_version()


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_version)
def ward_boundary(request: HttpRequest, slug: str) -> HttpResponse:
    """One ward's outline as GeoJSON."""
    here = _borough(request)
    ward = queries.ward_by_slug(here, slug) if here else None
    feature = queries.boundary_of(ward) if ward else None
    if feature is None:
        raise Http404
    return HttpResponse(queries.as_geojson(feature), content_type="application/geo+json")


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_version)
def borough_boundaries(request: HttpRequest) -> HttpResponse:
    """The outlines of all wards of this borough as GeoJSON: what the map on a ward page draws."""
    here = _borough(request)
    if here is None:
        raise Http404
    return HttpResponse(queries.as_geojson(queries.boundaries_of(here)), content_type="application/geo+json")
