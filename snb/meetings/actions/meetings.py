"""Planning, announcing, moving, postponing, cancelling and holding a meeting; and the rules of the body that meets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from snb.files.actions import delete_file
from snb.meetings.actions.plans import (
    ACCESS,
    DETAILS,
    check_plan,
    public_reason,
    refuse_stale,
    save_under_free_slug,
    tidy,
)
from snb.meetings.adapters import show
from snb.meetings.enums import (
    MEETING_TRANSITIONS,
    OPEN_STATES,
    UPCOMING_STATES,
    MeetingKind,
    MeetingStatus,
    Provision,
)
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import Meeting, MeetingRules, Paper
from snb.people.models import User
from snb.places.models import Ward

HELD_AFTER = timedelta(hours=3)
"""How long after its end a meeting counts as held, unless somebody has said otherwise by then."""
KINDS_OF_BODY = {
    BodyKind.BOARD: frozenset({MeetingKind.BOARD, MeetingKind.PUBLIC}),
    BodyKind.WARD_PANEL: frozenset({MeetingKind.WARD_PANEL, MeetingKind.CONTACT_SESSION}),
    BodyKind.MONITORING_GROUP: frozenset({MeetingKind.MONITORING_GROUP}),
}
"""What each body holds; London holds public meetings."""


def ensure_body(board: Board, kind: BodyKind, *, ward: Ward | None = None, by: User) -> Body:
    """The body of this kind, formed where the board has none yet.

    Raises:
        PermissionDenied: there is none, and `by` may not plan its meetings.
        ValidationError: a panel without a ward, or for another borough's.
    """
    if (kind == BodyKind.WARD_PANEL) != (ward is not None) or (ward and ward.borough_id != board.code):
        raise ValidationError(_("Choose a ward of this borough."))
    with transaction.atomic():
        # Two people at once form one body: nothing but this row keeps a second monitoring group from being made.
        Board.objects.select_for_update().get(pk=board.pk)
        body = Body.objects.filter(board=board, kind=kind, ward=ward).first()
        if body is None:
            body = Body(board=board, kind=kind, ward=ward)
            if not by.has_perm("meetings.meeting.plan", body):
                raise PermissionDenied
            body.save()
            record(Event.BODY_FORMED, body, by=by, board=board.code, public=True, kind=str(kind))
    return body


def plan_meeting(body: Body | None, kind: MeetingKind, *, by: User, **plan: Any) -> Meeting:
    """Plan a meeting of a body (London-wide with None). Nobody else knows of it before it is announced.

    Args:
        plan: fields of PLANNED; a title and the times are needed.

    Raises:
        PermissionDenied: `by` does not run this body's meetings.
        ValidationError: keyed by field.
    """
    meeting = Meeting(board=body.board if body else None, body=body, kind=kind, **tidy(plan))
    if not by.has_perm("meetings.meeting.plan", meeting):
        raise PermissionDenied
    if kind not in (KINDS_OF_BODY[BodyKind(body.kind)] if body else {MeetingKind.PUBLIC}):
        raise ValidationError({"kind": _("This body does not hold meetings of that kind.")})
    check_plan(meeting)
    with transaction.atomic():
        save_under_free_slug(meeting)
        record(Event.MEETING_PLANNED, meeting, by=by, board=meeting.board_code)
    return meeting


def change_meeting(meeting: Meeting, *, by: User, seen: str = "", **changes: Any) -> Meeting:
    """Change a plan: before it is announced anything, afterwards only what moves nothing (DETAILS, and a place where none was
    named yet). What everybody may see counts up the calendar's revision. No change, no event.

    Args:
        seen: the plan that `by` changed (`plans.plan_as_read`); what somebody else changed since is not overwritten.

    Raises:
        PermissionDenied: `by` does not run this body's meetings.
        InvalidTransition: it is over or cancelled, or the change would move it.
        ValidationError: keyed by field, or somebody else was quicker.
    """
    with transaction.atomic():
        meeting = locked(meeting.pk, by)
        if meeting.status not in OPEN_STATES:
            raise InvalidTransition(_("This meeting is over, so its details stay as they are."))
        changes = tidy(changes)
        changed = [name for name, value in changes.items() if getattr(meeting, name) != value]
        if not changed:
            return meeting
        refuse_stale(meeting, seen)
        is_public = meeting.announced_at is not None
        fixed = set(changed) - set(DETAILS) - ({"place"} if not meeting.place else set())
        if is_public and fixed:
            raise InvalidTransition(
                _("This meeting has been announced. To change its time or place, move it.")
            )
        for name in changed:
            setattr(meeting, name, changes[name])
        check_plan(meeting, new_times=bool({"starts_at", "ends_at"} & set(changed)))
        if is_public:
            touch(meeting)
            meeting.save()
            show(meeting)
        else:
            save_under_free_slug(meeting)
        record(
            Event.MEETING_PLANNED, meeting, by=by, board=meeting.board_code, public=is_public, fields=changed
        )
    return meeting


def remove_meeting(meeting: Meeting, *, by: User) -> None:
    """Take away a meeting that was never announced, its agenda and papers with it."""
    with transaction.atomic():
        meeting = locked(meeting.pk, by)
        if meeting.announced_at:
            raise InvalidTransition(_("This meeting has been announced. Cancel it, so that people are told."))
        for paper in Paper.objects.filter(item__meeting=meeting).select_related("file"):
            if paper.file:
                delete_file(paper.file, by=by)
        record(Event.MEETING_REMOVED, meeting, by=by, board=meeting.board_code)
        try:
            meeting.delete()
        except ProtectedError:
            raise InvalidTransition(
                _("The action log names this meeting, so it cannot be removed.")
            ) from None


def announce_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Let everybody know of a meeting.

    Raises:
        InvalidTransition: it has been announced already.
        ValidationError: it lies in the past.
    """
    with transaction.atomic():
        meeting = locked(meeting.pk, by)
        if meeting.announced_at:
            raise InvalidTransition(_("This meeting has been announced already."))
        check_plan(meeting)
        meeting.announced_at = meeting.changed = timezone.now()
        meeting.save(update_fields=["announced_at", "changed"])
        show(meeting)
        record(Event.MEETING_ANNOUNCED, meeting, by=by, board=meeting.board_code, public=True)
    return meeting


def move_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    seen: str = "",
    **place: Any,
) -> Meeting:
    """Give an announced meeting another time or place, with a public reason; a postponed one goes back to where it was.

    Args:
        place: of `place`, `address`, `access_note`, `joining_url` and ACCESS what is known of the new place. Of another
            place nothing is claimed that is not said here.
        seen: as `change_meeting`.

    Raises:
        PermissionDenied: `by` does not run this body's meetings.
        InvalidTransition: it was not announced, is over or cancelled.
        ValidationError: keyed by field.
    """
    with transaction.atomic():
        meeting = announced(meeting.pk, by, _("Nobody knows of this meeting yet. Change its plan instead."))
        if meeting.status not in OPEN_STATES:
            raise InvalidTransition(_("This meeting is over, so it cannot be moved."))
        reason, place = public_reason(reason), tidy(place)
        before, was_at = meeting.starts_at, meeting.place
        same_times = (meeting.starts_at, meeting.ends_at) == (starts_at, ends_at)
        if same_times and place.get("place", was_at) == was_at and meeting.status != MeetingStatus.POSTPONED:
            raise ValidationError({"starts_at": _("Choose another time or place than the present one.")})
        refuse_stale(meeting, seen)
        meeting.starts_at, meeting.ends_at = starts_at, ends_at
        for name, value in place.items():
            setattr(meeting, name, value)
        if meeting.place != was_at:
            unsaid = {"address": "", "access_note": "", **dict.fromkeys(ACCESS, Provision.UNKNOWN)}
            for name, nothing in unsaid.items():
                if name not in place:
                    setattr(meeting, name, nothing)
        check_plan(meeting)
        if starts_at != before:
            meeting.moved_from = before
        if meeting.status == MeetingStatus.POSTPONED:
            move_to(
                meeting,
                MeetingStatus.AGENDA_PUBLISHED if meeting.agenda_published_at else MeetingStatus.AGENDA_DRAFT,
            )
        meeting.reason = reason
        touch(meeting)
        meeting.save()
        show(meeting)
        record(Event.MEETING_MOVED, meeting, by=by, board=meeting.board_code, public=True)
    return meeting


def postpone_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Say that an announced meeting does not take place on its date; the new one comes with `move_meeting`."""
    return _call_off(meeting, MeetingStatus.POSTPONED, Event.MEETING_POSTPONED, reason, by)


def cancel_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Say that an announced meeting does not take place at all, or did not. It stays listed, with the reason."""
    return _call_off(meeting, MeetingStatus.CANCELLED, Event.MEETING_CANCELLED, reason, by)


def _call_off(meeting: Meeting, to: MeetingStatus, event: Event, reason: str, by: User) -> Meeting:
    with transaction.atomic():
        meeting = announced(meeting.pk, by, _("Nobody knows of this meeting yet. Remove it instead."))
        move_to(meeting, to)
        if meeting.has_begun and (meeting.decisions.exists() or meeting.action_items.exists()):
            raise InvalidTransition(
                _("A decision or an action of this meeting is recorded, so it has taken place.")
            )
        meeting.reason = public_reason(reason)
        touch(meeting)
        meeting.save()
        record(event, meeting, by=by, board=meeting.board_code, public=True)
    return meeting


def mark_held(meeting: Meeting, *, by: User | None) -> Meeting:
    """Say that a meeting took place. `by` is None for the timetable.

    Raises:
        InvalidTransition: it has not begun, or was cancelled or postponed, or is held already.
    """
    with transaction.atomic():
        meeting = announced(meeting.pk, by, _("This meeting was never announced."))
        if meeting.starts_at > timezone.now():
            raise InvalidTransition(_("This meeting has not begun yet."))
        move_to(meeting, MeetingStatus.HELD)
        meeting.changed = timezone.now()
        meeting.save(update_fields=["status", "changed"])
        record(Event.MEETING_HELD, meeting, by=by, board=meeting.board_code, public=True)
    return meeting


def close_past_meetings(*, now: datetime | None = None) -> int:
    """Mark announced meetings as held that ended some hours ago; late, twice or side by side does no harm. For the timetable.

    Returns:
        Number of meetings marked.
    """
    over = (now or timezone.now()) - HELD_AFTER
    marked = 0
    for meeting in Meeting.objects.public().filter(status__in=UPCOMING_STATES, ends_at__lte=over):
        try:
            mark_held(meeting, by=None)
            marked += 1
        except (InvalidTransition, Meeting.DoesNotExist):
            continue  # somebody else was quicker
    return marked


def change_rules(
    body: Body,
    *,
    papers_days: int,
    takes_questions: bool,
    speak_hours: int,
    quorum: int | None,
    by: User,
) -> MeetingRules:
    """Change what a body has agreed about its meetings; its quorum is offered for meetings planned from now on.

    Raises:
        PermissionDenied: `by` does not run this body's meetings.
        ValidationError: keyed by field.
    """
    if not by.has_perm("meetings.meeting.plan", body):
        raise PermissionDenied
    wrong = {}
    if not 0 <= papers_days <= 60:
        wrong["papers_days"] = _("Members have papers from 0 to 60 days before a meeting.")
    if not 0 <= speak_hours <= 336:
        wrong["speak_hours"] = _("People register to speak from 0 to 336 hours before a meeting.")
    if quorum is not None and not 1 <= quorum <= 100:
        wrong["quorum"] = _("A quorum is from 1 to 100 people.")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        rules, _made = MeetingRules.objects.update_or_create(
            body=body,
            defaults={
                "papers_days": papers_days,
                "takes_questions": takes_questions,
                "speak_hours": speak_hours,
            },
        )
        Body.objects.filter(pk=body.pk).update(quorum=quorum)
        body.quorum = quorum
        record(Event.MEETING_RULES_CHANGED, rules, by=by, board=body.board_id, public=True)
    return rules


def move_to(meeting: Meeting, to: MeetingStatus) -> None:
    """Set the state of a locked meeting; saving is the caller's.

    Raises:
        InvalidTransition: it is not in a state that leads there.
    """
    if to not in MEETING_TRANSITIONS[MeetingStatus(meeting.status)]:
        raise InvalidTransition(
            _("This meeting is marked “%(now)s”, so it cannot become “%(then)s”.")
            % {"now": MeetingStatus(meeting.status).label, "then": to.label}
        )
    meeting.status = to


def touch(meeting: Meeting) -> None:
    """Count up the calendar's revision and say that something public changed; saving is the caller's."""
    meeting.sequence += 1
    meeting.changed = timezone.now()


def locked(meeting_id: UUID, by: User | None, permission: str = "meetings.meeting.plan") -> Meeting:
    """The meeting as it is now, held for this transaction, if `by` has the permission (None: the timetable).

    Raises:
        PermissionDenied: `by` has not.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    if by is not None and not by.has_perm(permission, meeting):
        raise PermissionDenied
    return meeting


def announced(meeting_id: UUID, by: User | None, otherwise: str) -> Meeting:
    """As `locked`, if everybody may know of the meeting; else InvalidTransition with these words."""
    meeting = locked(meeting_id, by)
    if meeting.announced_at is None:
        raise InvalidTransition(otherwise)
    return meeting
