"""ONS postcode directories (ONSPD, NSPL) of any vintage: `manage.py import_postcodes FILE`.

The directory has 2.7 million rows, of which we keep the eighth that is London's. What costs time is done only
for those.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tqdm import tqdm

from snb.places.actions import Outcome, PostcodeRow, replace_postcodes
from snb.places.calculations import compact_postcode, month_of, outside_prefixes
from snb.places.errors import UnusableFile
from snb.places.importers.sources import opened
from snb.places.models import Postcode, Ward
from snb.places.queries import CITY_OF_LONDON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

COLUMNS = {
    "postcode": (r"pcds", r"pcd8", r"pcd7", r"pcd2?", r"postcode"),
    "borough": (r"lad\d{2}cd", r"oslaua", r"laua"),
    "ward": (r"wd\d{2}cd", r"osward", r"ward"),
    "ended": (r"doterm",),
    "latitude": (r"lat", r"latitude"),
    "longitude": (r"long", r"longitude"),
}
"""Names a column has gone by; they change with every vintage. The first that is there is taken."""
REQUIRED = ("postcode", "borough", "ward", "ended")
LONDON = (51.25, 51.75, -0.55, 0.40)
"""South, north, west, east: a coordinate outside is the source's way to say that it has none."""
SHOWN = 20
STEP = 20_000
"""Rows between two movements of the progress bar."""
LEAST_SHARE = 0.5
"""A file with less than this share of the postcodes we hold counts as broken, unless told otherwise."""


@dataclass
class Reading:
    """What one pass over a directory found."""

    source: str = ""
    vintage: str = ""
    rows: dict[str, PostcodeRow] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    read: int = 0
    without_place: int = 0
    unknown_wards: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    bad_rows: list[str] = field(default_factory=list)

    @property
    def london(self) -> int:
        """How many of the rows are London's, the City included."""
        return sum(1 for row in self.rows.values() if row[1])

    def complain(self, line: int, why: str) -> None:
        """Count a row that makes no sense; the first ones are kept to be shown."""
        self.bad += 1
        if len(self.bad_rows) < SHOWN:
            self.bad_rows.append(f"line {line}: {why}")


@dataclass(frozen=True)
class Layout:
    """Where the columns we read stand in this file."""

    width: int
    postcode: int
    borough: int
    ward: int
    ended: int
    latitude: int | None
    longitude: int | None
    vintage: str

    @classmethod
    def of(cls, header: list[str]) -> Layout:
        """Find the columns by name.

        Raises:
            UnusableFile: one that must be there is not.
        """
        names = [name.strip().strip("\ufeff").removeprefix("ï»¿").strip('"').lower() for name in header]
        found: dict[str, int | None] = {
            column: next(
                (
                    index
                    for pattern in patterns
                    for index, name in enumerate(names)
                    if re.fullmatch(pattern, name)
                ),
                None,
            )
            for column, patterns in COLUMNS.items()
        }
        if missing := [column for column in REQUIRED if found[column] is None]:
            raise UnusableFile(
                "This is not a postcode directory as ONS publishes it (ONSPD or NSPL): "
                f"there is no column for {' and '.join(missing)}."
            )
        return cls(width=len(names), vintage=names[found["ward"] or 0], **found)  # type: ignore[arg-type]


class _Interned(dict[str, str]):
    """One object for each of the few hundred endings of postcodes."""

    def __missing__(self, key: str) -> str:
        self[key] = key
        return key


def read_postcodes(
    path: Path,
    *,
    boroughs: frozenset[str],
    wards: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Reading:
    """One streamed pass over a directory.

    Args:
        boroughs: codes of the boroughs we keep, the City's included.
        wards: ward code to borough code.
        progress: called now and then with bytes read and bytes in all.

    Raises:
        UnusableFile: the file is no such directory, or breaks off.
    """
    reading = Reading()
    outside: defaultdict[str, list[str]] = defaultdict(list)
    with opened(path, suffix=".csv") as source:
        reading.source = source.name
        text = source.text()
        lines = _Lines(text)
        try:
            layout = Layout.of(next(csv.reader(lines), []))
        except csv.Error as error:
            raise UnusableFile(f"{source.name} is not a CSV file: {error}.") from error
        reading.vintage = layout.vintage
        width, at_postcode, at_borough = layout.width, layout.postcode, layout.borough
        endings = _Interned()
        for number, row in _rows(lines, reading):
            if number % STEP == 0:
                progress(source.stream.tell(), source.size)
            if len(row) != width:
                if row:
                    reading.complain(number, f"{len(row)} columns instead of {width}")
                continue
            reading.read += 1
            borough = row[at_borough]
            if borough[:3] == "E09":
                _keep(row, number, layout, reading, boroughs, wards)
            elif borough:
                postcode = row[at_postcode]
                outside[postcode[:-2]].append(endings[postcode[-2:]])
            else:
                reading.without_place += 1
        progress(source.size, source.size)
        text.detach()
    _fence_in(outside, reading)
    return reading


class _Lines:
    """The lines of a file, remembering those since the last row: a quote left open swallows many."""

    def __init__(self, text: Iterator[str]) -> None:
        self.text = text
        self.number = 0
        self.pending: list[str] = []

    def __iter__(self) -> Iterator[str]:
        pending = self.pending
        for line in self.text:
            pending.append(line)
            yield line


def _rows(lines: _Lines, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Rows with their line numbers, the header apart.

    A row over several lines means that a quote was left open: then each line counts for itself.
    """
    pending = lines.pending
    pending.clear()
    number = 1
    stream = csv.reader(lines)
    while True:
        try:
            for row in stream:
                if len(pending) == 1:
                    number += 1
                    yield number, row
                    pending.clear()
                    continue
                yield from _one_by_one(pending, number, reading)
                number += len(pending)
                pending.clear()
            return
        except csv.Error:
            yield from _one_by_one(pending, number, reading)
            number += len(pending)
            pending.clear()


def _one_by_one(lines: list[str], number: int, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    for line in list(lines):
        number += 1
        try:
            row = next(csv.reader([line], strict=True), [])
        except csv.Error as error:
            reading.complain(number, f"not CSV ({error})")
        else:
            yield number, row


def _keep(
    row: list[str],
    number: int,
    layout: Layout,
    reading: Reading,
    boroughs: frozenset[str],
    wards: Mapping[str, str],
) -> None:
    """Keep one row of London."""
    borough, ward, ended = row[layout.borough], row[layout.ward].strip(), row[layout.ended].strip()
    postcode = compact_postcode(row[layout.postcode])
    if postcode is None:
        reading.complain(number, f"{row[layout.postcode][:20]!r} is not a postcode")
        return
    if borough not in boroughs:
        reading.complain(number, f"{postcode}: {borough[:20]!r} is not a London borough")
        return
    if ended:
        month = month_of(ended)
        if month is None:
            reading.complain(number, f"{postcode}: {ended[:20]!r} is not a month")
            return
        ended = f"{month:%Y%m}"
    if postcode in reading.rows:
        reading.complain(number, f"{postcode} is there twice; the first is kept")
        return
    known: str | None = ward
    if borough == CITY_OF_LONDON:
        known = None
    elif wards.get(ward) != borough:
        reading.unknown_wards[ward or "(none)"] += 1
        known = None
    reading.rows[postcode] = (known, borough, ended, *_point(row, layout))


def _point(row: list[str], layout: Layout) -> tuple[float, float] | tuple[None, None]:
    if layout.latitude is None or layout.longitude is None:
        return None, None
    try:
        latitude, longitude = float(row[layout.latitude]), float(row[layout.longitude])
    except ValueError:
        return None, None
    south, north, west, east = LONDON
    if not (south <= latitude <= north and west <= longitude <= east):
        return None, None
    return round(latitude, 5), round(longitude, 5)


def _fence_in(outside: dict[str, list[str]], reading: Reading) -> None:
    """Remember what lies outside: by prefix where London has none, else postcode by postcode."""
    london = list(reading.rows)
    shared = {postcode[:-2] for postcode in london}
    elsewhere = []
    for written, endings in outside.items():
        sector = written.replace(" ", "").upper()
        if compact_postcode(f"{sector}AA") is None:
            reading.bad += len(endings)
            if len(reading.bad_rows) < SHOWN:
                reading.bad_rows.append(
                    f"{len(endings)} rows outside London: {f'{written}…'[:20]!r} begins no postcode"
                )
        elif sector not in shared:
            elsewhere.append((sector[:-1], sector[-1]))
        else:
            for ending in endings:
                if compact_postcode(sector + ending):
                    reading.rows.setdefault(sector + ending.upper(), (None, "", "", None, None))
    reading.outside = outside_prefixes(elsewhere, london)


def import_postcodes(path: Path, *, fewer: bool = False, quiet: bool = False) -> tuple[Reading, Outcome]:
    """Read a directory and bring the table in line with it. Running it twice changes nothing.

    Args:
        fewer: go on even where the file has far fewer London postcodes than the table.
        quiet: without a progress bar.

    Raises:
        UnusableFile: nothing was changed.
    """
    wards = dict(Ward.objects.values_list("code", "borough"))
    if not wards:
        raise UnusableFile("There are no wards yet: run `manage.py load_places` first.")
    # disable=None: no bar where nobody watches, such as in a log file.
    with tqdm(
        desc="Reading",
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        miniters=1,
        disable=True if quiet else None,
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        reading = read_postcodes(
            path, boroughs=frozenset(wards.values()) | {CITY_OF_LONDON}, wards=wards, progress=progress
        )
    if not reading.london:
        raise UnusableFile(
            f"{reading.source} has no postcode of a London borough (codes that begin with E09), "
            "so nothing was changed."
        )
    held = Postcode.objects.exclude(borough_code="").count()
    if reading.london < held * LEAST_SHARE and not fewer:
        raise UnusableFile(
            f"{reading.source} has {reading.london:,} London postcodes and the table has {held:,}: "
            "the file may be cut off, so nothing was changed. If it is right, add --fewer."
        )
    outcome = replace_postcodes(reading.rows, reading.outside, source=reading.source, vintage=reading.vintage)
    return reading, outcome
