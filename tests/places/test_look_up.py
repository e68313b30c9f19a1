"""What a typed postcode is answered, in which words, with how many queries."""

from __future__ import annotations

from datetime import date

import pytest

from snb.places import queries
from snb.places.enums import PostcodeStatus
from snb.places.importers.postcodes import import_postcodes
from snb.places.models import Postcode, Ward
from tests.places.conftest import BRENT, CAMDEN, CITY, HIGHGATE, KILBURN_BRENT, row

ENDED_WARD = "E05000128"


@pytest.fixture
def postcodes(london, file):
    """A few postcodes of each kind."""
    old = Ward.objects.create(
        code=ENDED_WARD,
        name="Old Highgate",
        slug="old",
        borough_id=CAMDEN,
        latitude=51.5,
        longitude=-0.1,
        valid_to=date(2022, 5, 5),
    )
    old.successors.add(HIGHGATE)
    split = Ward.objects.create(
        code="E05000129",
        name="Old Belsize",
        slug="old-b",
        borough_id=CAMDEN,
        latitude=51.5,
        longitude=-0.1,
        valid_to=date(2022, 5, 5),
    )
    split.successors.add("E05013652", "E05013657")
    return import_postcodes(
        file(
            [
                row("N6 6AA"),
                row("N6 6AB", ended="201903"),
                row("N6 6AW", ward=ENDED_WARD),
                row("N6 6AD", ward="E05000129"),
                row("N6 6AE", ward="E05099999"),
                row("N6 6AF", ward="E05099999", ended="200112"),
                row("NW6 5AA", BRENT, KILBURN_BRENT),
                row("EC2V 7HH", CITY, "E05009292"),
                row("M1 1AA", "E08000003"),
            ]
        ),
        quiet=True,
    )


CASES = [
    ("N6 6AA", PostcodeStatus.WARD, "Highgate", "Camden", "", 1),
    (" n66aa ", PostcodeStatus.WARD, "Highgate", "Camden", "", 1),
    ("N6 6AB", PostcodeStatus.ENDED, "Highgate", "Camden", "That postcode ended in March 2019.", 1),
    ("N6 6AW", PostcodeStatus.WARD, "Highgate", "Camden", "", 2),
    ("N6 6AD", PostcodeStatus.BOROUGH_ONLY, None, "Camden", "It is in Camden, but we don't know the ward: choose your ward.", 3),
    ("N6 6AE", PostcodeStatus.BOROUGH_ONLY, None, "Camden", "It is in Camden, but we don't know the ward: choose your ward.", 2),
    (
        "N6 6AF", PostcodeStatus.ENDED, None, "Camden",
        "That postcode ended in December 2001. It is in Camden, but we don't know the ward: choose your ward.", 2,
    ),
    ("NW6 5AA", PostcodeStatus.WARD, "Kilburn", "Brent", "", 1),
    (
        "EC2V 7HH", PostcodeStatus.CITY, None, None,
        "That postcode is in the City of London, which has its own police force and no Safer Neighbourhood Board.", 1,
    ),
    ("M1 1AA", PostcodeStatus.NOT_LONDON, None, None, "That is not a London postcode.", 2),
    ("M60 2LA", PostcodeStatus.NOT_LONDON, None, None, "That is not a London postcode.", 2),
    ("N6 6ZZ", PostcodeStatus.UNKNOWN, None, None, "We don't have that postcode. Choose the place from the list.", 2),
    ("LS1 3AD", PostcodeStatus.UNKNOWN, None, None, "We don't have that postcode. Choose the place from the list.", 2),
    ("N6", PostcodeStatus.MALFORMED, None, None, "Enter a full postcode, such as NW1 2DB.", 0),
    ("\x00", PostcodeStatus.MALFORMED, None, None, "Enter a full postcode, such as NW1 2DB.", 0),
    ("  ", PostcodeStatus.MALFORMED, None, None, "Enter a postcode.", 0),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "status", "ward", "borough", "message", "count"), CASES)
def test_look_up(postcodes, django_assert_num_queries, typed, status, ward, borough, message, count):
    with django_assert_num_queries(count):
        answer = queries.look_up(typed)
        said = (
            answer.status,
            answer.ward.name if answer.ward else None,
            answer.borough.name if answer.borough else None,
            answer.message,
        )
    assert said == (status, ward, borough, message)
    assert answer.typed == typed


def test_an_ended_postcode_knows_its_month(postcodes):
    assert queries.look_up("N6 6AB").ended == date(2019, 3, 1)


def test_a_ward_that_was_split_offers_its_successors(postcodes):
    assert [ward.name for ward in queries.look_up("N6 6AD").choices] == ["Belsize", "Frognal"]


def test_without_postcodes_every_one_is_unknown(london):
    assert queries.look_up("NW1 2DB").status == PostcodeStatus.UNKNOWN


@pytest.mark.parametrize("many", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_table(london, django_assert_num_queries, many):
    Postcode.objects.bulk_create(
        Postcode(postcode=f"N6{sector}AA", ward_id=HIGHGATE, borough_code=CAMDEN) for sector in range(many)
    )
    with django_assert_num_queries(1):
        assert queries.look_up("N6 0AA").ward.borough.name == "Camden"


def test_samples_to_try_are_in_use_and_of_the_borough(postcodes):
    assert queries.sample_postcodes() == ["N6 6AA", "N6 6AD", "N6 6AW"]
    assert queries.sample_postcodes(Ward.objects.get(pk=KILBURN_BRENT).borough) == ["NW6 5AA"]
