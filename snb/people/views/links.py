"""Signed links: look, then do one thing. No session is made."""

from __future__ import annotations

import inspect
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from snb.people import actions
from snb.people.actions.links import (
    PURPOSES,
    LinkPurpose,
    can_undo,
    linked_object,
    state_of,
    uses_to_undo,
)
from snb.people.enums import LinkState
from snb.people.errors import LinkNotUsable
from snb.people.forms import attach
from snb.people.models import SignedLink
from snb.people.queries import link_by_token


@never_cache
@require_http_methods(["GET", "POST"])
def signed_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what it is about, what there is to fill in and a button; POST does it, or takes it back."""
    link = link_by_token(token)
    if link is None:
        raise Http404
    if request.method != "POST":
        return link_page(request, link)
    try:
        if request.POST.get("do") == "undo":
            use = request.POST.get("use", "")
            actions.undo_link(token, int(use) if use.isdecimal() and len(use) < 19 else None)
        elif state_of(link) == LinkState.LIVE:
            form = filled(link, request.POST)
            if form is not None and not form.is_valid():
                return link_page(request, link, form)
            try:
                actions.use_link(token, **(form.cleaned_data if form is not None else {}))
            except ValidationError as error:
                if form is None:
                    return link_page(request, link, refused=error.messages)
                attach(form, error)
                return link_page(request, link, form)
    except ValidationError as error:
        return link_page(request, link, refused=error.messages)
    except LinkNotUsable:
        pass  # the page says what became of it
    return redirect("signed_link", token=token)


def filled(link: SignedLink, data: QueryDict | None = None) -> Form | None:
    """The purpose's form about the link's object, with what was typed; None where there is nothing to fill in."""
    form = PURPOSES[link.purpose].form
    if form is None:
        return None
    about: dict[str, Any] = {}
    if "obj" in inspect.signature(form.__init__).parameters:
        about["obj"] = linked_object(link)
    return form(data, **about)


def link_page(
    request: HttpRequest, link: SignedLink, form: Form | None = None, *, refused: list[str] | None = None
) -> HttpResponse:
    """What the link is about and where it stands; nothing of the object once the link is dead."""
    state = state_of(link)
    obj = linked_object(link)
    purpose = PURPOSES.get(link.purpose)
    live = _about(request, link, purpose, obj, form) if state == LinkState.LIVE and purpose else {}
    response = render(
        request,
        "people/signed_link.html",
        {
            "link": link,
            "state": state,
            "states": LinkState,
            "purpose": purpose,
            "can_undo": can_undo(link),
            "uses": uses_to_undo(link) if purpose and purpose.repeats and can_undo(link) else (),
            "refused": refused or (),
            **live,
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _about(
    request: HttpRequest, link: SignedLink, purpose: LinkPurpose, obj: models.Model | None, form: Form | None
) -> dict[str, Any]:
    shown = ""
    if purpose.shows is not None:
        template, context = purpose.shows(obj)
        shown = render_to_string(template, context, request)
    return {"question": purpose.question(obj), "shown": shown, "form": form or filled(link)}
