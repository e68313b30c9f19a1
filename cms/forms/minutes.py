"""Minutes: a Word file, sections typed here, proposed records to tick and mend, approval, correction, a reviewer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cms.calculations import Part
from cms.queries.minutes import MOST_ACTIONS, MOST_DECISIONS, MOST_PEOPLE
from snb.files.calculations import check_upload
from snb.files.enums import Kind
from snb.meetings.enums import Capacity, Offence, Presence
from snb.meetings.models import Meeting, MinutesVersion

WORD_KINDS = frozenset({Kind.DOCX, Kind.ODT})
MOST_TEXT = 30_000
"""Characters of one section."""
MOST_PARTS = 200


class WordForm(forms.Form):
    """The file of the minutes."""

    file = forms.FileField(
        label=_("The minutes as a Word file"),
        help_text=_(
            "A .docx of at most 20 MB. You see what it becomes before anything is used, and nothing is public."
        ),
        widget=forms.FileInput(
            attrs={
                "accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "class": "govuk-file-upload",
            }
        ),
        error_messages={
            "required": _("Choose the Word file of the minutes."),
            "empty": _("This file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        """A document by its bytes; the kind is kept for whoever stores it."""
        file: UploadedFile = self.cleaned_data["file"]
        self.kind = check_upload(file, kinds=WORD_KINDS).kind
        return file


class PartsForm(forms.Form):
    """One field for each section, in the order of the agenda, and what the page showed when it was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        for number, part in enumerate(self.parts):
            self.fields[f"heading_{number}"] = forms.CharField(
                initial=part.heading, required=False, widget=forms.HiddenInput
            )
            self.fields[f"part_{number}"] = forms.CharField(
                label=part.heading or _("Before the first item"),
                initial=part.text,
                required=False,
                max_length=MOST_TEXT,
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    @classmethod
    def parts_in(cls, data: Mapping[str, Any]) -> list[Part]:
        """The sections that a page was opened with."""
        numbers = itertools.takewhile(lambda number: f"part_{number}" in data, range(MOST_PARTS))
        return [Part(str(data.get(f"heading_{number}", ""))[:255], "") for number in numbers]

    def clean(self) -> dict[str, Any]:
        """Something is written."""
        data = super().clean() or {}
        typed = [data.get(f"part_{number}", "") for number in range(len(self.parts))]
        if not self.errors and not any(text.strip() for text in typed):
            raise forms.ValidationError(_("Write something under at least one item."))
        return data

    @property
    def written(self) -> list[Part]:
        """The sections as they were typed."""
        return [
            Part(part.heading, self.cleaned_data[f"part_{number}"]) for number, part in enumerate(self.parts)
        ]


class ProposedPersonForm(forms.Form):
    """Somebody who was there, or who sent apologies."""

    keep = forms.BooleanField(label=_("Record it"), required=False)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    capacity = forms.ChoiceField(label=_("As"), choices=Capacity.choices, required=False)
    presence = forms.ChoiceField(label=_("Was"), choices=Presence.choices, required=False)

    def clean(self) -> dict[str, Any]:
        """A person has a name."""
        data = super().clean() or {}
        if data.get("keep") and not (data.get("name") or "").strip():
            self.add_error("name", _("Write the name, or take the tick away."))
        return data


class ProposedDecisionForm(forms.Form):
    """Something that was decided."""

    keep = forms.BooleanField(label=_("Record it"), required=False)
    text = forms.CharField(
        label=_("Decision"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """A decision has words."""
        data = super().clean() or {}
        if data.get("keep") and not (data.get("text") or "").strip():
            self.add_error("text", _("Write the decision, or take the tick away."))
        return data


class ProposedActionForm(forms.Form):
    """Something somebody is to do."""

    keep = forms.BooleanField(label=_("Record it"), required=False)
    text = forms.CharField(
        label=_("What is to be done"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner_name = forms.CharField(label=_("Who"), max_length=120, required=False)
    due_on = forms.DateField(
        label=_("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date such as 12/1/2027.")},
    )

    def clean(self) -> dict[str, Any]:
        """An action has words, and somebody who does it."""
        data = super().clean() or {}
        if data.get("keep"):
            if not (data.get("text") or "").strip():
                self.add_error("text", _("Write what is to be done, or take the tick away."))
            if not (data.get("owner_name") or "").strip():
                self.add_error("owner_name", _("Write who does it."))
        return data


PeopleFormSet = forms.formset_factory(
    ProposedPersonForm, extra=0, absolute_max=MOST_PEOPLE, max_num=MOST_PEOPLE
)
DecisionFormSet = forms.formset_factory(
    ProposedDecisionForm, extra=0, absolute_max=MOST_DECISIONS, max_num=MOST_DECISIONS
)
ActionFormSet = forms.formset_factory(
    ProposedActionForm, extra=0, absolute_max=MOST_ACTIONS, max_num=MOST_ACTIONS
)


class ApproveForm(forms.Form):
    """The meeting that agreed the minutes."""

    in_meeting = forms.ModelChoiceField(
        label=_("Which meeting agreed them?"),
        queryset=Meeting.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the meeting that agreed them."),
            "invalid_choice": _("Choose a later meeting of the same body that has taken place."),
        },
    )

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["in_meeting"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = meetings


class CorrectForm(forms.Form):
    """Why approved minutes are corrected."""

    reason = forms.CharField(
        label=_("What was wrong?"),
        help_text=_(
            "For example: the library’s address was the old one. Everybody who reads the minutes sees this."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what was wrong. Everybody who reads the minutes sees it.")},
    )


class RedactForm(forms.Form):
    """Taking an earlier version off: which, and why."""

    version = forms.TypedChoiceField(
        label=_("Which version must go?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the version that must go."),
            "invalid_choice": _(
                "This version is off already, or the newest says the same. Choose one of the list."
            ),
        },
    )
    reason = forms.TypedChoiceField(
        label=_("Why must it go?"),
        help_text=_("Everybody reads this in its place."),
        coerce=Offence,
        choices=Offence.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )

    def __init__(self, *args: Any, versions: Sequence[MinutesVersion], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "redact_%s", **kwargs})
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.number, self.label_of(one)) for one in versions]

    @staticmethod
    def label_of(version: MinutesVersion) -> str:
        """As the list of versions names it."""
        when = date_format(timezone.localtime(version.published_at), "j F Y, H:i")
        return f"{when} · {version.get_kind_display()}"


class ReviewerForm(forms.Form):
    """Whom to ask to read the draft."""

    email = forms.EmailField(
        label=_("Email address of the reader"),
        help_text=_(
            "They need no account. The link is good for 14 days and ends when the minutes are approved."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Write the email address of the reader."),
            "invalid": _("Write an email address like name@example.org."),
        },
    )


class CommentForm(forms.Form):
    """What a reader says about the draft."""

    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("Say which part you mean. Only the people who write the minutes read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your comment.")},
    )
