"""A meeting's page and the publication of its agenda. Two people: whoever wrote it since it went out last does not publish it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from cms.models import MeetingIndexPage, MeetingPage
from cms.models.meetings import ActedPage, acting
from cms.queries import home_of
from snb.meetings.actions import agenda
from snb.meetings.errors import SecondPersonNeeded
from snb.meetings.models import Meeting
from snb.people.models import User


def keep_meeting_page(meeting: Meeting) -> MeetingPage:
    """The meeting's page, made where it is missing and named after its present day. Runs in the transaction of what changed it."""
    day = date_format(timezone.localdate(meeting.starts_at), "j F Y")
    title = _("%(meeting)s, %(day)s") % {"meeting": meeting.title, "day": day}
    page = MeetingPage.objects.filter(meeting=meeting).first()
    if page is None:
        index = MeetingIndexPage.objects.child_of(home_of(meeting.board)).get()
        page = MeetingPage(title=title, slug=meeting.slug, meeting=meeting)
        page.first_published_at = page.last_published_at = timezone.now()
        index.add_child(instance=page)
    elif page.title != title:
        page.title = page.draft_title = title
        page.save(update_fields=["title", "draft_title"])
    return page


def forget_meeting_page(meeting: Meeting) -> None:
    """Take the page of a meeting away that nobody has heard of."""
    page = MeetingPage.objects.filter(meeting=meeting).first()
    if page is not None:
        with acting():
            page.delete()


def authors_since(page: Page, revision: int | None) -> set[int]:
    """Keys of the people who saved the page after a revision."""
    rows = Revision.page_revisions.filter(object_id=str(page.pk), pk__gt=revision or 0, user__isnull=False)
    return set(rows.values_list("user_id", flat=True))


def refuse_author(page: Page, since: int | None, by: User) -> None:
    """Whoever wrote may not be the only one to publish. Raises SecondPersonNeeded."""
    if by.pk in authors_since(page, since):
        raise SecondPersonNeeded(
            _(
                "You wrote some of this, so somebody else publishes it. Ask your chair or secretary to look at it."
            )
        )


def publish_latest(page: ActedPage, *, by: User, anew: bool = False) -> None:
    """Bring out the page as it was saved last, where anything was saved since or `anew`. The caller has asked who may."""
    revision = page.get_latest_revision()
    if revision is not None and (anew or revision.pk != page.live_revision_id or not page.live):
        with acting():
            revision.publish(user=by, skip_permission_checks=True)


@transaction.atomic
def publish_agenda(meeting: Meeting, *, by: User, seen: str | None = None) -> Meeting:
    """Publish agenda and papers, with what stands above them on the page.

    Args:
        seen: what `by` has read (`snb.meetings.queries.agenda.reading_of`).

    Raises:
        PermissionDenied: `by` may not publish agendas of this body.
        SecondPersonNeeded: `by` wrote some of it since it was published last.
        ValidationError: there is no item, the state does not allow it, or it is not what `by` has read.
    """
    if not by.has_perm("meetings.agenda.publish", meeting):
        raise PermissionDenied
    page = keep_meeting_page(meeting)
    refuse_author(page, page.live_revision_id, by)
    meeting = agenda.freeze_agenda(meeting, by=by, seen=seen)
    publish_latest(page, by=by)
    # A draft saved before the meeting was moved bears its old day.
    keep_meeting_page(meeting)
    return meeting
