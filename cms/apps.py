"""The room as a Django app."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Pages and the editor."""

    name = "cms"
    label = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what Wagtail says of pages, pictures and documents; give each meeting its page; let readers comment by a link;
        hide again what a backup brought back."""
        from django.utils.translation import gettext as _
        from django.utils.translation import gettext_lazy

        from cms import adapters
        from cms.actions import meetings, minutes, redaction
        from cms.forms.minutes import CommentForm
        from cms.queries import REVIEW, draft_to_review, introduction_of_page
        from snb.meetings.adapters import register_introduction, when_shown
        from snb.people.actions import LinkPurpose, register_purpose
        from snb.privacy.queries import register_keeper

        adapters.listen()
        when_shown(meetings.keep_meeting_page)
        register_keeper("meetings.MinutesVersion", delete=redaction.hide_again)
        register_introduction(introduction_of_page)
        register_purpose(
            LinkPurpose(
                name=REVIEW,
                title=gettext_lazy("Send the comment"),
                question=lambda page: _("Please read this draft: %(minutes)s") % {"minutes": page.meeting},
                perform=minutes.comment_by_link,
                version_of=minutes.review_version,
                done=gettext_lazy("Thank you. Your comment has reached the people who write the minutes."),
                form=CommentForm,
                shows=draft_to_review,
                repeats=True,
                lasts=minutes.REVIEW_LASTS,
                tells=False,
            )
        )
