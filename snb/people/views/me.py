"""My page: my ward, my roles, my ways of signing in, my data, and the way out."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from snb.people import actions
from snb.people.forms import NameForm
from snb.people.models import User
from snb.people.queries import (
    has_second_factor,
    latest_residency_of,
    may_change_ward_on,
    needs_second_factor,
    residency_of,
    role_or_none,
    roles_held,
    sessions_of,
)
from snb.people.views.signin import fresh_required


@login_required
@never_cache
@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """Everything about me on one page."""
    user: User = request.user  # type: ignore[assignment]
    return render(
        request,
        "people/me.html",
        {
            "residency": residency_of(user),
            "latest": latest_residency_of(user),
            "free_on": may_change_ward_on(user),
            "roles": roles_held(user),
            "sessions": sessions_of(user),
            "factors": Authenticator.objects.filter(user=user).order_by("type", "pk"),
            "has_factor": has_second_factor(user),
            "needs_factor": needs_second_factor(user),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def my_name(request: HttpRequest) -> HttpResponse:
    """The name I go by."""
    user: User = request.user  # type: ignore[assignment]
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_person(user, name=form.cleaned_data["name"], by=user)
        return redirect("my_page")
    return render(request, "people/my_name.html", {"form": form})


@fresh_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything we hold about me, as a JSON file."""
    user: User = request.user  # type: ignore[assignment]
    response = JsonResponse(
        {
            "about": _(
                "Everything personal this portal holds about you. Left out: passwords and keys, and how you voted in a round "
                "that is still open. Votes of closed rounds cannot be traced to anybody, you included."
            ),
            "data": actions.download_data(user, by=user),
        },
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@fresh_required
def my_account_delete(request: HttpRequest) -> HttpResponse:
    """Delete my account: what goes, what stays, one button."""
    user: User = request.user  # type: ignore[assignment]
    roles = roles_held(user)
    if request.method == "POST":
        actions.delete_account(user, by=user)
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("/")
    return render(
        request,
        "people/my_account_delete.html",
        {"roles": roles, "alone": [role for role in roles if role.is_last]},
    )


@login_required
@require_POST
def my_role_leave(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """Leave a role of mine."""
    user: User = request.user  # type: ignore[assignment]
    role = role_or_none(model, pk)
    if role is None or role.person_id != user.pk:
        raise Http404
    if role.is_last and "alone" not in request.POST:
        return render(request, "people/my_role_leave.html", {"role": role})
    try:
        actions.end_role(role, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_page")
