"""The room as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages that must leave."""

    name = "snb.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
