"""What everybody sees: list, map, one task, support and figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payback import exports, queries
from payback.enums import Status
from payback.models import Milestone, Nomination, Session, Support
from portal.middleware import pages
from snb.places.models import WardBoundary
from tests import factories as make
from tests.counting import queries_in
from tests.payback.making import make_nomination, make_referral, settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
def test_list_and_permission_agree(highgate, camden, cast, status):
    for show in ("endorsed", "done"):
        make_nomination(highgate, status, show=show)
    shown = set(queries.public_tasks(camden))
    allowed = {row for row in Nomination.objects.all() if cast.anonymous.has_perm("payback.task.view", row)}
    assert shown == allowed


def test_the_list_shows_states_and_silence(highgate, camden, site_client):
    make_nomination(highgate, Status.SENT, changed_at=timezone.now() - timedelta(days=34))
    make_nomination(highgate, Status.SUBMITTED)
    page = site_client(camden).get("/payback/").content.decode()
    assert page.count('class="snb-card__link"') == 1
    assert "No answer from probation for 34 days." in page
    assert "Clear the alley behind the shops" in page


def test_the_list_is_filtered_and_keeps_its_filter_over_pages(highgate, camden, site_client):
    for _number in range(21):
        make_nomination(highgate, Status.SENT)
    make_nomination(highgate, Status.COMPLETED)
    client = site_client(camden)
    page = client.get("/payback/", {"state": "waiting", "ward": "highgate"}).content.decode()
    assert page.count('class="snb-card__link"') == 20
    assert "state=waiting&amp;ward=highgate&amp;page=2" in page
    assert client.get("/payback/", {"state": "done"}).content.decode().count('class="snb-card__link"') == 1
    assert client.get("/payback/", {"state": "nonsense", "ward": "nowhere"}).status_code == 200


FOLDED = '<details class="govuk-details snb-fold" >'
OPEN = '<details class="govuk-details snb-fold" open>'


def test_the_filters_are_folded_until_one_is_chosen_and_say_which_are_in_use(highgate, camden, site_client):
    make_nomination(highgate, Status.SENT)
    client = site_client(camden)
    page = client.get("/payback/").content.decode()
    assert (page.count(FOLDED), page.count(OPEN), "Clear the filters" in page) == (1, 0, False)
    page = client.get("/payback/", {"state": "done", "ward": "highgate", "work": "clearing"}).content.decode()
    assert (page.count(FOLDED), page.count(OPEN)) == (0, 1)
    assert "Filters in use: Highgate; Done; Clear an alley or wasteland." in page
    assert '<a class="govuk-link" href="/payback/#tasks">Clear the filters</a>' in page


def test_a_filter_that_is_none_of_the_choices_is_not_in_use(highgate, camden, site_client):
    make_nomination(highgate, Status.SENT)
    page = site_client(camden).get("/payback/", {"state": "nonsense", "page": "1"}).content.decode()
    assert "Filters in use" not in page
    assert OPEN in page  # with what is wrong at the field
    assert page.count('class="snb-card__link"') == 1


def test_the_list_asks_as_often_for_three_as_for_one(highgate, camden):
    def look():
        return [
            (card.task.ward.name, card.hours, card.support, card.photo)
            for card in map(queries.card_of, queries.public_tasks(camden))
        ]

    make_referral(highgate, Status.SENT)
    one = queries_in(look)
    make_referral(highgate, Status.SENT)
    make_referral(highgate, Status.COMPLETED)
    assert queries_in(look) == one
    assert len(look()) == 3


def test_a_task_tells_its_story_with_the_month_of_its_nomination_and_days_since(
    highgate, camden, site_client
):
    referral = make_referral(highgate, Status.IN_PROGRESS)
    row = referral.nomination
    row.milestones.all().delete()
    for status, at in (
        (Status.SUBMITTED, "2026-03-17"),
        (Status.SCREENING, "2026-03-18"),
        (Status.ENDORSED, "2026-04-02"),
    ):
        Milestone.objects.create(nomination=row, status=status, at=f"{at}T12:00Z")
    for day in ("2026-05-01", "2026-05-08"):
        Session.objects.create(referral=referral, date=day, people=6, hours=30)
    page = site_client(camden).get(row.get_absolute_url()).content.decode()
    assert "March 2026" in page
    assert "17 March" not in page
    assert "2 April 2026" in page
    assert "60 hours given back in 2 sessions." in page


def test_a_task_of_another_borough_or_not_public_is_not_found(highgate, brent, camden, site_client):
    row = make_nomination(highgate, Status.SENT)
    hidden = make_nomination(highgate, Status.SUBMITTED)
    assert site_client(brent).get(row.get_absolute_url()).status_code == 404
    assert site_client(camden).get(hidden.get_absolute_url()).status_code == 404


# ------------------------------------------------------------------------------------------ support
@pytest.fixture
def neighbours(highgate):
    """Six residents of the ward."""
    people = [make.UserFactory() for _number in range(6)]
    for person in people:
        settle(person, highgate)
    return people


def test_residents_support_once_each_and_small_numbers_are_not_told(
    highgate, camden, neighbours, site_client
):
    row = make_nomination(highgate, Status.SENT)
    address = f"{row.get_absolute_url()}support/"
    for person in neighbours[:4]:
        for _twice in range(2):
            site_client(camden, person).post(address)
    page = site_client(camden).get(row.get_absolute_url()).content.decode()
    assert "Supported by fewer than five residents." in page
    assert Support.objects.count() == 4
    site_client(camden, neighbours[4]).post(address)
    assert "Supported by 5 residents." in site_client(camden).get(row.get_absolute_url()).content.decode()
    site_client(camden, neighbours[4]).post(address, {"end": "1"})
    assert Support.objects.count() == 4


def test_only_residents_of_the_ward_support_and_only_what_goes_on(
    highgate, camden, neighbours, cast, site_client
):
    row, done = make_nomination(highgate, Status.SENT), make_nomination(highgate, Status.COMPLETED)
    assert site_client(camden, cast.neighbour).post(f"{row.get_absolute_url()}support/").status_code == 404
    assert site_client(camden).post(f"{row.get_absolute_url()}support/").status_code == 404
    assert site_client(camden, neighbours[0]).post(f"{done.get_absolute_url()}support/").status_code == 404
    assert Support.objects.count() == 0


# ------------------------------------------------------------------------------------------ map and figures
def test_the_map_draws_fixed_cells_and_never_a_point(highgate, camden, site_client):
    square = [[-0.16, 51.56], [-0.13, 51.56], [-0.13, 51.58], [-0.16, 51.58], [-0.16, 51.56]]
    WardBoundary.objects.create(
        ward=highgate,
        geometry={"type": "Polygon", "coordinates": [square]},
        west=-0.16,
        south=51.56,
        east=-0.13,
        north=51.58,
    )
    first = make_nomination(
        highgate, Status.SENT, point={"postcode": "", "latitude": 51.57121, "longitude": -0.14671}
    )
    second = make_nomination(
        highgate, Status.SENT, point={"postcode": "", "latitude": 51.57119, "longitude": -0.14669}
    )
    assert (first.cell_x, first.cell_y) == (second.cell_x, second.cell_y)
    drawn = queries.map_of(camden)
    assert [len(one.tasks) for one in drawn.squares] == [2]
    page = site_client(camden).get("/payback/map/").content.decode()
    assert page.count("<rect") == 1
    assert page.count(f'href="{first.get_absolute_url()}"') == 1
    assert "51.571" not in page


def test_without_outlines_the_map_has_the_names_of_the_wards(highgate, camden, site_client):
    task = make_nomination(highgate, Status.COMPLETED)
    make_nomination(highgate, Status.SUBMITTED)
    drawn = queries.map_of(camden)
    assert (drawn.wards, [name.text for name in drawn.names]) == ([], ["Highgate"])
    [square] = drawn.squares
    assert square.is_over
    page = site_client(camden).get("/payback/map/").content.decode()
    assert f'href="#cell-{square.key}"' in page
    assert f'id="cell-{square.key}"' in page
    assert task.get_absolute_url() in page


def test_the_map_asks_as_often_for_three_as_for_one(highgate, camden, site_client):
    client = site_client(camden)

    def look():
        pages.clear()
        return client.get("/payback/map/")

    make_nomination(highgate, Status.SENT)
    one = queries_in(look)
    for _number in range(2):
        make_nomination(highgate, Status.SENT)
    assert queries_in(look) == one


def test_a_cell_that_looks_like_a_formula_is_quoted():
    assert [exports.as_cell(text) for text in ("=1+1", "@x", "Highgate")] == ["'=1+1", "'@x", "Highgate"]


def test_the_london_site_asks_the_postcode_and_hands_over_without_it(postcode, camden, site_client):
    client = site_client(None)
    assert "Postcode of the place" in client.get("/payback/").content.decode()
    page = client.post("/payback/", {"postcode": "n6 5hx"})
    assert page.url == camden.url("/payback/")
    page = client.post("/payback/", {"postcode": "nonsense"})
    assert "Enter a full postcode" in page.content.decode()
    assert 'value="nonsense"' in page.content.decode()
