"""The room as a Django app."""

from django.apps import AppConfig


class WardpanelsConfig(AppConfig):
    """Ward officers."""

    name = "wardpanels"
    label = "wardpanels"
    default_auto_field = "django.db.models.BigAutoField"
