"""Postcodes as people type them, prefixes that never cover London by mistake, and slugs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snb.places.calculations import (
    compact_postcode,
    month_of,
    normalise_postcode,
    outside_prefixes,
    prefixes,
    spaced,
    ward_slug,
)

pytestmark = pytest.mark.pure

UNIT = st.text("ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2)
DISTRICT = st.sampled_from(
    [
        "N1",
        "N1C",
        "W1A",
        "E20",
        "EC1A",
        "SW1Y",
        "NW1",
        "HA0",
        "HA9",
        "SE15",
        "EN6",
        "CR0",
        "M1",
        "M60",
        "LS1",
        "TN16",
        "B33",
        "CR2",
        "DN55",
        "SW1W",
        "OX1",
        "IG11",
        "IV1",
    ]
)
postcodes = st.builds("{}{}{}".format, DISTRICT, st.integers(0, 9), UNIT)


@given(postcodes, st.data())
def test_any_case_and_spacing_gives_the_usual_form(compact, data):
    blanks = st.text(" \t\u00a0\u2009\u202f\u3000\u200b.-", max_size=3)
    typed = "".join(
        data.draw(blanks) + data.draw(st.sampled_from([letter, letter.lower()])) for letter in compact
    )
    assert normalise_postcode(typed + data.draw(blanks)) == spaced(compact)


@given(postcodes)
def test_the_usual_form_stays_as_it_is(compact):
    assert normalise_postcode(spaced(compact)) == spaced(compact)
    assert compact_postcode(spaced(compact)) == compact


@given(st.text(max_size=60))
def test_anything_typed_gives_a_postcode_or_none(text):
    found = normalise_postcode(text)
    assert found is None or compact_postcode(found) == found.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CRO 2AA", "CR0 2AA"),  # the letter O for nought
        ("SEI5 4AA", "SE15 4AA"),
        ("0X1 1AA", "OX1 1AA"),  # nought for the letter O
        ("1G11 1AA", "IG11 1AA"),
        ("nw1 2db", "NW1 2DB"),
        ("NW1 ODB", "NW1 0DB"),
        ("GIR 0AA", "GIR 0AA"),
        ("HA9 OFJ", "HA9 0FJ"),
    ],
)
def test_a_mistaken_o_or_i_is_mended_where_one_reading_is_possible(typed, meant):
    assert normalise_postcode(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "NW1", "NW1 2D", "NW1 2DBB", "2DB NW1", "NW1 2D0", "NW1 2CK", "QW1 2DB", "12345", "London", "NW1 2DB!",
        "ＮＷ１ ２ＤＢ", "\x00NW1 2DB", "NW1\ud800 2DB", "NW١ 2DB", "A" * 100_000, "NW1 2DB" + " " * 100, "IO1 1OI",
    ],
)  # fmt: skip
def test_what_is_no_postcode_is_none(typed):
    assert normalise_postcode(typed) is None


def test_area_district_and_sector():
    assert prefixes("NW12DB") == ("NW", "NW1", "NW1 2")
    assert prefixes("M602LA") == ("M", "M60", "M60 2")
    assert prefixes("EC1A1BB") == ("EC", "EC1A", "EC1A 1")


@given(st.sets(postcodes, max_size=20), st.sets(postcodes, max_size=20))
def test_prefixes_outside_never_cover_a_london_postcode_and_cover_the_rest(london, elsewhere):
    sectors = {(postcode[:-3], postcode[-3]) for postcode in elsewhere}
    found = outside_prefixes(sectors, london)
    for postcode in london:
        assert not found & set(prefixes(postcode))
    shared = {postcode[:-2] for postcode in london}
    for postcode in elsewhere:
        assert bool(found & set(prefixes(postcode))) == (postcode[:-2] not in shared)


def test_the_shortest_prefix_is_kept():
    sectors = [("M1", "1"), ("M60", "2"), ("EN9", "1"), ("EN6", "5"), ("EN6", "1")]
    assert outside_prefixes(sectors, ["EN61AA", "EN11AA"]) == {"M", "EN9", "EN6 5"}


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("201903", date(2019, 3, 1)), ("2019-03", date(2019, 3, 1)), ("201913", None), ("2019", None), ("", None),
        ("٢٠١٩٠٣", None), ("000001", None), ("20190301", None), ("None-None", None),
    ],
)  # fmt: skip
def test_month_of(text, month):
    assert month_of(text) == month


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("St. James's", "st-jamess"),
        ("St Mary's & St James", "st-marys-st-james"),
        ("Ham, Petersham & Richmond Riverside", "ham-petersham-richmond-riverside"),
        ("Havering-atte-Bower", "havering-atte-bower"),
        ("Neighbourhoods", "neighbourhoods-e05000001"),
        ("Find", "find-e05000001"),
        ("Ångström", "angstrom"),
        ("!", "e05000001"),
    ],
)
def test_ward_slug(name, slug):
    assert ward_slug(name, "E05000001") == slug


def test_ward_slug_that_is_taken_gets_the_code():
    assert ward_slug("Abbey", "E05000001", {"abbey"}) == "abbey-e05000001"
