"""A referral of an endorsed task to a provider, what its system tells us, and the sessions worked. Never a person's name."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payback.enums import Ended, Refusal, Transport
from payback.models.nominations import Nomination
from payback.models.providers import Provider
from snb.outbox.models import OutboxMessage
from snb.privacy.enums import Privacy


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Filters on referrals."""

    def open(self) -> ReferralQuerySet:
        """Not over."""
        return self.filter(ended="")


class Referral(models.Model):
    """A task on its way to one provider. The payload is frozen as bytes; the state of the task is its nomination's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="referrals")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="referrals")
    reference = models.CharField(
        max_length=20, unique=True, help_text="Ours; the receiver keeps it and we ask for it."
    )
    project_code = models.CharField(
        max_length=24,
        blank=True,
        db_index=True,
        help_text="Ours as sent (it begins with the provider's code), or the one probation gave on the desk.",
    )
    transport = models.CharField(max_length=8, choices=Transport.choices)
    payload = models.BinaryField(help_text="The bytes, frozen.")
    payload_sha256 = models.CharField(max_length=64)
    message = models.ForeignKey(
        OutboxMessage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Gone a year after it was taken in.",
    )
    named_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The one officer who may see the contact, where the nominator agreed.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    expected_end_on = models.DateField(null=True, blank=True)
    refusal = models.CharField(max_length=16, choices=Refusal.choices, blank=True)
    refusal_words = models.TextField(
        blank=True, max_length=1000, help_text="Probation's, for board and nominator."
    )
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        public="id nomination provider created_at sent_at acknowledged_at starts_on expected_end_on refusal ended ended_at",
        board="reference project_code transport payload payload_sha256 message named_officer refusal_words",
        keep="As its nomination.",
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination"],
                condition=Q(ended=""),
                name="%(app_label)s_%(class)s_one_open_a_nomination",
            ),
            models.UniqueConstraint(
                fields=["provider", "project_code"],
                condition=~Q(project_code=""),
                name="%(app_label)s_%(class)s_code_once_a_provider",
            ),
            models.CheckConstraint(
                condition=~Q(ended=Ended.REJECTED) | ~Q(refusal=""),
                name="%(app_label)s_%(class)s_refused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def planned(self) -> str:
        """Its dates as one text, so that a page can say which ones it showed."""
        return f"{self.starts_on or ''}/{self.expected_end_on or ''}"

    @property
    def board_code(self) -> str:
        """GSS code of the board that screened it: whose desk shows it."""
        return self.nomination.screening_board_id


class ProviderEvent(models.Model):
    """A signed event from a provider's system; its id is unique for ever, so a replay changes nothing."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    reference = models.CharField(max_length=24, help_text="Our reference or the project code, as it came.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict, blank=True, help_text="Dates, counts and codes; no words.")
    applied = models.BooleanField(default=False, help_text="False where a later event had said more already.")

    privacy = Privacy(
        board="provider event_id kind reference occurred_at received_at data applied",
        keep="Kept: an event id stays used for ever.",
    )

    class Meta:
        ordering = ["received_at"]
        indexes = [models.Index(fields=["provider", "reference"])]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Session(models.Model):
    """A working day on site: date, number of people, hours together. There is no field for a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="sessions")
    date = models.DateField()
    people = models.PositiveSmallIntegerField()
    hours = models.DecimalField(max_digits=6, decimal_places=2, help_text="Of all people together.")
    source_id = models.CharField(
        max_length=80,
        blank=True,
        help_text="The id its system or sheet gave it: the same id again changes this row.",
    )
    logged_at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    privacy = Privacy(
        public="id referral date people hours",
        board="source_id logged_at logged_by",
        keep="As its nomination.",
    )

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "source_id"],
                condition=~Q(source_id=""),
                name="%(app_label)s_%(class)s_once_a_source",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=60), name="%(app_label)s_%(class)s_some_people"
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=999), name="%(app_label)s_%(class)s_some_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.hours} hours"
