"""A nomination while its nominator writes it: begun, opened by its receipt, saved as it goes, sent, given up.

No action here knows who the nominator is, unless they wished to keep it under their account.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import locked, move
from payback.calculations import cell_at, new_receipt, receipt_hash
from payback.enums import Status
from payback.errors import DoorClosed
from payback.models import Nomination
from payback.queries.journey import first_unanswered
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file

if TYPE_CHECKING:
    from snb.boards.models import Board

DOOR = timedelta(minutes=20)
"""How long a browser has a nomination open after its last page."""
SEALED = ("answers", "point", "contact", "victim")


@dataclass(frozen=True)
class Begun:
    """A new draft, and its receipt, which is nowhere else in clear."""

    nomination: Nomination
    receipt: str


@dataclass(frozen=True)
class Changes:
    """What one page says: plain columns, and what goes into the sealed fields (`answers` by question, the others whole)."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@transaction.atomic
def begin(board: Board, *, first_step: str) -> Begun:
    """A new, empty draft. The caller limits how often."""
    receipt = new_receipt()
    nomination = Nomination.objects.create(
        board=board, screening_board=board, receipt_hash=receipt_hash(receipt), step=first_step
    )
    record(Event.NOMINATION_BEGUN, nomination, by=None, board=board.code)
    return Begun(nomination, receipt)


@transaction.atomic
def open_door(board: Board, receipt: str) -> tuple[Nomination, str]:
    """Open a nomination of this board with its receipt: it, and the key this browser keeps for twenty minutes.

    An earlier key ends: one browser has it open at a time. The caller limits how often.

    Raises:
        ValidationError: there is none with this receipt.
    """
    nomination = (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("board__borough", "ward")
        .filter(board=board, receipt_hash=receipt_hash(receipt))
        .first()
    )
    if nomination is None:
        raise ValidationError(
            _(
                "We have nothing under this receipt here. Check each letter and number, and whether this is the borough you chose."
            )
        )
    key = secrets.token_urlsafe(24)
    nomination.door_hash, nomination.door_until = key_hash(key), timezone.now() + DOOR
    nomination.save(update_fields=["door_hash", "door_until"])
    record(Event.NOMINATION_OPENED, nomination, by=None, board=board.code)
    return nomination, key


def key_hash(key: str) -> str:
    """What is stored of a browser's key of 192 bits."""
    return hashlib.sha256(f"payback.door:{key[:80]}".encode("utf-8", "surrogatepass")).hexdigest()


def enter(board: Board, key: str) -> Nomination | None:
    """The nomination this browser has open, for twenty minutes more; None where there is none, or its time is over."""
    if not key:
        return None
    now = timezone.now()
    found = (
        Nomination.objects.select_related("board__borough", "screening_board__borough", "ward")
        .filter(board=board, door_hash=key_hash(key), door_until__gt=now)
        .first()
    )
    if found is not None:
        Nomination.objects.filter(pk=found.pk, door_hash=found.door_hash).update(door_until=now + DOOR)
    return found


def close_door(key: str) -> None:
    """This browser's key opens nothing any more."""
    if key:
        Nomination.objects.filter(door_hash=key_hash(key)).update(door_hash="", door_until=None)


def _draft(nomination: Nomination) -> Nomination:
    nomination = locked(nomination)
    if nomination.status != Status.DRAFT:
        raise DoorClosed(_("You have sent this already, so it cannot be changed. You can add to it below."))
    return nomination


@transaction.atomic
def save_answers(nomination: Nomination, changes: Changes, *, next_step: str) -> Nomination:
    """Keep what one page says and where to go on. No audit event: saving a draft is not a deed, and would tell the pace of writing.

    Raises:
        DoorClosed: it was sent already.
    """
    nomination = _draft(nomination)
    for name, value in changes.columns.items():
        setattr(nomination, name, value)
    if changes.answers:
        nomination.answers = {**nomination.answers, **changes.answers}
    for name, value in changes.sealed.items():
        setattr(nomination, name, dict(value))
    nomination.step, nomination.touched_at = next_step, timezone.now()
    nomination.save()
    return nomination


def go_to(nomination: Nomination, step: str) -> None:
    """Remember the question to go on with."""
    Nomination.objects.filter(pk=nomination.pk, status=Status.DRAFT).update(
        step=step, touched_at=timezone.now()
    )


@transaction.atomic
def submit(nomination: Nomination, *, receipt: str) -> Nomination:
    """Send a draft to the board. Sent already: nothing changes.

    The record says that it was sent and not by whom, also where it is kept under an account: what is recorded cannot be taken back.

    Args:
        receipt: as typed again: whoever sends has it.
    Raises:
        ValidationError: the receipt is another one, or something the board needs is missing.
    """
    nomination = locked(nomination)
    if not secrets.compare_digest(nomination.receipt_hash, receipt_hash(receipt)):
        raise ValidationError(
            {
                "receipt": _(
                    "This is not the receipt we showed you. It has 17 letters and numbers; copy it again."
                )
            }
        )
    if nomination.status != Status.DRAFT:
        return nomination
    missing = first_unanswered(nomination)
    if missing:
        raise ValidationError(
            _("Something is still missing. Answer the question marked below."), code=missing
        )
    point = nomination.point
    if point.get("latitude") is not None:
        cell = cell_at(point["latitude"], point["longitude"])
        nomination.cell_x, nomination.cell_y = cell.x, cell.y
        nomination.latitude, nomination.longitude = cell.latitude, cell.longitude
    nomination.submitted_at, nomination.step = timezone.now(), ""
    nomination.touched_at = nomination.submitted_at
    return move(nomination, Status.SUBMITTED, by=None, event=Event.NOMINATION_SUBMITTED)


@transaction.atomic
def delete_draft(nomination: Nomination) -> None:
    """Delete a draft with its photos, at its nominator's wish or after its time."""
    nomination = _draft(nomination)
    for photo in nomination.photos.select_related("original", "large", "small"):
        for stored in (photo.original, photo.large, photo.small):
            if stored is not None:
                delete_file(stored, by=None)
    record(Event.NOMINATION_DELETED, nomination, by=None, board=nomination.board_id)
    nomination.delete()
