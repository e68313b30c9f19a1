"""Start pages by role, and oversight."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.desks import queries


def to_sign_in(address: str) -> HttpResponseRedirect:
    """Send a signed-out person to the sign-in page, and back to `address` afterwards (checked there against the Sites)."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': address})}")


@require_safe
@never_cache
def my_desks(request: HttpRequest) -> HttpResponse:
    """All desks of the person, on the London site."""
    if not request.user.is_authenticated:
        return to_sign_in(f"{settings.PORTAL_BASE_URL}/desk/")
    desks = queries.desks_of(request.user)
    return render(request, "desks/my_desks.html", {"desks": desks, "here": None})


@require_safe
@never_cache
def my_board_desks(request: HttpRequest) -> HttpResponse:
    """The desks of the person on this board."""
    board = request.board  # type: ignore[attr-defined]
    if not request.user.is_authenticated:
        return to_sign_in(board.url("/desk/"))
    desks = queries.desks_of(request.user, board=board)
    return render(request, "desks/my_desks.html", {"desks": desks, "here": board})


@require_safe
@never_cache
def oversight(request: HttpRequest) -> HttpResponse:
    """All boards side by side; not found for everybody without the oversight role."""
    if not request.user.is_authenticated:
        return to_sign_in(f"{settings.PORTAL_BASE_URL}/oversight/")
    if not request.user.has_perm("boards.oversight.view"):
        raise Http404
    return render(request, "desks/oversight.html", {"overview": queries.all_boards()})
