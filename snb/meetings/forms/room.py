"""Clean input from the room: who came, and what was decided. Forms never save."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from snb.meetings.enums import Capacity, Presence
from snb.meetings.forms.log import OnceField
from snb.meetings.models import AgendaItem, Decision, Meeting
from snb.meetings.queries.room import Seat, decision_version

SPARE = 3
"""Empty rows for guests; saving brings as many again."""
MOST_GUESTS = 400


@dataclass(frozen=True)
class MemberFields:
    """The fields of one member's row."""

    seat: Seat
    presence: BoundField
    votes: BoundField
    was: BoundField


@dataclass(frozen=True)
class GuestFields:
    """The fields of one guest's row."""

    number: int
    name: BoundField
    organisation: BoundField
    capacity: BoundField
    presence: BoundField
    was: BoundField


class AttendanceForm(forms.Form):
    """A row for each member, rows for guests; what is not marked is left out."""

    def __init__(self, data: Any = None, *, seats: list[Seat]) -> None:
        super().__init__(data)
        self.members = [seat for seat in seats if not seat.is_guest]
        self.guests = [seat for seat in seats if seat.is_guest]
        for seat in self.members:
            self.fields[f"presence_{seat.key}"] = forms.ChoiceField(
                label=seat.name,
                choices=Presence.choices,
                required=False,
                initial=seat.presence,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose present, online, apologies or absent.")},
            )
            self.fields[f"votes_{seat.key}"] = forms.BooleanField(
                label=_("Has a vote"), required=False, initial=seat.is_voting
            )
            self.fields[f"was_{seat.key}"] = was_field(seat)
        for number in range(1, self._rows(data) + 1):
            self._add_guest(number)

    def _rows(self, data: Any) -> int:
        """As many guests' rows as there are, or were sent, and some to spare."""
        sent = 0
        if data is not None:
            numbers = [
                name.removeprefix("guest_name_") for name in data if str(name).startswith("guest_name_")
            ]
            sent = max(
                (int(number) for number in numbers if number.isdecimal() and len(number) < 4), default=0
            )
        return min(max(len(self.guests) + SPARE, sent), MOST_GUESTS)

    def _add_guest(self, number: int) -> None:
        seat = self.guests[number - 1] if number <= len(self.guests) else None
        self.fields[f"guest_name_{number}"] = forms.CharField(
            label=_("Name"),
            required=False,
            max_length=120,
            initial=seat.name if seat else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields[f"guest_organisation_{number}"] = forms.CharField(
            label=_("Organisation"),
            required=False,
            max_length=120,
            initial=seat.organisation if seat else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields[f"guest_capacity_{number}"] = forms.ChoiceField(
            label=_("Came as"), choices=Capacity.choices, initial=seat.capacity if seat else Capacity.GUEST
        )
        self.fields[f"guest_presence_{number}"] = forms.ChoiceField(
            label=_("Was there"),
            choices=Presence.choices,
            initial=seat.presence if seat else Presence.PRESENT,
        )
        for name in ("capacity", "presence"):
            self.fields[f"guest_{name}_{number}"].required = False
        self.fields[f"guest_was_{number}"] = was_field(seat)

    def member_rows(self) -> Iterator[MemberFields]:
        """Members with their fields, for the page."""
        for seat in self.members:
            yield MemberFields(
                seat, self[f"presence_{seat.key}"], self[f"votes_{seat.key}"], self[f"was_{seat.key}"]
            )

    def guest_rows(self) -> Iterator[GuestFields]:
        """Guests' rows with their fields, for the page."""
        for number in self._guest_numbers():
            yield GuestFields(
                number,
                *(
                    self[f"guest_{name}_{number}"]
                    for name in ("name", "organisation", "capacity", "presence", "was")
                ),
            )

    def _guest_numbers(self) -> list[int]:
        return [
            int(name.removeprefix("guest_name_")) for name in self.fields if name.startswith("guest_name_")
        ]

    def seats(self) -> list[Seat]:
        """What was marked; after `is_valid`. A guest whose name was cleared is gone."""
        data = self.cleaned_data
        found = [
            replace(
                seat,
                presence=data[f"presence_{seat.key}"] or seat.presence,
                is_voting=data[f"votes_{seat.key}"],
            )
            for seat in self.members
        ]
        for number in self._guest_numbers():
            name = data[f"guest_name_{number}"].strip()
            if name:
                capacity = data[f"guest_capacity_{number}"] or Capacity.GUEST
                found.append(
                    Seat(
                        name=name,
                        organisation=data[f"guest_organisation_{number}"],
                        capacity=capacity,
                        presence=data[f"guest_presence_{number}"] or Presence.PRESENT,
                        is_voting=capacity == Capacity.MEMBER,
                    )
                )
        return found

    def seen(self) -> list[Seat] | None:
        """The rows as the page showed them; after `is_valid`. None where the page did not say."""
        data = self.cleaned_data
        members = [(seat, read_was(data[f"was_{seat.key}"])) for seat in self.members]
        guests = [read_was(data[f"guest_was_{number}"]) for number in self._guest_numbers()]
        if not any(was for _seat, was in members) and not any(guests):
            return None
        found = [replace(seat, **was) for seat, was in members if was]
        return [*found, *(Seat(**was) for was in guests if was and was["name"])]

    def clean(self) -> dict[str, Any]:
        """A row with a place and no name would be lost: say so there."""
        data = super().clean() or {}
        for number in self._guest_numbers():
            if data.get(f"guest_organisation_{number}") and not data.get(f"guest_name_{number}"):
                self.add_error(f"guest_name_{number}", _("Write a name, or clear the row."))
        return data


SHOWN = ("name", "organisation", "capacity", "is_voting", "presence")
"""What a page says of a row as it stands, so that a change is told from what somebody else wrote since."""


def was_field(seat: Seat | None) -> forms.CharField:
    """A hidden field with a row as the page shows it."""
    shown = json.dumps([getattr(seat, name) for name in SHOWN]) if seat else ""
    return forms.CharField(required=False, initial=shown, widget=forms.HiddenInput)


def read_was(sent: str) -> dict[str, Any]:
    """What such a field says; nothing where there is none, or none of ours."""
    try:
        name, organisation, capacity, is_voting, presence = json.loads(sent)
        return {
            "name": str(name),
            "organisation": str(organisation),
            "capacity": Capacity(capacity),
            "is_voting": bool(is_voting),
            "presence": Presence(presence) if presence else "",
        }
    except (ValueError, TypeError, RecursionError):
        return {}


class DecisionForm(forms.Form):
    """What was decided, and the votes if there were any."""

    text = forms.CharField(
        label=_("What was decided?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what was decided.")},
    )
    item = forms.ModelChoiceField(
        label=_("Under which item?"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=_("No item"),
        error_messages={"invalid_choice": _("Choose an item from the list.")},
    )
    votes_for = forms.IntegerField(
        label=_("For"),
        required=False,
        min_value=0,
        max_value=999,
        help_text=_("Leave the numbers empty where nobody counted."),
    )
    votes_against = forms.IntegerField(label=_("Against"), required=False, min_value=0, max_value=999)
    abstained = forms.IntegerField(label=_("Abstained"), required=False, min_value=0, max_value=999)
    is_private = forms.BooleanField(label=_("It is from the private part: never public"), required=False)
    once = OnceField()
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting, decision: Decision | None = None) -> None:
        initial: dict[str, Any] = {}
        if decision is not None:
            initial = {name: getattr(decision, name) for name in self.base_fields if hasattr(decision, name)}
            initial["was"] = decision_version(decision)
        super().__init__(data, initial=initial)
        del self.fields["was" if decision is None else "once"]
        items = self.fields["item"]
        assert isinstance(items, forms.ModelChoiceField)
        items.queryset = meeting.items.all()

    def now_seen(self, version: str) -> None:
        """Remember which decision the writer sees this time."""
        self.data = {**{name: self.data[name] for name in self.data}, "was": version}
