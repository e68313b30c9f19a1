"""Reading places: boroughs, wards, the ward of a postcode, the ward of a point."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from snb.places.calculations import Tile, month_of, normalise_postcode, prefixes, spaced
from snb.places.enums import PostcodeStatus, ReferenceKind
from snb.places.models import (
    POSTCODE_SOURCE,
    SOURCE,
    Borough,
    OutsidePrefix,
    Postcode,
    ReferenceImport,
    Ward,
    WardBoundary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely import STRtree

CITY_OF_LONDON = "E09000001"
"""Police, council and postcodes of its own, but no Safer Neighbourhood Board."""
EDGE = 0.0002
"""How far (degrees, some 20 metres) a point may lie from an outline and still belong to the ward."""


# ------------------------------------------------------------ boroughs and wards
def boroughs() -> list[Borough]:
    """All boroughs by name, each with its `tiles`, in two queries."""
    found = list(Borough.objects.all())
    cells: dict[str, list[Tile]] = {borough.code: [] for borough in found}
    wards = Ward.objects.current().exclude(tile_q=None).exclude(tile_r=None)
    for code, *tile in wards.values_list("borough", "code", "name", "slug", "tile_q", "tile_r"):
        cells[code].append(Tile(*tile))  # type: ignore[arg-type]
    for borough in found:
        borough.tiles = tuple(cells[borough.code])
    return found


def wards_of(borough: Borough) -> list[Ward]:
    """The borough's wards of today by name, each with its borough at hand."""
    wards = list(Ward.objects.current().filter(borough=borough))
    for ward in wards:
        ward.borough = borough
    return wards


def ward_by_slug(borough: Borough, slug: str) -> Ward | None:
    """The ward a borough's address names: today's, else the last one that had the name; None if there never
    was one.

    Where it has ended (`valid_to` is set), `successors_of(ward)` says which wards to go on with.
    """
    wards = Ward.objects.filter(borough=borough, slug=slug).order_by("valid_to")
    ward = wards.current().first() or wards.last()
    if ward is not None:
        ward.borough = borough
    return ward


def successors_of(ward: Ward) -> list[Ward]:
    """Today's wards that took a ward's place, by name; the ward itself while it exists."""
    found: dict[str, Ward] = {}
    seen = {ward.code}
    open_ends = [ward]
    while open_ends:
        for one in open_ends:
            if one.valid_to is None:
                found[one.code] = one
        ended = [one.code for one in open_ends if one.valid_to is not None]
        following = (
            Ward.objects.filter(predecessors__in=ended)
            .exclude(pk__in=seen)
            .select_related("borough")
            .distinct()
            if ended
            else []
        )
        open_ends = list(following)
        seen.update(one.code for one in open_ends)
    return sorted(found.values(), key=lambda one: one.name)


# ------------------------------------------------------------------------------------------ postcodes
@dataclass(frozen=True)
class PostcodeAnswer:
    """What we know about a typed postcode, ready to show.

    Args:
        typed: the text as it came.
        postcode: in its usual form; empty if malformed.
        ward: the ward of today, where it is known.
        borough: where it is known, even if the ward is not.
        ended: first day of the month in which the postcode ended.
        choices: the few wards it may be in, where an old ward was split.
    """

    status: PostcodeStatus
    typed: str
    postcode: str = ""
    ward: Ward | None = None
    borough: Borough | None = None
    ended: date | None = None
    choices: tuple[Ward, ...] = ()

    @property
    def message(self) -> str:
        """What to tell the person, in whole sentences; empty where the ward is found and all is said."""
        match self.status:
            case PostcodeStatus.WARD:
                return ""
            case PostcodeStatus.ENDED:
                if self.ended is None:
                    ended = _("That postcode is no longer used.")
                else:
                    month = format_date(self.ended, "F Y")
                    ended = _("That postcode ended in %(month)s.") % {"month": month}
                return ended if self.ward else f"{ended} {self._which_ward()}"
            case PostcodeStatus.BOROUGH_ONLY:
                return self._which_ward()
            case PostcodeStatus.CITY:
                return _(
                    "That postcode is in the City of London, which has its own police force "
                    "and no Safer Neighbourhood Board."
                )
            case PostcodeStatus.NOT_LONDON:
                return _("That is not a London postcode.")
            case PostcodeStatus.UNKNOWN:
                return _("We don't have that postcode. Choose the place from the list.")
            case PostcodeStatus.MALFORMED:
                if not self.typed.strip():
                    return _("Enter a postcode.")
                return _("Enter a full postcode, such as NW1 2DB.")

    def _which_ward(self) -> str:
        if self.borough is None:
            return _("Choose your ward.")
        return _("It is in %(borough)s, but we don't know the ward: choose your ward.") % {
            "borough": self.borough
        }


def look_up(text: str) -> PostcodeAnswer:
    """The ward of a typed postcode, from our own table.

    No query for a text that is no postcode, one for a postcode of a ward, two for one we do not have; at most
    five where its ward ended or is not known.
    """
    written = normalise_postcode(text)
    if written is None:
        return PostcodeAnswer(PostcodeStatus.MALFORMED, text)
    compact = written.replace(" ", "")
    row = Postcode.objects.select_related("ward__borough").filter(pk=compact).first()
    if row is None:
        outside = OutsidePrefix.objects.filter(pk__in=prefixes(compact)).exists()
        return PostcodeAnswer(PostcodeStatus.NOT_LONDON if outside else PostcodeStatus.UNKNOWN, text, written)
    if not row.borough_code:
        return PostcodeAnswer(PostcodeStatus.NOT_LONDON, text, written)
    if row.borough_code == CITY_OF_LONDON:
        return PostcodeAnswer(PostcodeStatus.CITY, text, written)
    return answer_for(
        text,
        written,
        ward=row.ward,
        borough_code=row.borough_code,
        ended=row.ended,
        point=(row.latitude, row.longitude),
    )


def answer_for(
    typed: str,
    written: str,
    *,
    ward: Ward | None,
    borough_code: str,
    ended: str = "",
    point: tuple[float | None, float | None] = (None, None),
) -> PostcodeAnswer:
    """What we say of a postcode in a borough; where its ward is gone, by successors and outlines."""
    choices: tuple[Ward, ...] = ()
    if ward is not None and ward.valid_to is not None:
        choices = tuple(successors_of(ward))
        ward = choices[0] if len(choices) == 1 else None
    if ward is None and point[0] is not None and point[1] is not None:
        ward = ward_at(point[0], point[1])
        if ward is not None and ward.borough_id != borough_code and ward not in choices:
            ward = None
    borough = ward.borough if ward else Borough.objects.filter(pk=borough_code).first()
    if borough is None:
        return PostcodeAnswer(PostcodeStatus.UNKNOWN, typed, written)
    status = PostcodeStatus.ENDED if ended else PostcodeStatus.WARD if ward else PostcodeStatus.BOROUGH_ONLY
    return PostcodeAnswer(
        status,
        typed,
        written,
        ward,
        borough,
        month_of(ended),
        choices if ward is None and len(choices) > 1 else (),
    )


def point_of(postcode: str) -> tuple[float, float] | None:
    """Latitude and longitude of a postcode in its usual form, from our own table; None where we have none."""
    row = Postcode.objects.filter(pk=postcode.replace(" ", "")).values_list("latitude", "longitude").first()
    return (row[0], row[1]) if row and row[0] is not None and row[1] is not None else None


def sample_postcodes(borough: Borough | None = None, *, limit: int = 3) -> list[str]:
    """A few postcodes in use, in their usual form, to try the search with."""
    found = Postcode.objects.filter(ward__isnull=False, ended="")
    if borough is not None:
        found = found.filter(borough_code=borough.code)
    return [spaced(postcode) for postcode in found.order_by("pk").values_list("pk", flat=True)[:limit]]


# ------------------------------------------------------------ points and outlines
def ward_at(latitude: float, longitude: float) -> Ward | None:
    """The ward a point lies in; None outside all outlines we have. WGS84 degrees.

    A point on a shared edge belongs to the ward with the lower code; one in the gap between two simplified
    outlines belongs to the nearer.
    """
    from shapely import Point

    version = outlines_version()
    if not version or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    tree, codes = _outlines(version)
    point = Point(longitude, latitude)
    hits = tree.query(point, predicate="intersects")
    if not len(hits):
        hits = tree.query_nearest(point, max_distance=EDGE, all_matches=True)
    if not len(hits):
        return None
    return Ward.objects.select_related("borough").get(pk=min(codes[hit] for hit in hits))


def outlines_version() -> str:
    """Changes whenever wards or outlines do; empty while there are none."""
    kinds = [ReferenceKind.BOUNDARIES, ReferenceKind.PLACES]
    newest = ReferenceImport.objects.filter(kind__in=kinds).order_by("-pk").values_list("pk", "at").first()
    return f'"{newest[0]}-{newest[1].timestamp():.6f}"' if newest else ""


@lru_cache(maxsize=1)
def _outlines(version: str) -> tuple[STRtree, list[str]]:
    """All outlines in a search tree, and the ward code of each; read again only after another import."""
    from shapely import STRtree
    from shapely.geometry import shape

    rows = list(WardBoundary.objects.filter(ward__valid_to=None).order_by("pk").values_list("pk", "geometry"))
    return STRtree([shape(geometry) for _code, geometry in rows]), [code for code, _geometry in rows]


def boundary_of(ward: Ward) -> dict[str, object] | None:
    """The ward's outline as a GeoJSON Feature, or None if there is none."""
    outline = WardBoundary.objects.filter(ward=ward).first()
    return _feature(outline, ward) if outline else None


def boundaries_of(borough: Borough) -> dict[str, object]:
    """The outlines of the borough's wards as a GeoJSON FeatureCollection; empty if there are none."""
    rows = (
        WardBoundary.objects.select_related("ward")
        .filter(ward__borough=borough, ward__valid_to=None)
        .order_by("ward__name")
    )
    return {
        "type": "FeatureCollection",
        "source": SOURCE,
        "features": [_feature(row, row.ward) for row in rows],
    }


def has_boundary(ward: Ward) -> bool:
    """Whether the ward's outline can be shown on a map."""
    return WardBoundary.objects.filter(ward=ward).exists()


def _feature(outline: WardBoundary, ward: Ward) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": ward.code,
        "bbox": outline.bbox,
        "properties": {
            "code": ward.code,
            "name": ward.name,
            "url": ward.get_absolute_url(),
            "source": SOURCE,
        },
        "geometry": outline.geometry,
    }


# ------------------------------------------------------------ where the data came from
@dataclass(frozen=True)
class Attribution:
    """One credit line, with what we hold from that source."""

    title: str
    credit: str
    imported: ReferenceImport | None


def attributions() -> Sequence[Attribution]:
    """The credit line of each kind of reference data, with its last import, in one query."""
    newest = {}
    for row in ReferenceImport.objects.order_by("pk"):
        newest[row.kind] = row
    credits = {
        ReferenceKind.PLACES: (_("Boroughs and wards"), SOURCE),
        ReferenceKind.POSTCODES: (_("Postcodes"), POSTCODE_SOURCE),
        ReferenceKind.BOUNDARIES: (_("Ward boundaries"), SOURCE),
    }
    return [Attribution(title, credit, newest.get(kind)) for kind, (title, credit) in credits.items()]


def as_geojson(data: dict[str, object]) -> str:
    """GeoJSON text without blanks."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
