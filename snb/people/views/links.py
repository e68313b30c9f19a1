"""Signed links: look, then do one thing. No session is made."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from snb.people import actions
from snb.people.actions.links import PURPOSES, can_undo, linked_object, state_of
from snb.people.enums import LinkState
from snb.people.errors import LinkNotUsable
from snb.people.queries import link_by_token


@never_cache
@require_http_methods(["GET", "POST"])
def signed_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what it is about and a button; POST does it, or takes it back."""
    link = link_by_token(token)
    if link is None:
        raise Http404
    if request.method == "POST":
        with suppress(LinkNotUsable):  # the page says what became of it
            (actions.undo_link if request.POST.get("do") == "undo" else actions.use_link)(token)
        return redirect("signed_link", token=token)
    state = state_of(link)
    obj = linked_object(link)
    purpose = PURPOSES.get(link.purpose)
    response = render(
        request,
        "people/signed_link.html",
        {
            "link": link,
            "state": state,
            "states": LinkState,
            "purpose": purpose,
            "question": purpose.question(obj)
            if purpose and obj is not None and state == LinkState.LIVE
            else "",
            "can_undo": can_undo(link),
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response
