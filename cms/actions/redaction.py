"""Taking earlier versions of minutes off, with what the page keeps of them: its pictures, and the revisions it was written in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.adapters import forget_words_searched_for
from cms.models import MinutesPage
from snb.meetings.actions import redaction as rows
from snb.meetings.enums import Offence, Redacted
from snb.meetings.models import Meeting, MinutesRedaction, MinutesVersion
from snb.meetings.queries.public import newest_version
from snb.people.models import User


@transaction.atomic
def take_version_off(version: MinutesVersion, reason: Offence, *, by: User) -> MinutesRedaction:
    """Hide an earlier version from everybody, at once, until a second person looks. Raises as `rows.ask_redaction`."""
    redaction = rows.ask_redaction(version, reason, by=by)
    show_pictures(redaction.meeting)
    return redaction


@transaction.atomic
def answer_redaction(redaction: MinutesRedaction, *, agree: bool, by: User) -> MinutesRedaction:
    """Agree, and the words are gone from the version and from the page's history; or put the version back.

    Raises:
        PermissionDenied, ValidationError: as `rows.answer_redaction`; or the page says something that is not published.
    """
    redaction = rows.answer_redaction(redaction, agree=agree, by=by)
    if redaction.state == Redacted.AGREED:
        forget_revisions(redaction.meeting)
        forget_words_searched_for()
    show_pictures(redaction.meeting)
    return redaction


@transaction.atomic
def hide_again(version: MinutesVersion) -> None:
    """After a restore, as `rows.hide_again`; its pictures are hidden too."""
    rows.hide_again(version)
    show_pictures(version.meeting)


def forget_revisions(meeting: Meeting) -> None:
    """Delete every text the minutes had before the one that is public. Who wrote what waits must stay known, so nothing may wait.

    Raises:
        ValidationError: the draft or the page says something else than was published last.
    """
    page = MinutesPage.objects.filter(meeting=meeting).first()
    last = newest_version(meeting)
    if page is None or last is None:
        return
    if {page.spelled_out(), page.get_latest_revision_as_object().spelled_out()} != {last.body}:
        raise ValidationError(
            _(
                "A changed text waits, and it may hold these words too. Publish it, or save the published text once more. "
                "Then agree."
            )
        )
    kept = [page.live_revision_id, page.latest_revision_id]
    Revision.page_revisions.filter(object_id=str(page.pk)).exclude(pk__in=kept).delete()


def show_pictures(meeting: Meeting) -> None:
    """Make public exactly the pictures of the versions that are shown."""
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if page is not None:
        page.save(update_fields=["live"])
