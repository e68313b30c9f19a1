"""The edge of allauth: how people sign in, where they may go afterwards, and how second factors are kept."""

from __future__ import annotations

import json
import logging
import smtplib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.utils import websafe_decode
from wagtail.models import Site

from snb.people.models import HeldAddress
from snb.people.queries import residency_of, roles_of
from snb.privacy.calculations import decrypt_text, encrypt_text

if TYPE_CHECKING:
    from snb.people.models import User

log = logging.getLogger(__name__)


def site_origins() -> set[str]:
    """Scheme, host and port of every Site."""
    plain = {"http": 80, "https": 443}[settings.PORTAL_SCHEME]
    return {
        f"{settings.PORTAL_SCHEME}://{host}" + (f":{port}" if port != plain else "")
        for host, port in Site.objects.values_list("hostname", "port")
    }


def is_own_url(url: str) -> bool:
    """Whether an address is a path here or an absolute address of one of the Sites: scheme, host and port exactly."""
    if not url or any(sign in url for sign in "\\\t\r\n\x00") or url != url.strip() or len(url) > 2000:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return url.startswith("/") and not url.startswith("//")
    return f"{parts.scheme}://{parts.netloc}" in site_origins()


class SignInBackend(AuthenticationBackend):
    """Password and session: people of the demo data exist only while the demo is on."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Active, and not of a demo that is off."""
        return super().user_can_authenticate(user) and (settings.PORTAL_DEMO or not user.is_demo)


class AccountAdapter(DefaultAccountAdapter):
    """Email is the login; one answer whether or not an address is known; `next` stays on our Sites."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The email address or the password is not right."),
        "incorrect_code": gettext_lazy("That code is not right. Check the newest email we sent you."),
        "incorrect_password": gettext_lazy("That password is not right."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": gettext_lazy("Too many requests. Wait a few minutes, then try again."),
        "unverified_primary_email": gettext_lazy("Confirm your email address first."),
    }

    def is_safe_url(self, url: str) -> bool:
        """A path, or an absolute address of a Site."""
        return is_own_url(url)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Nobody of the demo data gets in by code or passkey either, once the demo is off."""
        if user.is_demo and not settings.PORTAL_DEMO:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To one's desks with a role, else to one's own page."""
        return "/desk/" if roles_of(request.user) else "/accounts/me/"

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """A newcomer says where they live; everybody else goes to their own page."""
        return "/accounts/me/" if residency_of(request.user) else "/accounts/residency/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The London home page."""
        return "/"

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> AbstractBaseUser:
        """Take the name along."""
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> Any:
        """Confirm an address, and remember which account held it."""
        confirmed = super().confirm_email(request, email_address)
        HeldAddress.hold(email_address.user, email_address.email)
        return confirmed

    def format_email_subject(self, subject: str) -> str:
        """As it is: no prefix that would tell a glance what the message is about."""
        return subject

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Say where the portal is in every message."""
        return super().render_mail(
            template_prefix, email, {"LONDON": settings.PORTAL_BASE_URL, **context}, headers
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once: a code is waited for, and no row may hold it. A mail server that fails is said, not shown as a bug."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            log.error("The mail server did not take a sign-in message: %s", type(error).__name__)
            request = self.request
            if request is not None:
                messages.error(
                    request,
                    _("We could not send the email just now. Wait a minute, then ask for a new code."),
                )


class MFAAdapter(DefaultMFAAdapter):
    """Passkeys of the parent domain, so that they work on every site; secrets encrypted at rest."""

    PURPOSE = "mfa.authenticator.data"

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "That code is not right. Codes change every 30 seconds: type the one shown now."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret. allauth asks before the row exists, so it is bound to the purpose, not to a row."""
        return encrypt_text(text, self.PURPOSE, "")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return decrypt_text(encrypted_text, self.PURPOSE, "")

    def _get_site_name(self) -> str:
        return "Safer Neighbourhood Boards"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The parent domain of all sites."""
        return {"id": settings.PORTAL_DOMAIN, "name": self._get_site_name()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """The device in words, so that somebody with two passkeys knows which is which."""
        agent = context.request.headers.get("user-agent", "") if context.request else ""
        for sign, name in (
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("Macintosh", "Mac"),
            ("Linux", "Linux"),
        ):
            if sign in agent:
                return _("Passkey on %(device)s") % {"device": name}
        return _("Passkey")


def passkey_origin_is_ours(credential: Any) -> bool:
    """Whether a browser says that a passkey was used on one of the Sites.

    Together with the signature over the same bytes this is the origin check of the WebAuthn ceremony: allauth's own knows
    one host and no port, so it is off (`MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN`) and each of our forms asks here first.
    """
    try:
        client = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        return client["origin"] in site_origins() and not client.get("crossOrigin", False)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def signed_in_person(request: HttpRequest) -> User | None:
    """The signed-in person of a request, or nobody."""
    user = request.user
    return user if user.is_authenticated else None
