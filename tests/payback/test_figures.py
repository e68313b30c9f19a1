"""The figures by ward, borough and for London, and the public clock: nothing small is given back, by any of them together."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payback import exports, queries
from payback.enums import Decline, Status
from payback.models import Session
from payback.queries import figures as made
from tests import factories as make
from tests.payback.making import make_nomination, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_already(monkeypatch):
    """What is not public is counted to the end of last month: most of these tests stand two months on."""
    later = timezone.localtime() + timedelta(days=62)
    monkeypatch.setattr(
        "payback.queries.figures._month_start",
        lambda: later.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
    )


def test_figures_hide_what_is_not_public_and_what_gives_it_back(highgate, camden):
    other = make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    for _number in range(2):
        make_nomination(highgate, Status.DECLINED)
    for _number in range(9):
        make_nomination(other, Status.DECLINED)
    for ward in (highgate, other):
        make_nomination(ward, Status.SENT)
    figures = queries.figures_of(camden)
    by_name = {row.name: row.cells for row in figures.rows}
    assert by_name["Highgate"]["declined"].count is None
    assert by_name["Highgate"]["nominated"].count is None
    assert by_name["Highgate"]["endorsed"].count == 1
    # Neither the total nor the other ward gives the two back.
    assert figures.total.cells["declined"].count is None or by_name["Belsize"]["declined"].count is None


def test_figures_as_csv_and_json_say_the_same(highgate, camden, site_client):
    referral = make_referral(highgate, Status.COMPLETED)
    Session.objects.create(referral=referral, date="2026-05-01", people=6, hours=30)
    client = site_client(camden)
    text = client.get("/payback/figures.csv").content.decode()
    assert text.splitlines()[1].startswith("E05013661,Highgate,1,,0,,0,,1,,1,,0,,30")
    data = json.loads(client.get("/payback/figures.json").content)
    assert data["places"][0] | {"hours": 30.0, "completed": 1, "nominated": 1} == data["places"][0]
    assert "Highgate" in client.get("/payback/figures/").content.decode()


def test_the_london_site_counts_by_borough(highgate, site_client):
    make_nomination(highgate, Status.COMPLETED)
    data = json.loads(site_client(None).get("/payback/figures.json").content)
    places = {place["name"]: place for place in data["places"]}
    assert (data["by"], places["Camden"]["completed"], data["total"]["completed"]) == ("borough", 1, 1)


def test_the_day_of_a_single_nomination_is_not_told_before_its_endorsement(highgate, camden, site_client):
    make_nomination(highgate, Status.SUBMITTED, submitted_at=timezone.now() - timedelta(days=12))
    page = site_client(camden).get("/payback/").content.decode()
    assert "for 12 days" not in page


def test_one_nomination_in_a_quiet_ward_changes_no_public_figure(highgate, camden, monkeypatch):
    """Not on the day: who watches the figures learns next month that there is one, and of a count below five not even that."""
    monkeypatch.undo()

    def shown():
        return exports.figures_csv(queries.figures_of(camden), key="ward")

    before = shown()
    make_nomination(highgate, Status.SUBMITTED, submitted_at=timezone.now())
    assert shown() == before
    assert "Highgate,0" in before


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 5)), min_size=1, max_size=8))
def test_figures_are_shown_or_hidden_and_never_break(places):
    """Any small table: each closed cell has its count or a reason, and no hidden borough comes back from London's sums."""
    counted = {}
    for number, (declined, waiting, reason) in enumerate(places):
        one = counted[f"B{number}"] = made.Counted()
        one.names["W"] = "W"
        one.wards["W"].update(declined=declined, waiting=waiting)
        one.reasons[Decline.values[reason]] = declined
    shown = made._london_shown(counted)
    for cell, value in shown.items():
        assert (value.count is None) == (value.reason is not None), cell
    for column in ("declined", "waiting", "closed"):
        parts = [shown[borough, "all", column].count for borough in counted]
        whole = shown["london", "all", column].count
        assert whole == (None if None in parts else sum(parts))


def test_hours_of_a_hidden_task_are_not_in_the_figures(highgate, camden):
    referral = make_referral(highgate, Status.IN_PROGRESS, show="done")
    Session.objects.create(referral=referral, date="2026-10-05", people=4, hours=20)
    assert queries.totals_of(camden).hours == 0
    figures = queries.figures_of(camden)
    assert [row.hours for row in figures.rows] == [0]
    assert figures.total.hours == 0
    assert queries.figures_of(None).total.hours == 0


def test_the_london_figures_do_not_give_back_what_the_borough_hides(highgate, camden, kilburn_brent):
    belsize = make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    for ward in (highgate, belsize):
        for _ in range(4):
            make_nomination(ward, Status.DECLINED)
    for _ in range(6):
        make_nomination(kilburn_brent, Status.DECLINED)
    borough, london = queries.figures_of(camden), queries.figures_of(None)
    # Both wards have one to four, and the borough's own page hides their sum: 8 could only be 4 and 4.
    assert [row.cells["declined"].count for row in borough.rows] == [None, None]
    assert borough.total.cells["declined"].count is None
    in_london = {row.name: row.cells["declined"].count for row in london.rows}
    assert in_london["Camden"] is None


def test_the_london_reasons_do_not_give_back_a_borough_s(highgate, kilburn_brent, camden):
    for ward, counts in ((highgate, {"duty": 3, "unsafe": 8}), (kilburn_brent, {"duty": 6, "unsafe": 7})):
        for reason, many in counts.items():
            for _ in range(many):
                make_nomination(ward, Status.DECLINED, decline_reason=reason)
    brent = kilburn_brent.borough.board
    label = "Somebody is already paid and bound by law to do it."
    shown = [dict(queries.figures_of(board).reasons)[label].count for board in (camden, brent, None)]
    assert shown[0] is None  # three: hidden in Camden
    assert None in shown[1:], f"London {shown[2]} less Brent {shown[1]} is Camden's hidden count"


def test_the_clock_of_the_board_does_not_give_back_what_the_figures_hide(highgate, camden):
    belsize = make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    for ward in (highgate, belsize):
        for _ in range(4):
            make_nomination(ward, Status.SUBMITTED)
    figures = queries.figures_of(camden)
    assert [row.cells["waiting"].count for row in figures.rows] == [None, None]
    assert figures.total.cells["waiting"].count is None  # 8 could only be 4 and 4
    assert "8" not in queries.pace_of(camden).words
