"""ONS ward boundaries as GeoJSON, any year: `manage.py import_boundaries FILE`."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from snb.places.actions import Outcome, save_boundaries
from snb.places.errors import UnusableFile
from snb.places.importers.sources import opened
from snb.places.models import Ward

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

CODE_COLUMNS = (r"wd\d{2}cd", r"gss_code", r"code")
"""Names of the column with the ward's code. The first kind there is taken; of a kind, the latest year."""
DIGITS = 5
"""Decimals of a degree kept: a metre."""
TOLERANCE = 0.00001
SHOWN = 20


@dataclass
class Outlines:
    """What one file of boundaries held."""

    source: str = ""
    vintage: str = ""
    wards: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)


def read_boundaries(path: Path, *, wards: frozenset[str]) -> Outlines:
    """Read a FeatureCollection, a single Feature, or one Feature a line; plain or in a zip.

    Args:
        wards: codes of the wards we know.

    Raises:
        UnusableFile: it is not GeoJSON, names no wards, or is not in degrees.
    """
    suffix = ".json" if path.suffix.lower() == ".json" else ".geojson"
    with opened(path, suffix=suffix) as source:
        text = source.stream.read().decode("utf-8-sig", errors="replace")
        found = Outlines(source=source.name)
    features = _features(text, found.source)
    column = _code_column(features, found.source)
    found.vintage = (
        re.sub(r"CD$", "", column.upper()) if re.fullmatch(CODE_COLUMNS[0], column.lower()) else ""
    )
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = properties.get(column) if isinstance(properties, dict) else None
        if not isinstance(code, str) or not code:
            found.bad.append(f"feature {number}: no ward code")
        elif code not in wards:
            found.unknown.append(code)
        elif code in found.wards:
            found.bad.append(f"{code}: there twice; the first is kept")
        else:
            _keep(code, feature.get("geometry"), found)
    return found


def _features(text: str, name: str) -> list[Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        try:
            lines = [json.loads(line) for line in text.splitlines() if line.strip()]
            data = {"type": "FeatureCollection", "features": lines} if lines else json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnusableFile(
                f"{name} is not GeoJSON, or is cut off: {str(error)[:80]}. Nothing was changed."
            ) from error
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = {"type": "FeatureCollection", "features": [data]}
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise UnusableFile(f"{name} is not a GeoJSON FeatureCollection, so nothing was changed.")
    if "27700" in json.dumps(data.get("crs", "")):
        raise UnusableFile(_grid_sentence(name))
    return data["features"]


def _code_column(features: list[Any], name: str) -> str:
    names = {
        key
        for feature in features
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
        for key in feature["properties"]
    }
    for pattern in CODE_COLUMNS:
        if fitting := sorted(key for key in names if re.fullmatch(pattern, key.lower())):
            return fitting[-1]
    raise UnusableFile(f"{name} has no column with ward codes, such as WD24CD, so nothing was changed.")


def _grid_sentence(name: str) -> str:
    return (
        f"{name} is in British National Grid metres (eastings and northings); "
        "download it as GeoJSON in degrees (WGS84, EPSG:4326). Nothing was changed."
    )


def _keep(code: str, geometry: Any, found: Outlines) -> None:
    """Check, mend, simplify and keep one outline."""
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        found.bad.append(f"{code}: not a Polygon or MultiPolygon")
        return
    try:
        outline = shape(geometry)
        bounds = outline.bounds
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
        found.bad.append(f"{code}: its coordinates make no sense")
        return
    if outline.is_empty or not all(math.isfinite(edge) for edge in bounds):
        found.bad.append(f"{code}: its outline is empty")
        return
    west, south, east, north = bounds
    if max(abs(edge) for edge in bounds) > 180:
        raise UnusableFile(_grid_sentence(found.source))
    if west > 49 and east < 61 and south > -9 and north < 3:
        raise UnusableFile(
            f"{found.source} has latitude before longitude; GeoJSON wants longitude first. "
            "Nothing was changed."
        )
    if not (west > -9 and east < 3 and south > 49 and north < 61):
        found.bad.append(f"{code}: not in Britain")
        return
    is_broken = not outline.is_valid
    if is_broken:
        outline = _polygons(shapely.make_valid(outline))
    simple = _polygons(shapely.set_precision(outline.simplify(TOLERANCE), 10.0**-DIGITS))
    if simple.is_empty:
        found.bad.append(f"{code}: its outline is empty")
        return
    if is_broken:
        found.mended.append(code)
    west, south, east, north = (round(edge, DIGITS) for edge in simple.bounds)
    found.wards[code] = {
        "geometry": _rounded(mapping(simple)),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "vintage": found.vintage,
    }


def _polygons(outline: BaseGeometry) -> BaseGeometry:
    """The areas of a geometry, without the stray lines and points that mending leaves."""
    if isinstance(outline, Polygon):
        return outline
    parts = [
        part
        for part in getattr(outline, "geoms", [])
        if isinstance(part, (Polygon, MultiPolygon)) and part.area
    ]
    areas = [area for part in parts for area in (part.geoms if isinstance(part, MultiPolygon) else [part])]
    return areas[0] if len(areas) == 1 else MultiPolygon(areas)


def _rounded(geometry: Any) -> Any:
    """GeoJSON as it comes back from the database: lists, and five decimals."""
    if isinstance(geometry, dict):
        return {
            key: geometry[key] if key == "type" else _rounded(geometry[key])
            for key in ("type", "coordinates")
        }
    if isinstance(geometry, (list, tuple)):
        return [_rounded(part) for part in geometry]
    return round(geometry, DIGITS)


def import_boundaries(path: Path) -> tuple[Outlines, Outcome]:
    """Read boundaries and save those of our wards. Running it twice changes nothing.

    Raises:
        UnusableFile: nothing was changed.
    """
    wards = frozenset(Ward.objects.values_list("code", flat=True))
    if not wards:
        raise UnusableFile("There are no wards yet: run `manage.py load_places` first.")
    found = read_boundaries(path, wards=wards)
    if not found.wards:
        raise UnusableFile(f"{found.source} has no usable boundary of a London ward, so nothing was changed.")
    return found, save_boundaries(found.wards, source=found.source, vintage=found.vintage)
