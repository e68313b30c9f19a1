"""Answering an invitation to a role."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from snb.people import actions
from snb.people.enums import InvitationState
from snb.people.queries import has_second_factor, invitation_by_token, invited_role, owns_email


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. Looking changes nothing, so a mail scanner cannot accept; the button does."""
    found = invitation_by_token(token)
    role = invited_role(found) if found else None
    if found is None or role is None:
        raise Http404
    user = request.user
    is_theirs = owns_email(user, found.email)
    error = ""
    if request.method == "POST" and found.state == InvitationState.OPEN and is_theirs:
        try:
            given = actions.accept_invitation(found, by=user)  # type: ignore[arg-type]
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            messages.success(request, _("Welcome. Your role: %(role)s.") % {"role": given.label})
            if given.needs_second_factor and not has_second_factor(user):
                request.session["second_factor_next"] = given.desk_url
                return redirect("second_factor")
            return redirect(given.desk_url)
    return render(
        request,
        "people/invitation.html",
        {
            "invitation": found,
            "role": role,
            "is_theirs": is_theirs,
            "error": error,
            "here": request.path,
            "states": InvitationState,
        },
    )
