"""The questions of a nomination, one page each. A form says what a page changes (`changes`); it never saves.

Nothing here may be remembered by a browser: every control has `autocomplete="off"`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.actions.drafts import Changes
from payback.enums import (
    Beneficiary,
    Day,
    Harmed,
    Hazard,
    Known,
    Owner,
    Permission,
    Show,
    Tell,
    Tools,
    Work,
)
from payback.models import Nomination
from snb.places.enums import PostcodeStatus
from snb.places.models import Borough, Ward
from snb.places.queries import PostcodeAnswer, look_up, point_of, ward_at

DATES = ["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"]
"""The ways in which people write a day."""
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


class WhereForm(QuestionForm):
    """Where it is: a postcode, words, a point on a map."""

    step = "where"
    heading = _("Where is it?")
    lead = _("The place that needs the work, not where you live.")
    own_words = ("place",)

    postcode = forms.CharField(
        label=_("Postcode of the place"),
        help_text=_("If you do not know it, leave it empty and describe the place."),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "spellcheck": "false", "class": "govuk-input--width-10"}
        ),
    )
    place = words(
        _("Describe the place"),
        _("For example: the alley behind the shops on Swains Lane, by the green gate."),
        rows=3,
        required=True,
        missing=_("Describe the place in a few words."),
        most=500,
    )
    latitude = forms.FloatField(
        required=False,
        widget=forms.HiddenInput(attrs={"data-place-latitude": ""}),
        min_value=51.2,
        max_value=51.8,
    )
    longitude = forms.FloatField(
        required=False,
        widget=forms.HiddenInput(attrs={"data-place-longitude": ""}),
        min_value=-0.6,
        max_value=0.4,
    )

    answer: PostcodeAnswer | None = None
    elsewhere: Borough | None = None
    """Another borough the place is in: its own site takes the nomination."""

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """Words, postcode and point from the sealed fields."""
        point = nomination.point
        return {
            **super().initial_of(nomination),
            "postcode": point.get("postcode", ""),
            "latitude": point.get("marked_latitude"),
            "longitude": point.get("marked_longitude"),
        }

    def clean_postcode(self) -> str:
        """Look it up; a postcode of another borough is said at the field."""
        typed: str = self.cleaned_data["postcode"].strip()
        if not typed:
            return ""
        answer = look_up(
            typed
        )  # our own table only: nobody else is asked about a place that may be somebody's home
        self.answer = answer
        if answer.status in {PostcodeStatus.MALFORMED, PostcodeStatus.CITY, PostcodeStatus.NOT_LONDON}:
            raise forms.ValidationError(answer.message)
        if answer.borough and answer.borough.pk != self.nomination.board_id:
            self.elsewhere = answer.borough
            raise forms.ValidationError(
                _(
                    "That postcode is in %(borough)s, not in %(here)s. %(borough)s has a site of its own for this."
                ),
                params={"borough": answer.borough, "here": self.nomination.board.borough},
            )
        return answer.postcode

    def clean(self) -> dict[str, Any]:
        """A point must lie in this borough."""
        data = super().clean() or {}
        self.point_ward: Ward | None = None
        if data.get("latitude") is not None and data.get("longitude") is not None and not self.errors:
            self.point_ward = ward_at(data["latitude"], data["longitude"])
            if self.point_ward is not None and self.point_ward.borough_id != self.nomination.board_id:
                self.elsewhere = self.point_ward.borough
                raise forms.ValidationError(
                    _("The point you marked is in %(borough)s."), params={"borough": self.point_ward.borough}
                )
        return data

    def changes(self) -> Changes:
        """Words and point sealed; the ward as worked out, from the point before the postcode."""
        data = self.cleaned_data
        point: dict[str, Any] = {}
        ward = self.point_ward
        if data["latitude"] is not None and data["longitude"] is not None:
            point |= {"marked_latitude": data["latitude"], "marked_longitude": data["longitude"]}
            point |= {"latitude": data["latitude"], "longitude": data["longitude"]}
        if data["postcode"] and self.answer is not None:
            point["postcode"] = self.answer.postcode
            ward = ward or self.answer.ward
            found = point_of(self.answer.postcode)
            if "latitude" not in point and found is not None:
                point["latitude"], point["longitude"] = found
        columns: dict[str, Any] = {}
        if ward is not None:
            columns = {"ward": ward, "ward_corrected": False}
        return Changes(columns=columns, answers={"place": data["place"]}, sealed={"point": point})


class WardForm(QuestionForm):
    """The ward, as worked out, to be corrected."""

    step = "ward"
    heading = _("Which ward is it in?")

    ward = forms.ModelChoiceField(
        Ward.objects.none(),
        label=_("Ward"),
        empty_label=_("Choose one"),
        error_messages={
            "required": _("Choose the ward."),
            "invalid_choice": _("Choose a ward of this borough."),
        },
    )

    def __init__(self, *args: Any, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(*args, nomination=nomination, **kwargs)
        field = self.fields["ward"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Ward.objects.current().filter(borough=nomination.board_id)
        field.to_field_name = "slug"
        if nomination.ward is not None:
            field.help_text = _("We think it is %(ward)s. Choose another one if that is wrong.") % {
                "ward": nomination.ward
            }

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """As worked out or chosen before."""
        return {"ward": nomination.ward.slug if nomination.ward else None}

    def changes(self) -> Changes:
        """The ward, and whether it is another one than we thought."""
        ward = self.cleaned_data["ward"]
        before = self.nomination.ward_id
        corrected = self.nomination.ward_corrected or (before is not None and before != ward.pk)
        return Changes(columns={"ward": ward, "ward_corrected": corrected})


class NearbyForm(QuestionForm):
    """Whether one of the endorsed tasks close by is the same; the page has the list."""

    step = "nearby"
    heading = _("Is it one of these?")
    lead = _("These tasks close by are endorsed already.")


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


class ContactForm(QuestionForm):
    """Whether and how to reach the nominator safely."""

    step = "contact"
    heading = _("May we tell you what becomes of it?")
    lead = _("You need not. Your receipt shows it too.")
    columns = ("tell",)

    tell = radios(
        _("How?"),
        Tell.choices,
        _(
            "Emails come from “Neighbourhood portal”. They never say what they are about, only that there is something to look at."
        ),
        required=True,
        missing=_("Choose whether we may write to you."),
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("One that only you read."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"spellcheck": "false"}),
        error_messages={"invalid": _("Write an email address like name@example.org.")},
    )
    name = forms.CharField(label=_("What shall we call you?"), required=False, max_length=80)
    phone = forms.CharField(
        label=_("Telephone number"),
        help_text=_("Only if the board may call you."),
        required=False,
        max_length=40,
    )
    safe = words(
        _("When and how is it safe to reach you?"),
        _("For example: only on weekdays before three; never leave a message."),
        rows=2,
        most=500,
    )
    keep = forms.BooleanField(
        label=_("Keep it under my account"),
        help_text=_("You are signed in. If you leave this empty, nothing connects this with your account."),
        required=False,
    )

    def __init__(self, *args: Any, nomination: Nomination, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, nomination=nomination, **kwargs)
        self.user = user if user is not None and user.is_authenticated else None
        if self.user is None:
            del self.fields["keep"]

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """As written before."""
        return {"tell": nomination.tell, "keep": nomination.nominator_id is not None, **nomination.contact}

    def clean(self) -> dict[str, Any]:
        """An address where we may write."""
        data = super().clean() or {}
        if data.get("tell") == Tell.EMAIL and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the address we may write to, or choose that we do not."))
        return data

    def changes(self) -> Changes:
        """Everything but the choice is sealed."""
        data = self.cleaned_data
        contact = {
            name: data[name].strip() for name in ("email", "name", "phone", "safe") if data[name].strip()
        }
        columns: dict[str, Any] = {"tell": data["tell"]}
        if self.user is not None:
            columns["nominator"] = self.user if data["keep"] else None
        return Changes(columns=columns, sealed={"contact": contact})


class HarmedForm(QuestionForm):
    """Whether crime there has harmed them: asked gently, never needed."""

    step = "harmed"
    heading = _("Has crime in this place harmed you?")
    lead = _(
        "You need not answer. It is never shown, not to the public, not to probation, not to people who work there. "
        "Only the two people who screen read it, so that they understand what it means to you."
    )

    harmed = radios(_("Your answer"), Harmed.choices)
    wishes = words(_("Is there anything the two people who screen should know?"), rows=3, most=1000)

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """As written before."""
        return dict(nomination.victim)

    def changes(self) -> Changes:
        """All of it sealed; an empty answer leaves nothing."""
        data = self.cleaned_data
        return Changes(sealed={"victim": {name: data[name] for name in ("harmed", "wishes") if data[name]}})


class SharingForm(QuestionForm):
    """Consent, for each kind of sharing; and who screens."""

    step = "sharing"
    heading = _("What may be shared?")
    lead = _("Nothing is ticked unless you tick it. You can take all of it back with your receipt.")
    columns = ("show", "may_show_photos", "may_pass_photos", "may_pass_contact", "may_ask_after")

    show = radios(
        _("When may the task be on this site?"),
        Show.choices,
        _("In the words of the board, never in yours."),
        required=True,
        missing=_("Choose when it may be shown."),
    )
    may_show_photos = forms.BooleanField(
        label=_("Photos may be shown on this site once the board has checked them."), required=False
    )
    may_pass_photos = forms.BooleanField(label=_("Photos may be given to probation."), required=False)
    may_pass_contact = forms.BooleanField(
        label=_("One named probation officer may see how to reach me."),
        help_text=_("On a protected page only. It is in no file and no email."),
        required=False,
    )
    may_ask_after = forms.BooleanField(
        label=_("Ask me four weeks afterwards whether it is still as it should be."), required=False
    )
    screening_board = forms.ChoiceField(
        label=_("Who shall screen it?"),
        help_text=_("Choose another borough’s board if you might know somebody on this one."),
        error_messages={"invalid_choice": _("Choose one of the boards.")},
    )

    def __init__(self, *args: Any, nomination: Nomination, boards: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, nomination=nomination, **kwargs)
        self.boards = {board.borough.slug: board for board in boards or ()}
        field = self.fields["screening_board"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slug, str(board)) for slug, board in self.boards.items()]
        if not nomination.photos.exists():
            del self.fields["may_show_photos"], self.fields["may_pass_photos"]
        if not nomination.contact:
            del self.fields["may_pass_contact"]
        if nomination.tell == Tell.NONE:
            del self.fields["may_ask_after"]

    def initial_of(self, nomination: Nomination) -> dict[str, Any]:
        """As chosen before."""
        return {**super().initial_of(nomination), "screening_board": nomination.screening_board.borough.slug}

    def changes(self) -> Changes:
        """What was not asked is not agreed to."""
        data = self.cleaned_data
        columns = {name: data.get(name, False) for name in self.columns}
        return Changes(columns={**columns, "screening_board": self.boards[data["screening_board"]]})


class CheckForm(forms.Form):
    """The receipt, typed again: whoever sends has it."""

    receipt = forms.CharField(
        label=_("Type your receipt"),
        help_text=_(
            "The 17 letters and numbers we showed you at the start. It is the only way back to this."
        ),
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


STEPS: dict[str, type[QuestionForm]] = {
    form.step: form
    for form in (
        WhereForm,
        WardForm,
        NearbyForm,
        WhatForm,
        WhoForm,
        OwnerForm,
        WelfareForm,
        AccessForm,
        HazardsForm,
        ToolsForm,
        WhenForm,
        PhotosForm,
        ContactForm,
        HarmedForm,
        SharingForm,
    )
}
"""The questions in their order; *check* follows."""
FIRST, LAST = "where", "check"
