"""The room: attendance, quorum, decisions and their numbers, and a year at a glance."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import BoardRole
from snb.meetings.actions import log
from snb.meetings.actions import room as actions
from snb.meetings.enums import Capacity, MeetingStatus, Presence
from snb.meetings.models import ActionItem, Attendance, Decision, Meeting
from snb.meetings.queries import room as queries
from snb.meetings.queries.room import Seat
from tests import factories as make
from tests.cms.forms import shown_form
from tests.committed import at_once
from tests.counting import queries_in
from tests.meetings.conftest import add_items, board_body, make_meeting

NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
YEAR = NOON.year


@pytest.fixture
def held(cast, camden):
    """A board meeting of this year that has just been held."""
    return make_meeting(board_body(camden), starts_at=NOON, status=MeetingStatus.HELD)


def marked(meeting, **presence) -> list[Seat]:
    """The seats of a meeting, each marked by its name in the cast."""
    return [
        replace(seat, presence=presence.get(seat.name.lower().replace(" ", "_"), seat.presence))
        for seat in queries.seats_of(meeting)
    ]


def guest(name="PC Demo", **fields) -> Seat:
    return Seat(name, **{"capacity": Capacity.POLICE, "presence": Presence.PRESENT} | fields)


def taken() -> int:
    return AuditEvent.objects.filter(event=Event.ATTENDANCE_TAKEN).count()


# ---------------------------------------------------------------------------------------------- attendance
def test_seats_come_from_the_roles_of_today(cast, held, panel_meeting):
    seats = queries.seats_of(held)
    assert [(seat.name, seat.is_voting) for seat in seats] == [
        ("Chair", True),
        ("Member", True),
        ("Secretary", True),
    ]
    make.give(make.BoardRole, cast.chair, scope=held.board, kind=make.BoardRoleKind.MEMBER)
    assert [seat.label for seat in queries.seats_of(held) if seat.person == cast.chair] == ["Chair"]
    assert {seat.person for seat in queries.seats_of(panel_meeting)} == {cast.panel_chair, cast.panel_member}
    london = make_meeting(None)
    assert [(seat.person, seat.is_voting) for seat in queries.seats_of(london)] == [(cast.oversight, False)]


def test_attendance_is_written_and_twice_is_the_same(cast, held):
    rows = [
        *marked(held, chair=Presence.PRESENT, member=Presence.REMOTE, secretary=Presence.APOLOGIES),
        guest(),
    ]
    for _again in range(2):
        actions.take_attendance(held, rows, by=cast.secretary)
    assert set(Attendance.objects.values_list("name", "presence", "is_voting", "capacity")) == {
        ("Chair", "present", True, "member"),
        ("Member", "remote", True, "member"),
        ("Secretary", "apologies", True, "member"),
        ("PC Demo", "present", False, "police"),
    }
    event = AuditEvent.objects.get(event=Event.ATTENDANCE_TAKEN)
    assert (event.board, event.data) == ("E09000007", {"rows": 4, "there": 3})


def test_attendance_changes_and_guests_leave_the_list(cast, held):
    actions.take_attendance(held, [*marked(held, chair=Presence.PRESENT), guest()], by=cast.chair)
    actions.take_attendance(held, marked(held, chair=Presence.ABSENT)[:3], by=cast.chair)
    assert list(Attendance.objects.values_list("name", "presence")) == [("Chair", "absent")]
    assert taken() == 2


def test_who_is_not_marked_is_not_written(cast, held):
    actions.take_attendance(held, marked(held, chair=Presence.PRESENT), by=cast.chair)
    assert Attendance.objects.count() == 1
    assert queries.quorum_of(held, queries.seats_of(held)).words == (
        "Voting members there: 1 of 3. No quorum is set."
    )


def test_whose_role_ended_stays_where_they_were_marked(cast, held):
    actions.take_attendance(held, marked(held, member=Presence.PRESENT), by=cast.chair)
    BoardRole.objects.filter(person=cast.member).update(until=timezone.localdate())
    assert [seat.name for seat in queries.seats_of(held) if seat.presence] == ["Member"]
    actions.take_attendance(held, marked(held), by=cast.chair)
    assert Attendance.objects.get().name == "Member"


def test_quorum_is_the_meetings_own_else_its_bodys(cast, held):
    seats = marked(held, chair=Presence.PRESENT, member=Presence.REMOTE, secretary=Presence.ABSENT)
    held.body.quorum = 3
    assert queries.quorum_of(held, seats).met is False
    held.quorum = 2
    assert queries.quorum_of(held, seats).words == ("Voting members there: 2 of 3. The quorum of 2 is met.")
    without = [replace(seat, is_voting=seat.name != "Member") for seat in seats]
    assert queries.quorum_of(held, without).met is False


@pytest.mark.parametrize(
    "wrong",
    [
        lambda cast: guest("  "),
        lambda cast: Seat("Resident", person=cast.resident, presence=Presence.PRESENT),
    ],
)
def test_rows_that_are_none_are_refused(cast, held, wrong):
    with pytest.raises(ValidationError):
        actions.take_attendance(held, [wrong(cast)], by=cast.chair)
    with pytest.raises(ValidationError, match="twice"):
        actions.take_attendance(held, [guest(), guest(name="pc demo")], by=cast.chair)
    assert (Attendance.objects.count(), taken()) == (0, 0)


@pytest.mark.parametrize("who", ["member", "editor", "resident", "panel_chair", "other_chair", "oversight"])
def test_only_who_runs_the_body_takes_attendance_and_records_decisions(cast, held, who):
    person = getattr(cast, who)
    decision = actions.record_decision(held, text="Agreed.", by=cast.chair)
    for deed in (
        lambda: actions.take_attendance(held, [], by=person),
        lambda: actions.record_decision(held, text="x", by=person),
        lambda: actions.change_decision(decision, text="x", by=person),
        lambda: actions.remove_decision(decision, by=person),
    ):
        with pytest.raises(PermissionDenied):
            deed()


@pytest.mark.parametrize(
    "status", [MeetingStatus.MINUTES_PUBLISHED, MeetingStatus.APPROVED, MeetingStatus.CANCELLED]
)
def test_what_is_public_or_never_was_does_not_change(cast, held, status):
    decision = actions.record_decision(held, text="Agreed.", by=cast.chair)
    Meeting.objects.filter(pk=held.pk).update(status=status)
    for deed in (
        lambda: actions.take_attendance(held, [guest()], by=cast.chair),
        lambda: actions.record_decision(held, text="x", by=cast.chair),
        lambda: actions.change_decision(decision, text="x", by=cast.chair),
        lambda: actions.remove_decision(decision, by=cast.chair),
    ):
        with pytest.raises(ValidationError):
            deed()
    assert (Attendance.objects.count(), Decision.objects.get().text) == (0, "Agreed.")


# ---------------------------------------------------------------------------------------------- decisions
def test_decisions_count_up_within_a_body_and_year(cast, camden, held, panel_meeting):
    year = timezone.localtime(held.starts_at).year
    earlier = make_meeting(
        held.body, starts_at=timezone.make_aware(datetime(year - 1, 6, 1, 19)), slug="x", status="held"
    )
    same_year = make_meeting(
        held.body, starts_at=timezone.make_aware(datetime(year, 1, 1, 0, 30)), slug="y", status="held"
    )
    numbers = [
        actions.record_decision(meeting, text="Agreed.", by=cast.chair).number
        for meeting in (held, earlier, same_year, held)
    ]
    assert numbers == [f"{year}/1", f"{year - 1}/1", f"{year}/2", f"{year}/3"]
    assert actions.record_decision(panel_meeting, text="x", by=cast.panel_chair).number.endswith("/1")
    assert actions.record_decision(make_meeting(None), text="x", by=cast.oversight).number.endswith("/1")
    assert AuditEvent.objects.filter(event=Event.DECISION_RECORDED).count() == 6


@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["chair", "oversight"])
def test_decision_numbers_are_given_once_each_however_many_write_at_once(cast, who):
    body, person = board_body(make.make_board()) if who == "chair" else None, getattr(cast, who)
    meetings = [
        make_meeting(body, days=-number, slug=f"m{number}", status=MeetingStatus.HELD) for number in (1, 2, 3)
    ]
    meetings = [meeting for meeting in meetings if meeting.starts_at.year == meetings[0].starts_at.year]
    writes = [
        lambda meeting=meeting: actions.record_decision(meeting, text="x", by=person)
        for meeting in meetings * 2
    ]
    at_once(writes)
    numbers = sorted(
        int(number.partition("/")[2]) for number in Decision.objects.values_list("number", flat=True)
    )
    assert numbers == list(range(1, len(writes) + 1))


def test_a_decision_is_changed_and_removed_before_the_minutes_are_public(cast, held):
    [item] = add_items(held, "In private")
    item.is_private = True
    item.save()
    decision = actions.record_decision(held, text=" Agreed. ", votes_for=5, by=cast.chair)
    assert (decision.text, decision.votes_against, decision.abstained) == ("Agreed.", 0, 0)
    changed = actions.change_decision(decision, text="Refused.", item=item, by=cast.secretary)
    assert (changed.number, changed.text, changed.votes_for, changed.is_private) == (
        decision.number,
        "Refused.",
        None,
        True,
    )
    actions.remove_decision(decision, by=cast.chair)
    assert not Decision.objects.exists()
    assert AuditEvent.objects.filter(event=Event.DECISION_REMOVED).count() == 1


def test_a_decision_that_agrees_minutes_stays_as_it_is(cast, held):
    before = make_meeting(held.body, days=-60, status=MeetingStatus.APPROVED)
    decision = Decision.objects.create(meeting=held, number="2026/1", text="Agreed.", approves=before)
    with pytest.raises(ValidationError):
        actions.change_decision(decision, text="Refused.", by=cast.chair)
    with pytest.raises(ValidationError):
        actions.remove_decision(decision, by=cast.chair)
    assert Decision.objects.get().text == "Agreed."


def test_people_a_document_names_are_added_once_and_members_find_their_seats(cast, held):
    seats = queries.seats_of(held)
    member = next(seat for seat in seats if seat.person == cast.member)
    actions.take_attendance(held, [replace(member, presence=Presence.APOLOGIES)], by=cast.chair)
    named = [
        Seat(" member ", presence=Presence.PRESENT),
        Seat("Secretary", presence=Presence.PRESENT),
        Seat("Sgt  Khan", capacity=Capacity.POLICE, presence=Presence.PRESENT),
        Seat("Sgt Khan", capacity=Capacity.POLICE, presence=Presence.PRESENT),
    ]
    for _again in range(2):
        actions.add_attendance(held, named, by=cast.chair)
    rows = {row.name: (row.person, row.presence, row.is_voting) for row in held.attendance.all()}
    assert rows == {
        "Member": (cast.member, Presence.APOLOGIES, True),
        "Secretary": (cast.secretary, Presence.PRESENT, True),
        "Sgt Khan": (None, Presence.PRESENT, False),
    }


@pytest.mark.parametrize(("fields", "field"), [({"text": " "}, "text"), ({"votes_against": 1}, "votes_for")])
def test_what_a_decision_lacks_is_said_at_its_field(cast, held, fields, field):
    with pytest.raises(ValidationError) as refused:
        actions.record_decision(held, **{"text": "x"} | fields, by=cast.chair)
    assert list(refused.value.message_dict) == [field]
    assert not Decision.objects.exists()


# ---------------------------------------------------------------------------------------------- pages
def attendance_path(meeting) -> str:
    return f"/desk/meetings/{meeting.slug}/attendance/"


def fields(cast, **presence) -> dict[str, str]:
    """What the form sends; everybody has a vote."""
    sent = {}
    for name in ("chair", "secretary", "member"):
        key = getattr(cast, name).public_id.hex
        sent[f"votes_{key}"] = "on"
        if name in presence:
            sent[f"presence_{key}"] = presence[name]
    return sent


def test_attendance_is_taken_on_its_page(cast, camden, held, site_client):
    client = site_client(camden, cast.secretary)
    page = client.get(attendance_path(held)).content.decode()
    assert "3 people are not marked yet." in page
    sent = fields(cast, chair="present", member="remote") | {
        "guest_name_1": "PC Demo",
        "guest_capacity_1": "police",
        "guest_presence_1": "present",
    }
    assert client.post(attendance_path(held), sent)["Location"] == attendance_path(held)
    page = client.get(attendance_path(held)).content.decode()
    assert "Voting members there: 2 of 3. No quorum is set." in page
    assert ("1 person is not marked yet." in page, 'value="PC Demo"' in page, "guest_name_4" in page) == (
        True,
        True,
        True,
    )
    client.post(attendance_path(held), fields(cast))
    assert set(Attendance.objects.values_list("name", flat=True)) == {"Chair", "Member"}


def test_two_phones_at_two_doors_lose_nobody(cast, camden, held, site_client):
    actions.take_attendance(
        held, [*marked(held, chair=Presence.APOLOGIES), guest("Cllr Demo")], by=cast.chair
    )
    chair, secretary = site_client(camden, cast.chair), site_client(camden, cast.secretary)
    chairs = shown_form(chair, attendance_path(held), "")
    secretarys = shown_form(secretary, attendance_path(held), "")
    keys = {name: getattr(cast, name).public_id.hex for name in ("chair", "member", "secretary")}

    chairs |= {f"presence_{keys['chair']}": "present", "guest_name_2": "PC Demo"}
    chair.post(attendance_path(held), chairs)
    secretarys |= {f"presence_{keys['member']}": "remote", "guest_name_2": "Ward officer", "guest_name_1": ""}
    secretary.post(attendance_path(held), secretarys)

    assert set(Attendance.objects.values_list("name", "presence")) == {
        ("Chair", "present"),
        ("Member", "remote"),
        ("PC Demo", "present"),
        ("Ward officer", "present"),
    }
    # Sent once more, by a second press or the back button, it is the same.
    secretary.post(attendance_path(held), secretarys)
    assert Attendance.objects.count() == 4


def test_what_a_page_says_it_showed_is_not_believed(cast, camden, held, site_client):
    client = site_client(camden, cast.chair)
    for was in ("[", "[1, 2]", '["x", "", "king", true, "present"]', "[" * 9000, "null"):
        client.post(attendance_path(held), fields(cast, chair="present") | {"guest_was_1": was})
    assert set(Attendance.objects.values_list("name", "presence")) == {("Chair", "present")}


@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
def test_two_phones_at_the_very_same_moment_lose_nobody(cast):
    meeting = make_meeting(board_body(make.make_board()), starts_at=NOON, status=MeetingStatus.HELD)
    names = [f"Guest {number}" for number in range(6)]
    at_once(
        partial(actions.take_attendance, meeting, [guest(name)], by=cast.chair, seen=[]) for name in names
    )
    assert sorted(Attendance.objects.values_list("name", flat=True)) == names


def test_bad_input_in_the_room_keeps_everything(cast, camden, held, site_client):
    client = site_client(camden, cast.chair)
    sent = fields(cast, chair="present") | {"guest_organisation_2": "The council", "guest_name_1": "PC Demo"}
    page = client.post(attendance_path(held), sent).content.decode()
    assert 'href="#id_guest_name_2"' in page
    assert ('value="The council"' in page, 'value="PC Demo"' in page) == (True, True)
    chair = cast.chair.public_id.hex
    assert page.partition(f'id="id_presence_{chair}_0"')[2].partition(">")[0].strip() == "checked"
    page = client.post(attendance_path(held), fields(cast, chair="nonsense")).content.decode()
    assert "Choose present, online, apologies or absent." in page
    twice = {"guest_name_1": "PC Demo", "guest_name_2": "pc demo"}
    assert "is on the list twice" in client.post(attendance_path(held), twice).content.decode()
    assert not Attendance.objects.exists()


def test_many_guests_are_kept_and_numbers_are_not_believed(cast, camden, held, site_client):
    client = site_client(camden, cast.chair)
    sent = {f"guest_name_{number}": f"Guest {number}" for number in range(1, 13)}
    client.post(attendance_path(held), sent | {"guest_name_9999": "x", "guest_name_x": "x"})
    assert Attendance.objects.count() == 12


def test_closed_attendance_says_so(cast, camden, held, site_client):
    Meeting.objects.filter(pk=held.pk).update(status=MeetingStatus.APPROVED)
    client = site_client(camden, cast.chair)
    page = client.get(attendance_path(held)).content.decode()
    assert ("cannot be changed any more" in page, "Save</button>" in page) == (True, False)
    page = client.post(attendance_path(held), fields(cast, chair="present")).content.decode()
    assert "what happened in the room does not change" in page


def test_decisions_are_recorded_changed_and_removed_on_their_page(cast, camden, held, site_client):
    client = site_client(camden, cast.chair)
    path = f"/desk/meetings/{held.slug}/decisions/"
    page = client.post(path, {"text": "", "votes_for": "-1"}).content.decode()
    assert ("Write what was decided." in page, 'value="-1"' in page) == (True, True)
    assert client.post(path, {"text": "More lamps.", "votes_for": "5"})["Location"] == path
    decision = Decision.objects.get()
    page = client.get(path).content.decode()
    assert (decision.number in page, "5 for, 0 against, 0 abstained" in page) == (True, True)
    client.post(f"{path}{decision.pk}/", {"text": "Fewer lamps."})
    decision.refresh_from_db()
    assert (decision.text, decision.votes_for) == ("Fewer lamps.", None)
    assert client.get(f"{path}{decision.pk}/remove/").status_code == 405
    client.post(f"{path}{decision.pk}/remove/")
    assert not Decision.objects.exists()
    assert client.get(f"{path}{decision.pk}/").status_code == 404


def test_two_people_who_change_one_decision_do_not_overwrite_each_other(cast, camden, held, site_client):
    decision = actions.record_decision(held, text="More lamps.", votes_for=3, by=cast.chair)
    path = f"/desk/meetings/{held.slug}/decisions/{decision.pk}/"
    client, other = site_client(camden, cast.chair), site_client(camden, cast.secretary)
    mine, theirs = shown_form(client, path, ""), shown_form(other, path, "")
    for _press in range(2):
        assert other.post(path, theirs | {"text": "Fewer lamps.", "votes_for": "7"}).status_code == 302
    page = client.post(path, mine | {"text": "Brighter lamps."}).content.decode()
    assert "Somebody else has changed this decision since you opened it." in page
    shown = ("Brighter lamps.</textarea>" in page, "Fewer lamps." in page, "7 for, 0 against" in page)
    assert shown == (True, True, True)
    decision.refresh_from_db()
    assert (decision.text, decision.votes_for) == ("Fewer lamps.", 7)
    # Having seen it, they save theirs. A mistake of one's own does not count as having seen.
    seen = re.search(r'name="was" value="(\w+)"', page)[1]
    other.post(path, shown_form(other, path, "") | {"text": "No lamps."})
    page = client.post(path, mine | {"was": seen, "text": ""}).content.decode()
    assert f'name="was" value="{seen}"' in page
    page = client.post(path, mine | {"was": seen, "text": "Brighter lamps."}).content.decode()
    assert "Somebody else has changed this decision since you opened it." in page
    seen = re.search(r'name="was" value="(\w+)"', page)[1]
    assert client.post(path, mine | {"was": seen, "text": "Brighter lamps."}).status_code == 302
    decision.refresh_from_db()
    assert decision.text == "Brighter lamps."


def test_a_decision_sent_twice_is_recorded_once(cast, camden, held, panel_meeting, site_client):
    client = site_client(camden, cast.chair)
    path = f"/desk/meetings/{held.slug}/decisions/"
    form = shown_form(client, path, "") | {"text": "Ask for more lamps."}
    for _press in range(2):
        page = client.post(path, form, follow=True).content.decode()
        assert f"Decision {YEAR}/1 is recorded." in page
    assert AuditEvent.objects.filter(event=Event.DECISION_RECORDED).count() == 1
    # Another decision typed over the first, as the back button allows, is another one; so is one of another meeting.
    client.post(path, form | {"text": "Ask for a bench."})
    client.post(path, shown_form(client, path, "") | {"text": "Ask for more lamps."})
    once = UUID(form["once"])
    actions.record_decision(panel_meeting, text="Ask for more lamps.", once=once, by=cast.panel_chair)
    assert [one.text for one in held.decisions.order_by("number")] == [
        "Ask for more lamps.",
        "Ask for a bench.",
        "Ask for more lamps.",
    ]
    assert panel_meeting.decisions.count() == 1
    assert "Enter a valid UUID" in client.post(path, form | {"once": "x"}).content.decode()


@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
def test_a_decision_and_an_entry_sent_twice_at_the_same_moment_are_one_each(cast):
    meeting = make_meeting(board_body(make.make_board()), starts_at=NOON, status=MeetingStatus.HELD)
    once = uuid4()
    decide = partial(actions.record_decision, meeting, text="More lamps.", once=once, by=cast.chair)
    enter = partial(
        log.enter, meeting.body, text="Mend it.", owner_name="The council", once=once, by=cast.chair
    )
    at_once([decide, enter] * 3)
    assert (Decision.objects.get().pk, ActionItem.objects.get().pk) == (once, once)


@pytest.mark.parametrize("who", ["other_chair", "resident", "member", "editor", "panel_chair", "oversight"])
def test_who_does_not_run_the_body_finds_no_room(cast, camden, held, site_client, who):
    client = site_client(camden, getattr(cast, who))
    decision = actions.record_decision(held, text="marker", by=cast.chair)
    base = f"/desk/meetings/{held.slug}"
    for path in (
        f"{base}/attendance/",
        f"{base}/decisions/",
        f"{base}/decisions/{decision.pk}/",
        f"{base}/decisions/{decision.pk}/remove/",
    ):
        for method in (client.get, client.post):
            assert method(path, {"text": "x"}).status_code in {404, 405}
    assert "/accounts/login/" in site_client(camden).get(f"{base}/attendance/")["Location"]
    assert site_client(None, cast.chair).get(f"{base}/attendance/").status_code == 404


# ---------------------------------------------------------------------------------------------- a year at a glance
def publish(meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.MINUTES_PUBLISHED)


@pytest.fixture
def year(cast, camden, highgate, held):
    """This year's attendance of the board and of a panel, minutes public; and a board meeting whose minutes are not."""
    panel = make_meeting(
        make.make_panel(highgate), starts_at=NOON + timedelta(hours=2), status=MeetingStatus.HELD
    )
    draft = make_meeting(
        held.body, starts_at=NOON + timedelta(hours=4), status=MeetingStatus.HELD, slug="draft"
    )
    actions.take_attendance(
        held, [*marked(held, chair=Presence.PRESENT, member=Presence.APOLOGIES), guest()], by=cast.chair
    )
    actions.take_attendance(panel, marked(panel, panel_chair=Presence.PRESENT), by=cast.panel_chair)
    actions.take_attendance(draft, marked(draft, secretary=Presence.ABSENT), by=cast.chair)
    publish(held)
    publish(panel)
    return held


def test_the_public_year_names_the_board_and_counts_the_panel(year, cast, camden, site_client):
    page = site_client(camden).get(f"/meetings/attendance/?year={YEAR}").content.decode()
    assert all(words in page for words in ("Chair", "Apologies", "1 of 2 members", "Highgate ward panel"))
    assert all(name not in page for name in ("Panel Chair", "PC Demo", "Secretary", "draft"))
    [board, panel] = queries.year_at_a_glance(camden, YEAR)
    assert [(row.name, row.total) for row in board.members] == [("Chair", "1 of 1"), ("Member", "0 of 1")]
    assert (panel.members, panel.counts[0].words, panel.counts[0].quorum_words) == (
        [],
        "1 of 1 members",
        "No quorum set",
    )


def test_the_desks_year_has_every_name_for_who_runs_it(year, cast, camden, site_client):
    path = f"/desk/meetings/attendance/?year={YEAR}"
    page = site_client(camden, cast.chair).get(path).content.decode()
    assert all(name in page for name in ("Panel Chair", "Secretary"))
    page = site_client(camden, cast.panel_chair).get(path).content.decode()
    assert ("Panel Chair" in page, "Secretary" in page) == (True, False)
    for who in ("other_chair", "member", "resident", "oversight"):
        assert site_client(camden, getattr(cast, who)).get(path).status_code == 404
    assert "/accounts/login/" in site_client(camden).get(path)["Location"]


def test_other_years_and_other_sites(year, camden, brent, site_client):
    client = site_client(camden)
    assert client.get(f"/meetings/attendance/?year={YEAR}").status_code == 200
    for nonsense in ("1999", "x", "9" * 30):
        assert client.get(f"/meetings/attendance/?year={nonsense}").status_code == 404
    assert "Nothing to show yet" in site_client(brent).get("/meetings/attendance/").content.decode()
    assert "Nothing to show yet" in site_client(None).get("/meetings/attendance/").content.decode()
    assert client.post("/meetings/attendance/").status_code == 405


def test_a_year_takes_as_many_queries_for_three_meetings_as_for_one(year, cast, camden, held):
    def public():
        return queries.year_at_a_glance(camden, YEAR)

    def desk():
        return queries.year_for_desk(cast.chair, camden, YEAR)

    desk()
    ones = [queries_in(public), queries_in(desk)]
    for number in range(2):
        more = make_meeting(
            held.body,
            starts_at=NOON + timedelta(minutes=30 + number),
            status=MeetingStatus.HELD,
            slug=f"more-{number}",
        )
        actions.take_attendance(more, marked(more, chair=Presence.PRESENT), by=cast.chair)
        publish(more)
    assert [queries_in(public), queries_in(desk)] == ones
    assert len(public()[0].counts) == 3


def test_the_room_takes_as_many_queries_for_three_members_as_for_one(cast, camden, held, site_client):
    def seats():
        return queries.seats_of(held)

    three = queries_in(seats)
    BoardRole.objects.filter(person__in=[cast.member, cast.secretary]).delete()
    assert (queries_in(seats), len(seats())) == (three, 1)
