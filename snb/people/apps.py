"""The room as a Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from datetime import date

    from snb.people.models import User


class PeopleConfig(AppConfig):
    """Users, roles, invitations and residency."""

    name = "snb.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say where sealed secrets of second factors lie, and how an unused account is warned and deleted."""
        from snb.people import actions
        from snb.people.adapters import MFAAdapter
        from snb.privacy.enums import Holder
        from snb.privacy.queries import register_holder, register_keeper

        register_holder(Holder("mfa.Authenticator", "data", MFAAdapter.PURPOSE, "", ("secret", "seed")))
        register_keeper(
            "people.User", warn=_warn_unused, delete=lambda person: actions.delete_account(person, by=None)
        )


def _warn_unused(person: User, day: date) -> None:
    from snb.people.notifications import send_unused_account

    send_unused_account.enqueue(person.pk, day.isoformat())
