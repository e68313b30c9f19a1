"""The room as a Django app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Private files."""

    name = "snb.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
