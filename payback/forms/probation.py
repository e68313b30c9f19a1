"""Clean input of the probation desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payback.enums import PhotoKind, Refusal
from payback.queries.probation import TimesAskedFor

if TYPE_CHECKING:
    from datetime import date

_DAY = {"invalid": _("Write a day, for example 2027-01-31."), "required": _("Choose a day.")}


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class AskForm(forms.Form):
    """A question to the board."""

    text = forms.CharField(
        label=_("What would you like to know?"),
        help_text=_("The board answers. It does not tell you who nominated the task."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your question.")},
    )


class DatesForm(forms.Form):
    """Days of the work, held against what the task says of time: a warning, and a box to go on all the same."""

    starts_on = day_field(_("When does the work begin?"))
    expected_end_on = day_field(_("When do you expect it to be done?"), required=False)
    anyway = forms.BooleanField(
        label=_("Go on with these days all the same"), required=False, widget=forms.HiddenInput
    )
    field_order = ("project_code", "starts_on", "expected_end_on", "anyway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_for: TimesAskedFor = self.initial.get("asked_for") or TimesAskedFor()
        if self.asked_for.words:
            said = gettext("The task says: %(times)s.") % {"times": "; ".join(self.asked_for.words)}
            self.fields["starts_on"].help_text = said

    def clean(self) -> dict[str, Any]:
        """Warn of days that the task speaks against, until the box is ticked."""
        data = super().clean() or {}
        anyway = data.pop("anyway", False)
        warnings = self.warnings(data.get("starts_on"), data.get("expected_end_on"))
        if not warnings:
            del self.fields["anyway"]  # a tick for these days is none for the next
            return data
        self.fields["anyway"].widget = forms.CheckboxInput()
        if not anyway:
            for name, said in warnings.items():
                self.add_error(name, said)
        return data

    def warnings(self, start: date | None, end: date | None) -> dict[str, list[str]]:
        """What speaks against these days, by field."""
        found: dict[str, list[str]] = {}
        asked = self.asked_for
        for name, day in (("starts_on", start), ("expected_end_on", end)):
            said = []
            if day and asked.not_before and day < asked.not_before:
                said.append(
                    gettext("This is before %(day)s, and the task says: not before.")
                    % {"day": date_format(asked.not_before, "j F Y")}
                )
            if day and asked.not_after and day > asked.not_after:
                said.append(
                    gettext("This is after %(day)s, and the task says: not after.")
                    % {"day": date_format(asked.not_after, "j F Y")}
                )
            if day and name == "starts_on" and asked.leaves_out(day):
                said.append(
                    gettext("This is a %(day)s, and the task says: %(days)s.")
                    % {"day": date_format(day, "l"), "days": asked.days_in_words}
                )
            if said:
                said[-1] += " " + gettext("Choose another day, or tick the box below.")
                found[name] = said
        return found


class AcceptForm(DatesForm):
    """Project code and dates."""

    project_code = forms.CharField(
        label=_("Project code"),
        help_text=_("As it is in your own system."),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "spellcheck": "false"}),
        error_messages={"required": _("Write the project code.")},
    )
    starts_on = day_field(_("When is the work to begin?"), required=False)


class RefuseForm(forms.Form):
    """A reason from the list, and words."""

    reason = forms.ChoiceField(
        label=_("Why can this not be done?"),
        choices=Refusal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    words = forms.CharField(
        label=_("Say it in a sentence or two"),
        help_text=_("The board and whoever nominated the task read this. Name no person."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in a sentence why, for the board and for whoever asked.")},
    )


class SeenField(forms.CharField):
    """What stood in the record when the page was made; a page shown again after an error says what stands by then."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=40, required=False)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Never what was sent."""
        return initial


class ScheduleForm(DatesForm):
    """When the work begins and ends."""

    seen = SeenField()
    """The dates the page says are planned now, so that nobody's are written over unseen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start, end = self.initial.get("starts_on"), self.initial.get("expected_end_on")
        planned = {
            "start": date_format(start, "j F Y") if start else "",
            "end": date_format(end, "j F Y") if end else "",
        }
        said = ""
        if start and end:
            said = gettext("Planned now: from %(start)s to %(end)s.") % planned
        elif start:
            said = gettext("Planned now: from %(start)s.") % planned
        elif end:
            said = gettext("Planned now: until %(end)s.") % planned
        field = self.fields["starts_on"]
        field.help_text = " ".join(filter(None, [said, str(field.help_text)]))

    def clean_seen(self) -> str | None:
        """None where it was not sent: then nothing is compared."""
        return self.cleaned_data["seen"] or None


class SessionForm(forms.Form):
    """A working day: no name, ever."""

    date = day_field(_("Day"))
    people = forms.IntegerField(
        label=_("How many people worked?"),
        help_text=_("The number only. Never write a name."),
        min_value=1,
        max_value=60,
        error_messages={
            "required": _("Write how many people worked."),
            "invalid": _("Write a whole number."),
        },
    )
    hours = forms.DecimalField(
        label=_("How many hours did they work, all together?"),
        help_text=_("Six people for four hours are 24 hours."),
        max_digits=6,
        decimal_places=2,
        error_messages={
            "required": _("Write the hours of all people together."),
            "invalid": _("Write a number."),
        },
    )
    source_id = forms.CharField(
        max_length=80, widget=forms.HiddenInput, initial=lambda: f"desk:{uuid4().hex}"
    )
    """Made with the page, so that pressing the button twice logs one session."""

    def clean_source_id(self) -> str:
        """Of our own making only: a sheet's or a system's session is not changed from here."""
        value = str(self.cleaned_data["source_id"])
        if not value.startswith("desk:") or not value.isascii():
            raise forms.ValidationError(_("Please open this page again."))
        return value


class WorkPhotoForm(forms.Form):
    """A photo from before or after."""

    kind = forms.ChoiceField(
        label=_("What does it show?"),
        choices=[(kind.value, kind.label) for kind in (PhotoKind.BEFORE, PhotoKind.AFTER)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it shows the place before or after the work.")},
    )
    file = forms.FileField(
        label=_("Photo"),
        help_text=_(
            "JPEG, PNG or WebP. No people, please. The board looks at it before anybody else sees it."
        ),
        error_messages={"required": _("Choose a photo.")},
    )


class OfficerForm(forms.Form):
    """The one officer who may see how to reach the nominator."""

    officer = forms.ChoiceField(
        label=_("Who is to be in touch?"), error_messages={"required": _("Choose somebody.")}
    )

    def __init__(self, *args: Any, officers: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = {str(officer.public_id): officer for officer in officers}
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose one")),
            *[(key, officer.name) for key, officer in self.officers.items()],
        ]

    def clean_officer(self) -> Any:
        """The person themselves."""
        return self.officers[self.cleaned_data["officer"]]


class SheetForm(forms.Form):
    """A sheet to bring in."""

    file = forms.FileField(
        label=_("Your sheet, as CSV"),
        help_text=_("The one you downloaded here, with your changes. At most 1 MB."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )
