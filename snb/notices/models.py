"""Who was told what."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from snb.notices.enums import State, Topic
from snb.people.models import User
from snb.privacy.enums import Privacy


class Told(models.Model):
    """One message to one person on one topic and key: once, ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="told")
    topic = models.CharField(max_length=40, choices=Topic.choices)
    key = models.CharField(max_length=120, help_text="What it is about, such as a round's id or a month.")
    context = models.JSONField(
        default=dict, help_text="Codes, ids, names of places and addresses of pages; nobody's own words."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id topic key context state attempts due_at created changed",
        personal="person",
        keep="Two years, so that nobody is told the same thing twice.",
        after=timedelta(days=730),
        since="created",
    )

    class Meta:
        verbose_name = "notice"
        ordering = ["created"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "key"], name="%(app_label)s_%(class)s_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"
