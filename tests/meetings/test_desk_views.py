"""The desk of meetings in the browser's words: who finds what, what bad input says, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from snb.boards.enums import BodyKind
from snb.boards.models import Body
from snb.meetings.actions import agenda as agenda_actions
from snb.meetings.actions.agenda import ItemDraft
from snb.meetings.enums import ItemKind, MeetingKind, MeetingStatus
from snb.meetings.models import Meeting, MeetingRules, Paper
from snb.meetings.queries.agenda import draft_agenda, fingerprint
from tests import factories as make
from tests.cms.forms import shown_form
from tests.counting import queries_in
from tests.meetings.conftest import add_items, board_body, make_meeting
from tests.meetings.test_desk_agenda import PDF, SECRET


@pytest.fixture(autouse=True)
def private_root(tmp_path):
    """An empty private store."""
    with override_settings(PRIVATE_ROOT=tmp_path / "private"):
        yield tmp_path / "private"


def plan_fields(**fields) -> dict[str, object]:
    """What the plan form sends."""
    return {
        "title": "Board meeting",
        "day": f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}",
        "begins": "19:00",
        "ends": "21:00",
        "place": "Town hall",
        "address": "Judd Street, WC1H 9JE",
        "step_free": "yes",
        "toilets": "unknown",
        "hearing_loop": "no",
        "access_note": "",
        "joining_url": "",
        "openness": "public",
        "chair_name": "Chair Demo",
        "quorum": "5",
    } | fields


def move_fields(**fields) -> dict[str, object]:
    """What the move form sends."""
    sent = plan_fields(reason="The hall is flooded.", **fields)
    return {name: sent[name] for name in sent if name not in {"title", "openness", "chair_name", "quorum"}}


def rows(*titles: str, do: str = "save", seen: str = "", **fields) -> dict[str, object]:
    """What the editor sends: a row for each title."""
    sent: dict[str, object] = {"do": do, "seen": seen}
    for index, title in enumerate(titles):
        sent |= {
            f"items-{index}-title": title,
            f"items-{index}-kind": "plain",
            f"items-{index}-minutes": "",
            f"items-{index}-lead": "",
            f"items-{index}-note": "",
            f"items-{index}-id": "",
        }
    return sent | {name.replace("__", "-"): value for name, value in fields.items()}


def empty() -> str:
    """The fingerprint of an agenda without items."""
    return fingerprint([])


def text(response) -> str:
    """The page, white space pressed together."""
    return re.sub(r"\s+", " ", response.content.decode())


def titles_shown(response) -> list[str]:
    """Titles in the editor, in order."""
    return re.findall(r'name="items-\d+-title" (?:value="([^"]*)")?', response.content.decode())


# ------------------------------------------------------------------------------------------------ who finds what
PAGES = [
    "",
    "change/",
    "move/",
    "postpone/",
    "cancel/",
    "remove/",
    "agenda/",
    "papers/",
]
DEEDS = ["announce/", "held/", "agenda/start/"]


def clients(cast, site_client, board) -> dict:
    """Everybody of the cast, signed in on a site."""
    return {
        name: site_client(board, person) for name, person in cast.by_name.items() if person.is_authenticated
    }


def found_by(visitors: dict, path: str) -> set[str]:
    """Who gets the page."""
    return {name for name, client in visitors.items() if client.get(path).status_code == 200}


def test_pages_of_a_meeting_are_found_by_who_may(cast, camden, board_meeting, panel_meeting, site_client):
    here, officers = clients(cast, site_client, camden), {"chair", "secretary"}
    found = {
        (meeting.kind, page): found_by(here, f"/desk/meetings/{meeting.slug}/{page}")
        for meeting in (board_meeting, panel_meeting)
        for page in PAGES
    }
    expected = {("board", page): officers for page in PAGES}
    expected |= {("ward_panel", page): officers | {"panel_chair"} for page in PAGES}
    expected["board", ""] = officers | {"member", "oversight"}
    expected["ward_panel", ""] = officers | {"panel_chair", "panel_member", "oversight"}
    assert found == expected


def test_londons_meetings_are_oversights_on_londons_site_alone(cast, camden, site_client):
    meeting = make_meeting(None)
    paths = [f"/desk/meetings/{meeting.slug}/{page}" for page in PAGES]
    here, away = clients(cast, site_client, None), clients(cast, site_client, camden)
    assert {path: found_by(here, path) for path in paths} == {path: {"oversight"} for path in paths}
    assert {path: found_by(away, path) for path in paths} == {path: set() for path in paths}


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/desk/meetings/", {"chair", "secretary", "member", "panel_chair", "panel_member", "oversight"}),
        ("/desk/meetings/plan/", {"chair", "secretary", "panel_chair"}),
        ("/desk/meetings/rules/", {"chair", "secretary", "panel_chair"}),
    ],
)
def test_lists_are_found_by_who_has_business_there(
    cast, camden, brent, board_meeting, site_client, path, here
):
    assert found_by(clients(cast, site_client, camden), path) == here
    at_brent = found_by(clients(cast, site_client, brent), path)
    assert at_brent == ({"other_chair"} | ({"oversight"} if path == "/desk/meetings/" else set()))
    in_london = {"oversight"} if "rules" not in path else set()
    assert found_by(clients(cast, site_client, None), path) == in_london


@pytest.mark.parametrize("path", ["", "plan/", "rules/", "2031-01-01-x/", "2031-01-01-x/agenda/"])
def test_signed_out_is_sent_to_sign_in(cast, camden, site_client, path):
    response = site_client(camden).get(f"/desk/meetings/{path}")
    assert response.status_code == 302
    assert "/accounts/login/?next=" in response["Location"]


def test_another_boards_chair_changes_nothing(cast, camden, board_meeting, site_client):
    client = site_client(camden, cast.other_chair)
    before = Meeting.objects.values().get()
    for page in [*PAGES, *DEEDS]:
        sent = {**move_fields(), **rows("x")}
        assert client.post(f"/desk/meetings/{board_meeting.slug}/{page}", sent).status_code in {404, 405}
    assert Meeting.objects.values().get() == before


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_are_not_done_by_looking(cast, camden, board_meeting, site_client, deed):
    assert (
        site_client(camden, cast.chair).get(f"/desk/meetings/{board_meeting.slug}/{deed}").status_code == 405
    )


def test_pages_are_kept_nowhere(cast, camden, board_meeting, site_client):
    page = site_client(camden, cast.chair).get(f"/desk/meetings/{board_meeting.slug}/")
    assert "no-store" in page["Cache-Control"]


# ------------------------------------------------------------------------------------------------ planning
def test_secretary_plans_announces_and_everybody_knows(cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    assert "Choose one" in text(client.get("/desk/meetings/plan/"))
    saved = client.post("/desk/meetings/plan/?what=board", plan_fields())
    meeting = Meeting.objects.get()
    assert saved["Location"] == f"/desk/meetings/{meeting.slug}/"
    assert (meeting.body.kind, meeting.kind, timezone.localtime(meeting.starts_at).hour, meeting.quorum) == (
        BodyKind.BOARD,
        MeetingKind.BOARD,
        19,
        5,
    )
    page = text(client.get(saved["Location"]))
    assert "Nobody else knows of this meeting yet." in page
    client.post(f"{saved['Location']}announce/")
    assert Meeting.objects.public().get() == meeting


def test_first_meeting_of_a_group_and_of_a_panel_forms_the_body(cast, camden, highgate, site_client):
    make.WardFactory(code="E05013650", name="Belsize", slug="belsize")
    client = site_client(camden, cast.chair)
    for what in ("monitoring_group", "contact_session:belsize"):
        client.post(f"/desk/meetings/plan/?what={what}", plan_fields())
    assert set(Meeting.objects.values_list("kind", "body__kind", "body__ward__slug")) == {
        ("monitoring_group", "monitoring_group", None),
        ("contact_session", "ward_panel", "belsize"),
    }


def test_panel_chair_is_offered_their_own_panel_and_nothing_else(cast, camden, highgate, site_client):
    make.WardFactory(code="E05013650", name="Belsize", slug="belsize")
    client = site_client(camden, cast.panel_chair)
    page = text(client.get("/desk/meetings/plan/"))
    assert re.findall(r'<option value="([^"]+)"', page) == ["ward_panel:highgate", "contact_session:highgate"]
    for what in ("board", "ward_panel:belsize", "monitoring_group"):
        page = client.post(f"/desk/meetings/plan/?what={what}", plan_fields())
        assert "Choose what you want to plan from the list." in text(page)
    assert Meeting.objects.count() == 0


def test_only_choice_is_not_asked_for(cast, site_client):
    page = text(site_client(None, cast.oversight).get("/desk/meetings/plan/"))
    assert 'value="Public meeting"' in page
    site_client(None, cast.oversight).post("/desk/meetings/plan/", plan_fields(title="London asks"))
    assert (Meeting.objects.get().board, Meeting.objects.get().body) == (None, None)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Give the meeting a name."),
        ("day", "", "Choose the day."),
        ("day", "next week", "Write the day like 2027-03-31"),
        ("day", "2020-01-01", "Choose a time in the future."),
        ("begins", "7ish", "Write the time like 19:00."),
        ("ends", "18:00", "The meeting must end after it starts."),
        ("begins", "06:00", "A meeting lasts 12 hours at most."),
        ("joining_url", "meet us there", "Write a web address that begins with https://."),
        ("quorum", "many", "Write the quorum as a number."),
        ("quorum", "0", "A quorum is from 1 to 100 people."),
        ("step_free", "maybe", "Select a valid choice"),
        ("title", "x" * 121, "at most 120 characters"),
    ],
)
def test_bad_plan_is_said_at_the_field_with_what_was_typed(cast, camden, site_client, field, value, words):
    page = site_client(camden, cast.chair).post(
        "/desk/meetings/plan/?what=board", plan_fields(**{field: value, "chair_name": "Typed Name"})
    )
    html = text(page)
    assert page.status_code == 200
    assert words in html
    assert 'value="Typed Name"' in html
    if value and field != "step_free":
        assert f'value="{value}"' in html
    assert Meeting.objects.count() == 0


def test_hour_that_does_not_exist_is_said_kindly(cast, camden, site_client):
    page = site_client(camden, cast.chair).post(
        "/desk/meetings/plan/?what=board",
        plan_fields(day="2031-03-30", begins="01:30", ends="03:30"),
    )
    assert "the clocks change at that hour" in text(page)


@pytest.mark.parametrize("month", [3, 10])
def test_times_are_london_times_over_a_change_of_clocks(cast, camden, site_client, month):
    day = f"2031-{month:02}-{30 if month == 3 else 26}"
    site_client(camden, cast.chair).post("/desk/meetings/plan/?what=board", plan_fields(day=day))
    meeting = Meeting.objects.get()
    assert (meeting.when.partition(", ")[2], f"{timezone.localdate(meeting.starts_at)}") == (
        "7pm to 9pm",
        day,
    )


def test_form_begins_like_the_last_meeting(cast, camden, site_client):
    body = board_body(camden)
    evening = timezone.localtime().replace(hour=18, minute=30, second=0, microsecond=0)
    for weeks in (3, 16):
        make_meeting(
            body,
            starts_at=evening - timedelta(weeks=weeks),
            slug=f"before-{weeks}",
            place=f"Hall {weeks}",
            step_free="yes",
            quorum=7,
            status=MeetingStatus.HELD,
        )
    page = text(site_client(camden, cast.chair).get("/desk/meetings/plan/?what=board"))
    assert 'value="Hall 3"' in page
    assert 'value="18:30"' in page
    assert 'value="7"' in page
    assert f'value="{evening.date() + timedelta(weeks=10):%Y-%m-%d}"' in page


# ------------------------------------------------------------------------------------------------ changing, moving
def test_plan_changes_freely_and_an_announced_meeting_in_details(cast, camden, board_meeting, site_client):
    hidden = make_meeting(board_body(camden), days=20, slug="hidden", announced_at=None)
    client = site_client(camden, cast.chair)
    client.post("/desk/meetings/hidden/change/", plan_fields(title="Extra"))
    hidden.refresh_from_db()
    assert hidden.title == "Extra"
    before = (board_meeting.starts_at, board_meeting.place)
    path = f"/desk/meetings/{board_meeting.slug}/change/"
    sent = plan_fields(place="Elsewhere", chair_name="New Chair")
    assert "To change its day, time or place, move it." in text(client.post(path, sent))
    client.post(path, {name: sent[name] for name in sent if name not in {"day", "begins", "ends"}})
    board_meeting.refresh_from_db()
    assert (board_meeting.starts_at, board_meeting.place, board_meeting.chair_name) == (*before, "New Chair")


@pytest.mark.parametrize("announced", [True, False])
def test_nobodys_details_are_overwritten_by_an_old_page(cast, camden, site_client, announced):
    meeting = make_meeting(board_body(camden), **({} if announced else {"announced_at": None}))
    Meeting.objects.update(slug=f"{timezone.localdate(meeting.starts_at)}-board-meeting")
    meeting.refresh_from_db()
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    path = f"/desk/meetings/{meeting.slug}/change/"
    old = shown_form(chair, path, "")
    theirs = shown_form(secretary, path, "") | {"joining_url": "https://meet.example/board"}
    for _press in range(2):  # the second press changes nothing and is no contradiction
        answer = secretary.post(path, theirs)
    assert answer.status_code == 302
    page = chair.post(path, old | {"chair_name": "Mine"})
    assert "Somebody else has changed this meeting in the meantime." in text(page)
    assert 'value="Mine"' in text(page)
    meeting.refresh_from_db()
    assert (meeting.joining_url, meeting.chair_name) == ("https://meet.example/board", "")
    assert chair.post(path, shown_form(chair, path, "") | {"chair_name": "Mine"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.joining_url, meeting.chair_name) == ("https://meet.example/board", "Mine")


def test_plan_that_was_announced_meanwhile_says_that_its_time_was_not_saved(cast, camden, site_client):
    meeting = make_meeting(board_body(camden), announced_at=None)
    chair, path = site_client(camden, cast.chair), f"/desk/meetings/{meeting.slug}/change/"
    old = shown_form(chair, path, "")
    site_client(camden, cast.secretary).post(f"/desk/meetings/{meeting.slug}/announce/")
    page = text(chair.post(path, old | {"begins": "20:30"}))
    assert "This meeting has been announced since you opened this page." in page


def test_two_people_do_not_move_a_meeting_over_each_other(cast, camden, board_meeting, site_client):
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    path = f"/desk/meetings/{board_meeting.slug}/move/"
    old, now = shown_form(chair, path, ""), shown_form(secretary, path, "")
    day = {"day": f"{timezone.localdate() + timedelta(days=50):%Y-%m-%d}", "reason": "The hall is flooded."}
    assert secretary.post(path, now | day).status_code == 302
    page = chair.post(path, old | {"place": "Library", "reason": "A bigger room."})
    assert "Somebody else has changed this meeting in the meantime." in text(page)
    board_meeting.refresh_from_db()
    assert (timezone.localdate(board_meeting.starts_at).isoformat(), board_meeting.place) == (
        day["day"],
        "Town hall",
    )


def test_moved_postponed_and_cancelled_with_a_public_reason(cast, camden, board_meeting, site_client):
    client, path = site_client(camden, cast.chair), f"/desk/meetings/{board_meeting.slug}/"
    assert client.post(f"{path}move/", move_fields(place="Library"))["Location"] == path
    assert "The hall is flooded." in text(client.get(path))
    client.post(f"{path}postpone/", {"reason": "The chair is ill."})
    assert "It has no new date yet." in text(client.get(path))
    client.post(f"{path}move/", move_fields(day=f"{timezone.localdate() + timedelta(days=50):%Y-%m-%d}"))
    client.post(f"{path}cancel/", {"reason": "No quorum in sight."})
    page = text(client.get(path))
    assert "No quorum in sight." in page
    assert "If plans change" not in page
    assert Meeting.objects.get().sequence == 4


@pytest.mark.parametrize("page", ["move/", "postpone/", "cancel/"])
def test_reason_is_asked_for_and_nothing_typed_is_lost(cast, camden, board_meeting, site_client, page):
    sent = move_fields(place="Typed place") | {"reason": " "}
    answer = site_client(camden, cast.chair).post(f"/desk/meetings/{board_meeting.slug}/{page}", sent)
    assert "Say why; everybody will read it." in text(answer)
    if page == "move/":
        assert 'value="Typed place"' in text(answer)
    assert Meeting.objects.get().sequence == 0


def test_moving_nowhere_is_said_at_the_day(cast, camden, board_meeting, site_client):
    begins, ends = timezone.localtime(board_meeting.starts_at), timezone.localtime(board_meeting.ends_at)
    sent = move_fields(day=f"{begins:%Y-%m-%d}", begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")
    page = site_client(camden, cast.chair).post(f"/desk/meetings/{board_meeting.slug}/move/", sent)
    assert 'href="#id_day">Choose another time or place' in text(page)


def test_plan_nobody_knows_of_is_removed(cast, camden, site_client):
    make_meeting(board_body(camden), slug="hidden", announced_at=None)
    client = site_client(camden, cast.chair)
    assert "Nobody else knows of this meeting." in text(client.get("/desk/meetings/hidden/remove/"))
    assert client.post("/desk/meetings/hidden/remove/")["Location"] == "/desk/meetings/"
    assert Meeting.objects.count() == 0


def test_what_cannot_be_done_is_said_in_words(cast, camden, board_meeting, site_client):
    client, path = site_client(camden, cast.chair), f"/desk/meetings/{board_meeting.slug}/"
    page = client.post(f"{path}held/", follow=True)
    assert "This meeting has not begun yet." in text(page)
    page = client.post(f"{path}announce/", follow=True)
    assert "This meeting has been announced already." in text(page)
    assert "Cancel it, so that people are told." in text(client.post(f"{path}remove/"))


def test_rules_are_changed_and_refused_at_the_field(cast, camden, highgate, site_client):
    panel = make.make_panel(highgate)
    client = site_client(camden, cast.panel_chair)
    sent = {"papers_days": "7", "takes_questions": "on", "speak_hours": "48", "quorum": "4"}
    client.post(f"/desk/meetings/rules/{panel.pk}/", sent)
    assert (MeetingRules.objects.get().papers_days, Body.objects.get(pk=panel.pk).quorum) == (7, 4)
    assert "Papers 7 days before." in text(client.get("/desk/meetings/rules/"))
    page = text(client.post(f"/desk/meetings/rules/{panel.pk}/", sent | {"papers_days": "99"}))
    assert "Members have papers from 0 to 60 days" in page
    assert 'value="99"' in page
    board = board_body(camden)
    assert client.get(f"/desk/meetings/rules/{board.pk}/").status_code == 404
    assert client.post(f"/desk/meetings/rules/{board.pk}/", sent).status_code == 404


# ------------------------------------------------------------------------------------------------ the agenda
def test_agenda_begins_with_the_standing_one_and_is_saved(cast, camden, panel_meeting, site_client):
    client, path = site_client(camden, cast.panel_chair), f"/desk/meetings/{panel_meeting.slug}/"
    assert "Begin with the standing agenda" in text(client.get(f"{path}agenda/"))
    page = client.post(f"{path}agenda/start/", follow=True)
    assert titles_shown(page)[:2] == ["Apologies and introductions", "Minutes of the last meeting"]
    items = draft_agenda(panel_meeting)
    sent = rows(seen=fingerprint(items))
    for index, item in enumerate(items):
        sent |= {
            f"items-{index}-id": str(item.row.pk),
            f"items-{index}-title": item.row.title,
            f"items-{index}-kind": item.row.kind,
            f"items-{index}-minutes": "12",
        }
    saved = client.post(f"{path}agenda/", sent | {"items-0-is_private": "on", "items-0-lead": "Ada Demo"})
    assert saved["Location"] == path
    first = panel_meeting.items.first()
    assert (first.minutes, first.is_private, first.lead, first.pk) == (12, True, "Ada Demo", items[0].row.pk)
    assert [item.row.pk for item in draft_agenda(panel_meeting)] == [item.row.pk for item in items]


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("add", ["One", "Two", "Three", ""]),
        ("up-2", ["One", "Three", "Two"]),
        ("down-0", ["Two", "One", "Three"]),
        ("remove-1", ["One", "Three"]),
        ("up-0", ["One", "Two", "Three"]),
        ("down-2", ["One", "Two", "Three"]),
        ("remove-7", ["One", "Two", "Three"]),
        ("explode", ["One", "Two", "Three"]),
    ],
)
def test_buttons_of_rows_keep_everything_typed_and_save_nothing(
    cast, camden, board_meeting, site_client, do, order
):
    sent = rows(
        "One",
        "Two",
        "Three",
        do=do,
        seen="abc",
        items__0__minutes="soon",
        items__0__note="Typed note",
        items__2__is_private="on",
        items__2__kind="figures",
    )
    page = site_client(camden, cast.chair).post(f"/desk/meetings/{board_meeting.slug}/agenda/", sent)
    assert titles_shown(page) == order
    html = text(page)
    assert 'value="soon"' in html
    assert "Typed note" in html
    assert html.count(" checked") == 1
    assert 'name="seen" value="abc"' in html
    assert "govuk-error-message" not in html
    assert board_meeting.items.count() == 0


def test_rows_with_mistakes_are_said_at_the_row(cast, camden, board_meeting, site_client):
    sent = rows("One", "", "", seen=empty(), items__0__minutes="soon", items__1__lead="Somebody")
    page = site_client(camden, cast.chair).post(f"/desk/meetings/{board_meeting.slug}/agenda/", sent)
    html = text(page)
    assert 'href="#id_items-0-minutes">Write the minutes as a number.' in html
    assert 'href="#id_items-1-title">Give this item a title.' in html
    assert 'value="Somebody"' in html
    assert titles_shown(page) == ["One", ""], "a row nobody typed into is left out"
    assert board_meeting.items.count() == 0


def test_somebody_elses_work_is_not_overwritten(cast, camden, board_meeting, site_client):
    seen = empty()
    agenda_actions.write_agenda(board_meeting, [ItemDraft("Theirs")], by=cast.secretary)
    page = site_client(camden, cast.chair).post(
        f"/desk/meetings/{board_meeting.slug}/agenda/", rows("Mine", seen=seen)
    )
    assert "Somebody else has changed this agenda" in text(page)
    assert titles_shown(page) == ["Mine"]
    assert [item.title for item in board_meeting.items.all()] == ["Theirs"]


def test_running_times_are_shown_and_too_long_an_agenda_is_said(cast, camden, site_client):
    start = timezone.localtime().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=9)
    meeting = make_meeting(board_body(camden), starts_at=start)
    sent = rows("One", "Two", do="add", items__0__minutes="100", items__1__minutes="30")
    html = text(site_client(camden, cast.chair).post(f"/desk/meetings/{meeting.slug}/agenda/", sent))
    assert 'Item 2<span class="snb-item__time">, 8.40pm</span>' in html
    assert "All items together: 130 minutes." in html
    assert "The meeting is to end at 9pm, before the last item does." in html


def test_editor_shows_what_the_portal_will_add(cast, camden, board_meeting, site_client):
    add_items(board_meeting, "Actions", kind=ItemKind.ACTIONS)
    page = text(site_client(camden, cast.chair).get(f"/desk/meetings/{board_meeting.slug}/agenda/"))
    assert "The portal adds: Actions outstanding" in page
    assert "No action is outstanding." in page


@pytest.mark.parametrize("page", ["agenda/", "papers/"])
def test_agenda_of_a_meeting_that_is_over_is_not_edited(cast, camden, site_client, page):
    meeting = make_meeting(board_body(camden), days=-5, status=MeetingStatus.HELD)
    assert site_client(camden, cast.chair).get(f"/desk/meetings/{meeting.slug}/{page}").status_code == 404


# ------------------------------------------------------------------------------------------------ papers
def test_paper_is_added_shown_and_removed(cast, camden, board_meeting, site_client):
    (item,) = add_items(board_meeting, "Police report")
    client, path = site_client(camden, cast.secretary), f"/desk/meetings/{board_meeting.slug}/papers/"
    upload = SimpleUploadedFile("scan.pdf", PDF, content_type="application/pdf")
    client.post(path, {"item": str(item.pk), "title": "Figures", "file": upload})
    paper = Paper.objects.get()
    assert "Figures" in text(client.get(path))
    other = make_meeting(board_body(camden), days=40, slug="other")
    assert client.post(f"/desk/meetings/{other.slug}/papers/{paper.pk}/remove/").status_code == 404
    assert client.post(f"{path}{paper.pk}/remove/")["Location"] == path
    assert Paper.objects.count() == 0


def test_bad_paper_is_said_at_the_field_with_its_name_still_there(cast, camden, board_meeting, site_client):
    (item,) = add_items(board_meeting, "Police report")
    client, path = site_client(camden, cast.secretary), f"/desk/meetings/{board_meeting.slug}/papers/"
    picture = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    for sent, words in (
        ({"item": str(item.pk), "title": "Typed name", "file": picture}, "We can take these"),
        ({"item": str(item.pk), "title": "Typed name"}, "Choose a file."),
        ({"item": "", "title": "Typed name"}, "Choose the item it belongs to."),
        ({"item": "nonsense", "title": "Typed name"}, "not on the agenda any more"),
    ):
        html = text(client.post(path, sent))
        assert words in html
        assert 'value="Typed name"' in html
    assert Paper.objects.count() == 0


def test_without_items_a_paper_has_nowhere_to_go(cast, camden, board_meeting, site_client):
    page = site_client(camden, cast.chair).get(f"/desk/meetings/{board_meeting.slug}/papers/")
    assert "A paper belongs to an item." in text(page)


# ------------------------------------------------------------------------------------------------ what is to do
def test_publishing_is_offered_to_the_second_person_and_the_first_is_told_who_waits(
    cast, camden, board_meeting, site_client
):
    agenda_actions.write_agenda(board_meeting, [ItemDraft("One")], by=cast.secretary)
    path = f"/desk/meetings/{board_meeting.slug}/"
    button = f'action="{path}publish-agenda/"'
    shown = {
        name: text(site_client(camden, person).get(path))
        for name, person in cast.by_name.items()
        if name in {"chair", "secretary", "member", "oversight"}
    }
    assert {name for name, page in shown.items() if button in page} == {"chair", "oversight"}
    assert "You wrote part of it, so somebody else publishes it" in shown["secretary"]
    assert "What comes next" not in shown["member"]
    agenda_actions.freeze_agenda(board_meeting, by=cast.chair)
    page = text(site_client(camden, cast.chair).get(path))
    assert button not in page
    assert "Agenda published" in page


def test_nobody_publishes_an_agenda_they_have_not_read(
    cast, camden, board_meeting, private_root, site_client
):
    chair = site_client(camden, cast.chair)
    path = f"/desk/meetings/{board_meeting.slug}/"
    (item,) = agenda_actions.write_agenda(board_meeting, [ItemDraft("One")], by=cast.secretary)
    form = shown_form(chair, path, "")
    changes = (
        lambda: agenda_actions.write_agenda(
            board_meeting, [ItemDraft("One", note="A slander.", id=item.pk)], by=cast.secretary
        ),
        lambda: agenda_actions.add_paper(item, title="Slander", file=BytesIO(PDF), by=cast.secretary),
    )
    for change in changes:
        change()
        said = text(chair.post(f"{path}publish-agenda/", form, follow=True))
        assert "Somebody has changed this agenda since you opened it." in said
        assert Meeting.objects.get(pk=board_meeting.pk).agenda_published_at is None
        form = shown_form(chair, path, "")
    assert "since you opened it" in text(chair.post(f"{path}publish-agenda/", follow=True))
    assert "The agenda and its papers are public." in text(
        chair.post(f"{path}publish-agenda/", form, follow=True)
    )


def test_private_items_are_seen_by_members_and_by_no_stranger(cast, camden, board_meeting, site_client):
    agenda_actions.write_agenda(
        board_meeting, [ItemDraft(SECRET, note=SECRET, is_private=True), ItemDraft("Open")], by=cast.secretary
    )
    agenda_actions.freeze_agenda(board_meeting, by=cast.chair)
    path = f"/desk/meetings/{board_meeting.slug}/"
    seen = {
        name
        for name, person in cast.by_name.items()
        for page in ("/desk/meetings/", path, f"{path}agenda/", f"{path}papers/")
        if SECRET in text(site_client(camden, person).get(page, follow=False))
    }
    assert seen == {"chair", "secretary", "member", "oversight"}


def test_list_tells_what_is_to_do(cast, camden, highgate, site_client):
    body = board_body(camden)
    make_meeting(body, days=3, slug="soon")
    make_meeting(body, days=-20, slug="held", status=MeetingStatus.HELD)
    make_meeting(make.make_panel(highgate), days=9, slug="hidden", announced_at=None)
    page = text(site_client(camden, cast.chair).get("/desk/meetings/"))
    assert "There is no agenda yet. It was due 2 days ago." in page
    assert "The minutes are missing; the meeting was 20 days ago." in page
    assert "Nobody else knows of this meeting yet." in page
    panel = text(site_client(camden, cast.panel_chair).get("/desk/meetings/"))
    assert "hidden" in panel
    assert "/desk/meetings/soon/" not in panel


def test_past_meetings_are_paged(cast, camden, site_client):
    for number in range(23):
        make_meeting(
            board_body(camden), days=-30 - number, slug=f"past-{number}", status=MeetingStatus.APPROVED
        )
    client = site_client(camden, cast.member)
    first, second = (text(client.get(f"/desk/meetings/?page={page}")) for page in (1, 2))
    assert (first.count("/desk/meetings/past-"), second.count("/desk/meetings/past-")) == (20, 3)
    assert "/desk/meetings/past-22/" in second
    assert text(client.get("/desk/meetings/?page=nonsense")).count("/desk/meetings/past-") == 20


def test_as_many_queries_for_three_meetings_as_for_one(cast, camden, highgate, site_client):
    client = site_client(camden, cast.chair)

    def asked() -> list[int]:
        return [
            queries_in(lambda path=path: client.get(path))
            for path in ("/desk/meetings/", "/desk/meetings/rules/", "/desk/meetings/plan/")
        ]

    def one_of_each(number: int, body: Body) -> None:
        make_meeting(body, days=number, slug=f"coming-{number}")
        make_meeting(body, days=-number, slug=f"held-{number}", status=MeetingStatus.HELD)
        make_meeting(body, days=-90 - number, slug=f"past-{number}", status=MeetingStatus.APPROVED)

    one_of_each(5, board_body(camden))
    client.get("/desk/meetings/")
    one = asked()
    one_of_each(6, make.make_panel(highgate))
    one_of_each(7, make.make_panel(make.WardFactory(code="E05013650", name="Belsize", slug="belsize")))
    assert asked() == one


def test_meeting_with_three_items_takes_as_many_queries_as_with_one(cast, camden, board_meeting, site_client):
    client = site_client(camden, cast.chair)
    (item,) = add_items(board_meeting, "One")
    agenda_actions.add_paper(item, title="A", file=SimpleUploadedFile("a.pdf", PDF), by=cast.secretary)
    pages = [f"/desk/meetings/{board_meeting.slug}/{page}" for page in ("", "agenda/", "papers/")]
    for page in pages:
        client.get(page)
    one = [queries_in(lambda page=page: client.get(page)) for page in pages]
    for item in add_items(board_meeting, "Two", "Three"):
        agenda_actions.add_paper(item, title="B", file=SimpleUploadedFile("b.pdf", PDF), by=cast.secretary)
    assert [queries_in(lambda page=page: client.get(page)) for page in pages] == one
