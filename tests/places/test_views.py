"""From the search field to the ward page, on the right site, without losing what was typed."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from snb.places.importers.postcodes import import_postcodes
from snb.places.models import Ward
from tests.places.conftest import BRENT, CITY, HIGHGATE, KILBURN_BRENT, row


@pytest.fixture
def postcodes(london, file):
    """One postcode of each kind."""
    return import_postcodes(
        file(
            [
                row("N6 6AA"),
                row("N6 6AB", ended="201903"),
                row("N6 6AE", ward="E05099999"),
                row("NW6 5AA", BRENT, KILBURN_BRENT),
                row("NW6 5AB", BRENT, KILBURN_BRENT, ended="201903"),
                row("EC2V 7HH", CITY, "E05009292"),
                row("M1 1AA", "E08000003"),
            ]
        ),
        quiet=True,
    )


def address(borough, path):
    """On a borough's site."""
    return f"http://{borough}.{settings.PORTAL_NETLOC}{path}"


def test_a_postcode_of_this_borough_leads_to_its_ward(postcodes, camden, site_client):
    answer = site_client(camden).get("/wards/find/", {"postcode": " n6 6aa"})
    assert (answer.status_code, answer["Location"]) == (302, "/wards/highgate/")
    assert "no-store" in answer["Cache-Control"]


def test_a_postcode_of_another_borough_leads_to_that_boroughs_site_and_goes_along(
    postcodes, camden, brent, site_client
):
    answer = site_client(camden).get("/wards/find/", {"postcode": "nw65aa"})
    assert (answer.status_code, answer["Location"]) == (
        302,
        address("brent", "/wards/find/?postcode=NW6+5AA"),
    )
    there = site_client(brent).get("/wards/find/?postcode=NW6+5AA")
    assert (there.status_code, there["Location"]) == (302, "/wards/kilburn/")


def test_on_the_london_site_it_leads_to_the_boroughs_site(postcodes, camden, site_client):
    answer = site_client().get("/wards/find/", {"postcode": "N6 6AA"})
    assert (answer.status_code, answer["Location"]) == (
        302,
        address("camden", "/wards/find/?postcode=N6+6AA"),
    )


def test_an_ended_postcode_says_when_and_still_leads_to_its_ward(postcodes, camden, brent, site_client):
    page = site_client(camden).get("/wards/find/", {"postcode": "N6 6AB"})
    text = page.content.decode()
    assert "That postcode ended in March 2019." in text
    assert '<a class="govuk-link" href="/wards/highgate/">Go to Highgate</a>' in text
    assert "govuk-error" not in text
    along = site_client(camden).get("/wards/find/", {"postcode": "NW6 5AB"})
    assert along["Location"] == address("brent", "/wards/find/?postcode=NW6+5AB")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("M1 1AA", "That is not a London postcode."),
        (
            "EC2V 7HH",
            "That postcode is in the City of London, which has its own police force and no Safer Neighbourhood Board.",
        ),
        ("N6 6ZZ", "We don&#x27;t have that postcode. Choose the place from the list."),
        ("N6 6AE", "It is in Camden, but we don&#x27;t know the ward: choose your ward."),
        ("n6", "Enter a full postcode, such as NW1 2DB."),
        ("", "Enter a postcode."),
        ("<b>\"'", "Enter a full postcode, such as NW1 2DB."),
        ("9" * 5000, "Enter a full postcode, such as NW1 2DB."),
    ],
)
def test_an_error_stands_at_the_field_with_what_was_typed_and_the_list_as_the_way_on(
    postcodes, camden, site_client, typed, message
):
    page = site_client(camden).get("/wards/find/", {"postcode": typed})
    assert page.status_code == 200
    text = page.content.decode()
    error = re.search(r'<p id="id_postcode_error"[^>]*>\s*<span[^>]*>Error:</span>(.*?)</p>', text, re.DOTALL)
    assert error[1].strip() == message
    field = re.search(r"<input[^>]*>", text, re.DOTALL)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_postcode_hint id_postcode_error"' in field
    value = re.search(r'value="([^"]*)"', field)[1]
    assert value == typed.replace("\x00", "")[:40].replace("<", "&lt;").replace(">", "&gt;").replace(
        '"', "&quot;"
    ).replace("'", "&#x27;")
    assert (
        len(set(re.findall(r'href="(/wards/[^"/]+/)"', text)) - {"/wards/find/"})
        == Ward.objects.filter(borough="E09000007").count()
    )
    assert "no-store" in page["Cache-Control"]


def test_on_the_london_site_the_way_on_is_the_list_of_boroughs(
    postcodes, site_client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        text = site_client().get("/wards/find/", {"postcode": "N6 6ZZ"}).content.decode()
    assert re.findall(r'<li><a class="govuk-link" href="([^"]+)">', text)[:2] == [
        address("barking-and-dagenham", "/wards/"), address("barnet", "/wards/"),
    ]  # fmt: skip
    assert len(re.findall(r'<li><a class="govuk-link" href="[^"]+/wards/">', text)) == 32


def test_before_anything_is_typed_there_is_no_error(postcodes, camden, site_client):
    text = site_client(camden).get("/wards/find/").content.decode()
    assert "govuk-error" not in text
    field = re.search(r"<input[^>]*>", text, re.DOTALL)[0]
    assert 'value=""' in field
    assert 'autocomplete="postal-code"' in field
    assert "aria-invalid" not in field


@pytest.mark.parametrize("board_site", [True, False])
def test_the_page_before_a_postcode_is_kept_for_everybody(postcodes, camden, site_client, board_site):
    from portal.middleware import pages

    client = site_client(camden if board_site else None)
    first = client.get("/wards/find/")
    assert (first["Cache-Control"], len(pages)) == ("no-cache", 1)
    assert client.get("/wards/find/").content == first.content
    assert client.get("/wards/find/", headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("typed", ["N6 6AA", "N6 6AB", "M1 1AA", "NW6 5AA", "n6", ""])
def test_what_answers_a_postcode_is_kept_nowhere(postcodes, camden, brent, site_client, typed):
    from portal.middleware import pages

    answer = site_client(camden).get("/wards/find/", {"postcode": typed})
    assert "no-store" in answer["Cache-Control"]
    assert len(pages) == 0


def test_of_two_postcodes_in_the_address_the_last_counts(postcodes, camden, site_client):
    assert (
        site_client(camden).get("/wards/find/?postcode=x&postcode=N6+6AA")["Location"] == "/wards/highgate/"
    )


def test_only_reading_is_possible(postcodes, camden, site_client):
    assert site_client(camden).post("/wards/find/", {"postcode": "N6 6AA"}).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_wards(
    camden, site_client, django_assert_num_queries, number
):
    Ward.objects.bulk_create(
        Ward(
            code=f"E0500000{n}",
            name=f"Ward {n}",
            slug=f"ward-{n}",
            borough=camden.borough,
            latitude=51.5,
            longitude=-0.1,
        )
        for n in range(number)
    )
    client = site_client(camden)
    client.get("/wards/find/")
    with django_assert_num_queries(5):  # the site, the emblem, the table, the prefixes, the wards
        text = client.get("/wards/find/", {"postcode": "N6 6ZZ"}).content.decode()
    assert len(re.findall(r'<li>\s*<a[^>]* href="/wards/ward-', text)) == number


def test_a_ward_ending_in_several_offers_them(postcodes, camden, site_client):
    from datetime import date

    Ward.objects.filter(pk=HIGHGATE).update(valid_to=date(2026, 5, 7))
    Ward.objects.get(pk=HIGHGATE).successors.set(["E05013652", "E05013657"])
    text = site_client(camden).get("/wards/find/", {"postcode": "N6 6AA"}).content.decode()
    assert "It is one of these wards" in text
    assert re.findall(r'<li><a class="govuk-link" href="([^"]+)">', text) == [
        "/wards/belsize/",
        "/wards/frognal/",
    ]
