"""Messages that must leave, and how each destination is doing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.outbox.enums import DUE, OVER, State
from snb.privacy.enums import Privacy


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Filters on messages."""

    def due(self, now: datetime) -> OutboxQuerySet:
        """What the sweep may take."""
        return self.filter(state__in=DUE, due_at__lte=now)

    def overdue_leases(self, now: datetime) -> OutboxQuerySet:
        """Leases nobody gave back: their worker is dead, and what it did is unknown."""
        return self.filter(state=State.LEASED, lease_until__lte=now)

    def dead(self) -> OutboxQuerySet:
        """What was given up and needs a person."""
        return self.filter(state=State.DEAD)


class OutboxMessage(models.Model):
    """A message that must leave, written in the transaction of what it tells. The row is the truth; a task
    is a nudge.

    The payload holds nothing personal: no transport carries a person's details. A room that ever needs to
    must keep them in an
    encrypted field of its own and let its transport read them at the moment of sending.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.CharField(
        max_length=9, blank=True, help_text="GSS code of the board's borough; empty for London-wide."
    )
    channel = models.CharField(max_length=40, help_text="Which transport takes it.")
    destination = models.CharField(
        max_length=60, help_text="Code of the receiver; its address comes from the settings."
    )
    reference = models.CharField(max_length=80, help_text="Our reference, which the receiver keeps.")
    idempotency_key = models.CharField(max_length=120)
    payload = models.BinaryField(help_text="The bytes, frozen.")
    payload_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.BooleanField(
        default=False, help_text="A try may have reached the receiver: ask before sending."
    )
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True, help_text="Code of the last failure.")
    receipt = models.CharField(max_length=120, blank=True, help_text="The receiver's own id for it.")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    objects = OutboxQuerySet.as_manager()

    privacy = Privacy(
        board="id board channel destination reference idempotency_key payload payload_sha256 state attempts "
        "in_doubt due_at lease_until lease_token last_error receipt created changed",
        keep="A year after it was taken in or cancelled.",
        after=timedelta(days=365),
        since="changed",
        where={"state__in": sorted(OVER)},
    )

    class Meta:
        ordering = ["due_at", "created"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "destination", "idempotency_key"],
                name="%(app_label)s_%(class)s_enqueued_once",
            ),
            models.CheckConstraint(
                condition=Q(state=State.LEASED, lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(state=State.LEASED) & Q(lease_until__isnull=True, lease_token__isnull=True)),
                name="%(app_label)s_%(class)s_lease_only_while_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.AMBIGUOUS) | Q(in_doubt=True),
                name="%(app_label)s_%(class)s_ambiguous_is_in_doubt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} to {self.destination}"


class Circuit(models.Model):
    """How a destination is doing. After several failures in a row it rests, then one message tries it."""

    destination = models.CharField(max_length=60, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    open_until = models.DateTimeField(null=True, blank=True, help_text="Nothing is sent there before.")
    barred_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when it does not let us in; a person was told then."
    )

    privacy = Privacy(
        board="destination failures open_until barred_since",
        keep="As long as something is sent there.",
    )

    def __str__(self) -> str:
        return f"{self.destination}: {self.failures} failures"
