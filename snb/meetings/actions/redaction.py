"""Taking earlier versions of minutes off: hidden as soon as one person asks, gone when a second agrees, or put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file
from snb.files.models import StoredFile
from snb.meetings.actions.meetings import locked
from snb.meetings.enums import REDACTION_TRANSITIONS, Offence, Redacted
from snb.meetings.models import Meeting, MinutesRedaction, MinutesVersion
from snb.meetings.queries.public import newest_version
from snb.privacy.actions import record_erasure

if TYPE_CHECKING:
    from snb.people.models import User

MAY = "meetings.minutes.publish"


@transaction.atomic
def ask_redaction(version: MinutesVersion, reason: Offence, *, by: User) -> MinutesRedaction:
    """Hide an earlier version, at once, with every other that says the same, until a second person looks.

    Raises:
        PermissionDenied: `by` may not publish minutes of this body.
        ValidationError: it is off already, or the newest version says the same.
    """
    meeting = locked(version.meeting_id, by, MAY)
    version = MinutesVersion.objects.defer("body", "html").get(pk=version.pk)
    if version.redaction_id is not None:
        raise ValidationError(_("This version is off already."))
    _refuse_newest(meeting, {version.sha256})
    redaction = MinutesRedaction.objects.create(meeting=meeting, reason=reason, asked_by=by)
    meeting.versions.filter(sha256=version.sha256, redaction=None).update(redaction=redaction)
    _record(Event.MINUTES_HIDDEN, redaction, by=by)
    return redaction


@transaction.atomic
def answer_redaction(redaction: MinutesRedaction, *, agree: bool, by: User) -> MinutesRedaction:
    """Agree, and the words are gone; or put them back, which whoever asked may do, too.

    Where whoever asked does not publish minutes here any more, agreeing makes it one's own, and it waits for somebody else.

    Raises:
        PermissionDenied: `by` may not publish minutes of this body.
        ValidationError: it is answered already, `by` agrees with themselves, or the newest version says the same again.
    """
    meeting = locked(redaction.meeting_id, by, MAY)
    redaction = (
        MinutesRedaction.objects.select_for_update(of=("self",))
        .select_related("asked_by")
        .get(pk=redaction.pk)
    )
    to = Redacted.AGREED if agree else Redacted.REFUSED
    if to not in REDACTION_TRANSITIONS[Redacted(redaction.state)]:
        raise ValidationError(_("Somebody has looked at this already."))
    asker = redaction.asked_by
    if agree and asker == by:
        raise ValidationError(_("You asked for it, so somebody else has to agree."))
    if agree and (asker is None or not asker.has_perm(MAY, meeting)):
        redaction.asked_by = by
        redaction.save(update_fields=["asked_by"])
        _record(Event.MINUTES_HIDDEN, redaction, by=by)
        return redaction
    redaction.state, redaction.answered_by, redaction.answered_at = to, by, timezone.now()
    redaction.save(update_fields=["state", "answered_by", "answered_at"])
    if agree:
        _destroy_words(redaction, meeting, by=by)
    else:
        redaction.versions.update(redaction=None)
    _record(Event.MINUTES_TAKEN_OFF if agree else Event.MINUTES_PUT_BACK, redaction, by=by)
    return redaction


@transaction.atomic
def hide_again(version: MinutesVersion) -> None:
    """After a restore: hide words that two people had taken off and an older backup brought back. Two look again."""
    Meeting.objects.select_for_update().get(pk=version.meeting_id)
    version = MinutesVersion.objects.get(pk=version.pk)
    if version.redaction_id is None:
        version.redaction = MinutesRedaction.objects.create(meeting=version.meeting)
        version.save(update_fields=["redaction"])
        _record(Event.MINUTES_HIDDEN, version.redaction, by=None)


def _destroy_words(redaction: MinutesRedaction, meeting: Meeting, *, by: User) -> None:
    """In the versions, in every Word file of the meeting, and in what readers said before the newest version was out."""
    hashes = set(redaction.versions.values_list("sha256", flat=True))
    last = _refuse_newest(meeting, hashes)
    said = meeting.versions.filter(Q(redaction=redaction) | Q(redaction=None), sha256__in=hashes)
    versions = list(said.defer("body", "html"))
    for version in versions:
        record_erasure(version)
    MinutesVersion.objects.filter(pk__in=[version.pk for version in versions]).update(
        body="", html="", pictures=[], reason="", redaction=redaction
    )
    for intake in meeting.intakes.all():
        for stored in StoredFile.objects.of(intake):
            delete_file(stored, by=by)
        intake.delete()
    meeting.review_comments.filter(at__lt=last.published_at).delete()


def _refuse_newest(meeting: Meeting, hashes: set[str]) -> MinutesVersion:
    """The newest version, where it says something else. Raises ValidationError where it says the same."""
    last = newest_version(meeting)
    if last is None or last.sha256 in hashes:
        raise ValidationError(
            _("The newest version says the same. Publish a text without these words first.")
        )
    return last


def _record(event: Event, redaction: MinutesRedaction, *, by: User | None) -> None:
    meeting = redaction.meeting
    numbers = list(redaction.versions.order_by("number").values_list("number", flat=True))
    record(
        event,
        redaction,
        by=by,
        board=meeting.board_code,
        public=True,
        meeting=str(meeting.pk),
        reason=redaction.reason,
        versions=numbers,
    )
