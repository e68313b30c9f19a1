"""Entries of the action log: entering, changing and removing them, and letting everybody read them with the minutes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Body
from snb.meetings.enums import Addressee, LogKind
from snb.meetings.models import ActionItem, AgendaItem, Meeting
from snb.people.actions import person_with_address
from snb.people.models import User

TRIES = 8
"""How often the next number is asked for while others take it."""


@transaction.atomic
def enter(
    body: Body | None,
    *,
    text: str,
    by: User,
    kind: LogKind | str = LogKind.ACTION,
    owner_name: str = "",
    owner: User | None = None,
    owner_email: str = "",
    addressee: Addressee | str = "",
    due_on: date | None = None,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    is_private: bool = False,
    once: UUID | None = None,
) -> ActionItem:
    """Enter an action, or a recommendation, in a body's log (London's with None) under the next number.

    Everybody can read it at once where it is of no meeting, or of one whose minutes are public; else from its minutes on.

    Args:
        owner: whose links update it; or `owner_email`, whose account is made silently where there is none.
        owner_name: as the public reads it; the owner's own name unless told.
        is_private: from the private part of a meeting; never public.
        once: the key that the form was shown with: the same words under the same key are one entry, however often they are
            sent. Other words are another one.
    Raises:
        PermissionDenied: `by` does not run the body.
        ValidationError: a field says what is missing.
    """
    entry = ActionItem(body=body, board=body.board if body else None, meeting=meeting)
    if not by.has_perm("meetings.log.manage", entry):
        raise PermissionDenied
    if meeting is not None and (meeting.body_id != entry.body_id or meeting.board_id != entry.board_id):
        raise ValidationError({"meeting": _("Choose a meeting of this body.")})
    entry.kind = LogKind(kind)
    _word(
        entry,
        text=text,
        owner_name=owner_name,
        owner=owner,
        owner_email=owner_email,
        addressee=addressee,
        due_on=due_on,
        item=item,
        is_private=is_private,
    )
    again = _entered_before(entry, once, by) if once else None
    if again is not None:
        return again
    _publish_if_due(entry)
    _take_number(entry)
    record(
        Event.LOG_ENTERED,
        entry,
        by=by,
        board=entry.board_code,
        public=entry.is_public,
        kind=entry.kind,
        number=entry.number,
    )
    return entry


def _entered_before(entry: ActionItem, once: UUID, by: User) -> ActionItem | None:
    """What the same form has entered with the same words; where it has entered nothing, the entry takes its key."""
    # One person's presses come one after the other, so that the second finds what the first has done.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    taken = ActionItem.objects.filter(pk=once).first()
    if taken is None:
        entry.pk = once
        return None
    same = (taken.body_id, taken.meeting_id, taken.kind, taken.text)
    return taken if same == (entry.body_id, entry.meeting_id, entry.kind, entry.text) else None


def _publish_if_due(entry: ActionItem) -> None:
    """Nothing has to come out before it: it is of no meeting, or of one whose minutes are public."""
    if not entry.is_private and (entry.meeting is None or entry.meeting.has_minutes):
        entry.published_at = timezone.now()


def _take_number(entry: ActionItem) -> None:
    """Save under the next number of its body; whoever loses the race for one takes the one after it."""
    for attempt in range(TRIES):
        last = ActionItem.objects.filter(body=entry.body_id).aggregate(last=Max("number"))["last"]
        entry.number = (last or 0) + 1
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
        else:
            return


def _word(
    entry: ActionItem,
    *,
    text: str,
    owner_name: str,
    owner: User | None,
    owner_email: str,
    addressee: Addressee | str,
    due_on: date | None,
    item: AgendaItem | None,
    is_private: bool,
) -> None:
    """Put words, owner and date on an entry that nobody outside has read. Raises ValidationError."""
    owner = owner or (person_with_address(owner_email) if owner_email.strip() else None)
    entry.text = text.strip()
    entry.owner = owner
    entry.owner_name = owner_name.strip() or (owner.name if owner else "")
    entry.addressee = addressee if entry.is_recommendation else ""
    entry.due_on = due_on
    entry.item = item
    entry.is_private = is_private or bool(item and item.is_private)
    wrong: dict[str, str] = {}
    if not entry.text:
        wrong["text"] = _("Write what is to be done.")
    if not entry.owner_name:
        wrong["owner_name"] = _("Say who is to do it, as the public will read it.")
    if entry.is_recommendation and not entry.addressee:
        wrong["addressee"] = _("Say to whom the recommendation goes.")
    if item is not None and item.meeting_id != entry.meeting_id:
        wrong["item"] = _("Choose an item of that meeting.")
    if owner is not None and not owner.is_active:
        wrong["owner_email"] = _("That account is closed. Choose another owner.")
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})


@transaction.atomic
def change(
    entry: ActionItem,
    *,
    text: str,
    by: User,
    owner_name: str = "",
    owner: User | None = None,
    owner_email: str = "",
    addressee: Addressee | str = "",
    due_on: date | None = None,
    item: AgendaItem | None = None,
    is_private: bool = False,
) -> ActionItem:
    """Change words, owner or date of an entry that is not public; afterwards there are only updates.

    Raises:
        PermissionDenied: `by` does not run the body.
        ValidationError: it is public already, or a field says what is missing.
    """
    entry = locked(entry)
    may_manage(entry, by)
    _still_unpublished(entry)
    _word(
        entry,
        text=text,
        owner_name=owner_name,
        owner=owner,
        owner_email=owner_email,
        addressee=addressee,
        due_on=due_on,
        item=item,
        is_private=is_private,
    )
    _publish_if_due(entry)
    entry.changed = timezone.now()
    entry.save()
    record(
        Event.LOG_CHANGED,
        entry,
        by=by,
        board=entry.board_code,
        public=entry.is_public,
        number=entry.number,
    )
    return entry


@transaction.atomic
def remove(entry: ActionItem, *, by: User) -> None:
    """Take away an entry that is not public.

    Raises:
        PermissionDenied: `by` does not run the body.
        ValidationError: it is public: it can be dropped, not removed.
    """
    entry = locked(entry)
    may_manage(entry, by)
    _still_unpublished(entry)
    record(Event.LOG_REMOVED, entry, by=by, board=entry.board_code, number=entry.number)
    entry.delete()


@transaction.atomic
def publish_entries(meeting: Meeting, *, by: User) -> int:
    """Let everybody read what a meeting asked for, all but its private part. Returns how many.

    For the action that publishes the meeting's minutes, in its transaction; a second time does nothing.

    Raises:
        PermissionDenied: `by` may not publish the meeting's minutes.
    """
    if not by.has_perm("meetings.minutes.publish", meeting):
        raise PermissionDenied
    now = timezone.now()
    waiting = meeting.action_items.filter(is_private=False, published_at__isnull=True)
    count = waiting.update(published_at=now, changed=now)
    if count:
        record(Event.LOG_PUBLISHED, meeting, by=by, board=meeting.board_code, public=True, count=count)
    return count


# ---------------------------------------------------------------------------------------------- guards
def locked(entry: ActionItem) -> ActionItem:
    """The entry as it stands now, held until the transaction ends."""
    rows = ActionItem.objects.select_for_update(of=("self",))
    return rows.select_related("body", "board__borough", "owner", "meeting").get(pk=entry.pk)


def may_manage(entry: ActionItem, by: User) -> None:
    """Raise PermissionDenied unless the person runs the body."""
    if not by.has_perm("meetings.log.manage", entry):
        raise PermissionDenied


def _still_unpublished(entry: ActionItem) -> None:
    if entry.published_at is not None:
        raise ValidationError(
            _("Everybody can read it already: it is changed by updates only, so that its history stays.")
        )
