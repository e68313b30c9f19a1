"""Holds on retention, warnings given, and the log of erasures."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.privacy.enums import Privacy


class RetentionHoldQuerySet(models.QuerySet["RetentionHold"]):
    """Filters on holds."""

    def current(self) -> RetentionHoldQuerySet:
        """Holds that stand today."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=timezone.localdate()))


class RetentionHold(models.Model):
    """A row that the sweep must leave whatever its rule says: a complaint is open, a court has asked."""

    model = models.CharField(max_length=80, help_text="Label in lower case, such as payback.nomination.")
    object_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, help_text="Why it must stay. Name nobody.")
    by = models.UUIDField(null=True, help_text="Public id of whoever placed it; empty for a command.")
    placed_at = models.DateTimeField(default=timezone.now)
    until = models.DateField(
        null=True, blank=True, help_text="First day without the hold; empty until somebody ends it."
    )

    privacy = Privacy(
        board="model object_id reason placed_at until",
        personal="by",
        keep="A year after the hold ended.",
        after=timedelta(days=365),
        since="until",
    )

    objects = RetentionHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        indexes = [models.Index(fields=["model", "object_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "object_id"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}: {self.reason}"


class RetentionWarning(models.Model):
    """Somebody was told that a row will go."""

    model = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    warned_on = models.DateField()
    due_on = models.DateField(help_text="First day on which the row may go.")

    privacy = Privacy(board="model object_id warned_on due_on", keep="Until the row goes, or is used again.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}: {self.due_on}"


class Erasure(models.Model):
    """Something was erased at a person's wish: after an older backup is restored, it is erased again.

    Written to a file beside the database as well (settings.ERASURE_LOG), because a restored database has
    forgotten it.
    """

    model = models.CharField(max_length=80)
    object_hash = models.CharField(
        max_length=80, help_text="Look-up hash of the row's public id: it leads to nobody."
    )
    at = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="model object_hash at",
        keep="90 days: longer than any backup is kept (35 days).",
        after=timedelta(days=90),
        since="at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "object_hash"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.at:%d %B %Y}"
