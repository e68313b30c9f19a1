"""The rows of the minutes' way: a file brought in, versions published, approval at a later meeting, corrections, comments.

What a page says is the public face's; its actions call these inside their transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import store_file
from snb.files.enums import RASTERS, Kind
from snb.files.errors import FileRefused
from snb.meetings.actions import log, questions, room
from snb.meetings.actions.meetings import locked, mark_held, move_to
from snb.meetings.calculations import one_line
from snb.meetings.enums import MeetingStatus, VersionKind
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import Decision, Meeting, MinutesIntake, MinutesVersion, ReviewComment
from snb.meetings.models.minutes import AFTER_APPROVAL
from snb.meetings.queries.public import meetings_that_may_approve, newest_version

if TYPE_CHECKING:
    from snb.people.models import User

WRITABLE = (MeetingStatus.HELD, MeetingStatus.MINUTES_DRAFT, MeetingStatus.MINUTES_PUBLISHED)
"""The text may still change freely; after approval it is corrected, with a reason."""


@transaction.atomic
def keep_intake(
    meeting: Meeting,
    file: IO[bytes],
    *,
    kind: Kind,
    blocks: Sequence[dict[str, Any]],
    html: str,
    report: dict[str, Any],
    proposals: dict[str, Any],
    pictures: Mapping[str, bytes],
    by: User,
) -> MinutesIntake:
    """Keep a Word file privately with the page it becomes, until somebody uses it or a month has passed.

    A picture that is none of ours to show is left out; its name is then missing from `MinutesIntake.pictures`.
    """
    meeting = locked(meeting.pk, by, "meetings.minutes.write")
    intake = MinutesIntake.objects.create(
        meeting=meeting, blocks=list(blocks), html=html, report=report, proposals=proposals, by=by.public_id
    )
    file.seek(0)
    name = f"minutes-{timezone.localdate(meeting.starts_at):%Y-%m-%d}"
    store_file(file, owner=intake, kinds={kind}, by=by, board=meeting.board_code, public_name=name)
    kept = {}
    for picture, data in pictures.items():
        try:
            stored = store_file(
                BytesIO(data),
                owner=intake,
                kinds=RASTERS,
                by=by,
                board=meeting.board_code,
                public_name=picture,
            )
        except FileRefused:
            continue
        kept[picture] = str(stored.pk)
    intake.pictures = kept
    intake.save(update_fields=["pictures"])
    record(Event.MINUTES_BROUGHT_IN, intake, by=by, board=meeting.board_code, meeting=str(meeting.pk))
    return intake


@transaction.atomic
def begin_minutes(meeting: Meeting, *, by: User) -> Meeting:
    """Minutes are being written. A meeting that has begun counts as held then.

    Raises:
        InvalidTransition: it has not begun, was cancelled, or its minutes are approved.
    """
    meeting = locked(meeting.pk, by, "meetings.minutes.write")
    if meeting.is_upcoming or meeting.status in {MeetingStatus.AGENDA_DRAFT, MeetingStatus.AGENDA_PUBLISHED}:
        meeting = mark_held(meeting, by=by)
    if meeting.status not in WRITABLE:
        raise InvalidTransition(_("The minutes of this meeting are not being written now."))
    if meeting.status == MeetingStatus.HELD:
        move_to(meeting, MeetingStatus.MINUTES_DRAFT)
        meeting.save(update_fields=["status"])
    record(Event.MINUTES_WRITTEN, meeting, by=by, board=meeting.board_code)
    return meeting


@transaction.atomic
def take_intake(intake: MinutesIntake, *, by: User) -> MinutesIntake:
    """Note that a file became the text: its original now stays until a year after the approval."""
    intake = MinutesIntake.objects.select_for_update().get(pk=intake.pk)
    if not by.has_perm("meetings.minutes.write", intake.meeting):
        raise PermissionDenied
    intake.taken_at, intake.keep_until = timezone.now(), None
    intake.save(update_fields=["taken_at", "keep_until"])
    record(
        Event.MINUTES_WRITTEN,
        intake.meeting,
        by=by,
        board=intake.meeting.board_code,
        intake=str(intake.pk),
    )
    return intake


def digest(body: str) -> str:
    """SHA-256 of a text in its one spelling."""
    return hashlib.sha256(body.encode()).hexdigest()


@transaction.atomic
def publish_version(
    meeting: Meeting,
    *,
    body: str,
    html: str,
    pictures: Sequence[int],
    revision: int | None,
    by: User,
    reason: str = "",
) -> MinutesVersion:
    """Publish a text as the newest version: a draft to be agreed, or after approval a correction with its reason.

    The caller has made sure that two people agree.

    Raises:
        ValidationError: keyed by `reason`, where a correction has none; nothing changed since the last version; no text.
        InvalidTransition: there is nothing to publish in this state.
    """
    meeting = locked(meeting.pk, by, "meetings.minutes.publish")
    last = newest_version(meeting)
    sha256 = digest(body)
    if last is not None and last.sha256 == sha256:
        raise ValidationError(_("Nothing has changed since the minutes were published last."))
    correction, reason = meeting.status == MeetingStatus.APPROVED, one_line(reason)
    if correction and not reason:
        raise ValidationError({"reason": _("Say what was wrong. Everybody who reads the minutes sees it.")})
    if not correction:
        if meeting.status not in {MeetingStatus.MINUTES_DRAFT, MeetingStatus.MINUTES_PUBLISHED}:
            raise InvalidTransition(_("There are no minutes to publish yet."))
        if meeting.status == MeetingStatus.MINUTES_DRAFT:
            move_to(meeting, MeetingStatus.MINUTES_PUBLISHED)
        meeting.minutes_published_at = meeting.minutes_published_at or timezone.now()
    meeting.changed = timezone.now()
    meeting.save(update_fields=["status", "minutes_published_at", "changed"])
    version = MinutesVersion.objects.create(
        meeting=meeting,
        number=last.number + 1 if last else 1,
        kind=VersionKind.CORRECTED if correction else VersionKind.DRAFT,
        body=body,
        html=html,
        sha256=sha256,
        pictures=list(pictures),
        reason=reason if correction else "",
        published_by=by.public_id,
        revision=revision,
    )
    log.publish_entries(meeting, by=by)
    questions.forget_askers(meeting)
    record(
        Event.MINUTES_CORRECTED if correction else Event.MINUTES_PUBLISHED,
        meeting,
        by=by,
        board=meeting.board_code,
        public=True,
        version=version.number,
        sha256=sha256,
    )
    return version


@transaction.atomic
def approve_minutes(
    meeting: Meeting, *, in_meeting: Meeting, by: User, version: int | None = None
) -> Decision:
    """Record that a later meeting of the same body agreed the minutes as they were published last; their text is frozen.

    Args:
        version: number of the version that `by` has read as agreed.

    Raises:
        ValidationError: keyed by `in_meeting`, where it is none of that body's later meetings; another version was published.
        InvalidTransition: no draft is published, or they are approved already.
    """
    meeting = locked(meeting.pk, by, "meetings.minutes.publish")
    last = newest_version(meeting)
    if meeting.status != MeetingStatus.MINUTES_PUBLISHED or last is None:
        raise InvalidTransition(_("Only minutes that are published as a draft can be approved."))
    if last.redaction_id is not None:
        raise ValidationError(
            _("The words of this draft are hidden. Publish the text first, then say that it was agreed.")
        )
    if version is not None and version != last.number:
        raise ValidationError(
            _(
                "The draft was published anew since you opened this page. Read it, then say that it was agreed."
            )
        )
    if not meetings_that_may_approve(meeting).filter(pk=in_meeting.pk).exists():
        raise ValidationError(
            {"in_meeting": _("Choose a later meeting of the same body that has taken place.")}
        )
    day = date_format(timezone.localdate(meeting.starts_at), "j F Y")
    text = _("The minutes of the meeting of %(day)s were agreed as a true record.") % {"day": day}
    decision = room.number_decision(Decision(meeting=in_meeting, text=text, approves=meeting), by=by)
    move_to(meeting, MeetingStatus.APPROVED)
    meeting.approved_at = meeting.changed = timezone.now()
    meeting.approved_in = in_meeting
    meeting.save(update_fields=["status", "approved_at", "approved_in", "changed"])
    MinutesVersion.objects.create(
        meeting=meeting,
        number=last.number + 1,
        kind=VersionKind.APPROVED,
        body=last.body,
        html=last.html,
        sha256=last.sha256,
        pictures=last.pictures,
        published_by=by.public_id,
        revision=last.revision,
    )
    meeting.intakes.filter(taken_at__isnull=False).update(keep_until=timezone.now() + AFTER_APPROVAL)
    record(
        Event.MINUTES_APPROVED,
        meeting,
        by=by,
        board=meeting.board_code,
        public=True,
        sha256=last.sha256,
        in_meeting=str(in_meeting.pk),
    )
    return decision


# ---------------------------------------------------------------------------------------------- reviewers
@transaction.atomic
def comment(meeting: Meeting, *, text: str, by: User, by_link: bool = False) -> ReviewComment:
    """Say something about the draft; only the board sees it.

    Raises:
        PermissionDenied: `by` neither belongs to the body nor came by a reviewer's link.
        ValidationError: keyed by `text`.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not by_link and not by.has_perm("meetings.minutes.comment", meeting):
        raise PermissionDenied
    if meeting.status not in {MeetingStatus.MINUTES_DRAFT, MeetingStatus.MINUTES_PUBLISHED}:
        raise InvalidTransition(_("These minutes are no longer a draft."))
    if not text.strip():
        raise ValidationError({"text": _("Write your comment.")})
    made = ReviewComment.objects.create(
        meeting=meeting, name=str(by)[:120], text=text.strip(), by=by.public_id, by_link=by_link
    )
    record(Event.REVIEW_COMMENTED, made, by=by, board=meeting.board_code, by_link=by_link)
    return made


@transaction.atomic
def settle_comment(made: ReviewComment, *, by: User) -> ReviewComment:
    """Note that the board has dealt with a comment."""
    made = ReviewComment.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=made.pk)
    if not by.has_perm("meetings.minutes.write", made.meeting):
        raise PermissionDenied
    if made.settled_at is None:
        made.settled_at = timezone.now()
        made.save(update_fields=["settled_at"])
        record(Event.REVIEW_SETTLED, made, by=by, board=made.meeting.board_code)
    return made
