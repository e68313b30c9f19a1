"""Following a board, a ward or London, and what to hear of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.boards.models import Board
from snb.notices.enums import Interest
from snb.notices.queries import ALL, Heard, in_order, interests_on
from snb.people.models import User
from snb.places.models import Ward


class InterestsForm(forms.Form):
    """What to hear of. Where a site has one thing only there is nothing to choose."""

    interests = forms.MultipleChoiceField(
        label=_("What do you want to hear about?"),
        choices=Interest.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing to hear about.")},
    )

    def __init__(self, *args: Any, board: Board | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = interests_on(board)
        field = self.fields["interests"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(interest.value, interest.label) for interest in self.offered]
        field.initial = list(self.offered)
        if len(self.offered) == 1:
            del self.fields["interests"]

    @property
    def chosen(self) -> tuple[Interest, ...]:
        """What was ticked."""
        return in_order(self.cleaned_data.get("interests", self.offered))


class FollowForm(InterestsForm):
    """Where, what, and the address where nobody is signed in."""

    ward = forms.ChoiceField(
        label=_("Which area?"),
        help_text=_(
            "A ward’s meetings are those of its ward panel. The board’s own meetings come with all of the borough."
        ),
        error_messages={
            "required": _("Choose a ward from the list, or all of them."),
            "invalid_choice": _("Choose a ward from the list."),
        },
    )
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("We send one email first, with a link that confirms that it is yours."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write your email address."),
            "invalid": _("Write an email address like name@example.org."),
        },
    )
    field_order = ("ward", "interests", "email")

    def __init__(self, *args: Any, board: Board | None, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, board=board, **kwargs)
        self.wards: dict[str, Ward] = {}
        if board is None:
            del self.fields["ward"]
        else:
            current = Ward.objects.current().filter(borough=board.borough).order_by("name")
            self.wards = {ward.slug: ward for ward in current}
            field = self.fields["ward"]
            assert isinstance(field, forms.ChoiceField)
            everywhere = _("All of %(borough)s") % {"borough": board.borough}
            field.choices = [(ALL, everywhere), *((slug, ward.name) for slug, ward in self.wards.items())]
        if person is not None:
            del self.fields["email"]

    @property
    def ward_chosen(self) -> Ward | None:
        """The ward; None for the whole board, or for London."""
        return self.wards.get(self.cleaned_data.get("ward", ALL))


class ChangeForm(InterestsForm):
    """What to hear of about a place that one follows already; nothing ticked means stop."""

    place = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, board: Board | None, **kwargs: Any) -> None:
        super().__init__(*args, board=board, **kwargs)
        self.board = board
        if "interests" in self.fields:
            self.fields["interests"].required = False
            self.fields["interests"].widget.attrs["class"] = "govuk-checkboxes__input"

    @classmethod
    def of(cls, heard: Heard) -> ChangeForm:
        """The form of one place, as it stands."""
        return cls(
            board=heard.board,
            initial={"place": heard.key, "interests": list(heard.interests)},
            auto_id=f"id_{heard.key}_%s",
        )

    def clean_place(self) -> Ward | None:
        """A ward of this board, also one that is no more; None for the whole board, or for London."""
        key = self.cleaned_data["place"]
        if key == ALL:
            return None
        ward = Ward.objects.filter(pk=key, borough=self.board.borough).first() if self.board else None
        if ward is None:
            raise forms.ValidationError(_("Choose a ward from the list."))
        return ward
