"""Where it is, and whether somebody has said it already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payback.actions.drafts import Changes
from payback.forms.journey.pieces import QuestionForm, words
from payback.models import Nomination
from snb.places.enums import PostcodeStatus
from snb.places.models import Borough, Ward
from snb.places.queries import PostcodeAnswer, look_up, point_of, ward_at


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
        same_words = data["place"] == self.nomination.answers.get("place", "")
        if point == self.nomination.point and (point or same_words):
            pass  # the ward, and whether it was corrected, stay as they are
        elif ward is not None or self.nomination.ward is not None:
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
        postcode = nomination.point.get("postcode", "")
        if nomination.ward is None and postcode:
            field.help_text = _("We do not know the postcode %(postcode)s. Choose the ward yourself.") % {
                "postcode": postcode
            }
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
