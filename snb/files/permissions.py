"""Who may read a stored file: everybody once published, else whoever its owner's room says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rules
from django.apps import apps
from django.db import models

from snb.files.enums import State
from snb.files.models import StoredFile

MayRead = Callable[[Any, Any], bool]
_owners: dict[str, MayRead] = {}


def register_owner(model: type[models.Model] | str, *, may_read: MayRead) -> None:
    """Say, in a room's `apps.py`, who may read the private files of one of its models.

    Args:
        model: the model, or its label as in "payback.Nomination".
        may_read: called with (user, owner); the user may be anonymous.
    """
    label = model.lower() if isinstance(model, str) else model._meta.label_lower
    _owners[label] = may_read


def owner_of(stored: StoredFile) -> models.Model | None:
    """The record a file belongs to; None where it is gone or its room is not registered."""
    if stored.owner_type not in _owners:
        return None
    try:
        return apps.get_model(stored.owner_type)._base_manager.filter(pk=stored.owner_id).first()
    except (LookupError, ValueError):
        return None


def registered_owners() -> frozenset[str]:
    """Labels of the models that may own files."""
    return frozenset(_owners)


@rules.predicate
def is_published(user: Any, stored: StoredFile | None) -> bool:
    """The file is published."""
    return stored is not None and stored.state == State.PUBLISHED


@rules.predicate
def owner_lets_read(user: Any, stored: StoredFile | None) -> bool:
    """The room that owns the file lets this person read it. Unknown room or owner: nobody."""
    if stored is None:
        return False
    owner = owner_of(stored)
    return owner is not None and bool(_owners[stored.owner_type](user, owner))


PERMISSIONS = {
    "files.storedfile.read": is_published | owner_lets_read,
}
