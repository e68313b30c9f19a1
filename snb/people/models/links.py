"""Invitations, signed links with their uses, and resets of a second factor: rows with hashed tokens and dates."""

# ruff: noqa: S106 -- `secret` is a class of fields here, not a secret

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from snb.people.enums import InvitationState, LinkState, ResetState
from snb.privacy.enums import Privacy


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters on invitations."""

    def open(self) -> InvitationQuerySet:
        """Waiting for an answer."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """Somebody is asked, by email, to take on a role."""

    LASTS: ClassVar[timedelta] = timedelta(days=14)

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="The token is derived from it with a key of this install."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    role_model = models.CharField(
        max_length=80, help_text="Label of the role's model, such as boards.boardrole."
    )
    kind = models.CharField(max_length=20, blank=True)
    scope_id = models.CharField(
        max_length=40, blank=True, help_text="Key of what the role is for; empty for a London-wide role."
    )
    board = models.CharField(
        max_length=9, blank=True, db_index=True, help_text="GSS code of the board; empty for London."
    )
    hands_over = models.PositiveBigIntegerField(
        null=True, help_text="Key of the role that ends when this is accepted."
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(
        null=True, help_text="When the mail server took the message; a sweep finds what was not sent."
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="invitations_accepted"
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    privacy = Privacy(
        board="role_model kind scope_id board hands_over invited_by sent_at mailed_at expires_at accepted_at accepted_by withdrawn_at",
        personal="email key",
        secret="token_hash",
        keep="90 days after it was accepted, withdrawn or expired.",
        after=timedelta(days=90),
        since="expires_at",
    )

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="%(app_label)s_%(class)s_accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    @property
    def state(self) -> InvitationState:
        """Where it stands now."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.withdrawn_at:
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if self.expires_at > timezone.now() else InvitationState.EXPIRED


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    """Filters on signed links."""

    def live(self) -> SignedLinkQuerySet:
        """As far as their dates say: not used, not revoked, not expired."""
        return self.filter(
            used_at__isnull=True,
            undone_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )


class SignedLink(models.Model):
    """A link in an email that lets its reader do one thing without signing in: once, or until it expires where its purpose repeats."""

    LASTS: ClassVar[timedelta] = timedelta(days=7)

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="The token is derived from it with a key of this install."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signed_links")
    purpose = models.CharField(max_length=60)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    version = models.CharField(
        max_length=64, blank=True, help_text="Version of the object; another one ends the link."
    )
    role_model = models.CharField(max_length=80, blank=True)
    role_id = models.PositiveBigIntegerField(
        null=True, help_text="The role in which the person acts; the link ends with it."
    )
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = SignedLinkQuerySet.as_manager()

    privacy = Privacy(
        board="purpose object_type object_id version role_model role_id issued_at expires_at used_at undone_at revoked_at",
        personal="person key",
        secret="token_hash",
        keep="90 days after it expired.",
        after=timedelta(days=90),
        since="expires_at",
    )

    def __str__(self) -> str:
        return f"Link {self.pk}: {self.purpose}"

    @property
    def dated_state(self) -> LinkState:
        """What the dates on the row say; whether it was overtaken is for its purpose to say."""
        if self.undone_at:
            return LinkState.UNDONE
        if self.used_at:
            return LinkState.USED
        if self.revoked_at:
            return LinkState.REVOKED
        return LinkState.LIVE if self.expires_at > timezone.now() else LinkState.EXPIRED


class LinkUse(models.Model):
    """One use of a signed link, and what it made."""

    link = models.ForeignKey(SignedLink, models.CASCADE, related_name="uses")
    at = models.DateTimeField(default=timezone.now)
    made = models.CharField(
        max_length=64, blank=True, help_text="Key of the row that the deed made or changed; undoing needs it."
    )
    undone_at = models.DateTimeField(null=True)

    privacy = Privacy(board="link at made undone_at", keep="As its link.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Use {self.pk} of link {self.link_id}"


class FactorReset(models.Model):
    """A person lost their second factor: they ask, another confirms, a day passes, the factor is removed."""

    WAIT: ClassVar[timedelta] = timedelta(hours=24)
    LASTS: ClassVar[timedelta] = timedelta(days=7)

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_resets")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    privacy = Privacy(
        board="person asked_at confirmed_by confirmed_at done_at stopped_at",
        keep="Two years, so that a board can see who confirmed what.",
        after=timedelta(days=730),
        since="asked_at",
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at__isnull=True, stopped_at__isnull=True),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("person")),
                name="%(app_label)s_%(class)s_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"Reset {self.pk}"

    @property
    def state(self) -> ResetState:
        """Where it stands."""
        if self.stopped_at:
            return ResetState.STOPPED
        if self.done_at:
            return ResetState.DONE
        return ResetState.WAITING if self.confirmed_at else ResetState.ASKED

    @property
    def due_at(self):
        """When the factor goes, once a second person has confirmed."""
        return self.confirmed_at + self.WAIT if self.confirmed_at else None
