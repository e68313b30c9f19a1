"""The room as a Django app."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Pages and the editor."""

    name = "cms"
    label = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what Wagtail says of pages, pictures and documents."""
        from cms import adapters

        adapters.listen()
