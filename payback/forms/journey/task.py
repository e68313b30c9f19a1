"""What is to be done, for whom, and what whoever does it has to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.enums import Beneficiary, Day, Hazard, Known, Owner, Permission, Tools, Work
from payback.forms.journey.pieces import QuestionForm, radios, words

DATES = ["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"]
"""The ways in which people write a day."""


class SelfCheckForm(forms.Form):
    """Whether it can be a task at all, before anything is kept."""

    helps = forms.BooleanField(
        label=_("It helps the local community."),
        error_messages={
            "required": _(
                "Tick this if it helps the local community. If it helps one household only, we cannot take it."
            )
        },
    )
    not_paid = forms.BooleanField(
        label=_("It is nobody’s paid job."),
        error_messages={
            "required": _("Tick this if nobody is paid to do it. If somebody is, ask them first.")
        },
    )
    no_profit = forms.BooleanField(
        label=_("Nobody makes a profit from it."),
        error_messages={"required": _("Tick this if nobody makes a profit from it.")},
    )
    safe = forms.BooleanField(
        label=_("It looks safe to do, with care."),
        error_messages={
            "required": _("Tick this if it looks safe to do. If somebody is in danger now, call 999.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class WhatForm(QuestionForm):
    """What is to be done."""

    step = "what"
    heading = _("What should be done?")
    columns = ("work",)
    own_words = ("what",)

    work = radios(
        _("Kind of work"), Work.choices, required=True, missing=_("Choose the kind of work that fits best.")
    )
    what = words(
        _("What is wrong, and what should be done?"),
        _("Name no person, and nothing that tells who you are."),
        required=True,
        missing=_("Say in a few words what should be done."),
    )


class WhoForm(QuestionForm):
    """Who gains from it."""

    step = "who"
    heading = _("Who gains from it?")
    columns = ("beneficiary",)
    own_words = ("beneficiary_words",)

    beneficiary = radios(_("Who gains from the work most?"), Beneficiary.choices)
    beneficiary_words = words(_("Name of the group, school or estate, if there is one"), rows=2, most=300)


class OwnerForm(QuestionForm):
    """Whose it is, and whether they agree."""

    step = "owner"
    heading = _("Whose place is it?")
    columns = ("owner", "permission")
    own_words = ("owner_words",)

    owner = radios(_("Owner"), Owner.choices)
    permission = radios(
        _("Does the owner agree?"), Permission.choices, _("If nobody has asked, the board can.")
    )
    owner_words = words(
        _("Who could the board ask?"), _("An office or an organisation, if you know it."), rows=2, most=300
    )


class WelfareForm(QuestionForm):
    """Toilets and washing."""

    step = "welfare"
    heading = _("Toilets and washing")
    lead = _("People who work there need a toilet and somewhere to wash their hands.")
    columns = ("toilets", "washing")
    own_words = ("welfare_words",)

    toilets = radios(_("Is there a toilet within five minutes’ walk?"), Known.choices)
    washing = radios(_("Can people wash their hands there?"), Known.choices)
    welfare_words = words(
        _("Where?"), _("For example: the community hall, Monday to Friday."), rows=2, most=300
    )


class AccessForm(QuestionForm):
    """Getting there."""

    step = "access"
    heading = _("Getting there")
    columns = ("step_free", "van_access")

    step_free = radios(_("Can people get there without steps?"), Known.choices)
    van_access = radios(_("Can a van stop close by?"), Known.choices)


class HazardsForm(QuestionForm):
    """What could hurt somebody."""

    step = "hazards"
    heading = _("Could anything there hurt somebody?")
    columns = ("hazards",)
    own_words = ("hazards_words",)

    hazards = forms.MultipleChoiceField(
        label=_("Choose all you know of"),
        choices=Hazard.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hazards_words = words(_("Anything else to look out for?"), rows=2, most=500)


class ToolsForm(QuestionForm):
    """Tools and materials."""

    step = "tools"
    heading = _("Tools and materials")
    columns = ("tools",)
    own_words = ("tools_words",)

    tools = radios(_("Who can bring tools and materials?"), Tools.choices)
    tools_words = words(
        _("What is needed?"), _("For example: litter pickers, paint, a skip."), rows=2, most=300
    )


class WhenForm(QuestionForm):
    """When."""

    step = "when"
    heading = _("When can people work there?")
    columns = ("days", "not_before", "not_after")
    own_words = ("when_words",)

    days = forms.MultipleChoiceField(
        label=_("Days"), choices=Day.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    not_before = forms.DateField(
        label=_("Not before"),
        help_text=_("Day, month, year. For example, 12/03/2027."),
        required=False,
        input_formats=DATES,
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": _("Write a date as day, month, year: for example 12/03/2027.")},
    )
    not_after = forms.DateField(
        label=_("Not after"),
        help_text=_("Day, month, year. For example, 30/06/2027."),
        required=False,
        input_formats=DATES,
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": _("Write a date as day, month, year: for example 30/06/2027.")},
    )
    when_words = words(_("Anything else about the time?"), rows=2, most=300)

    def clean(self) -> dict[str, Any]:
        """The end is after the beginning."""
        data = super().clean() or {}
        first, last = data.get("not_before"), data.get("not_after")
        if first and last and last < first:
            self.add_error("not_after", _("Choose a day after “not before”."))
        return data


class PhotosForm(QuestionForm):
    """Photos; the page adds and takes away one at a time."""

    step = "photos"
    heading = _("Photos of the place")
    lead = _("You can add up to four. None is needed.")

    photo = forms.FileField(
        label=_("Choose a photo"),
        help_text=_(
            "JPEG, PNG or WebP, at most 12 MB. We take out where and when it was taken, and show it to nobody but the two people who screen it, unless you agree later on."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
