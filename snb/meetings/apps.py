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
        """Say who may read the private files of this room, what owners' links do, and whose accounts the log needs."""
        from snb.files.permissions import register_owner
        from snb.meetings.actions import owners
        from snb.people.actions import register_purpose, spare_unconfirmed

        def may_read_paper(user: Any, paper: Any) -> bool:
            return bool(user.has_perm("meetings.draft.read", paper.item.meeting))

        def may_read_original(user: Any, intake: Any) -> bool:
            return bool(user.has_perm("meetings.minutes.write", intake.meeting))

        register_owner("meetings.Paper", may_read=may_read_paper)
        register_owner("meetings.MinutesIntake", may_read=may_read_original)
        register_purpose(owners_link())
        spare_unconfirmed(owners.owners_waited_for)


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
