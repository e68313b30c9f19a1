"""What the portal knows for an agenda: public through and through, and with its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from snb.meetings.adapters import facts_for
from snb.meetings.enums import ItemKind, LogKind, MeetingStatus
from snb.meetings.models import ActionItem
from snb.meetings.queries import facts
from tests import factories as make
from tests.counting import queries_in
from tests.meetings.conftest import board_body, make_meeting
from wardpanels.enums import Concern, PriorityStatus, SetBy
from wardpanels.models import Priority
from wardpanels.queries import priorities_for_agenda


def enter(meeting, number: int, text: str, *, days: int | None = None, **fields) -> ActionItem:
    """A public entry of the log, due so many days from today."""
    return ActionItem.objects.create(
        **{
            "board": meeting.board,
            "body": meeting.body,
            "number": number,
            "text": text,
            "owner_name": "Council",
            "due_on": timezone.localdate() + timedelta(days=days) if days is not None else None,
            "published_at": timezone.now(),
            **fields,
        }
    )


def lines(found) -> list[str]:
    """Every line of all facts."""
    return [line.text for entry in found for line in entry.lines]


def test_actions_outstanding_begin_with_the_overdue(cast, board_meeting, panel_meeting):
    enter(board_meeting, 1, "Mend the lamp.", days=5)
    late = enter(board_meeting, 2, "Write to TfL", days=-3)
    enter(board_meeting, 3, "Find a hall")
    enter(board_meeting, 4, "Marker done", status="done", done_on=timezone.localdate())
    enter(board_meeting, 5, "Marker private", is_private=True)
    enter(board_meeting, 6, "Marker unpublished", published_at=None)
    enter(panel_meeting, 1, "Marker panel")
    enter(board_meeting, 7, "More patrols", kind=LogKind.RECOMMENDATION)
    found = facts.actions_outstanding(board_meeting)
    overdue = f"{late.due_on.day} {late.due_on:%B %Y}"
    due = timezone.localdate() + timedelta(days=5)
    assert lines(found) == [
        "3 outstanding, 1 of them overdue.",
        f"A2 (overdue since {overdue}): Write to TfL. Council.",
        f"A1 (due {due.day} {due:%B %Y}): Mend the lamp. Council.",
        "A3: Find a hall. Council.",
        "R7: More patrols. Council.",
    ]
    assert [entry.as_of for entry in found] == [timezone.localdate()] * 2
    assert found[0].lines[0].url == "/meetings/actions/"


def test_no_action_is_said_and_a_long_log_is_cut(cast, board_meeting):
    assert lines(facts.actions_outstanding(board_meeting)) == ["No action is outstanding."]
    for number in range(facts.MOST_ACTIONS + 2):
        enter(board_meeting, number + 1, "Something", days=number)
    found = lines(facts.actions_outstanding(board_meeting))
    assert (found[0], found[-1], len(found)) == (
        f"{facts.MOST_ACTIONS + 2} outstanding, none overdue.",
        "The rest is in the action log.",
        facts.MOST_ACTIONS + 2,
    )


@pytest.mark.parametrize(
    ("status", "words", "path"),
    [
        (MeetingStatus.APPROVED, "minutes approved.", "/meetings/last/minutes/"),
        (MeetingStatus.MINUTES_PUBLISHED, "draft minutes, to be agreed.", "/meetings/last/minutes/"),
        (MeetingStatus.MINUTES_DRAFT, "no minutes yet.", "/meetings/last/"),
    ],
)
def test_minutes_of_the_last_meeting_of_the_same_body(cast, camden, board_meeting, status, words, path):
    make_meeting(board_body(camden), days=-60, slug="last", status=status)
    make_meeting(board_body(camden), days=-30, slug="cancelled", status=MeetingStatus.CANCELLED)
    make_meeting(board_body(camden), days=-20, slug="unknown", announced_at=None)
    ((line,),) = (entry.lines for entry in facts.minutes_of_the_last_meeting(board_meeting))
    assert line.text.endswith(words)
    assert line.url == path


def test_first_meeting_of_all_has_no_last_minutes(cast, board_meeting, panel_meeting):
    assert facts.minutes_of_the_last_meeting(board_meeting) == []


def test_next_meeting_is_one_everybody_may_know_of(cast, camden, board_meeting):
    make_meeting(board_body(camden), days=20, slug="marker", title="Marker", announced_at=None)
    make_meeting(board_body(camden), days=25, slug="off", title="Off", status=MeetingStatus.CANCELLED)
    assert lines(facts.date_of_the_next_meeting(board_meeting)) == ["No date has been announced yet."]
    following = make_meeting(board_body(camden), days=40, slug="next")
    ((line,),) = (entry.lines for entry in facts.date_of_the_next_meeting(board_meeting))
    assert (line.text, line.url) == (f"Board meeting: {following.when}.", "/meetings/next/")


def test_board_hears_which_wards_have_no_panel(cast, camden, board_meeting, panel_meeting):
    assert lines(facts.wards_without_a_panel(board_meeting)) == ["Every ward has a panel."]
    make.make_panel(make.WardFactory(code="E05013650", name="Belsize", slug="belsize"))
    ((total, ward),) = (entry.lines for entry in facts.wards_without_a_panel(board_meeting))
    assert (total.text, ward.text, ward.url) == ("1 of 2 wards has no panel.", "Belsize", "/wards/belsize/")
    assert facts.wards_without_a_panel(panel_meeting) == []


def prioritise(ward, text: str, days: int, **fields) -> Priority:
    """A priority of a ward, to be reviewed so many days from today."""
    review_by = timezone.localdate() + timedelta(days=days)
    return Priority.objects.create(
        **{
            "ward": ward,
            "concern": Concern.OTHER,
            "text": text,
            "set_by": SetBy.PANEL,
            "adopted_on": review_by - timedelta(days=90),
            "review_by": review_by,
            **fields,
        }
    )


def test_panel_hears_of_each_priority_and_when_it_is_due(cast, highgate, panel_meeting):
    assert lines(priorities_for_agenda(panel_meeting)) == ["This ward has no priorities."]
    due, late = prioritise(highgate, "Mopeds", 9), prioritise(highgate, "Burglary", -2)
    prioritise(highgate, "Marker achieved", 3, status=PriorityStatus.ACHIEVED)

    def day(when: date) -> str:
        return f"{when.day} {when:%B %Y}"

    assert lines(priorities_for_agenda(panel_meeting)) == [
        f"Burglary: overdue, it was to be reviewed by {day(late.review_by)}.",
        f"Mopeds: to be reviewed by {day(due.review_by)}.",
    ]


def test_board_hears_how_many_wards_have_none_or_overdue_ones(cast, highgate, board_meeting):
    make.WardFactory(code="E05013650", name="Belsize", slug="belsize")
    prioritise(highgate, "Mopeds", 9)
    assert lines(priorities_for_agenda(board_meeting))[0] == (
        "Priorities stand in 1 of 2 wards; none is overdue."
    )
    prioritise(highgate, "Burglary", -2)
    assert lines(priorities_for_agenda(board_meeting)) == [
        "Priorities stand in 1 of 2 wards; in 1 of them one is overdue.",
        "Overdue: Highgate",
        "No priorities: Belsize",
    ]


def test_london_knows_nothing_of_one_board(cast):
    london = make_meeting(None)
    assert priorities_for_agenda(london) == []
    assert facts.wards_without_a_panel(london) == []
    assert lines(facts.actions_outstanding(london)) == ["No action is outstanding."]


def test_readers_of_this_room_and_of_ward_panels_are_registered(cast, board_meeting):
    found = facts_for(board_meeting, ItemKind)
    assert {kind for kind, known in found.items() if known} == {
        ItemKind.ACTIONS,
        ItemKind.NEXT,
        ItemKind.PANELS,
        ItemKind.PRIORITIES,
    }


def test_as_many_queries_for_three_rows_as_for_one(cast, camden, highgate, board_meeting):
    readers = (facts.actions_outstanding, facts.wards_without_a_panel, priorities_for_agenda)

    def asked() -> list[int]:
        return [queries_in(lambda reader=reader: reader(board_meeting)) for reader in readers]

    enter(board_meeting, 1, "One")
    prioritise(highgate, "Mopeds", 9)
    one = asked()
    for number, (code, name) in enumerate({"E05013650": "Belsize", "E05013651": "Bloomsbury"}.items(), 2):
        enter(board_meeting, number, name)
        prioritise(make.WardFactory(code=code, name=name, slug=name.lower()), "Mopeds", 9)
    assert asked() == one
