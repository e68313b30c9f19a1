"""The room as a Django app."""

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """Pictures of figures, with a table."""

    name = "snb.charts"
    label = "charts"
    default_auto_field = "django.db.models.BigAutoField"
