"""The room as a Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.core import checks

if TYPE_CHECKING:
    from collections.abc import Sequence


class PrivacyConfig(AppConfig):
    """Field classes, encryption and retention."""

    name = "snb.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        checks.register(every_field_is_classed, checks.Tags.models)
        checks.register(every_key_is_known, checks.Tags.database)


def every_field_is_classed(**kwargs: Any) -> list[checks.CheckMessage]:
    """Find a field without a class and a model without a retention rule."""
    from snb.privacy.queries import misdeclared

    return [checks.Warning(problem, id="privacy.W001") for problem in misdeclared()]


def every_key_is_known(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Find values sealed under a key that is not in ENCRYPTION_KEYS: without it they are lost."""
    from django.conf import settings

    from snb.privacy.queries import key_ids_in_use, lookup_key_ids_in_use

    if "default" not in (databases or []):
        return []
    places = key_ids_in_use()
    for key, hashed in lookup_key_ids_in_use().items():
        places.setdefault(key, set()).update(hashed)
    unknown = {key: where for key, where in places.items() if key not in settings.ENCRYPTION_KEYS}
    return [
        checks.Error(
            f"Values in {', '.join(sorted(where))} are under key {key!r}, which is not in ENCRYPTION_KEYS."
            if key != "?"
            else f"Values in {', '.join(sorted(where))} are not sealed values.",
            hint="Put the key back behind the newest one, run `manage.py rotate_keys`, then take it out.",
            id="privacy.E003",
        )
        for key, where in sorted(unknown.items())
    ]
