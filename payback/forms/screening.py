"""What screeners say: no interest, words, verdict, questions, boxes on photos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.actions.redaction import Instead
from payback.actions.screening import Opinion, Words
from payback.enums import Check, Criterion, Decline, Offence, Verdict
from payback.models import Nomination, Review
from payback.queries import verdict_basis_of, wording_of
from snb.privacy.calculations import find_identifiers


def text(
    label: Any, help_text: Any = "", *, rows: int, most: int, required: bool = True, missing: Any = ""
) -> forms.CharField:
    """A text box of a desk."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": missing or _("Write a few words."),
            "max_length": _("Make this shorter: %(limit_value)s letters at most; you wrote %(show_value)s."),
        },
    )


def seen_field(name: str) -> forms.CharField:
    """Which words the page showed, so that nobody presses on words they have not read."""
    return forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": f"seen_{name}"}))


class TakeForm(forms.Form):
    """Taking a nomination on."""

    no_interest = forms.BooleanField(
        label=_(
            "I did not nominate this, and neither I nor anybody close to me gains from it or is harmed by it."
        ),
        error_messages={"required": _("Tick this if it is true. If it is not, leave it to others.")},
    )


class WordsForm(forms.Form):
    """The words for the public and for probation."""

    seen = seen_field("words")
    public_title = forms.CharField(
        label=_("Title for everybody"),
        help_text=_("For example: Clear the alley behind the shops."),
        max_length=100,
        error_messages={"required": _("Write a title.")},
    )
    public_words = text(
        _("What everybody reads"),
        _("In your own words. Could wording, place, angle or time tell who asked?"),
        rows=4,
        most=1000,
        missing=_("Say in a few sentences what is to be done."),
    )
    public_place = forms.CharField(
        label=_("Place for everybody"),
        help_text=_("A street or landmark, no house number."),
        max_length=120,
        error_messages={"required": _("Name the street or landmark.")},
    )
    show_cell = forms.BooleanField(
        label=_("Show it on the map"),
        help_text=_("As a square of 200 metres. Leave this empty if even that would tell who asked."),
        required=False,
        initial=True,
    )
    brief = text(
        _("For probation"),
        _(
            "Where exactly, what is to be done, hazards, toilets, whom to ask about the place. Nothing about who nominated it."
        ),
        rows=6,
        most=4000,
        missing=_("Tell probation where exactly and what."),
    )
    hours_estimate = forms.IntegerField(
        label=_("Hours of work in total, as you guess"), required=False, min_value=1, max_value=5000
    )
    group_size = forms.IntegerField(label=_("People at a time"), required=False, min_value=1, max_value=60)
    confirmed = forms.BooleanField(
        label=_("I looked at what is marked above. It tells nobody who a person is."), required=False
    )

    def __init__(self, *args: Any, ask_to_confirm: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_to_confirm:
            self.fields["confirmed"].widget = forms.HiddenInput()

    @property
    def is_other(self) -> bool:
        """Whether something else was typed than stands."""
        return bool(set(self.changed_data) - {"seen", "confirmed"})

    def words(self) -> Words:
        """What was written."""
        data = self.cleaned_data
        return Words(**{name: data[name] for name in Words.__dataclass_fields__})


def initial_words(nomination: Nomination) -> dict[str, Any]:
    """What stands; where nothing does, the brief is left empty: the nominator's words are beside it, not in it."""
    return {
        **{
            name: getattr(nomination, name)
            for name in (
                "public_title",
                "public_words",
                "public_place",
                "brief",
                "hours_estimate",
                "group_size",
            )
        },
        "show_cell": nomination.cell_x is not None or not nomination.public_title,
        "seen": wording_of(nomination),
    }


class OneOfThem(forms.ModelChoiceField):
    """Nominations to choose from, by kind of work and ward: a code alone tells nobody which it is."""

    def label_from_instance(self, obj: Any) -> str:
        """For example: Clear the alley, Highgate (CP-7K3MQ9H)."""
        return f"{obj.public_title or obj.get_work_display()}, {obj.ward} ({obj.reference})"


class VerdictForm(forms.Form):
    """The checklist and what follows from it."""

    basis = seen_field("verdict")
    verdict = forms.ChoiceField(
        label=_("What would you do?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason, if you do not take it forward"),
        help_text=_("The nominator sees it; the public sees how often each is given."),
        choices=[
            ("", _("Choose one")),
            *[choice for choice in Decline.choices if choice[0] != Decline.DUPLICATE],
        ],
        required=False,
    )
    words = text(
        _("To the nominator, if you do not take it forward"),
        _("Why, and what they could do instead."),
        rows=3,
        most=1000,
        required=False,
    )
    merge_with = OneOfThem(
        Nomination.objects.none(),
        label=_("Which nomination is it the same as?"),
        required=False,
        to_field_name="reference",
        empty_label=_("Choose one"),
    )

    def __init__(self, *args: Any, alike: Iterable[Nomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in Criterion:
            self.fields[f"check_{criterion.value}"] = forms.ChoiceField(
                label=criterion.label, choices=Check.choices, widget=forms.RadioSelect, required=False
            )
        field = self.fields["merge_with"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Nomination.objects.select_related("ward")
            .filter(pk__in=[one.pk for one in alike])
            .defer("answers", "point", "contact", "victim")
        )
        self.order_fields(
            [
                *(f"check_{criterion.value}" for criterion in Criterion),
                "verdict",
                "reason",
                "words",
                "merge_with",
            ]
        )

    @property
    def checklist(self) -> list[forms.BoundField]:
        """The criteria, each a row of three."""
        return [self[f"check_{criterion.value}"] for criterion in Criterion]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What follows from them."""
        return [self[name] for name in ("verdict", "reason", "words", "merge_with")]

    def opinion(self) -> Opinion:
        """What was said."""
        data = self.cleaned_data
        return Opinion(
            verdict=Verdict(data["verdict"]),
            criteria={criterion.value: data[f"check_{criterion.value}"] for criterion in Criterion},
            reason=data["reason"],
            words=data["words"],
            merge_with=data["merge_with"],
        )


def initial_verdict(review: Review | None, nomination: Nomination) -> dict[str, Any]:
    """What one said before, and which words one has before oneself."""
    seen = verdict_basis_of(nomination)
    if review is None:
        return {"basis": seen}
    return {
        "basis": seen,
        "verdict": review.verdict,
        "reason": review.reason,
        "words": nomination.decline_words,
        "merge_with": review.merge_with.reference if review.merge_with else None,
        **{f"check_{name}": value for name, value in review.criteria.items()},
    }


class RedactForm(forms.Form):
    """Taking public words off: why, and what stays. Each box holds what everybody reads now."""

    reason = forms.ChoiceField(
        label=_("Why must words go?"),
        help_text=_("Everybody reads this in their place."),
        choices=Offence.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )
    public_title = forms.CharField(
        label=_("Title for everybody"),
        help_text=_("Left empty, the task is called by its kind of work."),
        required=False,
        max_length=100,
    )
    public_words = text(_("For everybody"), rows=4, most=1000, required=False)
    public_place = forms.CharField(label=_("Place for everybody"), required=False, max_length=120)
    answer = text(_("The board’s answer to the nominator"), rows=3, most=1000, required=False)
    show_cell = forms.BooleanField(label=_("Show it on the map"), required=False)
    confirmed = forms.BooleanField(
        label=_("I looked at what is marked above. It tells nobody who a person is."), required=False
    )

    def __init__(self, data: Any = None, *, words: Mapping[str, Any], ask_to_confirm: bool = False) -> None:
        shown = words["cell_x"] is not None
        super().__init__(data, auto_id="redact_%s", initial={**words, "show_cell": shown})
        if not words["answer"]:
            del self.fields["answer"]
        if not shown:
            del self.fields["show_cell"]
        if not ask_to_confirm:
            self.fields["confirmed"].widget = forms.HiddenInput()

    def instead(self) -> Instead:
        """What is to stand in place of what goes."""
        data = self.cleaned_data
        return Instead(**{name: data[name] for name in Instead.__dataclass_fields__ if name in data})


class AskForm(forms.Form):
    """A question to the nominator."""

    text = text(
        _("Ask the nominator"),
        _("They see it with their receipt. You do not learn who they are."),
        rows=3,
        most=1000,
        missing=_("Write your question."),
    )


class ReplyForm(forms.Form):
    """The board's answer to probation, or to a dispute."""

    answer = text(
        _("The board’s answer"),
        _("In your own words. Nothing about who nominated it."),
        rows=3,
        most=1000,
        missing=_("Write an answer."),
    )


class BoxesForm(forms.Form):
    """What is covered on a photo, and what it shows."""

    alt = forms.CharField(
        label=_("What does it show?"),
        help_text=_("For people who cannot see it."),
        max_length=200,
        error_messages={"required": _("Say what the photo shows.")},
    )
    boxes = forms.CharField(
        label=_("What is covered"),
        help_text=_(
            "Draw boxes over faces and number plates, or write one box a line, in per cent of the photo: left, top, width, height. For example: 10 20 15 15. To take a box away, delete its line."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "data-boxes": ""}),
    )

    def clean_boxes(self) -> list[list[float]]:
        """Per cent to parts of one."""
        found = []
        for line in self.cleaned_data["boxes"].splitlines():
            if not line.strip():
                continue
            try:
                box = [float(part) / 100 for part in line.replace(",", " ").split()]
            except ValueError:
                box = []
            if len(box) != 4:
                raise forms.ValidationError(
                    _("“%(line)s” is no box. Write four numbers: left, top, width, height."),
                    params={"line": line[:40]},
                )
            found.append(box)
        return found


class ConsultationForm(forms.Form):
    """The year and the board's own comments on it; the comments are in the document and kept nowhere else."""

    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    comments = text(
        _("The board’s comments"),
        _("What residents and victims said about the work, and what should change. Name nobody."),
        rows=8,
        most=8000,
        required=False,
    )

    def clean_comments(self) -> str:
        """Nothing in it that tells who somebody is."""
        comments: str = self.cleaned_data["comments"]
        found = [finding.text for finding in find_identifiers(comments)]
        if found:
            raise forms.ValidationError(
                _("This may tell who somebody is: %(texts)s. Say it without."),
                params={"texts": ", ".join(found)},
            )
        return comments
