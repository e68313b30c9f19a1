"""Moving a nomination along its workflow: the one function that changes a state."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.enums import OVER, PUBLIC, TRANSITIONS, Status
from payback.errors import InvalidTransition
from payback.models import Milestone, Nomination
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import publish_file, unpublish_file

if TYPE_CHECKING:
    from snb.audit.actions import Actor


def locked(nomination: Nomination) -> Nomination:
    """The row as it is now, held until the transaction ends."""
    return (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("board__borough")
        .get(pk=nomination.pk)
    )


@transaction.atomic
def move(
    nomination: Nomination,
    to: Status,
    *,
    by: Actor | None,
    at: datetime | None = None,
    event: Event = Event.NOMINATION_CHANGED,
) -> Nomination:
    """Move a nomination to a state: row, milestone, audit event and public pages, all in one transaction.

    It asks for no permission: the action that calls it has.

    Args:
        nomination: as `locked` gave it, with whatever else changes already set on it; all of it is saved.
        at: when it happened, where somebody else's system says so; now unless given, and never later than now.
    Raises:
        InvalidTransition: the state does not lead there.
    """
    old = Status(nomination.status)
    if to not in TRANSITIONS[old]:
        raise InvalidTransition(
            _("This has moved on in the meantime: it is “%(state)s” now. Look at it again before you decide.")
            % {"state": old.label}
        )
    now = timezone.now()
    when = min(at or now, now)
    was_public = nomination.is_public
    nomination.status, nomination.changed_at = to, when
    nomination.ended_at = when if to in OVER else None
    nomination.save()
    _photos_follow(nomination, by=by)
    Milestone.objects.create(nomination=nomination, status=to, at=when, by=getattr(by, "public_id", None))
    record(
        event,
        nomination,
        by=by,
        board=nomination.board_id,
        public=was_public or to in PUBLIC or to == Status.DECLINED,
        old=old.value,
        new=to.value,
    )
    return nomination


def _photos_follow(nomination: Nomination, *, by: Actor | None) -> None:
    """Photos a screener has published are public exactly as long as their task is."""
    change = publish_file if nomination.is_public else unpublish_file
    for photo in nomination.photos.filter(published_at__isnull=False).select_related("large", "small"):
        for stored in (photo.large, photo.small):
            if stored is not None:
                change(stored, by=by)
