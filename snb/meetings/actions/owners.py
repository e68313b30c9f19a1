"""Owners of actions: the link by which they report, and reminding them of a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.meetings import notifications
from snb.meetings.actions.log import locked, may_manage, undo_update, update
from snb.meetings.enums import LogStatus
from snb.meetings.models import ActionItem, ActionUpdate
from snb.people.actions import issue_link, revoke_link
from snb.people.models import SignedLink, User

UPDATE = "meetings.log.update"
"""The purpose of an owner's link."""
REMIND = timedelta(days=7)
"""How long before its date an owner is reminded."""
MORNING = 8
"""No reminder leaves before this hour, London time."""


def version_of(entry: ActionItem) -> str:
    """What an owner's link is good for: the entry as it stands open or not, with this owner."""
    return f"{entry.status}.{entry.owner_id or 0}"


@transaction.atomic
def send_link(entry: ActionItem, *, by: User | None) -> SignedLink:
    """Send the owner the link that updates it; an earlier link ends.

    Args:
        by: who asks for it; None for the timetable.
    Raises:
        PermissionDenied: `by` does not run the body.
        ValidationError: it is not public or not open, or nobody is there to send it to.
    """
    entry = locked(entry)
    if by is not None:
        may_manage(entry, by)
    if not entry.is_public:
        raise ValidationError(
            _("It is not public yet. The link shows it, so it can be sent once it is published.")
        )
    if entry.status != LogStatus.OPEN:
        raise ValidationError(_("It is not open any more, so there is nothing to report."))
    if entry.owner is None or not entry.owner.is_active:
        raise ValidationError(_("There is no address to send it to. Hand it over to somebody first."))
    earlier = SignedLink.objects.live().filter(purpose=UPDATE, object_id=str(entry.pk))
    for link in earlier:
        revoke_link(link, by=by)
    link = issue_link(entry.owner, UPDATE, entry, version=version_of(entry), by=by)
    notifications.send_log_link.enqueue(str(entry.pk), link.pk)
    return link


def update_by_link(entry: ActionItem, *, by: User, **data: Any) -> ActionUpdate:
    """What an owner's link does."""
    return update(entry, by=by, by_link=True, **data)


def undo_by_link(entry: ActionItem, *, by: User, made: str) -> ActionUpdate:
    """Take back what an owner's link did."""
    return undo_update(entry.updates.get(pk=made), by=by)


def remind_owners(*, now: datetime | None = None) -> int:
    """For the timetable: send owners their link once within a week of the date, and once when it has passed. Returns how many."""
    now = now or timezone.now()
    if timezone.localtime(now).hour < MORNING:
        return 0
    today = timezone.localdate(now)
    due = ActionItem.objects.public().outstanding().filter(owner__is_active=True)
    due = due.filter(
        Q(due_on__lt=today, chased_at__isnull=True)
        | Q(due_on__gte=today, due_on__lte=today + REMIND, reminded_at__isnull=True)
    )
    return sum(_remind(pk, today, now) for pk in due.order_by("due_on").values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: UUID, today: date, now: datetime) -> int:
    entry = ActionItem.objects.select_for_update(of=("self",)).get(pk=pk)
    if entry.due_on is None or entry.status != LogStatus.OPEN or entry.owner_id is None:
        return 0
    name = "chased_at" if entry.due_on < today else "reminded_at"
    if getattr(entry, name) is not None:
        return 0
    setattr(entry, name, now)
    entry.save(update_fields=[name])
    send_link(entry, by=None)
    return 1


def owners_waited_for() -> Any:
    """Keys of the people whose accounts open entries need, confirmed or not."""
    return ActionItem.objects.outstanding().filter(owner__isnull=False).values("owner")
