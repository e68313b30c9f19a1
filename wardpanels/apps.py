"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WardpanelsConfig(AppConfig):
    """Ward officers."""

    name = "wardpanels"
    label = "wardpanels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what this room knows for the agenda of a meeting."""
        from snb.meetings.adapters import register_facts
        from snb.meetings.enums import ItemKind
        from wardpanels.queries import priorities_for_agenda

        register_facts(ItemKind.PRIORITIES, priorities_for_agenda)
