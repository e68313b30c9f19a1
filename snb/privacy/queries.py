"""Field classes of every model, what a clearance may see, and what retention would take."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F, Func, Value
from django.db.models.functions import StrIndex, Substr
from django.utils.module_loading import import_string

from snb.privacy.calculations import ID, key_id_of_text, newest_key_id
from snb.privacy.enums import THIRD_PARTY, FieldClass, Holder, Privacy
from snb.privacy.errors import DecryptionFailed, FieldAboveClearance
from snb.privacy.fields import EncryptedField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

OURS = frozenset({"portal", "cms", "wardpanels", "payback", "snb"})
"""Top-level packages of the portal."""


def is_ours(model: type[models.Model]) -> bool:
    """Whether a model is the portal's own."""
    return model.__module__.partition(".")[0] in OURS


# ---------------------------------------------------------------------------------------------- field classes
def declarations(model: type[models.Model]) -> list[tuple[str, Privacy]]:
    """Where a model's fields are classed, nearest first: its own `privacy`, its parents', the table."""
    found: list[tuple[str, Privacy]] = []
    for cls in model.__mro__:
        meta: Any = getattr(cls, "_meta", None)
        if meta is None:
            continue
        name = f"{cls.__module__}.{cls.__qualname__}" if meta.abstract else meta.label
        own = cls.__dict__.get("privacy")
        if isinstance(own, Privacy):
            found.append((name, own))
        elif name in THIRD_PARTY:
            found.append((name, THIRD_PARTY[name]))
    return found


def _source_of_through(model: type[models.Model]) -> tuple[type[models.Model], str] | None:
    """For a table that Django made for a many-to-many field: the model and the field."""
    source: Any = model._meta.auto_created
    if not source:
        return None
    name = next(f.name for f in source._meta.many_to_many if f.remote_field.through is model)
    return source, name


@lru_cache(maxsize=1024)
def classes_of(model: type[models.Model]) -> dict[str, FieldClass]:
    """Every column and many-to-many field of a model with its class.

    A surrogate `id` and the link to a parent table that nobody has named are public. A field that nobody
    classed is missing here (`misdeclared` lists it) and counts as secret for `refuse_above`.
    """
    through = _source_of_through(model)
    if through:
        kind = classes_of(through[0]).get(through[1])
        return {f.name: kind for f in model._meta.concrete_fields} if kind is not None else {}
    classes: dict[str, FieldClass] = {}
    for _, declared in reversed(declarations(model)):
        classes.update(declared.classes())
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {
        f.name: classes.get(f.name, FieldClass.PUBLIC) for f in fields if f.name in classes or f.auto_created
    }


def field_classes() -> dict[str, dict[str, FieldClass]]:
    """Label of every installed model to its fields and their classes."""
    return {model._meta.label: classes_of(model) for model in apps.get_models(include_auto_created=True)}


def misdeclared() -> list[str]:
    """What does not fit the installed models in field classes and retention, as sentences."""
    problems: list[str] = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        names = {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        problems += [f"{label}.{name} has no class." for name in sorted(names - set(classes_of(model)))]
        if not model._meta.auto_created and not retention_of(model).keep:
            problems.append(f"{label} has no retention rule.")
        own = model.__dict__.get("privacy")
        if isinstance(own, Privacy):
            problems += _wrong_names(label, own, names)
    for name, declared in THIRD_PARTY.items():
        try:
            known: Any = apps.get_model(name) if name.count(".") == 1 else import_string(name)
        except (LookupError, ImportError):
            known = None
        if known is None:
            continue  # not with this database, or not with this release
        problems += _wrong_names(
            name,
            declared,
            {"id", *(f.name for f in (*known._meta.local_fields, *known._meta.local_many_to_many))}
            | {f.name for f in known._meta.get_fields()},
        )
    return problems


def _wrong_names(label: str, declared: Privacy, names: set[str]) -> Iterator[str]:
    yield from (f"{label}.{name} is classed twice." for name in declared.named_twice())
    yield from (
        f"{label}.{name} is classed, but is not a field." for name in sorted(set(declared.classes()) - names)
    )
    yield from (
        f"{label}.{name} is hashed, but neither special nor secret."
        for name in declared.hashed.split()
        if declared.classes().get(name, FieldClass.PUBLIC) < FieldClass.SPECIAL
    )
    if declared.after is not None and not declared.since:
        yield f"{label} has `after` without `since`."
    if declared.warn_before is not None and (declared.after is None or declared.warn_before > declared.after):
        yield f"{label} warns earlier than its rows can be old."


def unprotected_fields() -> list[str]:
    """Our fields of class special or secret that are neither encrypted nor a one-way hash.

    A hash is known by its name (`password`, or ending in `_hash`), or by `Privacy.hashed`.
    """
    return sorted(
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if is_ours(model)
        for name, kind in classes_of(model).items()
        if kind >= FieldClass.SPECIAL
        and not _is_hashed(model, name)
        and not isinstance(model._meta.get_field(name), EncryptedField)
    )


def _is_hashed(model: type[models.Model], name: str) -> bool:
    named = {name for _, declared in declarations(model) for name in declared.hashed.split()}
    return name == "password" or name.endswith("_hash") or name in named


def class_of(model: type[models.Model], path: str) -> FieldClass:
    """The class of a field, or of a path such as `board__borough__name`: the highest on the way.

    Raises:
        FieldDoesNotExist: there is no such field.
    """
    highest = FieldClass.PUBLIC
    where: type[models.Model] | None = model
    for name in path.split("__"):
        if where is None:
            break  # a transform, such as __year
        found: Any = where._meta.pk if name == "pk" else where._meta.get_field(name)
        if found.auto_created and not found.concrete:  # a relation seen from its other end
            owner, field_name = found.related_model, found.field.name
        else:
            owner, field_name = where, found.name
        highest = max(highest, classes_of(owner).get(field_name, FieldClass.SECRET))
        where = found.related_model if found.is_relation else None
    return highest


def refuse_above(model: type[models.Model], fields: Iterable[str], clearance: FieldClass) -> None:
    """Let an export or serializer go on only if its readers may see every field.

    Args:
        fields: field names or look-up paths (`board__borough__name`).
        clearance: the highest class the readers may see.

    Raises:
        FieldAboveClearance: names the first field that is above it. A field nobody classed is secret.
        FieldDoesNotExist: there is no such field.
    """
    for path in fields:
        kind = class_of(model, path)
        if kind > clearance:
            raise FieldAboveClearance(
                f"{model._meta.label}.{path} is {kind.name.lower()}; "
                f"this goes to readers of {clearance.name.lower()} fields only."
            )


# ------------------------------------------------------------------------------ encrypted columns
def encrypted_fields() -> list[EncryptedField]:
    """Every encrypted field of every installed model, each once, at the model that has the column."""
    return [
        f
        for model in apps.get_models()
        for f in model._meta.local_concrete_fields
        if isinstance(f, EncryptedField)
    ]


HOLDERS: dict[tuple[str, str], Holder] = {}


def register_holder(holder: Holder) -> None:
    """Let rotation and checks look after sealed texts in another package's field; called in `apps.py`."""
    HOLDERS[holder.model, holder.field] = holder


def _key_prefix(found: EncryptedField) -> Func:
    """The first bytes of the column, where the key id stands, NUL-padded."""
    return Func(F(found.attname), Value(1), Value(ID), function="substr", output_field=models.BinaryField())


def sealed_under_older_keys(found: EncryptedField, *, after: Any = None) -> models.QuerySet[Any]:
    """Rows whose value in this field is not under the newest key, in order of primary key."""
    prefix = newest_key_id().encode().ljust(ID, b"\0")
    rows = (
        found.model._base_manager.annotate(key_prefix=_key_prefix(found))
        .filter(**{f"{found.attname}__isnull": False})
        .exclude(key_prefix=prefix)
        .order_by("pk")
    )
    return rows if after is None else rows.filter(pk__gt=after)


def key_ids_in_use() -> dict[str, set[str]]:
    """Key id to the places (`app.model.field`) that hold values under it; "?" for what is no sealed value.

    Columns that are not migrated yet are passed over.
    """
    places: dict[str, set[str]] = {}
    there = _columns()
    for found in encrypted_fields():
        if found.column not in there(found.model):
            continue
        rows = found.model._base_manager.filter(**{f"{found.attname}__isnull": False}).order_by()
        for prefix in (
            rows.annotate(key_prefix=_key_prefix(found)).values_list("key_prefix", flat=True).distinct()
        ):
            key_id = bytes(prefix).rstrip(b"\0").decode("ascii", "replace")
            places.setdefault(key_id if key_id.isalnum() else "?", set()).add(found.label)
    for holder in HOLDERS.values():
        model = apps.get_model(holder.model)
        if model._meta.get_field(holder.field).column not in there(model):
            continue
        for text in sealed_texts(holder):
            try:
                key_id = key_id_of_text(text)
            except DecryptionFailed:
                key_id = "?"
            places.setdefault(key_id, set()).add(f"{holder.model}.{holder.field}".lower())
    return places


def lookup_key_ids_in_use() -> dict[str, set[str]]:
    """Key id to the places that hold look-up hashes under it.

    Most of them cannot be made anew, because what was hashed is not kept: an old key stays in ENCRYPTION_KEYS
    until retention has taken the last of them.
    """
    places: dict[str, set[str]] = {}
    there = _columns()
    for model in filter(is_ours, apps.get_models()):
        for found in model._meta.local_concrete_fields:
            if not isinstance(found, models.CharField) or not _is_hashed(model, found.name):
                continue
            if found.column not in there(model):
                continue
            rows = model._base_manager.filter(**{f"{found.attname}__contains": ":"}).order_by()
            key_id = Substr(F(found.attname), 1, StrIndex(F(found.attname), Value(":")) - 1)
            for name in rows.annotate(key_prefix=key_id).values_list("key_prefix", flat=True).distinct():
                places.setdefault(name, set()).add(f"{model._meta.label_lower}.{found.name}")
    return places


def _columns() -> Callable[[type[models.Model]], set[str]]:
    """A function from a model to the columns its table has at this moment."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))

    def columns(model: type[models.Model]) -> set[str]:
        table = model._meta.db_table
        if table not in tables:
            return set()
        with connection.cursor() as cursor:
            return {column.name for column in connection.introspection.get_table_description(cursor, table)}

    return columns


def sealed_texts(holder: Holder) -> Iterator[str]:
    """The sealed texts of a holder."""
    rows = apps.get_model(holder.model)._base_manager.order_by().values_list(holder.field, flat=True)
    for value in rows.iterator(chunk_size=1000):
        if holder.keys:
            yield from (value[key] for key in holder.keys if key in value)
        elif value:
            yield value


# ---------------------------------------------------------------------------------------------- retention
@dataclass(frozen=True)
class Keeper:
    """What a room does itself when a row of its model goes, beyond deleting it.

    Args:
        warn: tells somebody (by a task) that this row goes on that day.
        delete: takes the row away in the room's own way, such as deleting an account.
    """

    warn: Callable[[Any, date], None] | None = None
    delete: Callable[[Any], None] | None = None


KEEPERS: dict[str, Keeper] = {}


def register_keeper(
    label: str,
    *,
    warn: Callable[[Any, date], None] | None = None,
    delete: Callable[[Any], None] | None = None,
) -> None:
    """Say how a model (`people.User`) warns and deletes, for retention and erasures; called in `apps.py`."""
    KEEPERS[label.lower()] = Keeper(warn, delete)


def keeper_of(model: type[models.Model]) -> Keeper:
    """How a model warns and deletes; plain deletion unless its room says otherwise."""
    return KEEPERS.get(model._meta.label_lower, Keeper())


def retention_of(model: type[models.Model]) -> Privacy:
    """The nearest declaration with a retention rule; an empty one where there is none."""
    return next((declared for _, declared in declarations(model) if declared.keep), Privacy())


def swept_models() -> list[type[models.Model]]:
    """Models whose rows the sweep takes."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and retention_of(model).after is not None
    ]


def older_than(model: type[models.Model], day: date) -> models.QuerySet[Any]:
    """Rows of a swept model whose `since` lies before the beginning of a day, and that fit its `where`."""
    from datetime import datetime, time

    from django.utils import timezone

    rule = retention_of(model)
    where: Any = model
    for name in rule.since.split("__"):
        found = where._meta.get_field(name)
        where = found.related_model
    limit: Any = (
        timezone.make_aware(datetime.combine(day, time())) if isinstance(found, models.DateTimeField) else day
    )
    return model._default_manager.filter(**{f"{rule.since}__lt": limit}, **rule.where).order_by("pk")


@dataclass
class Swept:
    """What retention found and did in one model."""

    label: str
    due: int = 0
    warned: int = 0
    held: int = 0
    deleted: int = 0
    kept: list[str] = field(default_factory=list)
    """Why due rows stayed, other than by a hold."""
