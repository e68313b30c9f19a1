"""A provider's keys: made here, shown once, kept sealed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from payback.models import Provider
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User

KEYS_VALID = 2
"""A new key and the one before: so that a provider can change over without a gap."""


@transaction.atomic
def add_webhook_key(provider: Provider, *, by: User | None) -> str:
    """Make a key for the provider's system to sign with. The newest before stays valid beside it; older ones end.

    Args:
        by: None for the command line, where whoever may run it may do so.
    Returns:
        The key, which is shown this once.
    """
    if by is not None and not by.has_perm("payback.provider.manage", provider):
        raise PermissionDenied
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    key = secrets.token_urlsafe(32)
    provider.webhook_keys = [key, *provider.webhook_keys][:KEYS_VALID]
    provider.save(update_fields=["webhook_keys"])
    record(Event.PROVIDER_KEY_ADDED, provider, by=by, provider=provider.slug, keys=len(provider.webhook_keys))
    return key
