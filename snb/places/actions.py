"""Changing reference data: each import compares, then writes only what differs, in one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from snb.audit.actions import move_epoch, record
from snb.audit.enums import Event
from snb.places.enums import ReferenceKind
from snb.places.models import Borough, OutsidePrefix, Postcode, ReferenceImport, Ward, WardBoundary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from snb.audit.actions import Actor

PostcodeRow = tuple[str | None, str, str, float | None, float | None]
"""Ward code, borough code, month of ending, latitude, longitude: the columns of `Postcode` after its key."""
BATCH = 500
"""Keys in one statement: under every database's limit of parameters."""


@dataclass(frozen=True)
class Outcome:
    """What an import did, in rows."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def is_change(self) -> bool:
        """Whether anything was written."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True)
class WardFacts:
    """A ward as the reference table has it."""

    code: str
    name: str
    slug: str
    borough_id: str
    latitude: float
    longitude: float
    tile_q: int | None
    tile_r: int | None
    valid_from: date | None
    valid_to: date | None
    successors: frozenset[str] = frozenset()

    def columns(self) -> dict[str, Any]:
        """The plain columns, the key and the successors apart."""
        return {name: value for name, value in vars(self).items() if name not in {"code", "successors"}}


@transaction.atomic
def load_places(
    boroughs: Mapping[str, tuple[str, str]],
    wards: Iterable[WardFacts],
    *,
    source: str,
    by: Actor | None = None,
) -> Outcome:
    """Bring boroughs (code to name and slug) and wards in line with the table. Nothing is deleted."""
    added = changed = unchanged = 0
    touched: set[str] = set()
    known = Borough.objects.in_bulk()
    for code, (name, slug) in boroughs.items():
        borough = known.get(code)
        if borough is None:
            added += 1
        elif (borough.name, borough.slug) == (name, slug):
            unchanged += 1
            continue
        else:
            changed += 1
            Borough.objects.filter(pk=code).update(name=name, slug=slug)
        touched.add(code)
    Borough.objects.bulk_create(
        Borough(code=code, name=name, slug=slug)
        for code, (name, slug) in boroughs.items()
        if code not in known
    )

    held = Ward.objects.in_bulk()
    wanted = {ward.code: ward for ward in wards}
    fresh = [Ward(code=code, **facts.columns()) for code, facts in wanted.items() if code not in held]
    differing = [
        code
        for code, facts in wanted.items()
        if code in held and any(getattr(held[code], name) != value for name, value in facts.columns().items())
    ]
    # Slugs may be handed on from one ward to another: out of the way first, then to their places.
    for code in differing:
        if held[code].slug != wanted[code].slug:
            Ward.objects.filter(pk=code).update(slug=f"{wanted[code].slug[:60]}-{code.lower()}")
    for code in sorted(differing, key=lambda code: wanted[code].valid_to is None):
        Ward.objects.filter(pk=code).update(**wanted[code].columns())
    Ward.objects.bulk_create(fresh, batch_size=BATCH)
    changed_wards = set(differing) | _set_successors(wanted)
    touched.update(ward.borough_id for ward in fresh)
    touched.update(wanted[code].borough_id for code in changed_wards)
    outcome = Outcome(
        added=added + len(fresh),
        changed=changed + len(changed_wards),
        unchanged=unchanged + len(wanted) - len(fresh) - len(changed_wards),
    )
    if outcome.is_change:
        _record(ReferenceKind.PLACES, Event.PLACES_LOADED, outcome, source=source, vintage="", by=by)
        for code in touched:
            move_epoch(code)
    return outcome


def _set_successors(wanted: Mapping[str, WardFacts]) -> set[str]:
    """Set which ward follows which; the codes of wards where that changed."""
    through = Ward.successors.through
    held: dict[str, set[str]] = {}
    for ward, successor in through.objects.values_list("from_ward", "to_ward"):
        held.setdefault(ward, set()).add(successor)
    changed = set()
    for code, facts in wanted.items():
        if held.get(code, set()) != set(facts.successors):
            through.objects.filter(from_ward=code).delete()
            through.objects.bulk_create(
                [through(from_ward_id=code, to_ward_id=to) for to in sorted(facts.successors)]
            )
            changed.add(code)
    return changed


@transaction.atomic
def replace_postcodes(
    rows: Mapping[str, PostcodeRow],
    outside: set[str],
    *,
    source: str,
    vintage: str = "",
    by: Actor | None = None,
) -> Outcome:
    """Bring the postcode table in line with `rows`, and what is known to lie outside London with `outside`.

    One transaction: a look-up sees the table as it was until the commit, and a killed import leaves it as it
    was.

    Args:
        rows: postcode without space to its row; of London, and of the sectors London shares.
        outside: prefixes none of whose postcodes is in London.
    """
    _one_import_at_a_time(Postcode)
    fields = ("pk", "ward_id", "borough_code", "ended", "latitude", "longitude")
    stale: list[str] = []
    differing: set[str] = set()
    same: set[str] = set()
    for postcode, *row in Postcode.objects.order_by().values_list(*fields).iterator(chunk_size=5000):
        new = rows.get(postcode)
        if new is None:
            stale.append(postcode)
        elif new == tuple(row):
            same.add(postcode)
        else:
            differing.add(postcode)
    for keys in _batches([*stale, *differing]):
        Postcode.objects.filter(pk__in=keys).delete()
    inserted = _insert_postcodes((postcode, *row) for postcode, row in rows.items() if postcode not in same)

    known = set(OutsidePrefix.objects.values_list("pk", flat=True))
    for keys in _batches(sorted(known - outside)):
        OutsidePrefix.objects.filter(pk__in=keys).delete()
    OutsidePrefix.objects.bulk_create(
        [OutsidePrefix(prefix) for prefix in sorted(outside - known)], batch_size=BATCH
    )

    outcome = Outcome(
        added=inserted - len(differing), changed=len(differing), removed=len(stale), unchanged=len(same)
    )
    if outcome.is_change or known != outside:
        _record(
            ReferenceKind.POSTCODES, Event.POSTCODES_IMPORTED, outcome, source=source, vintage=vintage, by=by
        )
    return outcome


def _insert_postcodes(rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert rows the fastest way; raw, because 330,000 model instances cost more than all the rest."""
    table = connection.ops.quote_name(Postcode._meta.db_table)
    columns = "postcode, ward_id, borough_code, ended, latitude, longitude"
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            return count
        statement = f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608  # our own names
        for batch in _batches(rows, size=5000):
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


@transaction.atomic
def save_boundaries(
    outlines: Mapping[str, dict[str, Any]], *, source: str, vintage: str, by: Actor | None = None
) -> Outcome:
    """Save outlines (ward code to the columns of `WardBoundary`); those of other wards stay as they are."""
    _one_import_at_a_time(WardBoundary)
    held = WardBoundary.objects.in_bulk(list(outlines))
    fresh = [WardBoundary(ward_id=code, **columns) for code, columns in outlines.items() if code not in held]
    differing = [
        WardBoundary(ward_id=code, **columns)
        for code, columns in outlines.items()
        if code in held and any(getattr(held[code], name) != value for name, value in columns.items())
    ]
    WardBoundary.objects.bulk_create(fresh, batch_size=BATCH)
    if differing:
        WardBoundary.objects.bulk_update(
            differing, ["geometry", "west", "south", "east", "north", "vintage"], batch_size=BATCH // 10
        )
    outcome = Outcome(
        added=len(fresh), changed=len(differing), unchanged=len(outlines) - len(fresh) - len(differing)
    )
    if outcome.is_change:
        _record(
            ReferenceKind.BOUNDARIES,
            Event.BOUNDARIES_IMPORTED,
            outcome,
            source=source,
            vintage=vintage,
            by=by,
        )
        codes = [row.pk for row in (*fresh, *differing)]
        for code in Ward.objects.filter(pk__in=codes).order_by().values_list("borough", flat=True).distinct():
            move_epoch(code)
    return outcome


def _record(
    kind: ReferenceKind, event: Event, outcome: Outcome, *, source: str, vintage: str, by: Actor | None
) -> ReferenceImport:
    """Keep where the data came from, and say so in the audit record; the London-wide pages show it."""
    row = ReferenceImport.objects.create(
        kind=kind, source=source[-200:], vintage=vintage[:40], counts=asdict(outcome)
    )
    record(event, row, by=by, public=True, **asdict(outcome))
    return row


def _one_import_at_a_time(model: type[Postcode] | type[WardBoundary]) -> None:
    """Hold back a second import of the same kind, not the readers. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE"
            )


def _batches(rows: Iterable[Any], *, size: int = BATCH) -> Iterator[list[Any]]:
    """`rows` in lists of at most `size`."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch
