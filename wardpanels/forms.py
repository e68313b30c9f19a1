"""Clean input for voting, suggesting, planning and moderating; forms never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.people.enums import ResidencyMethod
from wardpanels.actions.rounds import wrong_in_plan
from wardpanels.enums import Concern
from wardpanels.models import Option, Round


class BallotForm(forms.Form):
    """The choice: 1 to `picks` options. The action checks again."""

    choices = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("Something you chose is not on the ballot any more. Please choose again."),
        },
    )

    def __init__(self, *args: Any, round_: Round, options: list[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picks = round_.picks
        field = self.fields["choices"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(option.code, option.text) for option in options]
        field.label = (
            _("Choose one.") if round_.picks == 1 else _("Choose up to %(picks)s.") % {"picks": round_.picks}
        )

    def clean_choices(self) -> list[str]:
        """No more than allowed."""
        chosen: list[str] = self.cleaned_data["choices"]
        if len(chosen) > self.picks:
            raise forms.ValidationError(
                _("You chose %(chosen)s. Take some away until %(picks)s are left."),
                params={"chosen": len(chosen), "picks": self.picks},
            )
        return chosen


class EmailForm(forms.Form):
    """Who votes: an address to which a code is sent, or a printed code instead."""

    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("We send a code to it, so that everybody votes once. It is not shown to anybody."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Write an email address like name@example.org.")},
    )
    printed = forms.CharField(
        label=_("Your printed code"),
        help_text=_("Twelve letters and numbers. If a letter or a person gave you one, it is all you need."),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data.get("email") and not data.get("printed"):
            self.add_error("email", _("Write your email address, or open the line below for a printed code."))
        return data


class ProofForm(forms.Form):
    """What is still needed: the emailed code where somebody is not signed in, and where they live."""

    email_code = forms.CharField(
        label=_("The code from our email"),
        help_text=_("Eight numbers."),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "govuk-input--width-10",
            }
        ),
        error_messages={"required": _("Write the code that we emailed you.")},
    )
    postcode = forms.CharField(
        label=_("Your postcode"),
        help_text=_("To see that you live in this ward. We do not keep it."),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "spellcheck": "false", "class": "govuk-input--width-10"}
        ),
    )
    printed = forms.CharField(
        label=_("Your printed code"),
        help_text=_("Twelve letters and numbers."),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )

    def __init__(
        self, *args: Any, signed_in: bool, methods: list[str], known: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["email_code"]
        if ResidencyMethod.POSTCODE not in methods or known:
            del self.fields["postcode"]
        if ResidencyMethod.CODE not in methods or known:
            del self.fields["printed"]
        self.known = known

    def clean(self) -> dict[str, Any]:
        """Postcode or printed code, unless where the person lives is known."""
        data = super().clean() or {}
        if not self.known and not self.errors and not data.get("postcode") and not data.get("printed"):
            first = next(iter(name for name in ("postcode", "printed") if name in self.fields), None)
            self.add_error(
                first,
                _("Write your postcode.") if first == "postcode" else _("Write the code on your paper."),
            )
        return data


class SuggestionForm(forms.Form):
    """A resident's own suggestion."""

    text = forms.CharField(
        label=_("What should the police work on?"),
        help_text=_("A few words, for example: mopeds on the towpath after school. Name no person."),
        max_length=120,
        error_messages={"required": _("Say in a few words what the police should work on.")},
    )
    concern = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose one")), *Concern.choices],
        error_messages={"required": _("Choose what it is about.")},
    )
    why = forms.CharField(
        label=_("Where and when does it happen?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RoundForm(forms.ModelForm[Round]):
    """The plan of a round. Times are London time."""

    methods = forms.MultipleChoiceField(
        label=_("How may people show that they live in the ward?"),
        choices=[(method.value, method.label) for method in ResidencyMethod],
        widget=forms.CheckboxSelectMultiple,
        initial=[ResidencyMethod.POSTCODE, ResidencyMethod.CODE],
        error_messages={"required": _("Choose at least one way; without one the round cannot open.")},
    )

    class Meta:
        model = Round
        fields = (
            "title",
            "collects_at",
            "opens_at",
            "closes_at",
            "picks",
            "slots_vote",
            "slots_panel",
            "slots_police",
            "methods",
            "minimum_age",
            "paper",
        )
        labels = {
            "title": _("Name of the round"),
            "collects_at": _("Residents may suggest from"),
            "opens_at": _("Voting opens"),
            "closes_at": _("Voting closes"),
            "picks": _("How many may a person choose?"),
            "slots_vote": _("Priorities set by the vote"),
            "slots_panel": _("Priorities set by the panel"),
            "slots_police": _("Priorities set by the police"),
            "minimum_age": _("Youngest age to vote"),
            "paper": _("We also count paper ballots at the panel"),
        }
        help_texts = {
            "title": _("For example: Winter 2026."),
            "collects_at": _("London time. Leave empty if the panel alone chooses what is on the ballot."),
            "opens_at": _("London time."),
            "closes_at": _("London time. Nobody can close it earlier."),
            "picks": "",
            "slots_vote": "",
            "slots_panel": "",
            "slots_police": "",
            "minimum_age": "",
            "paper": _(
                "After voting on the web has ended, the round waits until you say that all paper is in."
            ),
        }
        error_messages = {
            "title": {"required": _("Give the round a name.")},
            "opens_at": {
                "required": _("Say when voting opens."),
                "invalid": _("Write a day and a time when voting opens."),
            },
            "closes_at": {
                "required": _("Say when voting closes."),
                "invalid": _("Write a day and a time when voting closes."),
            },
            "collects_at": {"invalid": _("Write a day and a time from which residents may suggest.")},
            "picks": {"required": _("Say how many a person may choose.")},
            "slots_vote": {"required": _("Say how many priorities the vote sets.")},
            "slots_panel": {"required": _("Say how many priorities the panel sets; 0 for none.")},
            "slots_police": {"required": _("Say how many priorities the police set; 0 for none.")},
            "minimum_age": {"required": _("Say how old people must be to vote.")},
        }
        widgets = {
            name: forms.DateTimeInput(
                attrs={"type": "datetime-local", "class": "govuk-input--width-20"}, format="%Y-%m-%dT%H:%M"
            )
            for name in ("collects_at", "opens_at", "closes_at")
        }

    def clean_title(self) -> str:
        """One line without double blanks."""
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        """What the action would refuse, said at the field before the database's own constraints are asked."""
        data = super().clean() or {}
        if not {"opens_at", "closes_at", "picks", "slots_vote"} & self.errors.keys():
            for name, words in wrong_in_plan(Round(**data)).items():
                if name not in self.errors:
                    self.add_error(name, words)
        return data


class ReasonForm(forms.Form):
    """A public reason."""

    reason = forms.CharField(
        label=_("Why? Residents will read this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; residents will read it.")},
    )


class RejectForm(ReasonForm):
    """Why a suggestion is not taken, and whether its words may be shown."""

    withheld = forms.BooleanField(
        label=_("It names or abuses somebody: do not show its words"), required=False
    )


class MergeForm(forms.Form):
    """Which option a twin belongs to."""

    into = forms.ModelChoiceField(
        Option.objects.none(), label=_("Merge with"), to_field_name="code", empty_label=None
    )

    def __init__(self, *args: Any, option: Option, options: list[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Option.objects.filter(
            pk__in=[other.pk for other in options if other.pk != option.pk]
        )


class ExtensionForm(ReasonForm):
    """A later end."""

    closes_at = forms.DateTimeField(
        label=_("New end of voting"),
        help_text=_("London time."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "govuk-input--width-20"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={
            "required": _("Say when voting ends."),
            "invalid": _("Write a day and a time when voting ends."),
        },
    )
    field_order = ("closes_at", "reason")


class ReceiptForm(forms.Form):
    """Am I on the list?"""

    receipt = forms.CharField(
        label=_("Your receipt"),
        help_text=_("Sixteen letters and numbers, for example 7K2M-9QWE-33TR-08XZ."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": _("Write your receipt.")},
    )


class AdoptForm(forms.Form):
    """What the panel adopts: winners are ticked; other slots are written in."""

    winners = forms.MultipleChoiceField(
        label=_("Set by the vote"), widget=forms.CheckboxSelectMultiple, required=False
    )
    tied = forms.MultipleChoiceField(
        label=_("Tied in the vote; the panel decides between them"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=_("If you leave out a winner, say why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        round_: Round,
        winners: list[tuple[str, str]],
        tied: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("winners", winners), ("tied", tied)):
            if choices:
                field = self.fields[name]
                assert isinstance(field, forms.MultipleChoiceField)
                field.choices = choices
            else:
                del self.fields[name]
        if winners:
            self.fields["winners"].initial = [code for code, _text in winners]
        free = max(round_.slots_vote - len(winners), 0)
        self.rows: list[tuple[str, str]] = []
        slots = [
            ("panel", free + round_.slots_panel, _("Set by the panel")),
            ("police", round_.slots_police, _("Set by the police")),
        ]
        for set_by, number, label in slots:
            for place in range(1, number + 1):
                text, concern = f"{set_by}_{place}", f"{set_by}_{place}_concern"
                self.fields[text] = forms.CharField(
                    label=f"{label}, {place}" if number > 1 else label, max_length=120, required=False
                )
                self.fields[concern] = forms.ChoiceField(
                    label=_("What is it about?"),
                    choices=[("", _("Choose one")), *Concern.choices],
                    required=False,
                )
                self.rows.append((set_by, text))
        self.order_fields([name for name in self.fields if name != "reason"])
