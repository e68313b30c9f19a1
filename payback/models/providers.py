"""Providers of Community Payback, for which boroughs and until when, and the people who work for them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payback.enums import ProviderRoleKind, Transport
from snb.boards.models import Board
from snb.people.models import Role
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedJSONField

if TYPE_CHECKING:
    from snb.people.models import User


class Provider(models.Model):
    """A provider of Community Payback and the codes its own system asks for.

    Its addresses and passwords are not here: `destination` names an entry of the settings. Without its codes a task cannot go
    straight into its system, and the desk or an email takes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    transport = models.CharField(max_length=8, choices=Transport.choices, default=Transport.DESK)
    destination = models.SlugField(
        max_length=40,
        blank=True,
        help_text="Name of its entry in the settings; empty where it has no system to send to.",
    )
    inbox = models.EmailField(
        blank=True, help_text="Where the notice of a new task goes: a team's address, no person's."
    )
    provider_code = models.CharField(
        max_length=10, blank=True, help_text="Such as N07; project codes begin with it."
    )
    team_code = models.CharField(max_length=20, blank=True)
    pdu_code = models.CharField(max_length=20, blank=True)
    lau_code = models.CharField(max_length=20, blank=True)
    project_type_code = models.CharField(max_length=10, blank=True, help_text="Such as NP1.")
    pickup_point_code = models.CharField(max_length=20, blank=True)
    hi_vis = models.BooleanField(default=True)
    webhook_keys = EncryptedJSONField(
        default=list,
        blank=True,
        help_text="Keys its system signs with, newest first; two at most are valid at once.",
    )

    privacy = Privacy(
        public="id slug name",
        board="transport destination inbox provider_code team_code pdu_code lau_code project_type_code pickup_point_code hi_vis",
        secret="webhook_keys",  # noqa: S106  a field's name
        keep="As long as one of its referrals is kept.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_codes(self) -> bool:
        """Whether everything its own system asks for is known."""
        return all((self.provider_code, self.team_code, self.project_type_code, self.pickup_point_code))


class ContractQuerySet(models.QuerySet["Contract"]):
    """Filters on contracts."""

    def current(self) -> ContractQuerySet:
        """Contracts that stand today."""
        today = timezone.localdate()
        return self.filter(since__lte=today).filter(Q(until__isnull=True) | Q(until__gt=today))


class Contract(models.Model):
    """That a provider takes the tasks of a borough, from a day to a day."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="contracts")
    board = models.ForeignKey(Board, models.PROTECT, related_name="payback_contracts")
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True, help_text="First day without the contract.")

    privacy = Privacy(public="provider board since until", keep="Kept: who was responsible when.")

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["board"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_one_open_a_board",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="%(app_label)s_%(class)s_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} for {self.board}"

    @property
    def is_current(self) -> bool:
        """Whether it stands today."""
        today = timezone.localdate()
        return self.since <= today and (self.until is None or self.until > today)


class ProviderRole(Role):
    """Works for a provider: sees its tasks and nobody else's."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=ProviderRoleKind.choices, default=ProviderRoleKind.OFFICER)

    SCOPE: ClassVar[str] = "provider"
    RELATED: ClassVar[tuple[str, ...]] = ("provider",)

    privacy = Privacy(board="person since until provider kind", keep="As board roles.")

    class Meta:
        verbose_name = "provider role"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "provider", "kind"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.provider}"

    @property
    def label(self) -> str:
        """For example: Probation officer, London Probation."""
        return str(self)

    @property
    def desk_url(self) -> str:
        """The probation desk, on the London-wide site."""
        return f"{settings.PORTAL_BASE_URL}/desk/probation/"

    def may_be_given_by(self, user: User) -> bool:
        """Oversight gives the leads; a lead gives officers of the same provider."""
        if user.has_perm("boards.oversight.manage"):
            return True
        return self.kind == ProviderRoleKind.OFFICER and user.has_perm(
            "payback.provider.staff", self.provider
        )
