"""The room as a Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from snb.people.actions import LinkPurpose


class MeetingsConfig(AppConfig):
    """Meetings, minutes, attendance, decisions and the action log."""

    name = "snb.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may read the private files of this room, what it knows for an agenda, and what owners' links do."""
        from snb.files.permissions import register_owner
        from snb.meetings.actions import owners
        from snb.people.actions import register_purpose, spare_unconfirmed

        def may_read_paper(user: Any, paper: Any) -> bool:
            return bool(user.has_perm("meetings.draft.read", paper.meeting))

        def may_read_original(user: Any, intake: Any) -> bool:
            return bool(user.has_perm("meetings.minutes.write", intake.meeting))

        def may_read_pack(user: Any, pack: Any) -> bool:
            return bool(user.has_perm("meetings.pack.read", pack))

        register_owner("meetings.BoardPack", may_read=may_read_pack)
        register_owner("meetings.Paper", may_read=may_read_paper)
        register_owner("meetings.MinutesIntake", may_read=may_read_original)
        register_purpose(owners_link())
        spare_unconfirmed(owners.owners_waited_for)

        from snb.meetings.adapters import register_facts
        from snb.meetings.enums import ItemKind
        from snb.meetings.queries import facts

        register_facts(ItemKind.ACTIONS, facts.actions_outstanding)
        register_facts(ItemKind.MINUTES, facts.minutes_of_the_last_meeting)
        register_facts(ItemKind.NEXT, facts.date_of_the_next_meeting)
        register_facts(ItemKind.PANELS, facts.wards_without_a_panel)


def owners_link() -> LinkPurpose:
    """An owner says how their action stands, or an addressee answers a recommendation."""
    from django.utils.translation import gettext as _
    from django.utils.translation import gettext_lazy

    from snb.meetings.actions import owners
    from snb.meetings.forms.log import ReportForm
    from snb.meetings.queries.log import row_by_key
    from snb.people.actions import LinkPurpose

    return LinkPurpose(
        name=owners.UPDATE,
        title=gettext_lazy("Report it"),
        question=lambda entry: _("How does %(label)s stand?") % {"label": entry.label},
        shows=lambda entry: ("meetings/_log_facts.html", {"entry": entry, "row": row_by_key(entry.pk)}),
        form=ReportForm,
        perform=owners.update_by_link,
        undo=owners.undo_by_link,
        version_of=owners.version_of,
        done=gettext_lazy("Thank you. It stands in the public log now."),
    )
