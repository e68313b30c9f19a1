"""Storing, publishing and deleting files, and sweeping what was left behind."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files import calculations
from snb.files.enums import TRANSITIONS, Kind, State
from snb.files.models import StoredFile, private_store
from snb.files.permissions import owner_of, registered_owners
from snb.files.queries import bytes_without_a_row

if TYPE_CHECKING:
    from snb.audit.actions import Actor

logger = logging.getLogger(__name__)
GRACE = timedelta(days=1)
"""How long bytes may lie without a row: longer than any upload takes."""


@transaction.atomic
def store_file(
    file: IO[bytes],
    *,
    owner: models.Model,
    kinds: Collection[Kind],
    by: Actor | None,
    board: str,
    public_name: str = "",
    max_edge: int = calculations.MAX_EDGE,
) -> StoredFile:
    """Keep a file for a record, privately. Pictures are made anew from their pixels first.

    Args:
        owner: the record it belongs to; its model must be registered (`permissions.register_owner`).
        board: GSS code of the board's borough; "" for London-wide.
        public_name: what readers will see, without extension, such as "minutes-march-2026". The original
            name stays private.
        by: the person; None where the room promised not to keep who it was. Then no original name is kept
            either.
    Raises:
        FileRefused: see `calculations.check_upload`.
    """
    if owner._meta.label_lower not in registered_owners():
        raise LookupError(f"{owner._meta.label} owns no files: register it in its room's apps.py.")
    checked = calculations.check_upload(file, kinds=kinds)
    width = height = 0
    if checked.kind.is_raster:
        picture = calculations.reencode(file, max_edge=max_edge)
        data, width, height = picture.data, picture.width, picture.height
    else:
        data = file.read()
    original = (getattr(file, "name", "") or "") if by is not None else ""
    stored = StoredFile(
        board=board,
        owner_type=owner._meta.label_lower,
        owner_id=str(owner.pk),
        kind=checked.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        width=width,
        height=height,
        public_name=_public_name(public_name, checked.kind),
        name=str(original).replace("\\", "/").rpartition("/")[2].replace("\x00", "")[:255],
        uploaded_by=by.public_id if by is not None else None,
    )
    stored.file.save("", ContentFile(data), save=False)
    stored.save(force_insert=True)
    record(
        Event.FILE_STORED,
        stored,
        by=by,
        board=board,
        kind=stored.kind,
        owner=stored.owner_type,
        owner_id=stored.owner_id,
    )
    return stored


def _public_name(name: str, kind: Kind) -> str:
    plain = get_valid_filename(name.strip() or ("picture" if kind.is_raster else "document"))
    return f"{plain[:100]}.{kind.value}"


def publish_file(stored: StoredFile, *, by: Actor | None) -> StoredFile:
    """Let everybody read it. Call this in the transaction that publishes its owner."""
    return _change_state(stored, State.PUBLISHED, Event.FILE_PUBLISHED, by=by)


def unpublish_file(stored: StoredFile, *, by: Actor | None) -> StoredFile:
    """Close it again, at once. Call this in the transaction that unpublishes its owner."""
    return _change_state(stored, State.PRIVATE, Event.FILE_UNPUBLISHED, by=by)


@transaction.atomic
def _change_state(stored: StoredFile, to: State, event: Event, *, by: Actor | None) -> StoredFile:
    stored = _locked(stored)
    if to not in TRANSITIONS[State(stored.state)]:
        return stored  # it is there already
    stored.state = to
    stored.save(update_fields=["state"])
    record(event, stored, by=by, board=stored.board, public=True)
    return stored


@transaction.atomic
def delete_file(stored: StoredFile, *, by: Actor | None) -> None:
    """Delete a file; its bytes go when the transaction holds, and the sweep finds what a crash left."""
    stored = _locked(stored)
    record(Event.FILE_DELETED, stored, by=by, board=stored.board, public=stored.state == State.PUBLISHED)
    name = str(stored.file)
    stored.delete()
    transaction.on_commit(lambda: private_store().delete(name))


def _locked(stored: StoredFile) -> StoredFile:
    """The row as it is now, held until the transaction ends."""
    try:
        return StoredFile.objects.select_for_update().get(pk=stored.pk)
    except StoredFile.DoesNotExist:
        raise ValidationError(_("Somebody else has just deleted this file.")) from None


@dataclass(frozen=True)
class Swept:
    """What a sweep removed."""

    bytes_without_a_row: int = 0
    files_without_an_owner: int = 0


def sweep_files() -> Swept:
    """Remove bytes no row knows and files whose owner is gone, once they are a day old. For the timetable,
    once a day.

    A model that is not registered keeps its files: a missing line in an `apps.py` must not delete anything.
    """
    before = timezone.now() - GRACE
    orphans = 0
    for stored in StoredFile.objects.filter(
        created__lt=before, owner_type__in=registered_owners()
    ).iterator():
        if owner_of(stored) is None:
            delete_file(stored, by=None)
            orphans += 1
    names = list(bytes_without_a_row(before=before))
    for name in names:
        private_store().delete(name)
    if names or orphans:
        logger.info("Swept %d files without a row and %d without an owner.", len(names), orphans)
    return Swept(len(names), orphans)
