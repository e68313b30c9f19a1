"""Clean input about the people of a board. Forms never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.boards.models import Board
from snb.boards.queries import boards, role_offers
from snb.places.models import Ward


class InviteForm(forms.Form):
    """Whom to invite, to which role, for which ward."""

    email = forms.EmailField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))
    ward = forms.ModelChoiceField(
        label=_("Ward"),
        queryset=Ward.objects.none(),
        required=False,
        help_text=_("Only for a role on a ward panel or in a ward."),
    )

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(offer.value, offer.label) for offer in role_offers()]  # type: ignore[attr-defined]
        self.fields["ward"].queryset = Ward.objects.current().filter(borough=board.borough)  # type: ignore[attr-defined]


class OversightInviteForm(forms.Form):
    """Whom oversight invites: a chair or secretary of a board, or somebody of its own."""

    email = forms.EmailField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))
    board = forms.ModelChoiceField(
        label=_("Board"),
        queryset=Board.objects.none(),
        required=False,
        help_text=_("Only for a chair or secretary."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(offer.value, offer.label) for offer in role_offers(london=True)]  # type: ignore[attr-defined]
        self.fields["board"].queryset = boards()  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Who takes the role over."""

    email = forms.EmailField(
        label=_("Email address of the person who takes over"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
