"""The project's own table of boroughs and wards (`data/london.csv`), and what it corrects in its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snb.places.actions import Outcome, WardFacts, load_places
from snb.places.calculations import ward_slug
from snb.places.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONDON = Path(__file__).resolve().parent.parent / "data" / "london.csv"


@dataclass(frozen=True)
class Correction:
    """Something the source leaves out or gets wrong, set right in code with the reason beside it.

    Args:
        fields: columns of `WardFacts` to set; `valid_to` and `successors` end a ward.
        reason: why, and how we know.
        codes: ward or borough codes it is for; empty means every ward.
    """

    fields: Mapping[str, Any]
    reason: str
    codes: frozenset[str] = frozenset()

    def applies_to(self, ward: WardFacts) -> bool:
        """Whether it is for this ward."""
        return not self.codes or ward.code in self.codes or ward.borough_id in self.codes


CORRECTIONS: tuple[Correction, ...] = (
    Correction(
        {"valid_from": date(2022, 5, 5)},
        "The source has no dates. Ward reviews come into force on the day of an ordinary council election; "
        "the last ones of all boroughs but the seven below did on 5 May 2022.",
    ),
    Correction(
        {"valid_from": date(2018, 5, 3)},
        "Bexley, Croydon, Redbridge and Southwark: reviewed for the election of 3 May 2018, and not since.",
        frozenset({"E09000004", "E09000008", "E09000026", "E09000028"}),
    ),
    Correction(
        {"valid_from": date(2014, 5, 22)},
        "Hackney, Kensington and Chelsea, and Tower Hamlets: reviewed for the election of 22 May 2014, "
        "and not since.",
        frozenset({"E09000012", "E09000020", "E09000030"}),
    ),
)
"""In this order: a later one wins."""


def read_places(
    path: Path = LONDON, corrections: Iterable[Correction] = CORRECTIONS
) -> tuple[dict[str, tuple[str, str]], list[WardFacts]]:
    """Boroughs (code to name and slug) and wards of the reference table, corrected.

    Raises:
        UnusableFile: a line does not make sense; the sentence names it.
    """
    corrections = tuple(corrections)
    boroughs: dict[str, tuple[str, str]] = {}
    wards: dict[str, WardFacts] = {}
    slugs: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines):
            try:
                code, borough = row["code"], row["borough_code"]
                boroughs.setdefault(borough, (row["borough_name"], ward_slug(row["borough_name"], borough)))
                ward = WardFacts(
                    code=code,
                    name=row["name"],
                    slug="",
                    borough_id=borough,
                    latitude=float(row["latitude"]),
                    longitude=float(row["longitude"]),
                    tile_q=int(row["q"]) if row["q"] else None,
                    tile_r=int(row["r"]) if row["r"] else None,
                    valid_from=None,
                    valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                    successors=frozenset(row["successors"].split()),
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise UnusableFile(f"{path.name}: this line is not a ward: {row}.") from error
            for correction in corrections:
                if correction.applies_to(ward):
                    ward = replace(ward, **correction.fields)
            if code in wards:
                raise UnusableFile(f"{path.name}: {code} is there twice.")
            taken = slugs.setdefault(borough, set())
            # Only today's wards hold their address against others; one that ended keeps the one it had.
            ward = replace(ward, slug=ward_slug(ward.name, code, taken if ward.valid_to is None else ()))
            if ward.valid_to is None:
                taken.add(ward.slug)
            wards[code] = ward
    for ward in wards.values():
        if missing := ward.successors - wards.keys():
            raise UnusableFile(
                f"{path.name}: {ward.code} is followed by unknown wards: {', '.join(sorted(missing))}."
            )
    return boroughs, list(wards.values())


def import_places(path: Path = LONDON, corrections: Iterable[Correction] = CORRECTIONS) -> Outcome:
    """Load the reference table into the database. Running it twice changes nothing."""
    boroughs, wards = read_places(path, corrections)
    return load_places(boroughs, wards, source=path.name)
