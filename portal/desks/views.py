"""Start pages by role, and oversight."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.desks import queries
from snb.boards.views import desk_required
from snb.outbox.actions import renew, resend
from snb.outbox.models import OutboxMessage
from snb.outbox.queries import barred_destinations, dead_letters
from snb.people.views.deeds import act, user_of

if TYPE_CHECKING:
    pass


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


@desk_required("outbox.message.view")
@require_safe
def given_up(request: HttpRequest) -> HttpResponse:
    """Messages that could not be sent."""
    letters, count = queries.messages_given_up(), dead_letters().count()
    may_resend = request.user.has_perm("outbox.message.resend")
    return render(
        request,
        "desks/given_up.html",
        {"letters": letters, "count": count, "may_resend": may_resend, "barred": barred_destinations()},
    )


@desk_required("outbox.message.resend")
@require_POST
def resend_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try one again from the start."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    done = _("It will be sent again within a minute or two.")
    return act(request, partial(resend, message), done, to="given_up")


@desk_required("outbox.message.resend")
@require_POST
def renew_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have one prepared again, as it would be written today."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    try:
        new = renew(message, by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            _("It is prepared again, and will leave within a minute or two.")
            if new is not None
            else _("It is put away: what it told has been taken back in the meantime."),
        )
    return redirect("given_up")
