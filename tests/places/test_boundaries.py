"""Outlines: read from any ONS year, mended, simplified; from a point to its ward; what the map asks for."""

from __future__ import annotations

import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from snb.audit.enums import Event
from snb.audit.models import AuditEvent, Epoch
from snb.places import queries
from snb.places.errors import UnusableFile
from snb.places.importers.boundaries import import_boundaries, read_boundaries
from snb.places.importers.postcodes import import_postcodes
from snb.places.models import Borough, ReferenceImport, Ward, WardBoundary
from tests.places.conftest import BRENT, CAMDEN, HIGHGATE, KILBURN_BRENT, SHARED, row

BRENT_FILE = SHARED / "brent_wards_2023.geojson"
real = pytest.mark.skipif(not BRENT_FILE.exists(), reason="the real ONS files are not beside this checkout")
BELSIZE = "E05013652"


def square(west, south, size=0.01):
    """A ring around a square, anticlockwise."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code, coordinates, kind="Polygon", column="WD24CD"):
    """One ward."""
    return {
        "type": "Feature",
        "properties": {column: code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


@pytest.fixture
def geojson(tmp_path):
    """`geojson(features…)`: a file."""

    def write(*features, name="wards.geojson", **extra):
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **extra}))
        return path

    return write


HIGHGATE_SQUARE = feature(HIGHGATE, [square(-0.16, 51.56)])
BELSIZE_SQUARES = feature(
    BELSIZE, [[square(-0.15, 51.56)], [square(-0.12, 51.56), square(-0.117, 51.563, 0.003)]], "MultiPolygon"
)


@pytest.mark.parametrize("column", ["WD24CD", "WD26CD", "wd13cd", "gss_code"])
def test_any_year_is_read(london, geojson, column):
    _found, outcome = import_boundaries(geojson(feature(HIGHGATE, [square(-0.16, 51.56)], column=column)))
    assert outcome.added == 1
    assert WardBoundary.objects.get().vintage == (
        column[:4].upper() if column.lower().startswith("wd") else ""
    )
    assert WardBoundary.objects.get().bbox == [-0.16, 51.56, -0.15, 51.57]


def test_lines_of_features_a_single_feature_and_a_zip_are_read_too(london, geojson, tmp_path):
    lines = tmp_path / "lines.geojson"
    lines.write_text("\n".join(json.dumps(one) for one in (HIGHGATE_SQUARE, BELSIZE_SQUARES)))
    assert import_boundaries(lines)[1].added == 2
    single = tmp_path / "one.json"
    single.write_text("\ufeff" + json.dumps(HIGHGATE_SQUARE))
    assert import_boundaries(single)[1].unchanged == 1
    packed = tmp_path / "wards.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(lines, "wards/wards.geojson")
    assert import_boundaries(packed)[1].unchanged == 2


def test_importing_twice_changes_nothing_and_says_so(london, geojson):
    path = geojson(HIGHGATE_SQUARE, BELSIZE_SQUARES)
    said = StringIO()
    call_command("import_boundaries", path, stdout=said)
    before = (AuditEvent.objects.count(), ReferenceImport.objects.count())
    call_command("import_boundaries", path, stdout=said)
    assert (AuditEvent.objects.count(), ReferenceImport.objects.count()) == before
    assert said.getvalue().splitlines() == [
        f"Reading {path} …",
        "Ward boundaries: 2 added, 0 changed, 0 as they were.",
        "677 of our wards have no boundary yet.",
        f"Reading {path} …",
        "Ward boundaries: nothing changed (2 rows).",
        "677 of our wards have no boundary yet.",
    ]


def test_a_changed_outline_moves_the_boroughs_epoch_and_leaves_the_others(london, geojson):
    import_boundaries(geojson(HIGHGATE_SQUARE, BELSIZE_SQUARES))
    before = dict(Epoch.objects.values_list("board", "number"))
    outcome = import_boundaries(geojson(feature(HIGHGATE, [square(-0.16, 51.57)])))[1]
    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 1, 0)
    assert WardBoundary.objects.get(pk=BELSIZE).bbox == [-0.15, 51.56, -0.11, 51.57]
    after = dict(Epoch.objects.values_list("board", "number"))
    assert {board for board in after if after[board] != before[board]} == {"", CAMDEN}
    assert AuditEvent.objects.filter(event=Event.BOUNDARIES_IMPORTED).count() == 2


def test_what_makes_no_sense_is_listed_and_the_rest_is_kept(london, geojson):
    bow = [[-0.2, 51.5], [-0.1, 51.6], [-0.1, 51.5], [-0.2, 51.6], [-0.2, 51.5]]
    features = [
        HIGHGATE_SQUARE,
        HIGHGATE_SQUARE,
        feature(BELSIZE, [bow]),
        feature("E05013653", [[-0.1, 51.5]], "Point"),
        feature("E05013654", []),
        feature("E05013655", [[["x", "y"]]]),
        feature("E05013656", [square(20, 51.5)]),
        feature("E05013657", [[[-0.1, 51.5], [-0.1, 51.5], [-0.1, 51.5], [-0.1, 51.5]]]),
        feature("E05099999", [square(-0.1, 51.5)]),
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": "Feature", "properties": {"WD24CD": "E05013658"}, "geometry": None},
        "nonsense",
    ]
    said = StringIO()
    call_command("import_boundaries", geojson(*features), stdout=said)
    assert set(WardBoundary.objects.values_list("pk", flat=True)) == {HIGHGATE, BELSIZE}
    assert shape(WardBoundary.objects.get(pk=BELSIZE).geometry).is_valid
    lines = said.getvalue().splitlines()
    assert lines[1:5] == [
        "Ward boundaries: 2 added, 0 changed, 0 as they were.",
        "1 outlines crossed themselves and were mended:",
        f"  {BELSIZE}",
        "9 features make no sense and were left out:",
    ]
    assert f"  {HIGHGATE}: there twice; the first is kept" in lines
    assert "  E05013653: not a Polygon or MultiPolygon" in lines
    assert "  E05013656: not in Britain" in lines
    assert "1 features are no wards of ours (outside London, or of another year) and were left out:" in lines
    assert "  E05099999" in lines


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not GeoJSON"),
        ("{", "is not GeoJSON"),
        ("[" * 100_000, "is not GeoJSON"),
        ("[]", "not a GeoJSON FeatureCollection"),
        ('{"type": "Topology"}', "not a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "no column with ward codes"),
        (
            json.dumps({"type": "FeatureCollection", "features": [feature("X", [], column="NAME")]}),
            "no column with ward codes",
        ),
        (
            json.dumps({"type": "FeatureCollection", "features": [feature("E05099999", [])]}),
            "no usable boundary",
        ),
        (
            json.dumps(
                {"type": "FeatureCollection", "features": [feature(HIGHGATE, [square(528000, 187000, 900)])]}
            ),
            "British National Grid",
        ),
        (
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
                    "features": [HIGHGATE_SQUARE],
                }
            ),
            "British National Grid",
        ),
        (
            json.dumps(
                {"type": "FeatureCollection", "features": [feature(HIGHGATE, [square(51.56, -0.16)])]}
            ),
            "latitude before longitude",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(london, tmp_path, text, sentence):
    path = tmp_path / "file.geojson"
    path.write_text(text)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("import_boundaries", path, stdout=StringIO())
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    assert not WardBoundary.objects.exists()


@pytest.mark.pure
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.floats(-200, 200) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=5),
        max_leaves=30,
    ),
    st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", ""]),
)
def test_whatever_the_coordinates_the_reading_ends_well(tmp_path, coordinates, kind):
    path = tmp_path / "file.geojson"
    path.write_text(
        json.dumps(
            {"type": "FeatureCollection", "features": [HIGHGATE_SQUARE, feature(BELSIZE, coordinates, kind)]}
        )
    )
    try:
        found = read_boundaries(path, wards=frozenset({HIGHGATE, BELSIZE}))
    except UnusableFile as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert HIGHGATE in found.wards
    for outline in found.wards.values():
        assert shape(outline["geometry"]).is_valid


def test_a_point_leads_to_its_ward(london, geojson, django_assert_num_queries):
    import_boundaries(geojson(HIGHGATE_SQUARE, BELSIZE_SQUARES))
    assert queries.ward_at(51.565, -0.155).pk == HIGHGATE
    with django_assert_num_queries(2):  # has anything changed since? and the ward; the outlines are at hand
        assert queries.ward_at(51.565, -0.145).pk == BELSIZE
    assert queries.ward_at(51.561, -0.119).pk == BELSIZE  # its second part
    assert queries.ward_at(51.5645, -0.1155) is None  # the hole in it
    assert queries.ward_at(51.565, -0.15).pk == BELSIZE  # on the shared edge: the lower code
    assert queries.ward_at(51.57005, -0.155).pk == HIGHGATE  # a few metres outside
    assert queries.ward_at(51.58, -0.155) is None
    assert queries.ward_at(float("nan"), 500) is None


def test_another_import_is_seen_at_once(london, geojson):
    import_boundaries(geojson(HIGHGATE_SQUARE))
    assert queries.ward_at(51.565, -0.155).pk == HIGHGATE
    import_boundaries(geojson(feature(HIGHGATE, [square(-0.3, 51.56)])))
    assert queries.ward_at(51.565, -0.155) is None


def test_without_outlines_no_point_has_a_ward(london):
    assert queries.ward_at(51.565, -0.155) is None


def test_a_postcode_of_an_unknown_ward_is_placed_by_its_point(london, geojson, file):
    import_boundaries(geojson(HIGHGATE_SQUARE))
    here = {"latitude": "51.565000", "longitude": "-0.155000"}
    import_postcodes(
        file([row("N6 6AA", ward="E05099999", **here), row("N6 6AB", BRENT, "E05099999", **here)]), quiet=True
    )
    assert queries.look_up("N6 6AA").ward.pk == HIGHGATE
    assert queries.look_up("N6 6AB").ward is None  # the source says another borough: no guess


@real
def test_brents_real_outlines(london, django_assert_num_queries):
    found, outcome = import_boundaries(BRENT_FILE)
    assert (outcome.added, found.unknown, found.bad) == (22, [], [])
    wards = Ward.objects.filter(borough=BRENT)
    assert {ward.pk: queries.ward_at(ward.latitude, ward.longitude).pk for ward in wards} == {
        ward.pk: ward.pk for ward in wards
    }
    assert queries.ward_at(51.5586, -0.2816).name == "Wembley Park"  # the civic centre
    brent = Borough.objects.get(pk=BRENT)
    with django_assert_num_queries(1):
        text = queries.as_geojson(queries.boundaries_of(brent))
    assert len(text) < 30_000


def test_the_map_asks_for_the_wards_of_this_borough(
    london, geojson, brent, site_client, django_assert_max_num_queries
):
    import_boundaries(geojson(HIGHGATE_SQUARE, feature(KILBURN_BRENT, [square(-0.2, 51.53)])))
    client = site_client(brent)
    with django_assert_max_num_queries(5):
        answer = client.get("/wards/boundaries.geojson")
    data = json.loads(answer.content)
    assert answer["Content-Type"] == "application/geo+json"
    assert [one["properties"] for one in data["features"]] == [
        {"code": KILBURN_BRENT, "name": "Kilburn", "url": "/wards/kilburn/", "source": queries.SOURCE}
    ]
    assert (
        client.get("/wards/boundaries.geojson", headers={"if-none-match": answer["ETag"]}).status_code == 304
    )
    one = client.get("/wards/kilburn/boundary.geojson")
    assert json.loads(one.content) == data["features"][0]
    assert client.get("/wards/highgate/boundary.geojson").status_code == 404
    assert client.get("/wards/kenton/boundary.geojson").status_code == 404
    assert client.post("/wards/kilburn/boundary.geojson").status_code == 405
    assert site_client().get("/wards/boundaries.geojson").status_code == 404
