"""Residents of the ward want a task done, too: once each, and taken back at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from payback.actions.progress import locked
from payback.models import Nomination, Support
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User


@transaction.atomic
def support_task(task: Nomination, *, by: User) -> Support:
    """Support an endorsed task. Supported already: nothing changes.

    Raises:
        PermissionDenied: `by` has not confirmed that they live in its ward, nominated it, or it is over.
    """
    task = locked(task)
    if not by.has_perm("payback.task.support", task):
        raise PermissionDenied
    support, new = Support.objects.get_or_create(nomination=task, person=by)
    if new:
        record(Event.TASK_SUPPORTED, task, by=by, board=task.board_id, public=True)
    return support


@transaction.atomic
def end_support(task: Nomination, *, by: User) -> None:
    """Take one's support back; there was none: nothing changes."""
    deleted, _counts = Support.objects.filter(nomination=task, person=by).delete()
    if deleted:
        record(Event.TASK_SUPPORT_ENDED, task, by=by, board=task.board_id, public=True)
