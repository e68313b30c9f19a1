"""Holds, the retention sweep, erasures that outlast a restored backup, and the rotation of keys."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import drop_old_months, record
from snb.audit.enums import Event
from snb.privacy.calculations import (
    decrypt_text,
    encrypt_text,
    key_id_of_text,
    lookup_hash,
    lookup_hashes,
    newest_key_id,
)
from snb.privacy.errors import DecryptionFailed
from snb.privacy.fields import EncryptedField, LookupHashField
from snb.privacy.models import Erasure, RetentionHold, RetentionWarning
from snb.privacy.queries import (
    HOLDERS,
    Swept,
    encrypted_fields,
    keeper_of,
    older_than,
    retention_of,
    sealed_under_older_keys,
    swept_models,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from snb.audit.actions import Actor
    from snb.privacy.enums import Holder

BATCH = 500


# ---------------------------------------------------------------------------------------------- holds
@transaction.atomic
def place_hold(
    obj: models.Model, *, by: Actor | None, reason: str, until: date | None = None
) -> RetentionHold:
    """Keep a row from the sweep until the hold ends; placing it again gives it the new reason and end.

    Raises:
        ValidationError: there is no reason, or the end is not in the future.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it must be kept.")})
    if until is not None and until <= timezone.localdate():
        raise ValidationError({"until": _("Choose a day after today.")})
    label, pk = obj._meta.label_lower, str(obj.pk)
    standing = RetentionHold.objects.select_for_update().current().filter(model=label, object_id=pk)
    hold = standing.first() or RetentionHold(model=label, object_id=pk)
    hold.reason, hold.until, hold.by = reason.strip(), until, getattr(by, "public_id", None)
    hold.save()
    ends = until.isoformat() if until else None
    record(Event.HOLD_PLACED, hold, by=by, model=label, object_id=pk, until=ends)
    return hold


@transaction.atomic
def end_hold(hold: RetentionHold, *, by: Actor | None) -> RetentionHold:
    """End a hold today; the row stays as a record of why something was kept."""
    hold = RetentionHold.objects.select_for_update().get(pk=hold.pk)
    today = timezone.localdate()
    if hold.until is None or hold.until > today:
        hold.until = today
        hold.save(update_fields=["until"])
        record(Event.HOLD_ENDED, hold, by=by, model=hold.model, object_id=hold.object_id)
    return hold


# ---------------------------------------------------------------------------------------------- retention
def apply_retention(*, dry_run: bool, today: date | None = None) -> list[Swept]:
    """Take away every row past its time, warnings first and holds respected; list what was done.

    Each model is one transaction with one audit event; running it again does what is left. With `dry_run`
    nothing changes and the counts are what would be done.

    Args:
        today: the day to go by; today unless given.
    """
    day = today or timezone.localdate()
    found = [_sweep(model, day, dry_run=dry_run) for model in swept_models()]
    if not dry_run:
        _forget_warnings(day)
        write_erasure_log()
    found.append(_sweep_audit(dry_run=dry_run))
    return [swept for swept in found if swept.due or swept.warned or swept.kept]


@transaction.atomic
def _sweep(model: type[models.Model], day: date, *, dry_run: bool) -> Swept:
    rule, keeper = retention_of(model), keeper_of(model)
    assert rule.after is not None
    swept = Swept(model._meta.label)
    warned: set[str] = set()
    if rule.warn_before is not None:
        _warn(model, day, swept, dry_run=dry_run)
        warned = set(
            RetentionWarning.objects.filter(
                model=model._meta.label_lower, warned_on__lte=day - rule.warn_before
            ).values_list("object_id", flat=True)
        )
    holds = _Holds()
    due = older_than(model, day - rule.after)
    if rule.warn_before is None and not holds and keeper.delete is None:
        swept.due = due.count()
        if not dry_run:
            swept.deleted = _delete_plainly(due, swept)
    else:
        for obj in due.iterator(chunk_size=BATCH):
            if rule.warn_before is not None and str(obj.pk) not in warned:
                continue
            swept.due += 1
            if holds.touch(obj):
                swept.held += 1
            elif not dry_run:
                swept.deleted += _delete_one(obj, keeper.delete, swept)
    if dry_run:
        swept.deleted = swept.due - swept.held
    elif swept.deleted:
        record(
            Event.RETENTION_APPLIED,
            None,
            by=None,
            model=model._meta.label_lower,
            deleted=swept.deleted,
            held=swept.held,
            warned=swept.warned,
        )
    return swept


def _warn(model: type[models.Model], day: date, swept: Swept, *, dry_run: bool) -> None:
    """Warn once about each row that comes of age within `warn_before`."""
    rule, warn = retention_of(model), keeper_of(model).warn
    assert rule.after is not None
    assert rule.warn_before is not None
    label = model._meta.label_lower
    if warn is None:
        if older_than(model, day - rule.after + rule.warn_before).exists():
            swept.kept.append("Nobody is registered to warn (register_keeper), so nothing goes.")
        return
    known = set(RetentionWarning.objects.filter(model=label).values_list("object_id", flat=True))
    holds = _Holds()
    for obj in older_than(model, day - rule.after + rule.warn_before).iterator(chunk_size=BATCH):
        if str(obj.pk) in known or holds.touch(obj):
            continue
        swept.warned += 1
        if not dry_run:
            due_on = day + rule.warn_before
            RetentionWarning.objects.create(model=label, object_id=str(obj.pk), warned_on=day, due_on=due_on)
            warn(obj, due_on)


@transaction.atomic
def _forget_warnings(day: date) -> None:
    """Drop warnings about rows that are gone or were used again; the latter are warned anew in time."""
    for label in RetentionWarning.objects.values_list("model", flat=True).distinct():
        about = RetentionWarning.objects.filter(model=label)
        model = apps.get_model(label)
        rule = retention_of(model)
        if rule.after is None or rule.warn_before is None:
            about.delete()
            continue
        old = {
            str(pk)
            for pk in older_than(model, day - rule.after + rule.warn_before).values_list("pk", flat=True)
        }
        about.filter(pk__in=[warning.pk for warning in about if warning.object_id not in old]).delete()


def _delete_plainly(due: models.QuerySet[Any], swept: Swept) -> int:
    """Delete in batches; where another row protects one, go row by row."""
    deleted = 0
    while batch := list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            with transaction.atomic():
                due.model._default_manager.filter(pk__in=batch).delete()
            deleted += len(batch)
        except (ProtectedError, RestrictedError):
            for obj in due.filter(pk__in=batch):
                deleted += _delete_one(obj, None, swept)
        due = due.filter(pk__gt=batch[-1])
    return deleted


def _delete_one(obj: models.Model, delete: Callable[[Any], None] | None, swept: Swept) -> int:
    try:
        with transaction.atomic():
            if delete is None:
                obj.delete()
            else:
                delete(obj)
    except (ProtectedError, RestrictedError) as error:
        needed_by = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
        others = {other._meta.label for other in needed_by}
        swept.kept.append(f"{obj._meta.label} {obj.pk} is needed by {', '.join(sorted(others))}.")
        return 0
    return 1


class _Holds:
    """The holds that stand today, and whether deleting a row would take a held one along."""

    def __init__(self) -> None:
        self.held: dict[str, set[str]] = {}
        for label, pk in RetentionHold.objects.current().values_list("model", "object_id"):
            self.held.setdefault(label, set()).add(pk)

    def __bool__(self) -> bool:
        return bool(self.held)

    def touch(self, obj: models.Model) -> bool:
        """Whether this row, or one that would be deleted with it, is held."""
        if not self.held:
            return False
        if str(obj.pk) in self.held.get(obj._meta.label_lower, ()):
            return True
        collector = Collector(using=obj._state.db or "default", origin=obj)
        try:
            collector.collect([obj])
        except (ProtectedError, RestrictedError):
            return False  # it cannot be deleted at all, and is listed as such
        going = [(model, {str(row.pk) for row in rows}) for model, rows in collector.data.items()]
        going += [
            (rows.model, {str(pk) for pk in rows.values_list("pk", flat=True)})
            for rows in collector.fast_deletes
        ]
        return any(pks & self.held.get(model._meta.label_lower, set()) for model, pks in going)


def _sweep_audit(*, dry_run: bool) -> Swept:
    """Drop old months of the audit record, where this database role may."""
    from snb.audit.models import AuditEvent
    from snb.audit.queries import months_due

    swept = Swept(AuditEvent._meta.label)
    swept.due = sum(count for _, count in months_due())
    if swept.due and not _may_delete(AuditEvent._meta.db_table):
        swept.kept.append(
            "This database role may not delete events: run `manage.py audit_drop` as the role that migrates."
        )
    elif dry_run:
        swept.deleted = swept.due
    else:
        swept.deleted = sum(seal.events for seal in drop_old_months())
    return swept


def _may_delete(table: str) -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'DELETE')", [table])
        return bool(cursor.fetchone()[0])


# ---------------------------------------------------------------------------------------------- erasures
def _public_key(obj: models.Model) -> str:
    """The id of a row that no other row will ever have, also after a restored backup counts its rows anew."""
    key = getattr(obj, "public_id", None) or obj.pk
    if not isinstance(key, UUID):
        raise TypeError(
            f"{obj._meta.label} needs a UUID (its key or `public_id`) so that an erasure can be repeated."
        )
    return str(key)


def record_erasure(obj: models.Model) -> Erasure:
    """Note that this row is erased at a person's wish.

    Call it inside the transaction that erases, before it does. The row must have a UUID, as its
    key or as `public_id`. What is kept is a keyed hash, in the database and in a file beside it.

    Raises:
        RuntimeError: there is no transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An erasure belongs inside the transaction that erases.")
    label = obj._meta.label_lower
    erasure, _created = Erasure.objects.get_or_create(
        model=label, object_hash=lookup_hash(_public_key(obj), f"erasure:{label}")
    )
    transaction.on_commit(write_erasure_log)
    return erasure


def write_erasure_log() -> int:
    """Bring the file of erasures (settings.ERASURE_LOG) in line with the table; return the lines added.

    Keep a copy of the file away from the database's backups: a restored database has forgotten what was
    erased since.
    """
    path = Path(settings.ERASURE_LOG)
    known = {line.rsplit(" ", 1)[0] for line in _erasure_lines()}
    missing = [
        f"{erasure.model} {erasure.object_hash} {erasure.at.isoformat()}\n"
        for erasure in Erasure.objects.order_by("pk")
        if f"{erasure.model} {erasure.object_hash}" not in known
    ]
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("".join(missing))
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def _erasure_lines() -> list[str]:
    path = Path(settings.ERASURE_LOG)
    return [line for line in path.read_text().splitlines() if line.count(" ") == 2] if path.exists() else []


def reapply_erasures() -> dict[str, int]:
    """Erase again what an older backup brought back; return how many rows of each model went.

    Reads the table and the file of erasures. Each model is deleted as its room registered it
    (`register_keeper`).
    """
    wanted: dict[str, set[str]] = {}
    for label, hashed in Erasure.objects.values_list("model", "object_hash"):
        wanted.setdefault(label, set()).add(hashed)
    for line in _erasure_lines():
        label, hashed, _at = line.split(" ")
        wanted.setdefault(label, set()).add(hashed)
    done: dict[str, int] = {}
    for label, hashes in wanted.items():
        model = apps.get_model(label)
        delete = keeper_of(model).delete
        for obj in model._default_manager.order_by("pk").iterator(chunk_size=BATCH):
            if hashes.isdisjoint(lookup_hashes(_public_key(obj), f"erasure:{label}")):
                continue
            with transaction.atomic():
                if delete is None:
                    obj.delete()
                else:
                    delete(obj)
            done[label] = done.get(label, 0) + 1
    if done:
        with transaction.atomic():
            record(
                Event.ERASURES_REAPPLIED,
                None,
                by=None,
                counts=[f"{label}:{count}" for label, count in done.items()],
            )
    return done


# ---------------------------------------------------------------------------------------------- keys
@dataclass
class Rotation:
    """What a rotation did."""

    key_id: str
    values: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """Rows that do not open: left as they are, for a person to look at."""


def rotate_keys(*, progress: Callable[[int], object] | None = None) -> Rotation:
    """Seal everything anew under the newest key, batch by batch.

    Killed at any moment, a second run does what is left.

    Args:
        progress: called with the number of rows done since the last call.
    """
    rotation = Rotation(newest_key_id())
    progress = progress or (lambda _done: None)
    for found in encrypted_fields():
        _rotate(found, rotation, progress)
    for holder in HOLDERS.values():
        _rotate_holder(holder, rotation, progress)
    if rotation.values:
        with transaction.atomic():
            record(
                Event.KEYS_ROTATED,
                None,
                by=None,
                key=rotation.key_id,
                counts=[f"{label}:{count}" for label, count in rotation.rows.items()],
                failed=len(rotation.failed),
            )
    return rotation


def _rotate(found: EncryptedField, rotation: Rotation, progress: Callable[[int], object]) -> None:
    """One encrypted column, and the look-up hashes of its values."""
    model = found.model
    beside = [
        other
        for other in model._meta.concrete_fields
        if isinstance(other, LookupHashField) and other.of == found.name
    ]
    last: Any = None
    while True:
        with transaction.atomic():
            rows = sealed_under_older_keys(found, after=last).select_for_update()[:BATCH]
            batch = list(rows)
            for obj in batch:
                last = obj.pk
                sealed = obj.__dict__[found.attname]
                try:
                    value = found.open(sealed, found.row_of(obj))
                except DecryptionFailed as error:
                    rotation.failed.append(f"{found.label} {obj.pk}: {error}")
                    continue
                changes: dict[str, Any] = {found.attname: found.seal(value, found.row_of(obj))}
                obj.__dict__[found.attname] = value
                changes.update({other.attname: other.pre_save(obj, False) for other in beside})
                model._base_manager.filter(pk=obj.pk).update(**changes)
                _count(rotation, found.label)
        progress(len(batch))
        if len(batch) < BATCH:
            return


def _rotate_holder(holder: Holder, rotation: Rotation, progress: Callable[[int], object]) -> None:
    """The sealed texts in another package's field."""
    model = apps.get_model(holder.model)
    last: Any = None
    while True:
        rows = model._base_manager.order_by("pk")
        with transaction.atomic():
            batch = list((rows if last is None else rows.filter(pk__gt=last)).select_for_update()[:BATCH])
            for obj in batch:
                last = obj.pk
                try:
                    changed = _resealed(getattr(obj, holder.field), holder)
                except DecryptionFailed as error:
                    rotation.failed.append(f"{holder.model}.{holder.field} {obj.pk}: {error}")
                    continue
                if changed is not None:
                    model._base_manager.filter(pk=obj.pk).update(**{holder.field: changed})
                    _count(rotation, f"{holder.model}.{holder.field}".lower())
        progress(len(batch))
        if len(batch) < BATCH:
            return


def _resealed(value: Any, holder: Holder) -> Any:
    """The field's value with its sealed texts under the newest key; None where nothing is to do."""

    def again(text: str) -> str:
        return encrypt_text(
            decrypt_text(text, holder.purpose, holder.associated), holder.purpose, holder.associated
        )

    newest = newest_key_id()
    if not holder.keys:
        return again(value) if value and key_id_of_text(value) != newest else None
    old = [key for key in holder.keys if key in value and key_id_of_text(value[key]) != newest]
    return {**value, **{key: again(value[key]) for key in old}} if old else None


def _count(rotation: Rotation, label: str) -> None:
    rotation.values += 1
    rotation.rows[label] = rotation.rows.get(label, 0) + 1
