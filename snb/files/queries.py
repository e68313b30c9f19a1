"""Reading stored files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage

from snb.files.models import FOLDER, StoredFile, private_store


def readable_file(board: str, file_id: UUID, public_name: str, *, user: Any) -> StoredFile | None:
    """The file at this address on this board's site, if this person may read it; else None, whatever the
    reason.

    Args:
        board: GSS code of the board whose host was asked; "" for the London-wide site.
    """
    stored = StoredFile.objects.for_board(board).filter(pk=file_id, public_name=public_name).first()
    if stored is None or not user.has_perm("files.storedfile.read", stored):
        return None
    return stored


def bytes_without_a_row(*, before: datetime) -> Iterator[str]:
    """Names in the store, older than `before`, that no row knows: what a rolled-back upload or a killed
    deletion left.
    """
    store = private_store()
    for folder in _folders(store):
        names = [f"{FOLDER}{folder}/{name}" for name in store.listdir(f"{FOLDER}{folder}")[1]]
        known = set(
            StoredFile.objects.filter(file__startswith=f"{FOLDER}{folder}/").values_list("file", flat=True)
        )
        yield from (name for name in sorted(set(names) - known) if store.get_modified_time(name) < before)


def _folders(store: Storage) -> list[str]:
    try:
        return sorted(store.listdir(FOLDER)[0])
    except FileNotFoundError:
        return []
