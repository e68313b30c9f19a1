"""What the desk of meetings reads: who sees which meeting, what is offered, and the one next thing to do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from snb.meetings.actions import agenda as agenda_actions
from snb.meetings.actions.agenda import ItemDraft
from snb.meetings.enums import MeetingKind, MeetingStatus
from snb.meetings.models import Meeting, MeetingRules
from snb.meetings.queries import desk
from snb.meetings.queries.steps import agenda_due, next_step, state_of
from tests import factories as make
from tests.meetings.conftest import add_items, board_body, make_meeting


@pytest.fixture
def some_meetings(cast, camden, brent, highgate):
    """Camden's board and two of its panels, Brent's board, London; announced and not."""
    belsize = make.WardFactory(code="E05013650", name="Belsize", slug="belsize")
    for announced in (timezone.now(), None):
        for body in (
            board_body(camden),
            board_body(brent),
            make.make_panel(highgate),
            make.make_panel(belsize),
            None,
        ):
            number = Meeting.objects.count()
            make_meeting(body, days=3 + number, slug=f"m-{number}", announced_at=announced)


def test_list_of_the_desk_agrees_with_the_permission(some_meetings, cast, camden, brent):
    for board in (camden, brent, None):
        for person in cast.everyone:
            allowed = {
                meeting.pk
                for meeting in Meeting.objects.for_board(board)
                if person.has_perm("meetings.draft.read", meeting)
            }
            listed = desk.desk_of(person, board)
            shown = {row.meeting.pk for row in listed.coming} if listed else set()
            assert shown == allowed, (person, board)


def test_offers_agree_with_the_permission(some_meetings, cast, camden, brent):
    for board in (camden, brent, None):
        for person in cast.everyone:
            for offer in desk.offers_for(person, board):
                plan = Meeting(board=board, body=offer.body, kind=offer.kind)
                assert person.has_perm("meetings.meeting.plan", plan)
    offered = {
        name: [offer.value for offer in desk.offers_for(person, camden)]
        for name, person in cast.by_name.items()
    }
    everything = [
        "board",
        "public",
        "monitoring_group",
        "ward_panel:belsize",
        "ward_panel:highgate",
        "contact_session:belsize",
        "contact_session:highgate",
    ]
    assert offered.pop("chair") == offered.pop("secretary") == everything
    assert offered.pop("panel_chair") == ["ward_panel:highgate", "contact_session:highgate"]
    assert not any(offered.values())
    assert [offer.value for offer in desk.offers_for(cast.oversight, None)] == ["public"]


# ------------------------------------------------------------------------------------------------ the usual day
def test_next_usual_day_keeps_rhythm_and_weekday():
    tuesday = date(2026, 10, 6)
    assert desk.next_usual_day([tuesday, tuesday - timedelta(weeks=13)], date(2026, 11, 1)) == date(
        2027, 1, 5
    )
    assert desk.next_usual_day([tuesday, tuesday - timedelta(weeks=4)], date(2027, 1, 1)) == date(2027, 1, 26)
    assert desk.next_usual_day([tuesday], date(2026, 11, 1)) is None
    assert desk.next_usual_day([tuesday, tuesday], date(2026, 11, 1)) is None


@given(
    last=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    gap=st.integers(1, 400),
    later=st.integers(0, 3000),
)
def test_next_usual_day_is_always_to_come_on_the_same_day_of_the_week(last, gap, later):
    today = last + timedelta(days=later)
    found = desk.next_usual_day([last, last - timedelta(days=gap)], today)
    assert found > today
    assert found.weekday() == last.weekday()


# ------------------------------------------------------------------------------------------------ the next step
def paths(meeting, cast) -> dict[str, str]:
    """Where the next step leads each person who has one with a button."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    found = {name: next_step(meeting, person) for name, person in cast.by_name.items()}
    return {name: step.path for name, step in found.items() if step and step.button}


@pytest.mark.parametrize(
    ("days", "fields", "path"),
    [
        (14, {"announced_at": None}, "announce/"),
        (-1, {"announced_at": None}, "change/"),
        (14, {}, "agenda/"),
        (14, {"status": MeetingStatus.POSTPONED}, "move/"),
        (-0.2, {"status": MeetingStatus.AGENDA_PUBLISHED}, "held/"),
        (0.05, {"kind": MeetingKind.CONTACT_SESSION}, "attendance/"),
        (-2, {"status": MeetingStatus.HELD}, "minutes/"),
        (-2, {"status": MeetingStatus.MINUTES_DRAFT}, "minutes/"),
        (-2, {"status": MeetingStatus.MINUTES_PUBLISHED}, "minutes/"),
        (14, {"status": MeetingStatus.CANCELLED}, None),
        (-90, {"status": MeetingStatus.APPROVED}, None),
        (14, {"kind": MeetingKind.CONTACT_SESSION}, None),
        (-2, {"kind": MeetingKind.CONTACT_SESSION, "status": MeetingStatus.HELD}, None),
    ],
)
def test_one_next_thing_in_every_state_and_for_officers_only(cast, camden, days, fields, path):
    meeting = make_meeting(board_body(camden), days=days, **fields)
    assert paths(meeting, cast) == ({"chair": path, "secretary": path} if path else {})


def test_publishing_waits_for_a_second_person(cast, camden, board_meeting):
    agenda_actions.write_agenda(board_meeting, [ItemDraft("One")], by=cast.secretary)
    publish = "publish-agenda/"
    assert paths(board_meeting, cast) == {"chair": publish, "secretary": "agenda/", "oversight": publish}
    agenda_actions.freeze_agenda(board_meeting, by=cast.oversight)
    assert paths(board_meeting, cast) == {}
    agenda_actions.write_agenda(board_meeting, [ItemDraft("Two")], by=cast.chair)
    assert paths(board_meeting, cast) == {"chair": "agenda/", "secretary": publish, "oversight": publish}
    assert state_of(Meeting.objects.get()) == ("Agenda changed since it was published", "due")


@pytest.mark.parametrize(
    ("days", "words", "urgent"),
    [
        (20, "It is due in 13 days.", False),
        (8, "It is due in 1 day.", False),
        (7, "It is due today.", True),
        (6, "It was due 1 day ago.", True),
        (3, "It was due 4 days ago.", True),
    ],
)
def test_agenda_is_due_by_the_bodys_own_rule(cast, camden, days, words, urgent):
    body = board_body(camden)
    MeetingRules.objects.create(body=body, papers_days=7)
    midday = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    meeting = make_meeting(body, starts_at=midday + timedelta(days=days))
    assert agenda_due(meeting) == (words, urgent)


def test_every_state_has_words_and_a_tone(cast, camden):
    tones = {"good", "due", "trouble", "quiet"}
    for number, status in enumerate(MeetingStatus):
        text, tone = state_of(make_meeting(board_body(camden), slug=f"m-{number}", status=status))
        assert (text, tone in tones) == (str(status.label), True)


def test_cancelled_meeting_offers_no_pages_but_its_own(cast, camden, board_meeting):
    add_items(board_meeting, "One")

    def pages() -> list[str]:
        return [
            page["url"].rpartition("/desk/meetings/")[2]
            for page in desk.desk_pages(board_meeting, cast.chair)
        ]

    slug = board_meeting.slug
    assert pages() == [
        f"{slug}/{page}"
        for page in ("", "agenda/", "papers/", "attendance/", "questions/", "minutes/", "pack/")
    ]
    board_meeting.status = MeetingStatus.HELD
    assert pages() == [f"{slug}/{page}" for page in ("", "attendance/", "questions/", "minutes/", "pack/")]
    board_meeting.status = MeetingStatus.CANCELLED
    assert pages() == [f"{slug}/"]
    assert [page["url"] for page in desk.desk_pages(board_meeting, cast.member)] == [
        f"/desk/meetings/{slug}/"
    ]
