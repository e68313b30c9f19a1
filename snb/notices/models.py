"""Who follows what, and who was told what."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from snb.boards.models import Board
from snb.notices.enums import State, Topic
from snb.people.models import User
from snb.places.models import Ward
from snb.privacy.enums import Privacy


class FollowQuerySet(models.QuerySet["Follow"]):
    """Filters on follows."""

    def current(self) -> FollowQuerySet:
        """Confirmed, and not stopped since."""
        return self.filter(confirmed_at__isnull=False, stopped_at__isnull=True)


class Follow(models.Model):
    """Somebody hears of a board, or of one ward of it, by email; or has stopped that.

    Whoever lives in a ward hears of it without a row, until they stop it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="follows")
    board = models.ForeignKey(Board, models.CASCADE, related_name="follows")
    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="follows", help_text="Empty for all wards."
    )
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        personal="id person board ward asked_at confirmed_at stopped_at",
        keep="As long as the account; that somebody stopped is kept too, so that they are left in peace.",
    )

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ward"],
                condition=models.Q(ward__isnull=False),
                name="%(app_label)s_%(class)s_a_ward_once",
            ),
            models.UniqueConstraint(
                fields=["person", "board"],
                condition=models.Q(ward__isnull=True),
                name="%(app_label)s_%(class)s_a_board_once",
            ),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """For example: Highgate, Camden."""
        return f"{self.ward}, {self.board.borough}" if self.ward else str(self.board.borough)


class Told(models.Model):
    """One message to one person on one topic and key: once, ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="told")
    topic = models.CharField(max_length=40, choices=Topic.choices)
    key = models.CharField(max_length=120, help_text="What it is about, such as a round's id or a month.")
    context = models.JSONField(
        default=dict, help_text="Codes, ids, names of places and addresses of pages; nobody's own words."
    )
    board = models.ForeignKey(
        Board,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The board it is about, where the person may stop such notices.",
    )
    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="+", help_text="The ward it is about."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id topic key context board ward state attempts due_at created changed",
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
