"""The second factor, on every route that shows or does something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from snb.people.queries import has_second_factor, needs_second_factor

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.base import SessionBase

    from snb.people.models import User

GATED = (
    "/desk",
    "/admin",
    "/oversight",
    "/accounts",
    "/files",
    "/api",
    "/documents",
    "/custody/desk",
    "/_util",
)
"""Everything under these asks for the second factor, whatever the method. Other pages are public and read only."""

ALLOWED = (
    "/accounts/second-factor/",
    "/accounts/logout/",
    "/accounts/login/",
    "/accounts/invitations/",
    "/accounts/links/",
    "/accounts/confirm-it-is-you/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/reauthenticate/",
    "/accounts/2fa/webauthn/login/",
    "/accounts/2fa/recovery-codes/",
    "/static/",
    "/health/",
    "/help/",
    "/payback/nominate/",
    "/payback/status/",
)
"""The way to a second factor, out, and to help; and what stands on a receipt and on no role, for whoever is a victim themselves. Nothing
here shows anybody else's data."""


class Visit(Protocol):
    """A request, or a socket's opening: who is there, by which session."""

    user: User | AnonymousUser
    session: SessionBase


def used_second_factor(request: Visit) -> bool:
    """Whether this session was opened, or confirmed since, with a second factor."""
    return any(entry.get("method") == "mfa" for entry in get_authentication_records(request, request.user))


def lacks_second_factor(request: Visit) -> bool:
    """Whether somebody with a role that needs a second factor has none, or has not used it in this session.

    In demo mode it is offered, not required.
    """
    if settings.PORTAL_DEMO or not request.user.is_authenticated or not needs_second_factor(request.user):
        return False
    return not (used_second_factor(request) and has_second_factor(request.user))


def is_gated(request: HttpRequest) -> bool:
    """Whether this request would show or do more than a public page."""
    path = request.path_info
    if any(path.startswith(allowed) for allowed in ALLOWED):
        return False
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        return True
    return any(path == gated or path.startswith(f"{gated}/") for gated in GATED)


def SecondFactorMiddleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Send whoever holds a role that needs a second factor to its page, until they have one and used it in this session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_gated(request) or not lacks_second_factor(request):
            return get_response(request)
        back = request.build_absolute_uri() if request.method == "GET" else ""
        query = f"?{urlencode({'next': back})}" if back else ""
        return HttpResponseRedirect(f"{settings.PORTAL_BASE_URL}/accounts/second-factor/{query}")

    return middleware
