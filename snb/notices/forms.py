"""Following a board or a ward."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.boards.models import Board
from snb.people.models import User
from snb.places.models import Ward


class FollowForm(forms.Form):
    """What to hear of, and the address where nobody is signed in."""

    ward = forms.ModelChoiceField(
        label=_("What do you want to hear about?"),
        queryset=Ward.objects.none(),
        to_field_name="slug",
        required=False,
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

    def __init__(self, *args: Any, board: Board, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ward = self.fields["ward"]
        assert isinstance(ward, forms.ModelChoiceField)
        ward.queryset = Ward.objects.current().filter(borough=board.borough).order_by("name")
        ward.empty_label = _("All wards of %(borough)s") % {"borough": board.borough}
        ward.error_messages["invalid_choice"] = _("Choose a ward from the list.")
        if person is not None:
            del self.fields["email"]
