"""The text of minutes: written here or brought in from Word, published by a second person, frozen at approval, corrected in public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection

from cms import queries
from cms.actions.meetings import keep_meeting_page, publish_latest, refuse_author
from cms.models import MinutesPage, PortalImage
from cms.notifications import send_review_link
from cms.queries import DRAFTS, REVIEW
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.models import StoredFile
from snb.meetings.actions import log, minutes, room
from snb.meetings.actions.meetings import locked
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import Meeting, MinutesIntake, MinutesVersion
from snb.meetings.queries.public import newest_version
from snb.meetings.queries.room import Seat
from snb.people.actions import issue_link, person_with_address, revoke_link
from snb.people.models import SignedLink, User

REVIEW_LASTS = timedelta(days=14)
Blocks = Sequence[tuple[str, Any]] | Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Records:
    """What the chair ticked, mended where need be."""

    attendance: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)


def keep_minutes_page(meeting: Meeting) -> MinutesPage:
    """The page of a meeting's minutes, made as a draft where it is missing."""
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if page is None:
        parent = keep_meeting_page(meeting)
        title = _("Minutes: %(meeting)s") % {"meeting": parent.title}
        page = MinutesPage(
            title=title, slug="minutes", meeting=meeting, live=False, has_unpublished_changes=True
        )
        parent.add_child(instance=page)
    return page


@transaction.atomic
def write_minutes(meeting: Meeting, body: Blocks, *, by: User, seen: str | None = None) -> MinutesPage:
    """Save a text of the minutes as the page's newest revision; nothing is published.

    Args:
        body: the blocks, as the stream takes them.
        seen: the text that `by` changed (`queries.writing_of`); what somebody else wrote since is not overwritten.
    Raises:
        PermissionDenied, InvalidTransition: as `begin_minutes`.
        ValidationError: somebody else was quicker.
    """
    minutes.begin_minutes(meeting, by=by)
    is_stale = seen is not None and seen != queries.writing_of(meeting)
    page = keep_minutes_page(meeting).get_latest_revision_as_object()
    before = page.spelled_out()
    page.body = MinutesPage._meta.get_field("body").stream_block.normalize(body)
    # The same sent twice is no contradiction.
    if is_stale and page.spelled_out() != before:
        raise ValidationError(
            _(
                "Somebody else has changed these minutes in the meantime, so yours are not saved. Copy what you typed, "
                "then open the minutes again."
            )
        )
    page.save_revision(user=by)
    return page


@transaction.atomic
def use_word_file(
    intake: MinutesIntake,
    records: Records,
    *,
    body_of: Callable[[list[dict[str, Any]], dict[str, int]], Blocks],
    by: User,
    seen: str | None = None,
) -> MinutesPage:
    """Make the text of a Word file the minutes, and record what was ticked. The file's pictures go to the site's own.

    Args:
        body_of: makes blocks of the page from those of the file and from the keys of its pictures by name.
        seen: as `write_minutes`.
    """
    intake = minutes.take_intake(intake, by=by)
    meeting = intake.meeting
    page = write_minutes(meeting, body_of(intake.blocks, keep_pictures(intake)), by=by, seen=seen)
    if records.attendance:
        room.add_attendance(meeting, [Seat(**row) for row in records.attendance], by=by)
    # Sent twice, by a second press or the back button, it is recorded once.
    decided = set(meeting.decisions.values_list("text", flat=True))
    asked = set(meeting.action_items.values_list("text", flat=True))
    for decision in records.decisions:
        if decision["text"].strip() not in decided:
            room.record_decision(meeting, by=by, **decision)
    for entry in records.actions:
        if entry["text"].strip() not in asked:
            log.enter(meeting.body, meeting=meeting, by=by, **entry)
    return page


def keep_pictures(intake: MinutesIntake) -> dict[str, int]:
    """Put a file's pictures into the site's collection; name in the blocks to key of the picture."""
    board = intake.meeting.board
    collection = board.collection if board else Collection.objects.get(name="London", depth=2)
    files = StoredFile.objects.in_bulk(intake.pictures.values(), field_name="id")
    kept = {}
    by_id = {str(key): stored for key, stored in files.items()}
    for number, (name, key) in enumerate(intake.pictures.items(), 1):
        stored = by_id.get(key)
        if stored is None:
            continue
        with stored.file.open("rb") as file:
            content = ContentFile(file.read(), name=f"minutes-{number}.{stored.kind}")
        title = _("Picture %(number)s of the minutes: %(meeting)s") % {
            "number": number,
            "meeting": intake.meeting,
        }
        kept[name] = PortalImage.objects.create(title=title[:255], collection=collection, file=content).pk
    return kept


@transaction.atomic
def publish_minutes(
    meeting: Meeting, *, by: User, reason: str = "", seen: str | None = None
) -> MinutesVersion:
    """Publish the minutes as they were saved last: as a draft to be agreed, or after approval as a correction.

    Where the page had come to say something else than the newest version, and was saved to say the same again, the page alone goes
    out: what everybody read stayed that version.

    Args:
        seen: what `by` has read (`queries.reading_of`); what was written since is not published unread.
    Raises:
        PermissionDenied: `by` may not publish minutes of this body.
        SecondPersonNeeded: `by` wrote some of it since it was published last.
        ValidationError: nothing has changed, nothing is written, it is not what `by` has read, or a correction has no reason
            (keyed by `reason`).
    """
    meeting = locked(meeting.pk, by, "meetings.minutes.publish")
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if page is None:
        raise ValidationError(_("There are no minutes to publish yet."))
    last = newest_version(meeting)
    refuse_author(page, last.revision if last else None, by)
    if seen is not None and seen != queries.reading_now(meeting, queries.draft_of(page)):
        raise ValidationError(
            _(
                "Somebody has changed these minutes since you opened them. Read them once more, then publish them."
            )
        )
    was_broken = queries.is_broken(page, last)
    publish_latest(page, by=by, anew=was_broken)
    page = MinutesPage.objects.get(pk=page.pk)
    if not page.body:
        raise ValidationError(_("There is no text to publish yet."))
    images, _documents = super(MinutesPage, page).files_in_use()
    page.gather_pictures()
    if last is not None and was_broken and page.spelled_out() == last.body:
        return last
    return minutes.publish_version(
        meeting,
        body=page.spelled_out(),
        html=str(page.body.render_as_block()),
        pictures=sorted(images),
        revision=page.live_revision_id,
        by=by,
        reason=reason,
    )


@transaction.atomic
def ask_reviewer(meeting: Meeting, *, email: str, by: User) -> None:
    """Send somebody, with or without an account, a link to read the draft and comment on it, good for 14 days.

    Raises:
        PermissionDenied: `by` does not write these minutes.
    """
    if not by.has_perm("meetings.minutes.write", meeting):
        raise PermissionDenied
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if page is None or meeting.status not in DRAFTS:
        raise InvalidTransition(_("There is no draft to read now."))
    person = person_with_address(email)
    link = issue_link(person, REVIEW, page, version=review_version(page), by=by)
    record(Event.REVIEW_ASKED, meeting, by=by, board=meeting.board_code, person=str(person.public_id))
    send_review_link.enqueue(link.pk)


@transaction.atomic
def end_review(meeting: Meeting, link: SignedLink, *, by: User) -> None:
    """End a reader's link before its time. Ended already, it stays ended.

    Raises:
        PermissionDenied: `by` does not write these minutes, or the link leads to something else.
    """
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if not by.has_perm("meetings.minutes.write", meeting):
        raise PermissionDenied
    if page is None or (link.purpose, link.object_id) != (REVIEW, str(page.pk)):
        raise PermissionDenied
    revoke_link(link, by=by)


def review_version(page: MinutesPage) -> str:
    """A reader's link lives as long as the minutes are a draft."""
    return "draft" if page.meeting.status in DRAFTS else "settled"


def comment_by_link(page: MinutesPage, *, by: User, text: str) -> None:
    """A reader's comment, by the link in their email."""
    minutes.comment(page.meeting, text=text, by=by, by_link=True)
