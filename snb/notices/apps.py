"""The room as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Who follows what, and telling them once."""

    name = "snb.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A message that is given up reaches a person."""
        from snb.notices.actions import tell_of_dead_letter
        from snb.outbox.adapters import when_given_up

        when_given_up(tell_of_dead_letter)
