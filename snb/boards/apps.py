"""The room as a Django app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Boards, bodies and their roles."""

    name = "snb.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
