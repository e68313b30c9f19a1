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
        """Say who may read the private files of this room."""
        from snb.files.permissions import register_owner

        def may_read_paper(user: Any, paper: Any) -> bool:
            return bool(user.has_perm("meetings.draft.read", paper.item.meeting))

        def may_read_original(user: Any, intake: Any) -> bool:
            return bool(user.has_perm("meetings.minutes.write", intake.meeting))

        def may_read_pack(user: Any, pack: Any) -> bool:
            return bool(user.has_perm("meetings.pack.read", pack))

        register_owner("meetings.BoardPack", may_read=may_read_pack)
        register_owner("meetings.Paper", may_read=may_read_paper)
        register_owner("meetings.MinutesIntake", may_read=may_read_original)
