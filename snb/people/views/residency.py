"""Saying where one lives."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from snb.people import actions
from snb.people.forms import PostcodeForm, PrintedCodeForm, attach
from snb.people.models import User
from snb.people.queries import latest_residency_of, may_change_ward_on, residency_of
from snb.places.enums import PostcodeStatus
from snb.places.models import Ward
from snb.places.queries import look_up


@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """From a ward page ("Join this ward"): to joining or straight to the postcode, and back to the ward afterwards."""
    asked = {name: request.GET[name][:20] for name in ("ward", "postcode") if request.GET.get(name)}
    slug, board = request.GET.get("ward", "")[:80], getattr(request, "board", None)
    asked.pop("ward", None)
    if board is not None and slug:
        ward = Ward.objects.current().filter(borough=board.borough, slug=slug).first()
        if ward is not None:
            asked["ward"] = ward.pk
    target = f"{settings.PORTAL_BASE_URL}/accounts/residency/" + (f"?{urlencode(asked)}" if asked else "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    return HttpResponseRedirect(f"{settings.PORTAL_BASE_URL}/accounts/signup/?{urlencode({'next': target})}")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def residency(request: HttpRequest) -> HttpResponse:
    """One field: the postcode. In the ward asked for it is done at once; in another ward the person is asked first."""
    user: User = request.user  # type: ignore[assignment]
    code = (request.POST.get("ward") or request.GET.get("ward") or "")[:9]
    wanted = (
        Ward.objects.current().select_related("borough").filter(pk=code).first()
        if code.isascii() and code.isalnum()
        else None
    )
    form = PostcodeForm(request.POST or None, initial={"postcode": request.GET.get("postcode", "")[:10]})
    other = None
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="postcode", user=user):
            form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        else:
            answer = look_up(form.cleaned_data["postcode"])
            if (
                answer.status == PostcodeStatus.WARD
                and wanted is not None
                and answer.ward != wanted
                and "agreed" not in request.POST
            ):
                other = answer.ward
            else:
                try:
                    found = actions.confirm_by_postcode(user, form.cleaned_data["postcode"], by=user)
                except ValidationError as error:
                    attach(form, error)
                else:
                    messages.success(request, _("You have joined %(ward)s.") % {"ward": found.ward})
                    return HttpResponseRedirect(found.ward.full_url)
    return render(
        request,
        "people/residency.html",
        {
            "form": form,
            "wanted": wanted,
            "other": other,
            "current": residency_of(user),
            "latest": latest_residency_of(user),
            "free_on": may_change_ward_on(user),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def residency_by_code(request: HttpRequest) -> HttpResponse:
    """Type the code of a letter or card."""
    user: User = request.user  # type: ignore[assignment]
    form = PrintedCodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:40]})
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="printed_code", user=user):
            form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        else:
            try:
                found = actions.confirm_by_code(user, form.cleaned_data["code"], by=user)
            except ValidationError as error:
                attach(form, error)
            else:
                messages.success(
                    request, _("Your code confirms that you live in %(ward)s.") % {"ward": found.ward}
                )
                return HttpResponseRedirect(found.ward.full_url)
    return render(request, "people/residency_by_code.html", {"form": form, "current": residency_of(user)})


@require_POST
@login_required
def residency_end(request: HttpRequest) -> HttpResponse:
    """I do not live there any more."""
    user: User = request.user  # type: ignore[assignment]
    current = residency_of(user)
    if current is not None:
        actions.end_residency(current, by=user)
        messages.success(request, _("You have left %(ward)s.") % {"ward": current.ward})
    return redirect("my_page")
