"""Sample postcodes for demo data: a small directory in ONS's own layout, through the real importer.

The made-up ones lie in districts that do not exist (NW98, HA98, SE98), one at the centre of each ward, and
one that ended. The real ones are those of public buildings, so that a visitor may type something they know.
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from snb.places.calculations import spaced
from snb.places.enums import ReferenceKind
from snb.places.importers.postcodes import import_postcodes
from snb.places.models import ReferenceImport, Ward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snb.places.actions import Outcome

SAMPLE = "sample_postcodes.csv"
DISTRICTS = {"E09000007": "NW98", "E09000005": "HA98", "E09000023": "SE98"}
"""Borough to the made-up district of its samples: Camden, Brent, Lewisham."""
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
BUILDINGS = (
    ("NW1 2DB", "E09000007", "E05013669"),  # British Library, Euston Road
    ("WC1E 6BT", "E09000007", "E05013653"),  # University College London, Gower Street
    ("HA9 0FJ", "E09000005", "E05013516"),  # Brent Civic Centre
    ("SE6 4RU", "E09000023", "E05013730"),  # Lewisham Council, Catford
    ("SE23 3PQ", "E09000023", "E05013722"),  # Horniman Museum, Forest Hill
    ("EC2V 7HH", "E09000001", "E05009292"),  # Guildhall: the City of London, where there is no board
    ("B1 1BB", "E08000025", ""),  # Birmingham Council House
    ("LS1 3AD", "E08000035", ""),  # Leeds Town Hall
    ("M2 5DB", "E08000003", ""),  # Manchester Town Hall
)
ENDED = "201903"


def sample_rows() -> Iterator[dict[str, str]]:
    """The rows of the sample directory: at least one for each ward of the three demo boroughs."""
    for postcode, borough, code in BUILDINGS:
        yield _row(postcode, borough, code)
    wards = Ward.objects.current().filter(borough__in=DISTRICTS).order_by("borough", "code")
    numbers = dict.fromkeys(DISTRICTS, 0)
    for ward in wards:
        number = numbers[ward.borough_id]
        numbers[ward.borough_id] += 1
        sector, unit = divmod(number, len(LETTERS))
        start = f"{DISTRICTS[ward.borough_id]}{sector + 1}"
        yield _row(
            spaced(f"{start}A{LETTERS[unit]}"),
            ward.borough_id,
            ward.code,
            point=(ward.latitude, ward.longitude),
        )
        if number == 0:
            yield _row(
                spaced(f"{start}Z{LETTERS[unit]}"),
                ward.borough_id,
                ward.code,
                ended=ENDED,
                point=(ward.latitude, ward.longitude),
            )


def _row(
    postcode: str, borough: str, ward: str, *, ended: str = "", point: tuple[float, float] | None = None
) -> dict[str, str]:
    latitude, longitude = point or (99.999999, 0.0)  # as ONS writes it where there are no coordinates
    return {
        "pcds": postcode,
        "dointr": "198001",
        "doterm": ended,
        "lad25cd": borough,
        "wd25cd": ward,
        "lat": f"{latitude:.6f}",
        "long": f"{longitude:.6f}",
    }


def load_sample_postcodes() -> Outcome | None:
    """Load the sample postcodes, unless real ones were imported; then nothing is done and None returned."""
    newest = ReferenceImport.objects.filter(kind=ReferenceKind.POSTCODES).first()
    if newest is not None and newest.source != SAMPLE:
        return None
    rows = list(sample_rows())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, SAMPLE)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
        return import_postcodes(path, fewer=True, quiet=True)[1]
