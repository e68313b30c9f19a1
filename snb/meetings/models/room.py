"""What happened in the room: who came, and what was decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.meetings.enums import THERE, Capacity, Presence
from snb.meetings.models.meetings import AgendaItem, Meeting
from snb.privacy.enums import Privacy


class Attendance(models.Model):
    """Somebody's attendance at a meeting; a member by their account, a guest by name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, help_text="As the minutes call them.")
    capacity = models.CharField(max_length=8, choices=Capacity.choices, default=Capacity.MEMBER)
    organisation = models.CharField(max_length=120, blank=True)
    is_voting = models.BooleanField(default=False, help_text="A voting member: counts for the quorum.")
    presence = models.CharField(max_length=9, choices=Presence.choices)
    taken_at = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id meeting person name capacity organisation is_voting presence taken_at",
        keep="As its meeting: who was there is part of the public record.",
    )

    class Meta:
        verbose_name_plural = "attendance"
        ordering = ["capacity", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=Q(person__isnull=False),
                name="%(app_label)s_%(class)s_a_person_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_there(self) -> bool:
        """Whether they were in the room or online."""
        return self.presence in THERE


class Decision(models.Model):
    """Something a meeting decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="decisions")
    number = models.CharField(max_length=12, help_text="Year and number within the body, as in 2026/14.")
    text = models.TextField(max_length=1000)
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(null=True, blank=True)
    approves = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_decisions",
        help_text="The earlier meeting whose minutes this agrees.",
    )
    is_private = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    privacy = Privacy(
        board="id meeting item number text votes_for votes_against abstained approves is_private created",
        keep="As its meeting.",
    )

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="%(app_label)s_%(class)s_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.text[:60]}"
