"""The room as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class PaybackConfig(AppConfig):
    """Nominations, screening, referral to probation, progress, results."""

    name = "payback"
    label = "payback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may read the private photos of this room, how a nomination is deleted, and by which ways referrals leave."""
        from payback.actions.nominators import withdraw
        from payback.actions.referrals import CHANNELS, prepare_again
        from payback.clients import DeskTransport, EmailTransport, HttpsTransport, TakenBackTransport
        from snb.files.permissions import register_owner
        from snb.outbox.adapters import register_renewal, register_transport
        from snb.privacy.queries import register_keeper

        def may_read_photo(user: Any, photo: Any) -> bool:
            return bool(user.has_perm("payback.photo.view", photo))

        register_owner("payback.Photo", may_read=may_read_photo)

        def delete(nomination: Any) -> None:
            """As its nominator took it back: a draft goes whole; anything else ends, and what the nominator wrote goes."""
            withdraw(nomination)

        register_keeper("payback.Nomination", delete=delete)
        register_transport("payback.https", HttpsTransport())
        register_transport("payback.desk", DeskTransport())
        register_transport("payback.email", EmailTransport())
        register_transport("payback.taken_back", TakenBackTransport())
        for channel in CHANNELS.values():
            register_renewal(channel, prepare_again)
