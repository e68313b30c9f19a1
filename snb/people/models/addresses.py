"""Which accounts an address has belonged to, so that registering again does not make a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from snb.people.calculations import email_mark
from snb.privacy.calculations import lookup_hashes
from snb.privacy.enums import Privacy

if TYPE_CHECKING:
    from snb.people.models.users import User


class HeldAddress(models.Model):
    """An account has held this address. Keyed marks only: the address cannot be read back; no link to the account's row."""

    PURPOSE: ClassVar[str] = "people.held_address"

    mark = models.CharField(
        max_length=80, db_index=True, help_text="Keyed mark of the address, tags and Gmail dots removed."
    )
    account = models.UUIDField(help_text="Public id of the account.")
    released_on = models.DateField(null=True, help_text="When the account was deleted.")

    privacy = Privacy(
        personal="account released_on",
        secret="mark",  # noqa: S106  field names
        hashed="mark",
        keep="120 days after the account is deleted: longer than any vote is open.",
        after=timedelta(days=120),
        since="released_on",
    )

    class Meta:
        verbose_name_plural = "held addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "account"], name="%(app_label)s_%(class)s_once_an_account"
            ),
        ]

    def __str__(self) -> str:
        return "An address an account has held"

    @classmethod
    def hold(cls, person: User, email: str) -> None:
        """Remember that this account has held an address, so that a vote cast under it stays this person's."""
        marks = lookup_hashes(email_mark(email), cls.PURPOSE)
        if not cls.objects.filter(mark__in=marks, account=person.public_id).exists():
            cls.objects.get_or_create(mark=marks[0], account=person.public_id)
