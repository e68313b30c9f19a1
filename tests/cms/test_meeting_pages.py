"""The public pages of meetings: the list, a meeting, its minutes; what each shows, to whom, in how many queries, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.actions.meetings import keep_meeting_page, publish_agenda
from cms.actions.minutes import publish_minutes, write_minutes
from cms.models import MeetingPage
from snb.meetings.actions.agenda import ItemDraft, write_agenda
from snb.meetings.actions.meetings import announce_meeting, cancel_meeting, move_meeting, plan_meeting
from snb.meetings.enums import ItemKind, MeetingKind, MeetingStatus, Openness
from snb.meetings.models import ActionItem, Attendance, Decision, Meeting
from snb.meetings.queries import public
from tests import factories as make
from tests.meetings.conftest import board_body, make_meeting

pytestmark = pytest.mark.django_db
BODY = [
    ("heading", {"text": "1. Welcome", "level": "2", "language": ""}),
    ("text", "<p>All were welcome.</p>"),
]


def shown(body, **fields) -> Meeting:
    """A meeting with its page."""
    meeting = make_meeting(body, **fields)
    keep_meeting_page(meeting)
    return meeting


def minuted(cast, body, number: int) -> Meeting:
    """A meeting whose draft minutes are published, with people, decisions and actions."""
    meeting = shown(body, days=-30 * number, status=MeetingStatus.HELD, slug=f"held-{number}")
    write_minutes(meeting, BODY * number, by=cast.secretary)
    publish_minutes(meeting, by=cast.chair)
    fill(meeting, number)
    return Meeting.objects.get(pk=meeting.pk)


def fill(meeting: Meeting, number: int) -> None:
    for place in range(number):
        Attendance.objects.create(
            meeting=meeting, name=f"Guest {place}", capacity="guest", presence="present"
        )
        Decision.objects.create(
            meeting=meeting, number=f"2026/{meeting.slug[-1]}{place}", text=f"Decision {place}."
        )
        ActionItem.objects.create(
            board=meeting.board,
            body=meeting.body,
            meeting=meeting,
            number=number * 10 + place,
            text=f"Deed {place}.",
            owner_name="Secretary",
            due_on=timezone.localdate() - timedelta(days=3),
            published_at=timezone.now(),
        )


# ---------------------------------------------------------------------------------------------- announced
def test_a_meeting_has_its_page_from_the_day_it_is_announced(cast, camden, site_client):
    begins = timezone.now() + timedelta(days=20)
    meeting = plan_meeting(
        board_body(camden),
        MeetingKind.BOARD,
        by=cast.secretary,
        title="Board meeting",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
    )
    client = site_client(camden)
    assert client.get(meeting.get_absolute_url()).status_code == 404
    assert "Board meeting" not in client.get("/meetings/").content.decode()
    announce_meeting(meeting, by=cast.secretary)
    assert client.get(meeting.get_absolute_url()).status_code == 200
    assert meeting.get_absolute_url() in client.get("/meetings/").content.decode()
    assert "The agenda is not published yet" in client.get(meeting.get_absolute_url()).content.decode()
    moved = begins + timedelta(days=7)
    move_meeting(
        meeting, starts_at=moved, ends_at=moved + timedelta(hours=2), reason="A flood.", by=cast.chair
    )
    page = MeetingPage.objects.get(meeting=meeting)
    assert f"{timezone.localtime(moved):%Y}" in page.title
    text = client.get(meeting.get_absolute_url()).content.decode()
    assert "This meeting was moved." in text
    assert "A flood." in text


def test_a_draft_of_the_page_does_not_bring_its_old_day_back(cast, camden):
    meeting = shown(board_body(camden))
    page = MeetingPage.objects.get(meeting=meeting)
    page.body = [("text", "<p>Bring a cup.</p>")]
    page.save_revision(user=cast.secretary)
    starts = meeting.starts_at + timedelta(days=40)
    move_meeting(
        meeting, starts_at=starts, ends_at=starts + timedelta(hours=2), reason="A flood.", by=cast.secretary
    )
    title = MeetingPage.objects.get(meeting=meeting).title
    write_agenda(meeting, [ItemDraft("Welcome", ItemKind.APOLOGIES)], by=cast.secretary)
    publish_agenda(meeting, by=cast.chair)
    page = MeetingPage.objects.get(meeting=meeting)
    assert page.title == title
    assert "Bring a cup" in str(page.body)


def test_a_cancelled_meeting_says_so_and_why(cast, camden, site_client):
    meeting = shown(board_body(camden))
    cancel_meeting(meeting, reason="The hall is flooded.", by=cast.chair)
    client = site_client(camden)
    for path in ("/meetings/", meeting.get_absolute_url()):
        assert "ancelled" in client.get(path).content.decode()
    assert "The hall is flooded." in client.get(meeting.get_absolute_url()).content.decode()


def test_another_boards_site_does_not_know_it(cast, camden, brent, site_client):
    meeting = minuted(cast, board_body(camden), 1)
    for board in (brent, None):
        client = site_client(board)
        for path in (meeting.get_absolute_url(), meeting.minutes_path, f"{meeting.minutes_path}1/"):
            assert client.get(path).status_code == 404
        assert meeting.slug not in client.get("/meetings/").content.decode()


def test_londons_public_meetings_stand_on_the_london_site(cast, camden, site_client):
    meeting = shown(None, slug="london-night")
    assert site_client(None).get(meeting.get_absolute_url()).status_code == 200
    assert meeting.slug in site_client(None).get("/meetings/").content.decode()
    assert site_client(camden).get(meeting.get_absolute_url()).status_code == 404


def test_the_way_to_join_online_of_a_members_meeting_is_not_shown(cast, camden, site_client):
    meeting = shown(board_body(camden), openness=Openness.MEMBERS, joining_url="https://meet.example/secret")
    assert "meet.example" not in site_client(camden).get(meeting.get_absolute_url()).content.decode()
    meeting = shown(board_body(camden), slug="open", joining_url="https://meet.example/open")
    assert "https://meet.example/open" in site_client(camden).get(meeting.get_absolute_url()).content.decode()


# ---------------------------------------------------------------------------------------------- the list
def test_the_list_is_narrowed_by_kind_and_year(cast, camden, highgate, site_client):
    shown(board_body(camden), days=-10, status=MeetingStatus.HELD, slug="of-the-board")
    shown(make.make_panel(highgate), days=-400, status=MeetingStatus.HELD, slug="of-the-panel")
    client = site_client(camden)
    year = (timezone.now() - timedelta(days=400)).year
    every = client.get("/meetings/").content.decode()
    assert ("of-the-board" in every, "of-the-panel" in every) == (True, True)
    for query, board, panel in (
        ("?kind=board", True, False),
        ("?kind=ward_panel", False, True),
        (f"?year={year}", False, True),
        (f"?kind=ward_panel&year={year}", False, True),
    ):
        text = client.get(f"/meetings/{query}").content.decode()
        assert ("of-the-board" in text, "of-the-panel" in text) == (board, panel), query


@pytest.mark.parametrize(
    "query", ["?kind=party", "?year=1066", "?page=0", "?page=x", "?page=99", "?kind=contact_session"]
)
def test_nonsense_in_the_query_is_not_found(camden, site_client, query):
    shown(board_body(camden), days=-10, status=MeetingStatus.HELD)
    assert site_client(camden).get(f"/meetings/{query}").status_code == 404


def test_a_long_list_has_pages(camden, site_client):
    for number in range(20):
        shown(board_body(camden), days=-10 - number, status=MeetingStatus.HELD, slug=f"held-{number}")
    client = site_client(camden)
    assert "held-0/" in client.get("/meetings/").content.decode()
    assert "held-19/" in client.get("/meetings/?page=2").content.decode()
    assert "Coming up" not in client.get("/meetings/?page=2").content.decode()


def test_the_list_takes_as_many_queries_for_one_meeting_as_for_three(
    cast, camden, highgate, site_client, counted
):
    client = site_client(camden)
    bodies = [board_body(camden), make.make_panel(highgate)]
    shown(bodies[0], slug="coming-0")
    shown(bodies[1], days=-9, status=MeetingStatus.HELD, slug="held-0")
    counted(client, "/meetings/")
    _one, queries = counted(client, "/meetings/")
    for number in (1, 2):
        shown(bodies[number % 2], slug=f"coming-{number}")
        shown(bodies[number % 2], days=-9, status=MeetingStatus.HELD, slug=f"held-{number}")
    three, again = counted(client, "/meetings/")
    assert "coming-2" in three.content.decode()
    assert again == queries


def test_a_meeting_takes_as_many_queries_with_one_item_as_with_three(cast, camden, site_client, counted):
    client, seen = site_client(camden), []
    for count in (1, 3):
        meeting = shown(board_body(camden), slug=f"with-{count}")
        write_agenda(meeting, [ItemDraft(f"Item {n}") for n in range(count)], by=cast.secretary)
        publish_agenda(meeting, by=cast.chair)
        counted(client, meeting.get_absolute_url())
        response, queries = counted(client, meeting.get_absolute_url())
        assert f"Item {count - 1}" in response.content.decode()
        seen.append(queries)
    assert seen[0] == seen[1]


def test_minutes_take_as_many_queries_for_one_of_each_as_for_three(cast, camden, site_client, counted):
    client, seen = site_client(camden), []
    for number in (1, 3):
        meeting = minuted(cast, board_body(camden), number)
        counted(client, meeting.minutes_path)
        response, queries = counted(client, meeting.minutes_path)
        text = response.content.decode()
        assert f"Decision {number - 1}." in text
        assert f"Deed {number - 1}." in text
        seen.append(queries)
    assert seen[0] == seen[1]


# ---------------------------------------------------------------------------------------------- what is not shown
def test_private_decisions_and_actions_and_unpublished_ones_are_not_in_the_minutes(cast, camden, site_client):
    meeting = minuted(cast, board_body(camden), 1)
    Decision.objects.create(meeting=meeting, number="2026/99", text="privatemarker", is_private=True)
    for number, fields in (
        (98, {"is_private": True, "published_at": timezone.now()}),
        (99, {"published_at": None}),
    ):
        ActionItem.objects.create(
            board=camden,
            body=meeting.body,
            meeting=meeting,
            number=number,
            text="privatemarker",
            owner_name="X",
            **fields,
        )
    client = site_client(camden)
    for path in (meeting.minutes_path, "/meetings/", meeting.get_absolute_url()):
        assert "privatemarker" not in client.get(path).content.decode()


def test_members_of_the_public_are_counted_and_not_named(cast, camden, site_client):
    meeting = minuted(cast, board_body(camden), 1)
    Attendance.objects.create(meeting=meeting, name="Nosy Neighbour", capacity="public", presence="present")
    text = site_client(camden).get(meeting.minutes_path).content.decode()
    assert "Nosy Neighbour" not in text
    assert public.shown_minutes(meeting.pk).public_count == 1


# ---------------------------------------------------------------------------------------------- elsewhere
def test_home_ward_page_search_and_site_map_lead_to_meetings(cast, camden, highgate, site_client):
    panel = make.make_panel(highgate)
    coming = shown(panel, slug="panel-soon")
    held = minuted(cast, board_body(camden), 1)
    client = site_client(camden)
    assert coming.get_absolute_url() in client.get("/").content.decode()
    ward = client.get(highgate.get_absolute_url()).content.decode()
    assert coming.get_absolute_url() in ward
    assert held.get_absolute_url() not in ward
    sitemap = client.get("/sitemap.xml").content.decode()
    assert coming.get_absolute_url() in sitemap
    assert held.minutes_path in sitemap
    assert held.minutes_path in client.get("/search/?q=welcome").content.decode()


def test_pages_change_when_a_meeting_begins_and_ends(camden, highgate):
    now = timezone.now()
    meeting = shown(board_body(camden), starts_at=now + timedelta(minutes=50))
    assert public.next_change(camden) == meeting.starts_at
    assert public.change_of(meeting) == meeting.starts_at - timedelta(minutes=30)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now - timedelta(hours=1))
    assert public.next_change(camden) == meeting.ends_at
    assert public.change_of(Meeting.objects.get(pk=meeting.pk)) == meeting.ends_at
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=now - timedelta(minutes=1))
    assert public.next_change(camden) is None


def test_a_kept_page_goes_when_something_public_happens(cast, camden, site_client):
    meeting = shown(board_body(camden))
    client = site_client(camden)
    assert "Cancelled" not in client.get("/meetings/").content.decode()
    cancel_meeting(meeting, reason="The hall is flooded.", by=cast.chair)
    assert "Cancelled" in client.get("/meetings/").content.decode()
