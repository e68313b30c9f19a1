"""What happened to a nomination and when, who supports it, what was asked, and the one dispute."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payback.enums import Asked, Status
from payback.models.nominations import Nomination
from payback.models.referrals import Referral
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedTextField


class Milestone(models.Model):
    """That a nomination reached a state; the public timeline shows them from the endorsement on, and the month before."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="milestones")
    status = models.CharField(max_length=12, choices=Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.UUIDField(
        null=True, blank=True, help_text="Public id of whoever acted for a board or a provider."
    )

    privacy = Privacy(public="nomination status at", board="by", keep="As its nomination.")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["nomination", "status"])]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.at:%d %B %Y}"


class Support(models.Model):
    """A resident of the ward wants this done, too; once each. Shown as a number only."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="supports")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="payback_supports")
    on = models.DateField(default=timezone.localdate)

    privacy = Privacy(
        public="nomination", personal="person on", keep="Until the person takes it back or leaves."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nomination", "person"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"Support of {self.nomination_id}"


class Question(models.Model):
    """A question and its answer: screeners to the nominator, or probation to the board. Both sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="questions")
    referral = models.ForeignKey(
        Referral,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="questions",
        help_text="Set where probation asks.",
    )
    asked = models.CharField(max_length=10, choices=Asked.choices)
    text = EncryptedTextField(max_length=1000)
    answer = EncryptedTextField(blank=True, default="", max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        board="id nomination referral asked asked_by asked_at answered_by answered_at",
        special="text answer",
        keep="Emptied together with the nominator's own words.",
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked=Asked.BOARD, referral__isnull=False)
                | Q(asked=Asked.NOMINATOR, referral__isnull=True, answered_by__isnull=True),
                name="%(app_label)s_%(class)s_probation_asks_the_board",
            ),
        ]

    def __str__(self) -> str:
        return f"Question on {self.nomination_id}"


class Dispute(models.Model):
    """The nominator says that what was to be done was not done, or did not last; once."""

    nomination = models.OneToOneField(Nomination, models.CASCADE, related_name="dispute")
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    words = EncryptedTextField(max_length=2000, help_text="The nominator's.")
    raised_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True, max_length=1000, help_text="The board's, public.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        public="nomination answer answered_at raised_at",
        board="id answered_by",
        special="words",
        keep="As its nomination; the nominator's words go with their other words.",
    )

    def __str__(self) -> str:
        return f"Dispute of {self.nomination_id}"
