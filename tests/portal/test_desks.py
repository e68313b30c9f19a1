"""Start pages by role, and oversight."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from cms.models import NewsIndexPage, NewsPage
from portal.desks import queries
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Board
from tests import factories as make
from tests.counting import queries_in

LONDON = "http://snb.localhost:8000"
CAMDEN = "http://camden.snb.localhost:8000"


def roles(desks):
    return [(desk.role, desk.place) for desk in desks]


def test_desks_of_each_of_the_cast(cast):
    """Everybody finds the roles they hold, and nobody else's."""
    board = "Camden Safer Neighbourhood Board"
    found = {
        name: roles(queries.desks_of(person))
        for name, person in cast.by_name.items()
        if person.is_authenticated
    }
    assert found == {
        "resident": [],
        "neighbour": [],
        "chair": [("Chair", board)],
        "secretary": [("Secretary", board)],
        "member": [("Board member", board)],
        "editor": [("Site editor", board)],
        "panel_chair": [("Panel chair", "Highgate, Camden")],
        "panel_member": [("Panel member", "Highgate, Camden")],
        "officer": [("Ward officer", "Highgate, Camden")],
        "oversight": [("MOPAC oversight", "London")],
        "other_chair": [("Chair", "Brent Safer Neighbourhood Board")],
        "other_editor": [("Site editor", "Brent Safer Neighbourhood Board")],
    }


def test_desk_on_a_board_s_site_shows_this_board_only(cast, camden, brent):
    """§2.3: each desk answers only on its board's host."""
    assert len(queries.desks_of(cast.chair, board=camden)) == 1
    assert queries.desks_of(cast.chair, board=brent) == []
    assert queries.desks_of(cast.officer, board=brent) == []
    assert queries.desks_of(cast.panel_chair, board=brent) == []
    assert queries.desks_of(cast.oversight, board=camden) == []


def test_a_role_that_ended_has_no_desk(cast, camden):
    yesterday = timezone.localdate() - timedelta(days=1)
    camden.roles.filter(person=cast.chair).update(since=yesterday, until=timezone.localdate())
    assert queries.desks_of(cast.chair) == []


def test_every_link_of_a_desk_is_absolute(cast):
    """One session serves all sites, so a desk's links name their host."""
    for person in cast.everyone:
        if person.is_authenticated:
            for desk in queries.desks_of(person):
                assert all(
                    link.url.startswith((LONDON, CAMDEN, "http://brent."))
                    for link in (desk.first, *desk.others)
                )


def test_chair_sees_what_is_still_open(cast, camden, highgate):
    """A chair reads the gaps of the board; a member is not troubled with them."""
    make.WardFactory(code="E05013650", name="Belsize", slug="belsize")
    camden.roles.filter(person=cast.editor).delete()
    assert queries.desks_of(cast.chair)[0].gaps == ("No site editor.", "1 ward has no panel.", "No news yet.")
    assert queries.desks_of(cast.member)[0].gaps == ()


@pytest.mark.parametrize(("path", "on_board"), [("/desk/", False), ("/desk/", True), ("/oversight/", False)])
def test_signed_out_person_is_sent_to_sign_in_and_back(camden, site_client, path, on_board):
    response = site_client(camden if on_board else None).get(path)
    parts = urlsplit(response["Location"])
    assert (response.status_code, f"{parts.scheme}://{parts.netloc}{parts.path}") == (
        302,
        f"{LONDON}/accounts/login/",
    )
    assert parse_qs(parts.query) == {"next": [f"{CAMDEN if on_board else LONDON}{path}"]}


def test_desk_page_names_the_person_and_the_one_thing_to_do(cast, camden, site_client):
    page = site_client(camden, cast.panel_chair).get("/desk/").content.decode()
    assert "Hello, Panel Chair" in page
    assert f'href="{CAMDEN}/wards/highgate/"' in page
    everywhere = site_client(None, cast.panel_chair).get("/desk/").content.decode()
    assert f'href="{CAMDEN}/wards/highgate/"' in everywhere


def test_desk_of_somebody_without_a_role_says_how_roles_come(cast, camden, brent, site_client):
    assert b"Roles come by invitation" in site_client(None, cast.resident).get("/desk/").content
    assert b"You hold no role on the Brent" in site_client(brent, cast.panel_chair).get("/desk/").content


def test_oversight_is_for_oversight_alone(cast, camden, site_client):
    """§2.3: to everybody else it is not found, and it answers on the London host only."""
    for name, person in cast.by_name.items():
        if person.is_authenticated:
            assert site_client(None, person).get("/oversight/").status_code == (
                200 if name == "oversight" else 404
            )
    assert site_client(camden, cast.oversight).get("/oversight/").status_code == 404


def test_oversight_shows_both_boards_side_by_side(cast, camden, brent, highgate, kilburn_brent, site_client):
    index = NewsIndexPage.objects.descendant_of(camden.site.root_page).get()
    news = index.add_child(
        instance=NewsPage(title="One", slug="one", intro="Something happened.", live=False)
    )
    news.save_revision().publish()
    states = {state.name: state for state in queries.all_boards().boards}
    assert (states["Camden"].wards, states["Camden"].panels, states["Camden"].gaps) == (1, 1, [])
    assert states["Camden"].last_news == NewsPage.objects.get().first_published_at
    assert states["Brent"].gaps == ["No secretary.", "1 ward has no panel.", "No news yet."]
    page = site_client(None, cast.oversight).get("/oversight/").content.decode()
    assert "Camden" in page
    assert "No secretary." in page


def test_a_panel_without_members_is_missing(cast, camden, highgate):
    """A body nobody sits on is not a panel in place."""
    highgate.panels.get().roles.all().delete()
    assert queries.board_states([camden])[0].missing_panels == 1


def test_news_of_long_ago_is_named(camden):
    index = NewsIndexPage.objects.descendant_of(camden.site.root_page).get()
    news = index.add_child(instance=NewsPage(title="One", slug="one", intro="Something happened."))
    NewsPage.objects.filter(pk=news.pk).update(first_published_at=timezone.now() - timedelta(days=120))
    assert "No news for 120 days." in queries.board_states([camden])[0].gaps


def test_few_residents_are_not_counted_out(camden):
    state = queries.board_states([camden])[0]
    shown = {
        n: queries.BoardState(**{**state.__dict__, "residents": n}).residents_shown for n in (0, 1, 4, 5, 900)
    }
    assert shown == {0: "0", 1: "under 5", 4: "under 5", 5: "5", 900: "900"}


def test_postcodes_say_when_they_were_imported(camden):
    assert queries.all_boards().postcodes_imported is None
    event = record(Event.POSTCODES_IMPORTED, camden.borough, by=None)
    assert queries.all_boards().postcodes_imported == event.at


def test_as_many_queries_for_three_boards_as_for_one(camden):
    one = queries_in(queries.all_boards)
    make.make_board(make.BRENT)
    make.make_board(make.LEWISHAM)
    assert Board.objects.count() == 3
    assert queries_in(queries.all_boards) == one


def test_as_many_queries_for_three_desks_as_for_one(cast, camden):
    one = queries_in(lambda: queries.desks_of(cast.chair))
    for place in (make.BRENT, make.LEWISHAM):
        make.give(make.BoardRole, cast.chair, scope=make.make_board(place), kind=make.BoardRoleKind.CHAIR)
    assert len(queries.desks_of(cast.chair)) == 3
    assert queries_in(lambda: queries.desks_of(cast.chair)) == one


def test_changes_are_not_asked_for(cast, camden, site_client):
    for board, path in ((None, "/desk/"), (camden, "/desk/"), (None, "/oversight/")):
        assert site_client(board, cast.oversight).post(path).status_code == 405
