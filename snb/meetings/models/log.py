"""The action log of a body over all its meetings: actions, and recommendations with their answers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.boards.models import Board, Body
from snb.meetings.enums import Addressee, Answer, LogKind, LogStatus, Rag
from snb.meetings.models.meetings import AgendaItem, Meeting
from snb.places.models import Ward
from snb.privacy.enums import Privacy


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    """Filters on the log."""

    def for_board(self, board: Board | None) -> ActionItemQuerySet:
        """Entries of a board's bodies; with None those of London-wide meetings."""
        return self.filter(board=board)

    def public(self) -> ActionItemQuerySet:
        """What everybody may read: not from a private part, and from published minutes or entered as public."""
        return self.filter(is_private=False, published_at__isnull=False)

    def outstanding(self) -> ActionItemQuerySet:
        """Still to be done or answered."""
        return self.filter(status=LogStatus.OPEN)

    def overdue(self) -> ActionItemQuerySet:
        """Open past their day."""
        return self.outstanding().filter(due_on__lt=timezone.localdate())

    def of_ward(self, ward: Ward) -> ActionItemQuerySet:
        """Of the ward's panel."""
        return self.filter(body__ward=ward)


class ActionItem(models.Model):
    """Something a meeting asked somebody to do, or recommended to the police or the council."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, models.PROTECT, null=True, blank=True, related_name="action_items")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="action_items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="action_items")
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="action_items")
    kind = models.CharField(max_length=14, choices=LogKind.choices, default=LogKind.ACTION)
    number = models.PositiveIntegerField(help_text="Counts up within a body; shown as A12 or R12.")
    text = models.TextField(max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose signed links update it.",
    )
    owner_name = models.CharField(max_length=120, help_text="Who is to do it, as the public reads it.")
    addressee = models.CharField(
        max_length=7, choices=Addressee.choices, blank=True, help_text="Of a recommendation."
    )
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=7, choices=LogStatus.choices, default=LogStatus.OPEN)
    rag = models.CharField(
        max_length=5, choices=Rag.choices, blank=True, help_text="As its owner sees it; empty: by its dates."
    )
    rag_reason = models.CharField(max_length=300, blank=True, help_text="The sentence why.")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)
    answer_text = models.TextField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(max_length=1000, blank=True, help_text="How one can see that it was done.")
    evidence_url = models.URLField(max_length=500, blank=True)
    is_private = models.BooleanField(default=False, help_text="From the private part of a meeting.")
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When everybody could read it first."
    )
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner was reminded before its date."
    )
    chased_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner was told that its date had passed."
    )
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id board body meeting item kind number text owner_name addressee due_on status rag rag_reason answer answer_text "
        "answered_on done_on evidence evidence_url is_private published_at reminded_at chased_at created changed",
        personal="owner",
        keep="Kept: the public record of what was promised and done.",
    )

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "number"],
                condition=Q(body__isnull=False),
                name="%(app_label)s_%(class)s_number_once_a_body",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(body__isnull=True),
                name="%(app_label)s_%(class)s_number_once_in_london",
            ),
            models.CheckConstraint(
                condition=~Q(status=LogStatus.DONE) | Q(done_on__isnull=False),
                name="%(app_label)s_%(class)s_done_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        """Its page on its board's site."""
        return f"/meetings/actions/{self.pk}/"

    @property
    def is_recommendation(self) -> bool:
        """Whether it asks somebody outside for something, and waits for their answer."""
        return self.kind == LogKind.RECOMMENDATION

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.published_at is not None and not self.is_private

    @property
    def label(self) -> str:
        """For example A12, or R3 for a recommendation."""
        return f"{'R' if self.kind == LogKind.RECOMMENDATION else 'A'}{self.number}"

    @property
    def board_code(self) -> str:
        """GSS code of the board; empty for a London-wide one."""
        return self.board_id or ""

    @property
    def is_overdue(self) -> bool:
        """Open past its day."""
        return (
            self.status == LogStatus.OPEN and self.due_on is not None and self.due_on < timezone.localdate()
        )


class ActionUpdate(models.Model):
    """One step in the life of an entry: what it became, and the public words with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(ActionItem, models.CASCADE, related_name="updates")
    at = models.DateTimeField(default=timezone.now)
    by = models.UUIDField(null=True, blank=True, help_text="Public id of the person; empty once unknown.")
    by_link = models.BooleanField(default=False, help_text="By the signed link in an email.")
    status = models.CharField(max_length=7, choices=LogStatus.choices)
    rag = models.CharField(max_length=5, choices=Rag.choices, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    before = models.JSONField(
        default=dict, blank=True, help_text="The entry's fields before it, so that it can be taken back."
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        board="id entry at by by_link status rag answer due_on note before undone_at",
        keep="As its entry.",
    )

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.entry.label}, {self.at:%Y-%m-%d}"
