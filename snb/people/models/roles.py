"""The shape of a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from snb.people.models.users import User


class RoleQuerySet(models.QuerySet[Any]):
    """Filters on roles of any room."""

    def current(self) -> RoleQuerySet:
        """Roles held today."""
        today = timezone.localdate()
        return self.filter(since__lte=today).filter(models.Q(until__isnull=True) | models.Q(until__gt=today))


class Role(models.Model):
    """The shape of a role: who holds it, since when, until when. Roles end; rows stay.

    A room makes its own by subclassing: it adds `kind` (TextChoices) where there are several, and the thing the role is for,
    named in `SCOPE`. `NEEDS_SECOND_FACTOR` names the kinds that see personal data or publish (all of them by default).
    """

    person = models.ForeignKey("people.User", models.CASCADE, related_name="%(app_label)s_%(class)ss")
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(
        null=True, blank=True, help_text="First day on which the role is no longer held."
    )

    SCOPE: ClassVar[str] = ""
    """Name of the foreign key the role is for: `board`, `ward`; empty for a London-wide role."""
    NEEDS_SECOND_FACTOR: ClassVar[frozenset[str] | None] = None
    """Kinds that need a second factor; None means every holder."""

    BOARD_PATH: ClassVar[str] = ""
    """Look-up from the role to the GSS code of its board; empty for a London-wide role."""

    RELATED: ClassVar[tuple[str, ...]] = ()
    """What to fetch along with the role so that its label needs no query."""

    objects = RoleQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        """Whether the role is held today."""
        today = timezone.localdate()
        return self.since <= today and (self.until is None or self.until > today)

    @property
    def needs_second_factor(self) -> bool:
        """Whether its holder must have a second factor."""
        return self.NEEDS_SECOND_FACTOR is None or getattr(self, "kind", "") in self.NEEDS_SECOND_FACTOR

    @property
    def label(self) -> str:
        """The role in words, with what it is for."""
        return str(self._meta.verbose_name)

    @property
    def board_code(self) -> str:
        """GSS code of the board the role belongs to; empty for a London-wide role."""
        return ""

    @property
    def desk_url(self) -> str:
        """Absolute address at which the holder begins."""
        return f"{settings.PORTAL_BASE_URL}/desk/"

    @property
    def people_url(self) -> str:
        """Absolute address of the page on which the role is given, handed over and ended."""
        return f"{self.desk_url}people/"

    @property
    def model_label(self) -> str:
        """Label of the role's model, such as boards.boardrole."""
        return self._meta.label_lower

    @property
    def is_last(self) -> bool:
        """Whether nobody could give this role any more once its holder leaves; False unless a room says otherwise."""
        return False

    def may_be_given_by(self, user: User) -> bool:
        """Whether `user` may give, hand over or end this role; nobody until a room says otherwise."""
        return False

    def sync_groups(self) -> None:
        """Bring Django groups in line after the role was given or ended; most roles have none."""
