"""What a nominator may still say once the nomination is with the board."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptForm(forms.Form):
    """The way back in."""

    receipt = forms.CharField(
        label=_("Your receipt"),
        help_text=_("17 letters and numbers. Capitals, blanks and hyphens do not matter."),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
        error_messages={"required": _("Type your receipt.")},
    )


class AnswerForm(forms.Form):
    """An answer to the screeners' question."""

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("Only the two people who screen read it. Name nobody."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={
            "required": _("Write an answer."),
            "max_length": _("Make this shorter: %(limit_value)s letters at most; you wrote %(show_value)s."),
        },
    )


class DisputeForm(forms.Form):
    """That it is not as it should be."""

    words = forms.CharField(
        label=_("What is not as it should be?"),
        help_text=_("You can do this once. The board reads it and answers."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={
            "required": _("Say in a few words what is not as it should be."),
            "max_length": _("Make this shorter: %(limit_value)s letters at most; you wrote %(show_value)s."),
        },
    )
