"""Append-only events, the seals of closed months, and the epoch of each board's public pages."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models

from snb.audit.enums import event_choices


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Filters on events."""

    def of_month(self, month: str) -> AuditEventQuerySet:
        """Events of one month, `YYYY-MM`, in UTC."""
        year, number = (int(part) for part in month.split("-"))
        start = datetime(year, number, 1, tzinfo=UTC)
        return self.filter(
            at__gte=start, at__lt=datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        )


class AuditEvent(models.Model):
    """Something that happened. Codes and ids only, never a person's words; no foreign keys, so history blocks
    nothing.

    The database refuses to change a row, to delete one unless its month is sealed and being dropped, and to
    add one to a sealed month (triggers of the second migration).
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    event = models.CharField(max_length=60, choices=event_choices)
    actor = models.UUIDField(
        null=True, help_text="Public id of the user; empty for the timetable and commands."
    )
    board = models.CharField(
        max_length=9, blank=True, db_index=True, help_text="GSS code of the board's borough, if any."
    )
    object_type = models.CharField(
        max_length=80, blank=True, help_text="Empty where it concerns the whole portal."
    )
    object_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict, help_text="Codes, ids, counts and dates.")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.event} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """The seal of a finished month: SHA-256 over the seal before it and the month's events in their canonical
    form.

    A seal stays for good; only the month's events may go (`dropped_at`). `dropping` is true only inside the
    transaction that drops them: it is what the trigger asks for.
    """

    month = models.CharField(max_length=7, primary_key=True, help_text="YYYY-MM, in UTC.")
    events = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    dropping = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month} {self.sha256[:12]}"


class Epoch(models.Model):
    """How often a site's public face has changed; `board` is a GSS code, or "" for the London-wide site."""

    board = models.CharField(max_length=9, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.board or 'London'}: {self.number}"
