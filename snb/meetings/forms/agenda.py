"""The agenda as one form, with rows that are added, moved and removed. Forms never save."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from snb.meetings.actions.agenda import MOST_ITEMS, ItemDraft
from snb.meetings.enums import ItemKind
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import DraftItem, Facts, fingerprint, hour_of, running_times


class ItemForm(forms.Form):
    """One item of an agenda."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("Title"), max_length=160, error_messages={"required": _("Give this item a title.")}
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind.choices)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=600,
        required=False,
        error_messages={
            "invalid": _("Write the minutes as a number."),
            "min_value": _("An item may take from 1 to 600 minutes."),
            "max_value": _("An item may take from 1 to 600 minutes."),
        },
    )
    lead = forms.CharField(label=_("Who leads it"), max_length=120, required=False)
    note = forms.CharField(
        label=_("What it is about"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_private = forms.BooleanField(
        label=_("Private part"),
        help_text=_("Everybody else reads “Private item” and no more, its papers included."),
        required=False,
    )

    at = ""
    number = 0
    live: tuple[Facts, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nobody has typed anything into it."""
        typed = (self.data.get(self.add_prefix(name), "") for name in ("title", "lead", "note", "id"))
        return not any(str(value).strip() for value in typed)

    def draft(self) -> ItemDraft:
        """The item as it was typed."""
        data = self.cleaned_data
        return ItemDraft(
            title=data["title"],
            kind=ItemKind(data["kind"]),
            minutes=data["minutes"],
            lead=data["lead"],
            note=data["note"],
            is_private=data["is_private"],
            id=data["id"],
        )


Rows = list[dict[str, Any]]
ROW = re.compile(r"^items-(\d{1,3})-title$")
MOVES = re.compile(r"^(add|up|down|remove)(?:-(\d{1,3}))?$")


class AgendaForm:
    """The whole agenda in one form: rows that move by submit buttons with everything typed still there.

    Shaped as a form where the shared error summary looks.
    """

    def __init__(self, forms_: list[ItemForm], seen: str, meeting: Meeting) -> None:
        self.rows, self.seen = forms_, seen
        self.refusals: list[str] = []
        lengths = [minutes_typed(form) for form in forms_]
        for number, (form, begins) in enumerate(
            zip(forms_, running_times(meeting.starts_at, lengths), strict=True), 1
        ):
            form.number, form.at = number, hour_of(begins)
        self.total = sum(length or 0 for length in lengths)
        self.ends = hour_of(meeting.ends_at)
        self.is_too_long = timedelta(minutes=self.total) > meeting.ends_at - meeting.starts_at

    @classmethod
    def of(cls, items: list[DraftItem], meeting: Meeting) -> AgendaForm:
        """The agenda as it is kept."""
        names = [name for name in ItemForm.base_fields if name != "id"]
        rows: Rows = [
            {"id": str(item.row.pk), **{name: getattr(item.row, name) for name in names}} for item in items
        ]
        return cls.shown(rows, fingerprint(items), meeting)

    @classmethod
    def shown(cls, rows: Rows, seen: str, meeting: Meeting) -> AgendaForm:
        """Rows as they are, nothing judged."""
        return cls(
            [ItemForm(initial=row, prefix=f"items-{index}") for index, row in enumerate(rows)],
            seen,
            meeting,
        )

    @classmethod
    def sent(cls, data: Mapping[str, Any], meeting: Meeting) -> AgendaForm:
        """What was sent, to be judged; empty rows are left out."""
        sent = [ItemForm(data, prefix=f"items-{index}") for index in indices(data)]
        return cls([form for form in sent if not form.is_empty], str(data.get("seen", "")), meeting)

    @classmethod
    def moved(cls, data: Mapping[str, Any], meeting: Meeting) -> AgendaForm:
        """What was sent, after the button that adds, moves or removes a row; nothing judged, nothing typed lost."""
        rows: Rows = [
            {
                name: data.get(f"items-{index}-{name}", "")
                if name != "is_private"
                else f"items-{index}-{name}" in data
                for name in ItemForm.base_fields
            }
            for index in indices(data)
        ]
        return cls.shown(after(rows, str(data.get("do", ""))), str(data.get("seen", "")), meeting)

    def is_valid(self) -> bool:
        """Whether every row can be saved."""
        return all(form.is_valid() for form in self.rows)

    def drafts(self) -> list[ItemDraft]:
        """The items, in order."""
        return [form.draft() for form in self.rows]

    def refuse(self, error: ValidationError) -> None:
        """Say on top what the action refused."""
        self.refusals += error.messages

    @property
    def errors(self) -> bool:
        """Whether there is anything to mend."""
        return bool(self.refusals) or any(form.is_bound and form.errors for form in self.rows)

    @property
    def non_field_errors(self) -> list[str]:
        """What is wrong with the whole."""
        return self.refusals

    @property
    def visible_fields(self) -> list[BoundField]:
        """Every question of every row."""
        return [field for form in self.rows for field in form.visible_fields()]


def indices(data: Mapping[str, Any]) -> list[int]:
    """The numbers of the rows that were sent, in order."""
    found = sorted({int(match[1]) for match in map(ROW.match, data) if match})
    return found[: MOST_ITEMS + 1]


def after(rows: Rows, do: str) -> Rows:
    """The rows after a button: add one, or move or remove one; an unknown button changes nothing."""
    match = MOVES.match(do)
    if match is None:
        return rows
    move, place = match[1], int(match[2] or 0)
    if move == "add":
        return [*rows, {"kind": ItemKind.PLAIN}] if len(rows) < MOST_ITEMS else rows
    if place >= len(rows):
        return rows
    if move == "remove":
        return rows[:place] + rows[place + 1 :]
    other = place - 1 if move == "up" else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def minutes_typed(form: ItemForm) -> int | None:
    """The minutes of a row as far as they are a number, judged or not."""
    value = form["minutes"].value()
    try:
        minutes = int(value)
    except (TypeError, ValueError):
        return None
    return minutes if 1 <= minutes <= 600 else None
