"""Clean input for the action log: entering, updating at the desk, and reporting by a link. Forms never save."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.boards.models import Body
from snb.meetings.enums import LOG_TRANSITIONS, Addressee, Answer, LogKind, LogStatus, Rag
from snb.meetings.models import ActionItem, Meeting
from snb.meetings.queries import log as queries
from snb.people.models import User

NO_COLOUR = ("", _("By its date"))


class DayInput(forms.DateInput):
    """One day, chosen or typed; the browser's own calendar where there is one."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day that may be left empty."""
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput(),
        error_messages={"invalid": _("Write a day, such as 2026-11-30.")},
        **kwargs,
    )


def lines_field(label: Any, limit: int, **kwargs: Any) -> forms.CharField:
    """A few lines of public text."""
    return forms.CharField(
        label=label,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Make it shorter: at most %(limit_value)d characters.")},
        **kwargs,
    )


class PersonField(forms.ModelChoiceField):
    """One of the people of a body, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=User.objects.none(),
            to_field_name="public_id",
            required=False,
            empty_label=_("Somebody else, or nobody with an account"),
            error_messages={"invalid_choice": _("Choose somebody from the list.")},
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        """Their name."""
        return str(obj.name)


class OnceField(forms.UUIDField):
    """A key made when a form is shown: what is sent twice under it, by a second press or the back button, is done once."""

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid4, widget=forms.HiddenInput)


class EntryForm(forms.Form):
    """An action or recommendation, before everybody can read it."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=LogKind.choices,
        initial=LogKind.ACTION,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an action or a recommendation.")},
    )
    text = forms.CharField(
        label=_("What is to be done?"),
        help_text=_("One thing, in a sentence. Everybody will read it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what is to be done.")},
    )
    owner = PersonField(label=_("Who is to do it?"))
    owner_name = forms.CharField(
        label=_("Owner, as the public reads it"),
        help_text=_("A name or an office: Carole Whitfield, the council’s lighting team."),
        required=False,
        max_length=120,
    )
    owner_email = forms.EmailField(
        label=_("Owner’s email address"),
        help_text=_("Only for somebody who is not on the list. Their link goes there; it is never shown."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Write an email address like name@example.org.")},
    )
    addressee = forms.ChoiceField(
        label=_("To whom does a recommendation go?"),
        help_text=_("Leave it for an action."),
        choices=[("", _("It is an action")), *Addressee.choices],
        required=False,
    )
    due_on = day_field(_("Due"), help_text=_("Without a date it counts as at risk."))
    meeting = forms.ModelChoiceField(
        label=_("From which meeting?"),
        help_text=_("It becomes public with the minutes of its meeting; without a meeting at once."),
        queryset=Meeting.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("Between meetings"),
        error_messages={"invalid_choice": _("Choose a meeting from the list.")},
    )
    is_private = forms.BooleanField(
        label=_("It is from the private part: never public"),
        required=False,
    )
    once = OnceField()

    def __init__(self, *args: Any, body: Body | None, entry: ActionItem | None = None, **kwargs: Any) -> None:
        if entry is not None:
            kwargs["initial"] = {
                "text": entry.text,
                "owner": entry.owner.public_id if entry.owner else "",
                "owner_name": entry.owner_name,
                "addressee": entry.addressee,
                "due_on": entry.due_on,
                "is_private": entry.is_private,
            }
        super().__init__(*args, **kwargs)
        owners = queries.possible_owners(body)
        if entry is not None and entry.owner_id:
            owners = User.objects.filter(pk__in=[*owners.values_list("pk", flat=True), entry.owner_id])
        _choices(self, "owner").queryset = owners
        if entry is None:
            _choices(self, "meeting").queryset = queries.meetings_to_enter_for(body)
            return
        del self.fields["kind"], self.fields["meeting"], self.fields["once"]
        if not entry.is_recommendation:
            del self.fields["addressee"]


def _choices(form: forms.Form, name: str) -> forms.ModelChoiceField:
    found = form.fields[name]
    assert isinstance(found, forms.ModelChoiceField)
    return found


class ReportForm(forms.Form):
    """What an owner reports by their link: fewer fields than the desk has, and none for the date."""

    status = forms.ChoiceField(label=_("How does it stand?"), widget=forms.RadioSelect)
    rag = forms.ChoiceField(
        label=_("How does it go?"),
        choices=[NO_COLOUR, *Rag.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    rag_reason = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("With on track, at risk or off track."),
        required=False,
        max_length=300,
    )
    answer = forms.ChoiceField(
        label=_("What is the answer?"), choices=Answer.choices, widget=forms.RadioSelect
    )
    answer_text = lines_field(_("In your words"), 1000, required=False, help_text=_("Everybody can read it."))
    answered_on = day_field(_("Answered on"), help_text=_("Today, if you leave it empty."))
    done_on = day_field(_("Done on"), help_text=_("Today, if you leave it empty and it is done."))
    evidence = lines_field(
        _("How can one see that it was done?"),
        1000,
        required=False,
        help_text=_("Needed once it is done: a report, a photograph, what changed on the street."),
    )
    evidence_url = forms.URLField(
        label=_("Address of a page that shows it"),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("Write an address like https://example.org/report.")},
    )
    note = lines_field(_("What has happened?"), 1000, required=False, help_text=_("Everybody can read it."))

    OF_ACTIONS = ("status", "rag", "rag_reason", "done_on", "evidence", "evidence_url")
    OF_RECOMMENDATIONS = ("answer", "answer_text", "answered_on")
    STATES: tuple[LogStatus, ...] = (LogStatus.OPEN, LogStatus.DONE)

    def __init__(self, *args: Any, obj: ActionItem, **kwargs: Any) -> None:
        names = [*self.base_fields]
        kwargs.setdefault("initial", {name: getattr(obj, name) for name in names if hasattr(obj, name)})
        super().__init__(*args, **kwargs)
        status = self.fields.get("status")
        if isinstance(status, forms.ChoiceField):
            now = LogStatus(obj.status)
            possible = {now, *LOG_TRANSITIONS[now]} & set(self.STATES)
            status.choices = [(state.value, state.label) for state in LogStatus if state in possible]
        for name in self.hidden(obj):
            del self.fields[name]

    def hidden(self, obj: ActionItem) -> tuple[str, ...]:
        """Fields that this entry does not have."""
        return self.OF_ACTIONS if obj.is_recommendation else self.OF_RECOMMENDATIONS


class UpdateForm(ReportForm):
    """What the desk can say: everything, the date and the owner too."""

    due_on = day_field(_("Due"), help_text=_("Say below why, if it moves."))
    owner = PersonField(label=_("Who is to do it?"))
    owner_name = forms.CharField(
        label=_("Owner, as the public reads it"),
        max_length=120,
        error_messages={"required": _("Say who is to do it, as the public will read it.")},
    )
    owner_email = forms.EmailField(
        label=_("New owner’s email address"),
        help_text=_("Only for somebody who is not on the list. It is never shown."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Write an email address like name@example.org.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    STATES = tuple(LogStatus)
    field_order = [
        "status",
        "answer",
        "answer_text",
        "answered_on",
        "rag",
        "rag_reason",
        "due_on",
        "done_on",
        "evidence",
        "evidence_url",
        "note",
        "owner",
        "owner_name",
        "owner_email",
    ]

    def __init__(self, *args: Any, obj: ActionItem, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **{name: getattr(obj, name) for name in self.base_fields if hasattr(obj, name)},
            "owner": obj.owner.public_id if obj.owner else "",
            "seen": obj.changed.isoformat(),
        }
        super().__init__(*args, obj=obj, **kwargs)
        owners = [*queries.possible_owners(obj.body).values_list("pk", flat=True)]
        found = User.objects.filter(pk__in=[*owners, *([obj.owner_id] if obj.owner_id else [])])
        _choices(self, "owner").queryset = found.order_by("name", "pk")

    def hidden(self, obj: ActionItem) -> tuple[str, ...]:
        """An action has no answer; a recommendation can be done as well as answered."""
        return () if obj.is_recommendation else self.OF_RECOMMENDATIONS
