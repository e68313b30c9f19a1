"""What each question is made of: a page, a text box, one of a few."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.actions.drafts import Changes
from payback.models import Nomination

WORDS = 2000
"""Letters a person may write in one answer: some 350 words."""


def words(
    label: Any,
    help_text: Any = "",
    *,
    rows: int = 4,
    required: bool = False,
    missing: Any = "",
    most: int = WORDS,
) -> forms.CharField:
    """A text box."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": None, "spellcheck": "true"}),
        error_messages={
            "required": missing or _("Write a few words."),
            "max_length": _("Make this shorter: %(limit_value)s letters at most; you wrote %(show_value)s."),
        },
    )


def radios(
    label: Any, choices: Any, help_text: Any = "", *, required: bool = False, missing: Any = ""
) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=choices,
        required=required,
        widget=forms.RadioSelect,
        error_messages={"required": missing or _("Choose one.")},
    )


class QuestionForm(forms.Form):
    """One page of the journey."""

    step: ClassVar[str]
    heading: ClassVar[Any]
    lead: ClassVar[Any] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    """Fields that go into columns of the same name."""
    own_words: ClassVar[tuple[str, ...]] = ()
    """Fields that go into the sealed answers under the same name."""

    def __init__(self, *args: Any, nomination: Nomination, **kwargs: Any) -> None:
        self.nomination = nomination
        kwargs.setdefault("initial", self.initial_of(nomination))
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """What was answered before."""
        return {
            **{name: getattr(nomination, name) for name in self.columns},
            **{name: nomination.answers.get(name, "") for name in self.own_words},
        }

    def changes(self) -> Changes:
        """What this page changes, once it is valid."""
        data = self.cleaned_data
        return Changes(
            columns={name: data[name] for name in self.columns},
            answers={name: data[name] for name in self.own_words},
        )
