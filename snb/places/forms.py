"""The postcode search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.places.calculations import LONGEST
from snb.places.clients import look_up_anywhere
from snb.places.enums import PostcodeStatus
from snb.places.queries import PostcodeAnswer


class PostcodeForm(forms.Form):
    """One field. Valid where the postcode leads somewhere; `answer` says what was found either way."""

    answer: PostcodeAnswer | None = None
    """None until something was typed and `is_valid()` was asked."""

    postcode = forms.CharField(
        label=_("Your postcode"),
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "postal-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input govuk-input--width-10",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A NUL or a whole novel is no postcode either: one sentence for all of it.
        self.fields["postcode"].validators = []

    def clean_postcode(self) -> str:
        """Look it up."""
        typed: str = self.cleaned_data["postcode"]
        self.answer = look_up_anywhere(typed[: LONGEST + 1])
        if self.answer.status not in {PostcodeStatus.WARD, PostcodeStatus.ENDED}:
            raise forms.ValidationError(self.answer.message)
        return typed

    @property
    def typed(self) -> str:
        """What was typed, short enough to be shown again."""
        return str(self.data.get("postcode", "")).replace("\x00", "")[:LONGEST]
