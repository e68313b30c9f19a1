"""Calendars, the feed and what programs read: stable, complete, and nothing that is not public."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from snb.audit.models import AuditEvent
from snb.boards.models import Body
from snb.meetings.actions.meetings import (
    announce_meeting,
    cancel_meeting,
    change_meeting,
    move_meeting,
    plan_meeting,
    postpone_meeting,
)
from snb.meetings.enums import MeetingKind, MeetingStatus, Openness, Provision, VersionKind
from snb.meetings.exports.calendar import calendar_of
from snb.meetings.models import Meeting, MinutesVersion
from snb.meetings.queries.take_away import ENTRIES, feed_entries
from tests import factories as make
from tests.counting import queries_in
from tests.meetings.conftest import board_body, make_meeting

LONDON = ZoneInfo("Europe/London")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
BOARD_FEEDS = ("/meetings/calendar.ics", "/meetings/feed/", "/wards/highgate/meetings.ics")


def read(client, path: str) -> icalendar.Calendar:
    """A calendar as a calendar program reads it."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


def events(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    """The entries of a calendar."""
    return list(calendar.walk("VEVENT"))


def one_event(meeting: Meeting) -> icalendar.Event:
    """A meeting's entry, written and read back."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    made = calendar_of([meeting], name="x", url="https://page.example/", subscribed=False)
    (found,) = events(icalendar.Calendar.from_ical(made))
    return found


def entries(client) -> list[dict[str, str]]:
    """The feed's entries."""
    answer = client.get("/meetings/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    return [
        {
            "id": entry.findtext("a:id", "", ATOM),
            "title": entry.findtext("a:title", "", ATOM),
            "text": entry.findtext("a:summary", "", ATOM),
            "updated": entry.findtext("a:updated", "", ATOM),
            "link": entry.find("a:link", ATOM).get("href"),
        }
        for entry in root.findall("a:entry", ATOM)
    ]


def later(**by) -> datetime:
    """A whole hour from now on."""
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(**by)


# ------------------------------------------------------------------------------------------ one entry
def test_an_entry_says_what_where_and_when(board_meeting):
    board = board_meeting.board
    board.contact_email = "board@demo.example"
    board.save()
    board_meeting.step_free = Provision.YES
    board_meeting.access_note = "Ring the bell."
    board_meeting.joining_url = "https://meet.example/board"
    board_meeting.save()

    event = one_event(board_meeting)

    assert event["UID"] == f"{board_meeting.pk}@{settings.PORTAL_DOMAIN}"
    assert event["SUMMARY"] == "Board meeting, Camden Safer Neighbourhood Board"
    assert event["LOCATION"] == "Town hall, Judd Street, WC1H 9JE"
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 0, "OPAQUE")
    assert event["ORGANIZER"] == "mailto:board@demo.example"
    assert event["URL"] == board_meeting.full_url
    assert event["DESCRIPTION"].split("\n") == [
        "Open to everybody.",
        "Step-free access: Yes.",
        "Accessible toilet: Not known yet.",
        "Hearing loop: Not known yet.",
        "Ring the bell.",
        "Join online: https://meet.example/board",
        f"Everything about this meeting: {board_meeting.full_url}",
    ]
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == board_meeting.changed.replace(microsecond=0)


def test_a_board_without_a_public_address_names_no_organiser(board_meeting):
    assert "ORGANIZER" not in one_event(board_meeting)


def test_the_summary_names_the_panel_or_london(panel_meeting):
    london = make_meeting(None)
    assert [one_event(meeting)["SUMMARY"] for meeting in (panel_meeting, london)] == [
        "Ward panel meeting, Highgate ward panel, Camden Safer Neighbourhood Board",
        "Public meeting, London’s Safer Neighbourhood Boards",
    ]


@pytest.mark.parametrize(
    ("day", "hours", "offset"),
    [
        (date(2026, 3, 28), (19, 21), 0),
        (date(2026, 3, 29), (19, 21), 1),
        (date(2026, 3, 29), (0, 3), 0),
        (date(2026, 10, 24), (19, 21), 1),
        (date(2026, 10, 25), (19, 21), 0),
        (date(2026, 10, 25), (0, 3), 1),
    ],
)
def test_times_are_londons_on_the_days_the_clocks_change(camden, day, hours, offset):
    begins, ends = (datetime(day.year, day.month, day.day, hour, tzinfo=LONDON) for hour in hours)
    meeting = make_meeting(board_body(camden), starts_at=begins, ends_at=ends)

    event = one_event(meeting)

    assert (event["DTSTART"].params["TZID"], event["DTEND"].params["TZID"]) == ("Europe/London",) * 2
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (begins, ends)
    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=offset)
    assert event["DTSTART"].to_ical().decode() == f"{day:%Y%m%d}T{hours[0]:02}0000"


def test_the_calendar_carries_londons_time(board_meeting, site_client, camden):
    (zone,) = read(site_client(camden), "/meetings/calendar.ics").walk("VTIMEZONE")
    made = zone.to_tz(lookup_tzid=False)
    for year in (2000, 2026, 2040):
        for moment in (datetime(year, 1, 15, 12), datetime(year, 7, 15, 12)):
            assert moment.replace(tzinfo=made).utcoffset() == moment.replace(tzinfo=LONDON).utcoffset()
    for change in ("2026-03-29T00:30", "2026-03-29T02:30", "2026-10-25T00:30", "2026-10-25T02:30"):
        moment = datetime.fromisoformat(change)
        assert moment.replace(tzinfo=made).utcoffset() == moment.replace(tzinfo=LONDON).utcoffset()


def test_text_survives_commas_semicolons_new_lines_and_emoji(board_meeting):
    words = "Door 1; ask for Ana, then\nup the stairs \\ lift 🛗 " + "Žižkov–é " * 15
    board_meeting.access_note = words.strip()
    board_meeting.place = "Hall; A, B"
    board_meeting.title = "Board, meeting; \\ 🏙"
    board_meeting.save()

    made = calendar_of([board_meeting], name="x", url="https://page.example/")
    (event,) = events(icalendar.Calendar.from_ical(made))

    assert words.strip() in event["DESCRIPTION"]
    assert event["LOCATION"] == "Hall; A, B, Judd Street, WC1H 9JE"
    assert event["SUMMARY"].startswith("Board, meeting; \\ 🏙, ")
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() or not line for line in lines)
    assert b"\n" not in made.replace(b"\r\n", b"")


@pytest.mark.parametrize("control", ["\x0b", "\x01", "\x85", "\r\nBEGIN:VALARM\r\n"])
def test_characters_nobody_sees_break_neither_feed_nor_calendar(
    announced, cast, camden, site_client, control
):
    change_meeting(
        announced, by=cast.chair, title=f"Board{control}meeting", access_note=f"Ring{control}twice"
    )
    cancel_meeting(announced, reason=f"The hall{control}is flooded.", by=cast.chair)
    # As it may stand there from before, or from an import.
    make_meeting(board_body(camden), title=f"Older{control}meeting", place=f"Town{control}hall", slug="older")

    told = [entry["title"] + entry["text"] for entry in entries(site_client(camden))]
    board, older = events(read(site_client(camden), "/meetings/calendar.ics"))[::-1]

    assert len(told) == 3
    assert Meeting.objects.get(pk=announced.pk).title == " ".join(f"Board{control}meeting".split()).replace(
        "\x01", ""
    )
    assert [str(found["SUMMARY"]).partition(",")[0] for found in (board, older)] == [
        " ".join(f"{word}{control}meeting".split()).replace("\x01", "")
        for word in ("Cancelled: Board", "Older")
    ]
    assert not {"\x0b", "\x01", "\x85", "\r"} & set("".join(told) + board["DESCRIPTION"] + older["LOCATION"])


# ------------------------------------------------------------------------------------------ the life of an entry
@pytest.fixture
def announced(cast, camden) -> Meeting:
    """A meeting planned and announced by the actions."""
    meeting = plan_meeting(
        board_body(camden),
        MeetingKind.BOARD,
        by=cast.chair,
        title="Board meeting",
        starts_at=later(days=20),
        ends_at=later(days=20, hours=2),
        place="Town hall",
    )
    return announce_meeting(meeting, by=cast.chair)


def test_a_moved_meeting_keeps_its_uid_and_counts_up(announced, cast):
    before = one_event(announced)
    moved = move_meeting(
        announced,
        starts_at=later(days=27),
        ends_at=later(days=27, hours=2),
        reason="The hall is flooded, sorry.",
        by=cast.chair,
    )
    after = one_event(moved)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (after["DTSTART"].dt, after["STATUS"]) == (later(days=27), "CONFIRMED")
    assert after["DESCRIPTION"].split("\n")[0].endswith(": The hall is flooded, sorry.")
    assert after["DESCRIPTION"].startswith("Moved from ")


def test_a_postponed_meeting_is_cancelled_in_the_calendar_until_it_has_a_date(announced, cast):
    uid = one_event(announced)["UID"]
    postponed = postpone_meeting(announced, reason="The chair is ill.", by=cast.chair)
    off = one_event(postponed)
    assert (off["UID"], off["STATUS"], off["SUMMARY"]) == (
        uid,
        "CANCELLED",
        "Postponed: Board meeting, Camden Safer Neighbourhood Board",
    )
    assert off["DESCRIPTION"].split("\n")[0] == "Postponed: The chair is ill."

    again = one_event(
        move_meeting(
            postponed,
            starts_at=later(days=40),
            ends_at=later(days=40, hours=2),
            reason="A new date is found.",
            by=cast.chair,
        )
    )
    assert (again["UID"], again["STATUS"]) == (uid, "CONFIRMED")
    assert again["SEQUENCE"] > off["SEQUENCE"]


def test_a_cancelled_meeting_stays_in_the_calendar(announced, cast, camden, site_client):
    cancel_meeting(announced, reason="Too few can come.", by=cast.chair)
    (event,) = events(read(site_client(camden), "/meetings/calendar.ics"))
    assert (event["STATUS"], event["SUMMARY"], event["TRANSP"]) == (
        "CANCELLED",
        "Cancelled: Board meeting, Camden Safer Neighbourhood Board",
        "TRANSPARENT",
    )
    assert event["DESCRIPTION"].split("\n")[0] == "Cancelled: Too few can come."
    assert event["SEQUENCE"] == 1


def test_a_meeting_without_a_place_is_tentative_until_it_has_one(cast, camden):
    meeting = make_meeting(board_body(camden), place="", address="")
    assert (one_event(meeting)["STATUS"], "LOCATION" in one_event(meeting)) == ("TENTATIVE", False)
    change_meeting(meeting, by=cast.chair, place="Library")
    assert (one_event(meeting)["STATUS"], one_event(meeting)["SEQUENCE"]) == ("CONFIRMED", 1)


def test_a_members_meeting_is_there_without_its_joining_link(camden, site_client):
    meeting = make_meeting(
        board_body(camden), openness=Openness.MEMBERS, joining_url="https://meet.example/marker-join"
    )
    client = site_client(camden)
    (event,) = events(read(client, "/meetings/calendar.ics"))
    assert event["DESCRIPTION"].split("\n")[0] == "For members and invited guests."
    for path in ("/meetings/calendar.ics", f"/meetings/{meeting.slug}/meeting.ics", "/meetings/feed/"):
        assert b"marker-join" not in client.get(path).content
    assert "marker-join" not in json_ld(meeting)


# ------------------------------------------------------------------------------------------ calendars
def test_a_boards_calendar_has_its_announced_meetings_and_no_others(camden, brent, highgate, site_client):
    ours = make_meeting(board_body(camden))
    panel = make_meeting(make.make_panel(highgate))
    make_meeting(board_body(camden), days=3, title="marker-plan", slug="secret", announced_at=None)
    make_meeting(board_body(brent))
    london = make_meeting(None)

    calendar = read(site_client(camden), "/meetings/calendar.ics")

    assert {event["UID"] for event in events(calendar)} == {
        f"{meeting.pk}@{settings.PORTAL_DOMAIN}" for meeting in (ours, panel)
    }
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "Meetings – Camden Safer Neighbourhood Board"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    (event,) = events(read(site_client(None), "/meetings/calendar.ics"))
    assert event["UID"].startswith(str(london.pk))


def test_a_wards_calendar_has_its_panels_meetings(camden, brent, panel_meeting, kilburn_brent, site_client):
    make_meeting(board_body(camden))
    make_meeting(make.make_panel(kilburn_brent))
    client = site_client(camden)
    calendar = read(client, "/wards/highgate/meetings.ics")
    (event,) = events(calendar)
    assert event["UID"].startswith(str(panel_meeting.pk))
    assert calendar["X-WR-CALNAME"] == "Meetings of Highgate – Camden Safer Neighbourhood Board"
    assert client.get("/wards/kilburn/meetings.ics").status_code == 404
    assert site_client(None).get("/wards/highgate/meetings.ics").status_code == 404


def test_a_former_wards_calendar_goes_on_and_says_what_took_its_place(camden, highgate, site_client):
    old = make.WardFactory(
        code="E05000001", name="Old Hill", slug="old-hill", borough=camden.borough, valid_to=date(2022, 5, 4)
    )
    highgate.predecessors.add(old)
    held = make_meeting(make.make_panel(old), days=-30, status=MeetingStatus.HELD)
    calendar = read(site_client(camden), "/wards/old-hill/meetings.ics")
    (event,) = events(calendar)
    assert event["UID"].startswith(str(held.pk))
    assert calendar["X-WR-CALDESC"] == "This ward is no more. Its place was taken by: Highgate."


def test_one_meeting_is_downloaded_and_asks_for_no_subscription(board_meeting, camden, site_client):
    answer = site_client(camden).get(f"/meetings/{board_meeting.slug}/meeting.ics")
    assert answer["Content-Disposition"] == f'attachment; filename="{board_meeting.slug}.ics"'
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert ("REFRESH-INTERVAL" in calendar, len(events(calendar))) == (False, 1)


@pytest.mark.parametrize("name", ["meeting.ics", "agenda.pdf", "minutes.pdf"])
def test_a_meeting_nobody_knows_of_is_not_found(cast, camden, site_client, name):
    hidden = make_meeting(board_body(camden), announced_at=None, status=MeetingStatus.APPROVED)
    path = f"/meetings/{hidden.slug}/{name}"
    for user in (cast.anonymous, cast.chair, cast.other_chair):
        assert site_client(camden, user).get(path).status_code == 404


def test_another_boards_meeting_is_not_found_here(board_meeting, brent, site_client):
    for board in (brent, None):
        assert site_client(board).get(f"/meetings/{board_meeting.slug}/meeting.ics").status_code == 404


def test_ten_years_of_meetings_stay_small(camden, site_client):
    body = board_body(camden)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    Meeting.objects.bulk_create(
        Meeting(
            board=camden,
            body=body,
            kind=MeetingKind.BOARD,
            title=f"Board meeting {number}",
            slug=f"meeting-{number}",
            starts_at=now - timedelta(days=30 * number - 60),
            ends_at=now - timedelta(days=30 * number - 60, hours=-2),
            announced_at=now,
            access_note="x" * 300,
        )
        for number in range(120)
    )
    answer = site_client(camden).get("/meetings/calendar.ics")
    found = events(icalendar.Calendar.from_ical(answer.content))
    assert len(found) == 27
    assert min(event["DTSTART"].dt for event in found) > now - timedelta(days=731)
    assert len(answer.content) < 64 * 1024


def test_a_calendar_is_kept_until_something_changes(announced, cast, camden, site_client):
    client = site_client(camden)
    first = client.get("/meetings/calendar.ics")
    assert first["Cache-Control"] == "no-cache"
    same = client.get("/meetings/calendar.ics", headers={"if-none-match": first["ETag"]})
    assert same.status_code == 304
    with_epoch = queries_in(lambda: client.get("/meetings/calendar.ics"))
    assert with_epoch == 1
    cancel_meeting(announced, reason="Too few can come.", by=cast.chair)
    changed = client.get("/meetings/calendar.ics", headers={"if-none-match": first["ETag"]})
    assert (changed.status_code, b"STATUS:CANCELLED" in changed.content) == (200, True)


# ------------------------------------------------------------------------------------------ feed
def test_the_feed_tells_what_happened_newest_first(announced, cast, camden, site_client):
    client = site_client(camden)
    moved = move_meeting(
        announced,
        starts_at=later(days=30),
        ends_at=later(days=30, hours=2),
        reason="The hall is flooded.",
        by=cast.chair,
    )
    cancel_meeting(moved, reason="Too few can come.", by=cast.chair)
    found = entries(client)
    moved.refresh_from_db()
    assert [(entry["title"], entry["text"]) for entry in found] == [
        (f"Cancelled: {moved}", "Too few can come."),
        (f"Moved: {moved}", ""),
        (f"Announced: {moved}", f"{moved.when}. Town hall."),
    ]
    assert {entry["link"] for entry in found} == {moved.full_url}
    assert [entry["updated"] for entry in found] == sorted(
        (entry["updated"] for entry in found), reverse=True
    )


def test_the_feed_tells_of_agenda_minutes_approval_and_correction(camden, site_client):
    meeting = make_meeting(board_body(camden), days=-90, status=MeetingStatus.APPROVED)
    for number, kind in enumerate((VersionKind.DRAFT, VersionKind.APPROVED, VersionKind.CORRECTED), 1):
        MinutesVersion.objects.create(
            meeting=meeting,
            number=number,
            kind=kind,
            body="[]",
            html="<p>x</p>",
            sha256="0" * 64,
            reason="A name was wrong." if kind == VersionKind.CORRECTED else "",
        )
    found = entries(site_client(camden))
    assert [(entry["title"], entry["text"]) for entry in found][:3] == [
        (f"Minutes corrected: {meeting}", "A name was wrong."),
        (f"Minutes approved: {meeting}", "These are the minutes as they were agreed."),
        (f"Draft minutes published: {meeting}", ""),
    ]
    assert [entry["title"].partition(":")[0] for entry in found[3:]] == ["Agenda published", "Announced"]
    assert found[0]["link"] == meeting.url(meeting.minutes_path)


def test_names_in_the_feed_stay_and_are_all_different(announced, cast, camden, site_client):
    postponed = postpone_meeting(announced, reason="The chair is ill.", by=cast.chair)
    before = entries(site_client(camden))
    moved = move_meeting(
        postponed,
        starts_at=later(days=30),
        ends_at=later(days=30, hours=2),
        reason="A new date.",
        by=cast.chair,
    )
    change_meeting(moved, by=cast.chair, access_note="Ring the bell.")
    after = entries(site_client(camden))
    assert [entry["id"] for entry in after][1:] == [entry["id"] for entry in before]
    assert len({entry["id"] for entry in after}) == 3
    assert all(entry["id"].startswith(f"tag:{settings.PORTAL_DOMAIN},2026:meetings/") for entry in after)
    assert after[1]["text"] == ""
    assert after[0]["text"].endswith("A new date.")


def test_the_feed_shows_no_plan_and_nothing_of_others(camden, brent, site_client):
    make_meeting(board_body(camden), title="marker-plan", announced_at=None)
    make_meeting(board_body(brent), title="marker-brent")
    assert entries(site_client(camden)) == []


def test_a_feed_is_no_longer_than_it_says(camden):
    body = board_body(camden)
    for number in range(ENTRIES):
        make_meeting(body, days=-number, slug=f"m-{number}", status=MeetingStatus.HELD)
    assert len(feed_entries(camden)) == ENTRIES


@pytest.mark.parametrize("path", BOARD_FEEDS)
def test_a_list_asks_as_often_at_one_meeting_as_at_three(cast, camden, highgate, site_client, path):
    from portal.middleware import pages

    panel, board = make.make_panel(highgate), board_body(camden)
    client = site_client(camden)

    def more(days: int) -> None:
        for body in (panel, board):
            meeting = make_meeting(body, days=days, title="Meeting")
            cancel_meeting(meeting, reason="No room.", by=cast.chair)

    def asked() -> int:
        pages.clear()
        return queries_in(lambda: client.get(path))

    more(5)
    client.get(path)
    one = asked()
    more(10)
    more(15)
    assert asked() == one
    assert AuditEvent.objects.filter(event="meetings.meeting.cancelled").count() == 6


# ------------------------------------------------------------------------------------------ for programs
def json_ld(meeting: Meeting) -> str:
    """The element as it stands in a page."""
    return Template("{% load take_away %}{% meeting_json_ld meeting %}").render(Context({"meeting": meeting}))


def said(meeting: Meeting) -> dict:
    """What the element says."""
    text = json_ld(meeting)
    assert text.startswith('<script type="application/ld+json">')
    assert text.count("</script>") == 1
    return json.loads(re.sub(r"^<script[^>]*>|</script>$", "", text))


def test_a_meeting_is_an_event_to_programs(board_meeting):
    board_meeting.step_free, board_meeting.toilets = Provision.YES, Provision.NO
    board_meeting.joining_url = "https://meet.example/x"
    event = said(board_meeting)
    assert (event["@type"], event["url"]) == ("Event", board_meeting.full_url)
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert datetime.fromisoformat(event["startDate"]) == board_meeting.starts_at
    place, online = event["location"]
    assert place["amenityFeature"] == [
        {"@type": "LocationFeatureSpecification", "name": "Step-free access", "value": True},
        {"@type": "LocationFeatureSpecification", "name": "Accessible toilet", "value": False},
    ]
    assert online == {"@type": "VirtualLocation", "url": "https://meet.example/x"}
    assert event["organizer"]["name"] == "Camden Safer Neighbourhood Board"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": MeetingStatus.CANCELLED}, "EventCancelled"),
        ({"status": MeetingStatus.POSTPONED}, "EventPostponed"),
        ({"moved_from": datetime(2026, 1, 5, 19, tzinfo=UTC)}, "EventRescheduled"),
        ({"status": MeetingStatus.HELD, "days": -3}, "EventScheduled"),
    ],
)
def test_what_became_of_a_meeting_is_said_to_programs(camden, fields, status):
    event = said(make_meeting(board_body(camden), reason="Because.", **fields))
    assert event["eventStatus"] == f"https://schema.org/{status}"
    assert ("previousStartDate" in event) == (status == "EventRescheduled")


def test_no_words_of_a_meeting_end_the_element(board_meeting):
    board_meeting.title = "</script><script>alert(1)</script>&\u2028"
    text = json_ld(board_meeting)
    assert text.count("<") == 2
    assert said(board_meeting)["name"].startswith(board_meeting.title)


def test_the_ways_to_take_a_meeting_along(panel_meeting, camden, site_client, rf):
    Meeting.objects.filter(pk=panel_meeting.pk).update(
        status=MeetingStatus.APPROVED, agenda_published_at=timezone.now()
    )
    meeting = Meeting.objects.get(pk=panel_meeting.pk)
    from django.urls import set_urlconf

    set_urlconf(settings.BOARD_URLCONF)
    try:
        page = Template('{% include "meetings/_take_away.html" %}').render(Context({"meeting": meeting}))
    finally:
        set_urlconf(None)
    links = re.findall(r'href="([^"]+)"', page)
    base = meeting.url("").partition(":")[2]
    assert links == [
        f"/meetings/{meeting.slug}/meeting.ics",
        f"/meetings/{meeting.slug}/agenda.pdf",
        f"/meetings/{meeting.slug}/minutes.pdf",
        "/meetings/feed/",
        f"webcal:{base}/wards/highgate/meetings.ics",
        f"webcal:{base}/meetings/calendar.ics",
    ]
    assert isinstance(meeting.body, Body)
