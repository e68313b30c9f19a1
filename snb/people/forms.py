"""Clean input about people. Forms never save."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, RequestLoginCodeForm, SignupForm
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from snb.people.adapters import passkey_origin_is_ours
from snb.places.models import Ward


class JoinForm(SignupForm):
    """Join: an email address, and a name if the person likes."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=120,
        help_text=_("Other people see it only if you take on a role."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["email", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Your email address")
        email.help_text = _("We send you a code to check that it is yours.")
        email.widget.attrs = {"type": "email", "autocomplete": "email", "inputmode": "email"}

    def clean_email(self) -> str:
        """Count tries for one address, known or not, before asking whether it is known."""
        address = self.cleaned_data["email"].strip().lower()
        if not ratelimit.consume(
            context.request, app="allauth.account", action="signup_address", key=address
        ):
            raise get_adapter().validation_error("rate_limited")
        return super().clean_email()


class PasswordForm(LoginForm):
    """Sign in with a password. allauth drops the field where joining asks for none; here it stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Your email address")
        self.fields["login"].widget.attrs = {
            "type": "email",
            "autocomplete": "username",
            "inputmode": "email",
        }
        self.fields["password"].help_text = ""

    def _setup_password_field(self) -> None:
        self.fields["password"].required = True


class EmailCodeForm(RequestLoginCodeForm):
    """Sign in with a code sent by email."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Your email address")
        email.widget.attrs = {"type": "email", "autocomplete": "email", "inputmode": "email"}


class _OnOurSites:
    """Asks, before the ceremony is completed, whether the passkey was used on one of the Sites."""

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        if not isinstance(credential, dict) or not passkey_origin_is_ours(credential):
            raise get_mfa_adapter().validation_error("incorrect_code")
        parent = getattr(super(), "clean_credential", None)
        return parent() if parent else credential


class AddPasskeyForm(_OnOurSites, AddWebAuthnForm):
    """A new passkey: always one that can sign in by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"].label = _("Name of this device")
        self.fields["name"].max_length = 60

    def clean_name(self) -> str:
        """At most sixty characters."""
        return super().clean_name()[:60]


class PasskeyLoginForm(_OnOurSites, LoginWebAuthnForm):
    """Signing in with a passkey alone."""


class PasskeyAuthenticateForm(_OnOurSites, AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class PasskeyReauthenticateForm(_OnOurSites, ReauthenticateWebAuthnForm):
    """A passkey to confirm that it is you."""


class NameForm(forms.Form):
    """The name a person goes by."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class PostcodeForm(forms.Form):
    """The postcode of one's home."""

    postcode = forms.CharField(
        label=_("Your home postcode"),
        max_length=10,
        help_text=_("We keep a scrambled mark of it, never the postcode itself."),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "govuk-input--width-10"}),
    )


class PrintedCodeForm(forms.Form):
    """A code from a letter or card."""

    code = forms.CharField(
        label=_("The code from your letter or card"),
        max_length=40,
        help_text=_("Twelve letters and numbers, such as 7K3F-9QWD-2MXB. Capitals and spaces do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class EmailedCodeForm(forms.Form):
    """The figures of an emailed code."""

    code = forms.CharField(
        label=_("The code from the email"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )


class BatchForm(forms.Form):
    """How many printed codes, for which ward."""

    ward = forms.ModelChoiceField(label=_("Ward"), queryset=Ward.objects.none())
    count = forms.IntegerField(
        label=_("How many codes"),
        min_value=1,
        max_value=500,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
    )

    def __init__(self, *args: Any, wards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ward"].queryset = wards  # type: ignore[attr-defined]


def attach(form: forms.Form, error: ValidationError) -> None:
    """Show what an action refused at the field it names, or at the top of the form."""
    if hasattr(error, "error_dict"):
        for field, errors in error.error_dict.items():
            form.add_error(field if field in form.fields else None, errors)
    else:
        form.add_error(None, error)
