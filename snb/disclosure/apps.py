"""The room as a Django app."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Small-number suppression."""

    name = "snb.disclosure"
    label = "disclosure"
    default_auto_field = "django.db.models.BigAutoField"
