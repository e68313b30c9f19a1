"""The reference table: the real London, loaded once, corrected in code, never deleted from."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from snb.audit.enums import Event
from snb.audit.models import AuditEvent, Epoch
from snb.places import queries
from snb.places.actions import load_places
from snb.places.calculations import RESERVED_SLUGS
from snb.places.errors import UnusableFile
from snb.places.importers.wards import CORRECTIONS, Correction, import_places, read_places
from snb.places.models import Borough, ReferenceImport, Ward
from tests.places.conftest import BRENT, CAMDEN, HIGHGATE, SHARED


def test_the_table_holds_london(nothing_open, london):
    assert (london.added, london.changed, london.removed) == (32 + 679, 0, 0)
    assert Borough.objects.count() == 32
    assert Ward.objects.current().count() == 679
    assert Ward.objects.values("name").distinct().count() == 679 - 10  # ten names are there twice
    assert not Ward.objects.filter(slug__in=RESERVED_SLUGS).exists()
    assert not Ward.objects.filter(tile_q=None).exists()


def test_ten_names_are_in_several_boroughs_under_the_same_slug(london):
    kilburns = Ward.objects.filter(slug="kilburn").select_related("borough")
    assert sorted(
        (ward.borough.name, ward.full_url.partition("//")[2].partition(":")[0]) for ward in kilburns
    ) == [
        ("Brent", "brent.snb.localhost"),
        ("Camden", "camden.snb.localhost"),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the real ONS files are not beside this checkout")
def test_the_table_agrees_with_the_ons_list(london):
    with (SHARED / "london_wards_2024.csv").open(encoding="utf-8", newline="") as file:
        ons = {row["WD24CD"]: row for row in csv.DictReader(file) if row["LAD24CD"] != "E09000001"}
    ours = Ward.objects.select_related("borough").in_bulk()
    assert ours.keys() == ons.keys()
    for code, ward in ours.items():
        assert (ward.name, ward.borough_id, ward.borough.name) == (
            ons[code]["WD24NM"], ons[code]["LAD24CD"], ons[code]["LAD24NM"],
        )  # fmt: skip
        assert (ward.latitude, ward.longitude) == (float(ons[code]["lat"]), float(ons[code]["lon"]))


def test_loading_twice_writes_nothing(london, django_assert_num_queries):
    before = (AuditEvent.objects.count(), ReferenceImport.objects.count())
    with django_assert_num_queries(5) as ran:
        outcome = import_places()
    assert (outcome.is_change, outcome.unchanged) == (False, 711)
    assert not [
        query for query in ran.captured_queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert (AuditEvent.objects.count(), ReferenceImport.objects.count()) == before


def test_the_command_says_what_it_did(nothing_open):
    said = StringIO()
    call_command("load_places", stdout=said)
    call_command("load_places", stdout=said)
    assert said.getvalue().splitlines() == [
        "Boroughs and wards: 711 added, 0 changed, 0 as they were.",
        "Boroughs and wards: nothing changed (711 rows).",
    ]


def test_loading_is_audited_and_moves_the_boroughs_epoch(nothing_open, london):
    event = AuditEvent.objects.get(event=Event.PLACES_LOADED)
    assert event.data == {"added": 711, "changed": 0, "removed": 0, "unchanged": 0}
    assert set(Epoch.objects.values_list("board", flat=True)) == {
        "",
        *Borough.objects.values_list("pk", flat=True),
    }


def test_a_renamed_ward_gets_its_new_name_and_only_its_borough_changes(london):
    before = dict(Epoch.objects.values_list("board", "number"))
    outcome = import_places(
        corrections=[*CORRECTIONS, Correction({"name": "Highgate Hill"}, "Renamed.", {HIGHGATE})]
    )
    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 1, 710)
    ward = Ward.objects.get(pk=HIGHGATE)
    assert (ward.name, ward.slug) == ("Highgate Hill", "highgate-hill")
    after = dict(Epoch.objects.values_list("board", "number"))
    assert {board for board in after if after[board] != before[board]} == {"", CAMDEN}


def test_two_wards_may_swap_their_names(london):
    boroughs, wards = read_places()
    belsize, bloomsbury = "E05013652", "E05013653"
    swapped = [
        replace(ward, name="Bloomsbury", slug="bloomsbury") if ward.code == belsize
        else replace(ward, name="Belsize", slug="belsize") if ward.code == bloomsbury
        else ward
        for ward in wards
    ]  # fmt: skip
    assert load_places(boroughs, swapped, source="test").changed == 2
    assert Ward.objects.get(pk=belsize).slug == "bloomsbury"
    assert Ward.objects.get(pk=bloomsbury).slug == "belsize"


def test_a_ward_that_ends_keeps_its_row_and_leads_to_its_successors(london):
    ended = Correction(
        {"valid_to": date(2026, 5, 7), "successors": frozenset({"E05013652", "E05013653"})},
        "Split.",
        {HIGHGATE},
    )
    import_places(corrections=[*CORRECTIONS, ended])
    camden = Borough.objects.get(pk=CAMDEN)
    highgate = queries.ward_by_slug(camden, "highgate")
    assert highgate.valid_to == date(2026, 5, 7)
    assert [ward.name for ward in queries.successors_of(highgate)] == ["Belsize", "Bloomsbury"]
    assert highgate not in queries.wards_of(camden)
    assert import_places(corrections=[*CORRECTIONS, ended]).is_change is False
    assert import_places().changed == 1
    assert queries.successors_of(queries.ward_by_slug(camden, "highgate")) == [highgate]


def test_successors_are_followed_to_the_end_and_never_round_in_circles(london):
    Ward.objects.filter(pk__in=["E05013652", "E05013653"]).update(valid_to=date(2026, 5, 7))
    Ward.objects.get(pk="E05013652").successors.add("E05013653")
    Ward.objects.get(pk="E05013653").successors.add("E05013652", "E05013654")
    assert [ward.pk for ward in queries.successors_of(Ward.objects.get(pk="E05013652"))] == ["E05013654"]


def test_a_ward_that_is_not_in_the_table_is_kept(london):
    Ward.objects.create(
        code="E05000099",
        name="Old",
        slug="old",
        borough_id=CAMDEN,
        latitude=51.5,
        longitude=0,
        valid_to=date(2022, 5, 5),
    )
    assert import_places().is_change is False
    assert Ward.objects.filter(pk="E05000099").exists()


def test_dates_follow_the_last_review_of_each_borough(london):
    dates = {ward.borough_id: ward.valid_from for ward in Ward.objects.all()}
    assert (dates[CAMDEN], dates["E09000008"], dates["E09000012"]) == (
        date(2022, 5, 5), date(2018, 5, 3), date(2014, 5, 22),
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["E05000001,X,E09000007,Camden,north,0,0,0,,", "E05000001", "E05013661,X,E09000007,Camden,1,0,0,0,,E05"],
)
def test_a_broken_table_is_refused(tmp_path, db, line):
    path = tmp_path / "table.csv"
    path.write_text(
        "code,name,borough_code,borough_name,latitude,longitude,q,r,valid_to,successors\n" + line + "\n"
    )
    with pytest.raises(UnusableFile, match=r"table\.csv"):
        import_places(path)
    assert Ward.objects.count() == 0


def test_boroughs_come_with_their_tiles_in_two_queries(london, django_assert_num_queries):
    with django_assert_num_queries(2):
        boroughs = queries.boroughs()
        tiles = {borough.code: borough.tiles for borough in boroughs}
    assert [borough.name for borough in boroughs] == sorted(borough.name for borough in boroughs)
    assert sum(len(some) for some in tiles.values()) == 679
    with django_assert_num_queries(2):  # the borough, and its tiles once
        brent = Borough.objects.get(pk=BRENT)
        assert brent.tiles == tiles[BRENT] == brent.tiles


def test_wards_of_a_borough_need_one_query(london, django_assert_num_queries):
    brent = Borough.objects.get(pk=BRENT)
    with django_assert_num_queries(1):
        wards = queries.wards_of(brent)
        assert len([ward.full_url for ward in wards]) == 22


def test_a_slug_of_another_borough_is_not_found(london):
    assert queries.ward_by_slug(Borough.objects.get(pk=BRENT), "highgate") is None
