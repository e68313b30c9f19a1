"""The room as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Who follows what, and telling them once."""

    name = "snb.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A message that is given up reaches a person, and a link in an email confirms a follow."""
        from django.utils.translation import gettext as _
        from django.utils.translation import gettext_lazy

        from snb.notices.actions import (
            CONFIRM,
            confirm_follow,
            tell_of_barred_destination,
            tell_of_dead_letter,
        )
        from snb.outbox.adapters import when_barred, when_given_up
        from snb.people.actions import LinkPurpose, register_purpose

        when_given_up(tell_of_dead_letter)
        when_barred(tell_of_barred_destination)
        register_purpose(
            LinkPurpose(
                name=CONFIRM,
                title=gettext_lazy("Yes, send me emails"),
                question=lambda asked: (
                    _("Shall we write to you about %(place)s: %(wanted)s?")
                    % {"place": asked.place, "wanted": asked.wanted}
                ),
                perform=confirm_follow,
                done=gettext_lazy("Done. Every email says how to stop them."),
                tells=False,
            )
        )
