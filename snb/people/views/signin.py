"""Signing in, confirming that it is you, and the second step."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from snb.people import actions
from snb.people.adapters import is_own_url
from snb.people.enums import DEMO_PASSWORD
from snb.people.forms import EmailCodeForm, EmailedCodeForm
from snb.people.middleware import used_second_factor
from snb.people.models import User
from snb.people.queries import demo_people, has_second_factor, needs_second_factor, open_reset_of, roles_held

FRESH_FOR = 300
"""Seconds for which a sign-in or a confirmation counts as fresh."""
CODE_KEY = "confirm_it_is_you"
NEXT_KEY = "second_factor_next"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed within five minutes that it is them: with their second factor where they have one."""
    strong = has_second_factor(request.user)
    records = get_authentication_records(request, request.user)
    recent = [entry for entry in records if time.time() - entry["at"] < FRESH_FOR]
    return any(entry["method"] == "mfa" for entry in recent) if strong else bool(recent)


def fresh_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for somebody who has just shown that it is them; others are asked first and come back.

    allauth's own rule takes no fresh sign-in, takes a password although there is a second factor, and lets people with
    neither pass. Ours decides, and tells allauth so.
    """

    @wraps(view)
    @login_required
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(request):
            back = request.get_full_path() if request.method == "GET" else reverse("my_page")
            return redirect(f"{reverse('confirm_it_is_you')}?{urlencode({'next': back})}")
        records = get_authentication_records(request, request.user)
        strong = [entry for entry in records if entry["method"] == "mfa"] or records
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            *(entry for entry in records if entry is not strong[-1]),
            strong[-1] | {"reauthenticated": True},
        ]
        return view(request, *args, **kwargs)

    return wrapped


class SignInView(LoginView):
    """Email code first, then passkey, then password; in demo mode the demo people."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["code_form"] = EmailCodeForm()
        if settings.PORTAL_DEMO:
            context["demo_people"] = demo_people()
            context["demo_password"] = DEMO_PASSWORD
        return context


sign_in = SignInView.as_view()


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_it_is_you(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, else the password, else a code sent by email."""
    back = get_next_redirect_url(request) or reverse("my_page")
    user = request.user
    methods = get_adapter().get_reauthentication_methods(user)
    strong = [method for method in methods if method["id"].startswith("mfa")]
    if strong or methods:
        return redirect(f"{(strong or methods)[0]['url']}?{urlencode({'next': back})}")
    form = EmailedCodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "code" not in request.POST:
        if ratelimit.consume(request, app="allauth.account", action="reauthenticate_code", user=user):
            code = generate_user_code(numeric=True, length=8)
            request.session[CODE_KEY] = {"code": code, "at": time.time(), "tries": 0}
            get_adapter().send_mail("account/email/login_code", user.email, {"code": code, "user": user})  # type: ignore[union-attr]
        else:
            messages.error(request, _("Too many codes. Wait a few minutes, then try again."))
        return redirect(f"{request.path}?{urlencode({'next': back})}")
    state = request.session.get(CODE_KEY)
    if state and time.time() - state["at"] > 900:
        state = None
    if form.is_bound and form.is_valid():
        if (
            state
            and state["tries"] < 3
            and compare_user_code(actual=form.cleaned_data["code"], expected=state["code"])
        ):
            del request.session[CODE_KEY]
            record_authentication(request, user, "code", reauthenticated=True)
            return redirect(back)
        if state:
            request.session[CODE_KEY] = state | {"tries": state["tries"] + 1}
            state = state if state["tries"] < 2 else None
        form.add_error("code", _("That code is not right, or too old. Ask for a new one."))
    return render(request, "people/confirm_it_is_you.html", {"form": form, "sent": bool(state), "back": back})


@login_required
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The first-run page of the second step: choose a passkey or an app; or use the one there is."""
    user: User = request.user  # type: ignore[assignment]
    back = get_next_redirect_url(request)
    if back:
        request.session[NEXT_KEY] = back
    has = has_second_factor(user)
    if has and used_second_factor(request):
        return redirect(_pop_next(request))
    if has:
        where = get_adapter().get_reauthentication_methods(user)
        methods = [method for method in where if method["id"].startswith("mfa")]
        return redirect(f"{methods[0]['url']}?{urlencode({'next': reverse('second_factor')})}")
    return render(
        request,
        "people/second_factor.html",
        {
            "roles": roles_held(user),
            "needed": needs_second_factor(user),
            "back": request.session.get(NEXT_KEY, ""),
        },
    )


def _pop_next(request: HttpRequest) -> str:
    back = request.session.pop(NEXT_KEY, "")
    return back if is_own_url(back) else get_adapter().get_login_redirect_url(request)


@login_required
@never_cache
def second_factor_done(request: HttpRequest) -> HttpResponse:
    """On to where the person was going when the second step stopped them."""
    return redirect(_pop_next(request))


class AppView(ActivateTOTPView):
    """An authenticator app: QR code and typed key; the code typed here counts as the second step of this session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["spaced_secret"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp", reauthenticated=True)
        return response

    def get_success_url(self) -> str:
        return _after_setup(self.did_generate_recovery_codes)


class PasskeyView(AddWebAuthnView):
    """A passkey; making it counts as the second step of this session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": webauthn.begin_registration(self.request.user, True)}
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn", reauthenticated=True)
        return response

    def get_success_url(self) -> str:
        return _after_setup(self.did_generate_recovery_codes)


def _after_setup(new_codes: bool) -> str:
    return reverse("mfa_view_recovery_codes") if new_codes else reverse("second_factor_done")


add_app = fresh_required(AppView.as_view())
add_passkey = fresh_required(PasskeyView.as_view())


@never_cache
@require_http_methods(["GET", "POST"])
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Somebody who has shown their email or password, and has lost the second step, asks for its reset."""
    stage = get_pending_stage(request)
    person = stage.login.user if stage is not None and stage.key == AuthenticateStage.key else None
    if person is None:
        return redirect("account_login")
    error = ""
    if request.method == "POST":
        try:
            actions.ask_for_reset(person)
            return redirect("lost_factor")
        except ValidationError as refused:
            error = " ".join(refused.messages)
    return render(request, "people/lost_factor.html", {"reset": open_reset_of(person), "error": error})


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    user: User = request.user  # type: ignore[assignment]
    ended = actions.end_sessions(user, by=user, keep=request.session.session_key or "")
    messages.success(request, _("Signed out of %(count)d other browsers.") % {"count": ended})
    return redirect("usersessions_list")


def wagtail_login(request: HttpRequest) -> HttpResponse:
    """Both of Wagtail's log-ins lead to ours."""
    back = request.GET.get("next", "")
    back = request.build_absolute_uri(back) if back.startswith("/") and not back.startswith("//") else ""
    query = f"?{urlencode({'next': back})}" if back else ""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}{query}")
