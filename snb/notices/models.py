"""Who follows what, and who was told what."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.boards.models import Board
from snb.notices.enums import Interest, State, Topic
from snb.people.models import SignedLink, User
from snb.places.models import Ward
from snb.privacy.enums import Privacy


class FollowQuerySet(models.QuerySet["Follow"]):
    """Filters on follows."""

    def current(self) -> FollowQuerySet:
        """Confirmed, and not stopped since."""
        return self.filter(confirmed_at__isnull=False, stopped_at__isnull=True)


def place_name(board: Board | None, ward: Ward | None) -> str:
    """For example: Highgate, Camden; Camden; London."""
    if board is None:
        return _("London")
    return f"{ward}, {board.borough}" if ward else str(board.borough)


class Follow(models.Model):
    """Somebody hears by email of one thing about a board, about one ward of it, or about London; or has stopped that.

    One row for each interest, so that each is stopped by itself. Whoever lives in a ward hears of what `BY_RESIDENCE` names
    without a row, until they stop it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="follows")
    board = models.ForeignKey(
        Board,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="follows",
        help_text="Empty for what is London-wide.",
    )
    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="follows", help_text="Empty for all wards."
    )
    interest = models.CharField(max_length=20, choices=Interest.choices)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        personal="id person board ward interest asked_at confirmed_at stopped_at",
        keep="As long as the account; that somebody stopped is kept too, so that they are left in peace.",
    )

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ward", "interest"],
                condition=Q(ward__isnull=False),
                name="%(app_label)s_%(class)s_a_ward_once",
            ),
            models.UniqueConstraint(
                fields=["person", "board", "interest"],
                condition=Q(ward__isnull=True, board__isnull=False),
                name="%(app_label)s_%(class)s_a_board_once",
            ),
            models.UniqueConstraint(
                fields=["person", "interest"],
                condition=Q(board__isnull=True),
                name="%(app_label)s_%(class)s_london_once",
            ),
            models.CheckConstraint(
                condition=Q(ward__isnull=True) | Q(board__isnull=False),
                name="%(app_label)s_%(class)s_a_ward_of_a_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.get_interest_display()}"

    @property
    def place(self) -> str:
        """For example: Highgate, Camden."""
        return place_name(self.board, self.ward)


class FollowRequest(models.Model):
    """Somebody without a session asked to follow: what the link in the email names and confirms, all of it at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, models.CASCADE, null=True, blank=True, related_name="+")
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, blank=True, related_name="+")
    interests = models.JSONField(default=list, help_text="Values of `Interest`.")
    asked_at = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        personal="id person board ward interests asked_at",
        keep="As long as its link can be used.",
        after=SignedLink.LASTS,
        since="asked_at",
    )

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.place}: {self.wanted}"

    @property
    def place(self) -> str:
        """For example: Highgate, Camden."""
        return place_name(self.board, self.ward)

    @property
    def labels(self) -> list[str]:
        """What is wanted, as the form calls it."""
        return [str(Interest(value).label) for value in self.interests]

    @property
    def wanted(self) -> str:
        """What is wanted, within a sentence: votes and priorities, meetings and minutes."""
        return ", ".join(label[:1].lower() + label[1:] for label in self.labels)


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
        help_text="The board it is about; empty for what is London-wide.",
    )
    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="+", help_text="The ward it is about."
    )
    interest = models.CharField(
        max_length=20,
        choices=Interest.choices,
        blank=True,
        help_text="What the person follows and may stop; empty for what comes with a role or a deed of their own.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id topic key context board ward interest state attempts due_at created changed",
        personal="person",
        keep="Two years, so that nobody is told the same thing twice.",
        after=timedelta(days=730),
        since="created",
    )

    class Meta:
        verbose_name = "notice"
        ordering = ["created"]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["topic", "key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "key"], name="%(app_label)s_%(class)s_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"
