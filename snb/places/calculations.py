"""Postcodes as text, and slugs: pure, no Django models."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

LONGEST = 40
"""Typed texts longer than this are no postcode, whatever is in them."""

_POSTCODE = re.compile(
    r"GIR0AA|"
    r"(?:[A-PR-UWYZ][1-9][0-9]?"  # M1, M11
    r"|[A-PR-UWYZ][1-9][A-HJKPS-UW]"  # W1A, N1C
    r"|[A-PR-UWYZ][A-HK-Y][0-9]"  # HA0, SE5
    r"|[A-PR-UWYZ][A-HK-Y][1-9][0-9]"  # SE15
    r"|[A-PR-UWYZ][A-HK-Y][1-9][ABEHMNPRV-Y])"  # EC1A, SW1Y
    r"[0-9][ABD-HJLNP-UW-Z]{2}"
)
_TWINS = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
RESERVED_SLUGS = frozenset({"neighbourhoods", "find"})
"""Words that stand where a ward's slug stands: `/wards/find/`."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One hexagon of a borough's tile map: a ward and its axial cell."""

    code: str
    name: str
    slug: str
    q: int
    r: int

    @property
    def path(self) -> str:
        """Path of the ward page on its borough's site."""
        return f"/wards/{self.slug}/"


def compact_postcode(text: str) -> str | None:
    """A postcode as the table keeps it (`NW12DB`), or None if it is not written like one. No guessing."""
    compact = text.replace(" ", "").upper()
    return compact if _POSTCODE.fullmatch(compact) else None


def normalise_postcode(text: str) -> str | None:
    """A typed postcode in its usual form (`NW1 2DB`), or None if it is not written like one.

    Any case, any spacing (none, several, unbreakable, of no width) and stray dots and hyphens are taken. The
    letter O for a nought and the letter I for a one (and the reverse) are mended where only one reading is a
    possible postcode.
    """
    if len(text) > LONGEST:
        return None
    bare = "".join(
        letter
        for letter in text.upper()
        if not (letter.isspace() or letter in ".-\u00ad\u200b\u200c\u200d\u2060\ufeff")
    )
    if not 5 <= len(bare) <= 7 or not bare.isascii():
        return None
    if not _POSTCODE.fullmatch(bare):
        readings = {
            reading
            for reading in map("".join, product(*(_TWINS.get(letter, letter) for letter in bare)))
            if _POSTCODE.fullmatch(reading)
        }
        if len(readings) != 1:
            return None
        bare = readings.pop()
    return spaced(bare)


def spaced(compact: str) -> str:
    """`NW12DB` as people write it: `NW1 2DB`."""
    return f"{compact[:-3]} {compact[-3:]}"


def prefixes(compact: str) -> tuple[str, str, str]:
    """Area, district and sector of a postcode: `NW12DB` gives `NW`, `NW1`, `NW1 2`.

    A whole postcode only: a sector is told from a district by its blank.
    """
    district = compact[:-3]
    return area(district), district, f"{district} {compact[-3]}"


def area(district: str) -> str:
    """The letters a district begins with."""
    return re.match(r"[A-Z]*", district)[0]  # type: ignore[index]  # always matches


def outside_prefixes(outside: Iterable[tuple[str, str]], london: Iterable[str]) -> set[str]:
    """The shortest prefixes that cover what lies outside London and nothing that lies in it.

    Args:
        outside: districts and sector digits seen outside, such as `("EN6", "5")`.
        london: whole postcodes of London, compact.
    """
    inside = {prefix for postcode in london for prefix in prefixes(postcode)}
    found = set()
    for district, digit in outside:
        for prefix in (area(district), district, f"{district} {digit}"):
            if prefix not in inside:
                found.add(prefix)
                break
    return found


def month_of(text: str) -> date | None:
    """First day of a month written `201903` or `2019-03`; None for anything else."""
    digits = text.replace("-", "")
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    year, month = int(digits[:4]), int(digits[4:])
    return date(year, month, 1) if 1900 <= year <= 2100 and 1 <= month <= 12 else None


def ward_slug(name: str, code: str, taken: Container[str] = ()) -> str:
    """The slug of a ward: its name; where that is reserved or taken in its borough, with the code."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[\s-]+", "-", re.sub(r"[^a-z0-9\s-]", "", plain)).strip("-")
    return (
        f"{slug}-{code.lower()}".strip("-") if not slug or slug in RESERVED_SLUGS or slug in taken else slug
    )
