"""The room as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Meetings, minutes, attendance, decisions and the action log."""

    name = "snb.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may read the private files of this room, and what it knows for an agenda."""
        from snb.files.permissions import register_owner

        def may_read_paper(user: Any, paper: Any) -> bool:
            return bool(user.has_perm("meetings.draft.read", paper.meeting))

        def may_read_original(user: Any, intake: Any) -> bool:
            return bool(user.has_perm("meetings.minutes.write", intake.meeting))

        def may_read_pack(user: Any, pack: Any) -> bool:
            return bool(user.has_perm("meetings.pack.read", pack))

        register_owner("meetings.BoardPack", may_read=may_read_pack)
        register_owner("meetings.Paper", may_read=may_read_paper)
        register_owner("meetings.MinutesIntake", may_read=may_read_original)

        from snb.meetings.adapters import register_facts
        from snb.meetings.enums import ItemKind
        from snb.meetings.queries import facts

        register_facts(ItemKind.ACTIONS, facts.actions_outstanding)
        register_facts(ItemKind.MINUTES, facts.minutes_of_the_last_meeting)
        register_facts(ItemKind.NEXT, facts.date_of_the_next_meeting)
        register_facts(ItemKind.PANELS, facts.wards_without_a_panel)
