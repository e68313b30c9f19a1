"""The nominator: how to reach them, what harmed them, what may be shared, and that they hold the receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.actions.drafts import Changes
from payback.enums import Harmed, Show, Tell
from payback.forms.journey.pieces import QuestionForm, radios, words
from payback.models import Nomination
from payback.queries.journey import AGREED


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
        before = super().initial_of(nomination)
        if not nomination.answers.get(AGREED):
            before["show"] = None
        return {**before, "screening_board": nomination.screening_board.borough.slug}

    def changes(self) -> Changes:
        """What was not asked is not agreed to."""
        data = self.cleaned_data
        columns = {name: data.get(name, False) for name in self.columns}
        return Changes(
            columns={**columns, "screening_board": self.boards[data["screening_board"]]},
            answers={AGREED: "yes"},
        )


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
