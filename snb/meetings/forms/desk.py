"""Clean input about planning a meeting, its papers and rules. Forms never save."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from snb.meetings.actions.plans import plan_as_read, wrong_in_plan
from snb.meetings.enums import Openness, Provision
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import DraftItem
from snb.meetings.queries.desk import Offer

ALIASES = {"starts_at": "day", "ends_at": "ends"}
"""Where an error of the plan is shown."""
DAY = forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-20"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time", "class": "govuk-input--width-10"}, format="%H:%M")


class OfferForm(forms.Form):
    """What to plan."""

    what = forms.ChoiceField(
        label=_("What do you want to plan?"),
        error_messages={
            "required": _("Choose what you want to plan."),
            "invalid_choice": _("Choose what you want to plan from the list."),
        },
    )

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for offer in offers:
            groups.setdefault(offer.group, []).append((offer.value, offer.label))
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _now("Choose one")), *groups.items()]


class SectionedForm(forms.Form):
    """A form whose questions stand under headings."""

    HEADINGS: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    SHORT = frozenset({"day", "begins", "ends", "step_free", "toilets", "hearing_loop"})
    """Questions short enough to stand side by side where there is room."""

    @property
    def sections(self) -> list[tuple[Any, list[BoundField], bool]]:
        """Heading, questions (those the form has), and whether they may stand side by side."""
        found = [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in self.HEADINGS
        ]
        return [(heading, fields, fields[0].name in self.SHORT) for heading, fields in found if fields]

    def refuse(self, error: ValidationError) -> None:
        """Show what an action refused at the field it names, or at the top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            place = ALIASES.get(name, name)
            self.add_error(place if place in self.fields else None, errors)


class PlanForm(SectionedForm):
    """When and where a meeting is and who may come. Times are London time."""

    title = forms.CharField(
        label=_("Name of the meeting"),
        max_length=120,
        error_messages={"required": _("Give the meeting a name.")},
    )
    day = forms.DateField(
        label=_("Day"),
        widget=DAY,
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2027-03-31, or choose it from the calendar."),
        },
    )
    begins = forms.TimeField(
        label=_("Begins at"),
        widget=CLOCK,
        error_messages={
            "required": _("Say when it begins."),
            "invalid": _("Write the time like 19:00."),
        },
    )
    ends = forms.TimeField(
        label=_("Ends at"),
        widget=CLOCK,
        error_messages={"required": _("Say when it ends."), "invalid": _("Write the time like 21:00.")},
    )
    place = forms.CharField(
        label=_("Place"),
        help_text=_("For example: Town hall, committee room 2. Leave it empty if you do not know yet."),
        max_length=120,
        required=False,
    )
    address = forms.CharField(label=_("Address and postcode"), max_length=200, required=False)
    step_free = forms.ChoiceField(label=_("Step-free access"), choices=Provision.choices)
    toilets = forms.ChoiceField(label=_("Accessible toilet"), choices=Provision.choices)
    hearing_loop = forms.ChoiceField(label=_("Hearing loop"), choices=Provision.choices)
    access_note = forms.CharField(
        label=_("Getting in"),
        help_text=_("Which door, parking, interpreters, anything else people should know."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    joining_url = forms.URLField(
        label=_("Link to join online"),
        help_text=_("Everybody sees it."),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"invalid": _("Write a web address that begins with https://.")},
    )
    openness = forms.ChoiceField(label=_("Who may come?"), choices=Openness.choices, widget=forms.RadioSelect)
    chair_name = forms.CharField(
        label=_("Who chairs it"), help_text=_("Everybody sees this name."), max_length=120, required=False
    )
    quorum = forms.IntegerField(
        label=_("Quorum"),
        help_text=_("Voting members who have to be there. Leave it empty if your body has set none."),
        min_value=1,
        max_value=100,
        required=False,
        error_messages={
            "invalid": _("Write the quorum as a number."),
            "min_value": _("A quorum is from 1 to 100 people."),
            "max_value": _("A quorum is from 1 to 100 people."),
        },
    )

    HEADINGS = (
        (_("When"), ("day", "begins", "ends")),
        (_("Where"), ("place", "address", "joining_url")),
        (_("Access"), ("step_free", "toilets", "hearing_loop", "access_note")),
        (_("The meeting"), ("title", "openness", "chair_name", "quorum")),
        (_("Reason"), ("reason",)),
    )
    WITHOUT: tuple[str, ...] = ()

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting is not None:
            kwargs["initial"] = {**as_typed(meeting), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        if meeting is not None:
            self.fields["seen"] = forms.CharField(
                initial=plan_as_read(meeting), required=False, widget=forms.HiddenInput
            )
        for name in self.WITHOUT:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Day and hours as two instants, and what the action would refuse said at the field."""
        data = super().clean() or {}
        if "day" in self.fields and not {"day", "begins", "ends"} & self.errors.keys():
            day = data.pop("day")
            for name, hour in (("starts_at", data.pop("begins")), ("ends_at", data.pop("ends"))):
                try:
                    data[name] = from_current_timezone(datetime.combine(day, hour))
                except ValidationError:
                    self.add_error(
                        "begins" if name == "starts_at" else "ends",
                        _("On this day the clocks change at that hour. Choose another time."),
                    )
            if {"starts_at", "ends_at"} <= data.keys():
                self.judge(data)
        return data

    def judge(self, data: dict[str, Any]) -> None:
        """Say what would keep the plan from being."""
        known = self.meeting
        times = (data["starts_at"], data["ends_at"])
        same = known is not None and times == (known.starts_at, known.ends_at)
        plan = Meeting(title="x", starts_at=times[0], ends_at=times[1])
        for name, words in wrong_in_plan(plan, new_times=not same).items():
            self.add_error(ALIASES[name], words)


class DetailsForm(PlanForm):
    """What may be changed of an announced meeting: nothing that moves it."""

    WITHOUT = ("day", "begins", "ends")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, meeting=meeting, **kwargs)
        if meeting.place:
            del self.fields["place"]

    def clean(self) -> dict[str, Any]:
        """A page that was opened before the announcement asked for day and hours: they are not passed over in silence."""
        if "day" in self.data:
            raise ValidationError(
                _now(
                    "This meeting has been announced since you opened this page. To change its day, time or place, move it."
                )
            )
        return super().clean()


class ReasonForm(SectionedForm):
    """A public reason."""

    reason = forms.CharField(
        label=_("Why? Everybody will read this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; everybody will read it.")},
    )
    HEADINGS = ((_("Reason"), ("reason",)),)


class MoveForm(PlanForm):
    """Another time or place, and why."""

    reason = forms.CharField(
        label=_("Why? Everybody will read this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; everybody will read it.")},
    )
    WITHOUT = ("title", "openness", "chair_name", "quorum")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_note"].help_text = _(
            "If it is another place, check these answers again: which door, parking, interpreters."
        )


class RulesForm(SectionedForm):
    """What a body has agreed about its meetings."""

    papers_days = forms.IntegerField(
        label=_("Days before a meeting by which members have agenda and papers"),
        min_value=0,
        max_value=60,
        error_messages={
            "required": _("Write a number of days."),
            "invalid": _("Write a number of days."),
            "min_value": _("Members have papers from 0 to 60 days before a meeting."),
            "max_value": _("Members have papers from 0 to 60 days before a meeting."),
        },
    )
    takes_questions = forms.BooleanField(
        label=_("Anybody may put a question to a public meeting"), required=False
    )
    speak_hours = forms.IntegerField(
        label=_("Hours before a meeting by which people register to speak"),
        min_value=0,
        max_value=336,
        error_messages={
            "required": _("Write a number of hours."),
            "invalid": _("Write a number of hours."),
            "min_value": _("People register to speak from 0 to 336 hours before a meeting."),
            "max_value": _("People register to speak from 0 to 336 hours before a meeting."),
        },
    )
    quorum = forms.IntegerField(
        label=_("Quorum"),
        help_text=_("Voting members who have to be there. Leave it empty if your body has set none."),
        min_value=1,
        max_value=100,
        required=False,
        error_messages={
            "invalid": _("Write the quorum as a number."),
            "min_value": _("A quorum is from 1 to 100 people."),
            "max_value": _("A quorum is from 1 to 100 people."),
        },
    )
    HEADINGS = ((_("Rules"), ("papers_days", "takes_questions", "speak_hours", "quorum")),)


class PaperForm(SectionedForm):
    """A paper for an item."""

    item = forms.ChoiceField(
        label=_("For which item?"),
        error_messages={
            "required": _("Choose the item it belongs to."),
            "invalid_choice": _("This item is not on the agenda any more. Choose another."),
        },
    )
    title = forms.CharField(
        label=_("Name of the paper"),
        help_text=_("As people will see it, for example: Police report, autumn 2026."),
        max_length=160,
        error_messages={"required": _("Give the paper a name.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, OpenDocument or a spreadsheet."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.odt,.xlsx,.ods,.csv"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty."),
            "missing": _("Choose a file."),
        },
    )
    HEADINGS = ((_("Add a paper"), ("item", "title", "file")),)

    def __init__(self, *args: Any, items: list[DraftItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _now("Choose one")),
            *((str(item.row.pk), f"{item.number}. {item.row.title}") for item in items),
        ]

    def clean_title(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["title"].split())


def as_typed(meeting: Meeting) -> dict[str, Any]:
    """A meeting as the plan form shows it."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    names = [name for name in PlanForm.base_fields if name not in {"day", "begins", "ends"}]
    return {name: getattr(meeting, name) for name in names} | {
        "day": starts.date(),
        "begins": starts.time(),
        "ends": ends.time(),
    }
