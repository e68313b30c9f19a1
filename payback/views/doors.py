"""Which nomination this browser has open: a key in a cookie of its own, valid for twenty minutes, not the person's session.

A signed-in person's session never learns of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from payback.actions import drafts
from payback.calculations import receipt_hash
from payback.models import Nomination
from snb.boards.models import Board
from snb.boards.queries import board_of

PATH = "/payback/"


def key_of(request: HttpRequest) -> str:
    """The key in this browser; empty without one."""
    return request.COOKIES.get(settings.FORM_COOKIE_NAME, "")


def opened(request: HttpRequest) -> Nomination | None:
    """The nomination this browser has open."""
    board = board_of(request)
    return drafts.enter(board, key_of(request)) if board else None


def open_by_receipt(request: HttpRequest, board: Board, typed: str) -> tuple[Nomination, str]:
    """Open what a receipt belongs to. Only wrong ones count towards the limit: sixty people in one hall share an address.

    Raises:
        ValidationError: there is nothing under it here, or too many wrong ones came from this address.
    """
    begun = begun_here(request)
    if begun is None and not ratelimit.consume(request, action="payback_receipt", dry_run=True):
        raise ValidationError(_("Too many receipts were tried from here. Wait a minute and try again."))
    try:
        if (
            begun is not None
            and not Nomination.objects.filter(pk=begun, receipt_hash=receipt_hash(typed)).exists()
        ):
            raise ValidationError(_("We have nothing under this receipt here."))
        return drafts.open_door(board, typed)
    except ValidationError:
        ratelimit.consume(request, action="payback_receipt")
        raise


BEGUN = "payback.begun"
BEGUN_SECONDS = 2 * 60 * 60


def just_begun(nomination: Nomination) -> str:
    """For the page that shows a receipt: a word by which it opens its own draft, whatever others in this library have guessed."""
    return signing.dumps(str(nomination.pk), salt=BEGUN)


def begun_here(request: HttpRequest) -> str | None:
    """The draft of the page that showed its receipt; None on every other page, and after two hours."""
    try:
        return str(signing.loads(request.POST.get("begun", ""), salt=BEGUN, max_age=BEGUN_SECONDS))
    except signing.BadSignature:
        return None


def give_key(response: HttpResponse, key: str) -> HttpResponse:
    """Put a key into this browser, for its journey's addresses only."""
    response.set_cookie(
        settings.FORM_COOKIE_NAME,
        key,
        max_age=int(drafts.DOOR.total_seconds()),
        path=PATH,
        secure=not settings.LOCAL,
        httponly=True,
        samesite="Strict",
    )
    return response


def take_key(response: HttpResponse) -> HttpResponse:
    """Take the key out of this browser."""
    response.delete_cookie(settings.FORM_COOKIE_NAME, path=PATH, samesite="Strict")
    return response


def kept_nowhere(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For each page of the journey: no copy anywhere, nothing for a search engine, and a key that was used lives on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        key = key_of(request)
        if key and settings.FORM_COOKIE_NAME not in response.cookies and isinstance(response, HttpResponse):
            give_key(response, key)
        return response

    return wrapped


JOURNEY = ("/payback/nominate/", "/payback/status/")
"""The addresses of whoever nominates: what goes wrong there stays in their frame."""


@sensitive_variables()
def refused(request: HttpRequest) -> HttpResponse:
    """A form of the journey whose token does not hold: the way out, nothing kept anywhere, and what was typed to copy."""
    typed = [
        value
        for name, value in request.POST.dict().items()
        if name != "receipt_back" and " " in str(value).strip()
    ]
    response = render(request, "payback/refused.html", {"typed": typed}, status=403)
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "no-store, private"
    return response
