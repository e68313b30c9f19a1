"""Where a person lives, and the printed codes that prove it."""

# ruff: noqa: S106 -- `secret` is a class of fields here, not a secret

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.people.enums import ResidencyMethod
from snb.places.models import Ward
from snb.privacy.enums import Privacy


class ResidencyQuerySet(models.QuerySet["Residency"]):
    """Filters on residencies."""

    def current(self) -> ResidencyQuerySet:
        """Confirmed, not expired, not ended."""
        return self.filter(ended_on__isnull=True, expires_on__gt=timezone.localdate())


class Residency(models.Model):
    """A person confirmed that they live in a ward. The postcode itself is not kept, only a keyed mark of it."""

    LASTS: ClassVar[timedelta] = timedelta(days=730)
    BETWEEN_CHANGES: ClassVar[timedelta] = timedelta(days=90)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="residencies")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="residencies")
    method = models.CharField(max_length=10, choices=ResidencyMethod.choices)
    proof_hash = models.CharField(
        max_length=80,
        blank=True,
        db_index=True,
        help_text="Keyed mark of the postcode or of the printed code; never either itself.",
    )
    since = models.DateTimeField(
        help_text="First confirmed in this ward without a break; rounds opened earlier do not count it."
    )
    is_change = models.BooleanField(default=False, help_text="Whether it replaced another ward.")
    confirmed_on = models.DateField()
    expires_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = ResidencyQuerySet.as_manager()

    privacy = Privacy(
        personal="user ward method since is_change confirmed_on expires_on ended_on",
        secret="proof_hash",
        keep="90 days after it was ended or ran out, which is two years after the last confirmation; or until the account is "
        "deleted. For those 90 days the ward can be changed once only.",
        after=BETWEEN_CHANGES,
        since="expires_on",
    )

    class Meta:
        verbose_name_plural = "residencies"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_on__isnull=True),
                name="%(app_label)s_%(class)s_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("confirmed_on")),
                name="%(app_label)s_%(class)s_expires_after_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"Residency in {self.ward_id}"

    @property
    def is_current(self) -> bool:
        """Whether it counts today."""
        return self.ended_on is None and self.expires_on > timezone.localdate()

    @property
    def strength(self) -> str:
        """What the method proves, in words."""
        return ResidencyMethod(self.method).strength


class CodeBatch(models.Model):
    """Printed one-time codes for one ward: asked for by one person, confirmed by another, then printed once."""

    MOST: ClassVar[int] = 500
    LAST: ClassVar[timedelta] = timedelta(days=183)

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="code_batches")
    count = models.PositiveSmallIntegerField(help_text="How many codes.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)

    privacy = Privacy(
        public="ward count made_at confirmed_at printed_at expires_on withdrawn_at",
        board="made_by confirmed_by",
        keep="As long as the results of rounds it was used in.",
    )

    class Meta:
        verbose_name_plural = "code batches"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("made_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="%(app_label)s_%(class)s_confirmed_before_printed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} codes for {self.ward_id}"

    @property
    def is_usable(self) -> bool:
        """Whether its codes count today."""
        return (
            self.printed_at is not None
            and self.withdrawn_at is None
            and self.expires_on > timezone.localdate()
        )


class PrintedCode(models.Model):
    """One printed code, kept as a keyed mark only."""

    batch = models.ForeignKey(CodeBatch, models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=80, unique=True)
    used_on = models.DateField(null=True)

    privacy = Privacy(public="batch used_on", secret="code_hash", keep="As its batch.")

    def __str__(self) -> str:
        return f"Code of batch {self.batch_id}"
