"""Filters of the public list and of the screening queue."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from payback.enums import Status, Work
from payback.models import Nomination
from payback.queries import GROUPS, group_labels
from snb.places.models import Ward

DESK_GROUPS = {
    "waiting": _("Waiting for two people"),
    "mine": _("Mine to screen"),
    "probation_asks": _("Probation has asked"),
    "disputed": _("Disputed"),
    "photo_waits": _("A photo from probation waits"),
    "with_probation": _("With probation"),
    "over": _("Over"),
}


def wards_of_board(request: Any) -> QuerySet[Ward]:
    """The wards of the board whose site was asked."""
    board = getattr(request, "board", None)
    return Ward.objects.current().filter(borough=board.code) if board else Ward.objects.none()


def chosen_in(form: forms.Form) -> list[str]:
    """What a person has chosen in a form of filters, in words; what is not one of the choices counts for nothing."""
    said = []
    for name, value in getattr(form, "cleaned_data", {}).items():
        if value in (None, ""):
            continue
        field = form.fields[name]
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: Any = field.choices
            value = dict(choices)[value]
        said.append(str(value))
    return said


class TaskFilter(django_filters.FilterSet):
    """What everybody may choose from: ward, state, kind of work."""

    ward = django_filters.ModelChoiceFilter(
        queryset=wards_of_board, to_field_name="slug", label=_("Ward"), empty_label=_("All wards")
    )
    state = django_filters.ChoiceFilter(
        method="by_state",
        label=_("State"),
        empty_label=_("All states"),
        choices=lambda: list(group_labels().items()),
    )
    work = django_filters.ChoiceFilter(
        choices=Work.choices, label=_("Kind of work"), empty_label=_("All kinds")
    )

    class Meta:
        model = Nomination
        fields: tuple[str, ...] = ()

    def by_state(self, tasks: QuerySet[Nomination], name: str, value: str) -> QuerySet[Nomination]:
        """One of the groups."""
        return tasks.filter(status__in=GROUPS[value])


class QueueFilter(django_filters.FilterSet):
    """The screening queue."""

    show = django_filters.ChoiceFilter(
        method="by_group", label=_("Show"), empty_label=_("Everything"), choices=list(DESK_GROUPS.items())
    )
    ward = django_filters.ModelChoiceFilter(
        queryset=wards_of_board, to_field_name="slug", label=_("Ward"), empty_label=_("All wards")
    )
    work = django_filters.ChoiceFilter(
        choices=Work.choices, label=_("Kind of work"), empty_label=_("All kinds")
    )
    reference = django_filters.CharFilter(
        lookup_expr="icontains",
        label=_("Reference"),
        widget=forms.TextInput(attrs={"maxlength": 12, "autocomplete": "off"}),
    )

    class Meta:
        model = Nomination
        fields: tuple[str, ...] = ()

    def by_group(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One of the groups."""
        match value:
            case "waiting":
                return rows.filter(
                    status__in=[Status.SUBMITTED, Status.SCREENING], screeners__lt=2, is_mine=False
                )
            case "mine":
                return rows.filter(status=Status.SCREENING, is_mine=True)
            case "probation_asks":
                return rows.filter(probation_asks=True)
            case "disputed":
                return rows.filter(disputed=True)
            case "photo_waits":
                return rows.filter(photo_waits=True)
            case "with_probation":
                return rows.filter(ended_at__isnull=True).exclude(
                    status__in=[Status.SUBMITTED, Status.SCREENING]
                )
            case _rest:
                return rows.filter(ended_at__isnull=False)
