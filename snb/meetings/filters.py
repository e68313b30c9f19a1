"""Choosing from the public action log."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from snb.boards.models import Body
from snb.meetings.enums import Answer, LogKind, LogStatus
from snb.meetings.models import ActionItem
from snb.meetings.queries import log as queries

UNANSWERED = "unanswered"


class LogFilter(django_filters.FilterSet):
    """By whose log, what, how it stands; and what is overdue."""

    body = django_filters.ChoiceFilter(
        label=_("Whose"), method="of_body", empty_label=_("The whole borough"), required=False
    )
    kind = django_filters.ChoiceFilter(
        label=_("What"), choices=LogKind.choices, empty_label=_("Actions and recommendations")
    )
    state = django_filters.ChoiceFilter(
        label=_("How it stands"),
        method="in_state",
        choices=[*LogStatus.choices, (UNANSWERED, _("No answer yet"))],
        empty_label=_("Any"),
    )
    overdue = django_filters.BooleanFilter(
        label=_("Overdue only"), method="only_overdue", widget=forms.CheckboxInput
    )

    class Meta:
        model = ActionItem
        fields: list[str] = []

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {queries.body_key(body): body for body in bodies}
        if len(bodies) < 2:
            del self.filters["body"]
            return
        self.filters["body"].extra["choices"] = [(key, str(body)) for key, body in self.bodies.items()]

    def of_body(self, entries: QuerySet[ActionItem], name: str, value: str) -> QuerySet[ActionItem]:
        """Entries of one body's log."""
        return entries.filter(body=self.bodies[value])

    def in_state(self, entries: QuerySet[ActionItem], name: str, value: str) -> QuerySet[ActionItem]:
        """Entries that stand like this."""
        if value == UNANSWERED:
            return entries.filter(kind=LogKind.RECOMMENDATION, answer=Answer.NONE, status=LogStatus.OPEN)
        return entries.filter(status=value)

    def only_overdue(self, entries: QuerySet[ActionItem], name: str, value: bool) -> QuerySet[ActionItem]:
        """Open past their day; unticked means all."""
        late = Q(status=LogStatus.OPEN, due_on__lt=timezone.localdate())
        return entries.filter(late) if value else entries
