"""Planning, announcing, moving, calling off and holding meetings: each way out, and the event each leaves."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from snb.audit.models import AuditEvent, Epoch
from snb.boards.enums import BodyKind
from snb.boards.models import Body
from snb.meetings.actions import meetings as actions
from snb.meetings.actions.plans import RESERVED
from snb.meetings.actions.room import record_decision
from snb.meetings.enums import (
    MEETING_TRANSITIONS,
    UPCOMING_STATES,
    MeetingKind,
    MeetingStatus,
    Openness,
    Provision,
)
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import Meeting, MeetingRules
from tests import factories as make
from tests.meetings.conftest import board_body, make_meeting


def events() -> list[tuple[str, str]]:
    """What the audit record says of meetings and bodies, oldest first."""
    return list(
        AuditEvent.objects.filter(event__regex=r"^(meetings\.|boards\.body)")
        .order_by("pk")
        .values_list("event", "board")
    )


def epoch(board) -> int:
    """Moves with every change of the board's public pages."""
    return sum(Epoch.objects.filter(board=board.code if board else "").values_list("number", flat=True))


def plan(**fields) -> dict:
    """A sound plan: in ten days, two hours."""
    starts = fields.pop("starts_at", timezone.now().replace(microsecond=0) + timedelta(days=10))
    return {"title": "Board meeting", "starts_at": starts, "ends_at": starts + timedelta(hours=2)} | fields


def times(days: float = 30) -> dict[str, datetime]:
    """A new date."""
    starts = timezone.now().replace(microsecond=0) + timedelta(days=days)
    return {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}


def planned(cast, camden, **fields) -> Meeting:
    """A meeting nobody else knows of yet."""
    return actions.plan_meeting(board_body(camden), MeetingKind.BOARD, by=cast.secretary, **plan(**fields))


# ------------------------------------------------------------------------------------------------ planning
def test_planned_meeting_is_nobodys_business_yet(cast, camden):
    before = epoch(camden)
    meeting = planned(cast, camden, starts_at=datetime(2031, 11, 12, 19, tzinfo=UTC))
    assert (meeting.status, meeting.announced_at, meeting.slug) == (
        MeetingStatus.AGENDA_DRAFT,
        None,
        "2031-11-12-board-meeting",
    )
    assert events() == [("meetings.meeting.planned", camden.code)]
    assert epoch(camden) == before


@pytest.mark.parametrize("who", ["resident", "member", "editor", "panel_chair", "other_chair", "oversight"])
def test_only_who_runs_the_body_plans_for_it(cast, camden, who):
    with pytest.raises(PermissionDenied):
        actions.plan_meeting(board_body(camden), MeetingKind.BOARD, by=cast.by_name[who], **plan())
    assert (Meeting.objects.count(), events()) == (0, [])


def test_panel_chair_plans_for_their_own_panel_and_oversight_for_london(cast, camden, brent, highgate):
    panel = make.make_panel(highgate)
    session = actions.plan_meeting(panel, MeetingKind.CONTACT_SESSION, by=cast.panel_chair, **plan())
    london = actions.plan_meeting(None, MeetingKind.PUBLIC, by=cast.oversight, **plan())
    assert (session.board, london.board, london.body) == (camden, None, None)
    other = make.make_panel(make.WardFactory(code="E05013650", name="Belsize", slug="belsize"))
    with pytest.raises(PermissionDenied):
        actions.plan_meeting(other, MeetingKind.WARD_PANEL, by=cast.panel_chair, **plan())
    with pytest.raises(PermissionDenied):
        actions.plan_meeting(None, MeetingKind.PUBLIC, by=cast.chair, **plan())


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": "  "}, "title", "Give the meeting a name."),
        ({"starts_at": timezone.now() - timedelta(days=1)}, "starts_at", "in the future"),
        ({"ends_at": timezone.now()}, "ends_at", "must end after it starts"),
        ({"ends_at": timezone.now() + timedelta(days=11)}, "ends_at", "12 hours at most"),
        ({"quorum": 0}, "quorum", "from 1 to 100"),
    ],
)
def test_plan_that_could_not_be_is_refused_at_its_field(cast, camden, fields, field, words):
    with pytest.raises(ValidationError, match=words) as refused:
        planned(cast, camden, **fields)
    assert list(refused.value.error_dict) == [field]
    assert Meeting.objects.count() == 0


def test_body_holds_its_own_kinds_of_meetings_only(cast, camden):
    with pytest.raises(ValidationError, match="does not hold"):
        actions.plan_meeting(board_body(camden), MeetingKind.WARD_PANEL, by=cast.chair, **plan())
    with pytest.raises(ValidationError, match="does not hold"):
        actions.plan_meeting(None, MeetingKind.BOARD, by=cast.oversight, **plan())


def test_slug_taken_gets_a_number_and_another_boards_does_not_count(cast, camden, brent):
    starts = datetime(2031, 11, 12, 19, tzinfo=UTC)
    slugs = [planned(cast, camden, starts_at=starts).slug for _ in range(3)]
    elsewhere = actions.plan_meeting(
        board_body(brent), MeetingKind.BOARD, by=cast.other_chair, **plan(starts_at=starts)
    )
    assert [*slugs, elsewhere.slug] == [
        "2031-11-12-board-meeting",
        "2031-11-12-board-meeting-2",
        "2031-11-12-board-meeting-3",
        "2031-11-12-board-meeting",
    ]


@pytest.mark.parametrize("title", ["Actions", "questions", "…", "Feed " * 20])
def test_no_slug_is_a_word_of_the_address_table(cast, camden, title):
    meeting = planned(cast, camden, title=title)
    assert meeting.slug not in RESERVED
    assert len(meeting.slug) <= 120


def test_day_in_the_slug_is_londons(cast, camden):
    late = planned(cast, camden, starts_at=datetime(2031, 7, 1, 23, 30, tzinfo=UTC))
    assert late.slug == "2031-07-02-board-meeting"


# ------------------------------------------------------------------------------------------------ changing
def test_before_it_is_announced_anything_changes_and_the_slug_with_it(cast, camden):
    meeting = planned(cast, camden)
    new = times(40)
    changed = actions.change_meeting(meeting, by=cast.chair, title="Extra meeting", **new)
    assert (changed.starts_at, changed.sequence) == (new["starts_at"], 0)
    assert changed.slug == f"{timezone.localdate(new['starts_at']):%Y-%m-%d}-extra-meeting"
    assert events() == [("meetings.meeting.planned", camden.code)] * 2


def test_details_of_an_announced_meeting_change_in_the_calendar_too(cast, camden, board_meeting):
    before, slug = epoch(camden), board_meeting.slug
    changed = actions.change_meeting(
        board_meeting,
        by=cast.secretary,
        step_free=Provision.YES,
        joining_url="https://meet.example.org/1",
        openness=Openness.PART_PRIVATE,
        quorum=5,
    )
    assert (changed.sequence, changed.slug, changed.step_free) == (1, slug, Provision.YES)
    assert changed.changed > board_meeting.changed
    assert events() == [("meetings.meeting.planned", camden.code)]
    assert epoch(camden) > before


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "place"])
def test_what_moves_an_announced_meeting_is_refused(cast, board_meeting, field):
    value = "Elsewhere" if field == "place" else getattr(board_meeting, field) + timedelta(minutes=5)
    with pytest.raises(InvalidTransition, match="move it"):
        actions.change_meeting(board_meeting, by=cast.chair, **{field: value})
    assert events() == []


def test_place_that_was_open_is_filled_in_without_moving(cast, camden):
    meeting = make_meeting(board_body(camden), place="", address="")
    changed = actions.change_meeting(meeting, by=cast.chair, place="Town hall", address="Judd Street")
    assert (changed.place, changed.sequence, changed.moved_from) == ("Town hall", 1, None)


def test_no_change_leaves_no_event(cast, board_meeting):
    same = actions.change_meeting(board_meeting, by=cast.chair, title=board_meeting.title)
    assert (same.sequence, events()) == (0, [])


def test_details_of_a_meeting_going_on_may_change(cast, camden):
    meeting = make_meeting(board_body(camden), days=-0.02)
    assert actions.change_meeting(meeting, by=cast.chair, chair_name="Ada Demo").chair_name == "Ada Demo"


@pytest.mark.parametrize("status", [MeetingStatus.HELD, MeetingStatus.CANCELLED, MeetingStatus.APPROVED])
def test_a_meeting_that_is_over_stays_as_it_is(cast, camden, status):
    meeting = make_meeting(board_body(camden), days=-3, status=status)
    with pytest.raises(InvalidTransition, match="over"):
        actions.change_meeting(meeting, by=cast.chair, title="Another")
    with pytest.raises(InvalidTransition):
        actions.move_meeting(meeting, reason="x", by=cast.chair, **times())


# ------------------------------------------------------------------------------------------------ announcing, removing
def test_announced_meeting_is_public_from_then_on(cast, camden):
    meeting, before = planned(cast, camden), epoch(camden)
    announced = actions.announce_meeting(meeting, by=cast.chair)
    assert list(Meeting.objects.public()) == [announced]
    assert (announced.announced_at, announced.sequence) == (announced.changed, 0)
    assert events()[-1] == ("meetings.meeting.announced", camden.code)
    assert epoch(camden) > before
    with pytest.raises(InvalidTransition, match="announced already"):
        actions.announce_meeting(meeting, by=cast.chair)


def test_plan_whose_day_has_passed_is_not_announced(cast, camden):
    meeting = make_meeting(board_body(camden), days=-1, announced_at=None)
    with pytest.raises(ValidationError, match="in the future"):
        actions.announce_meeting(meeting, by=cast.chair)


def test_only_a_meeting_nobody_knows_of_is_removed(cast, camden, board_meeting):
    meeting = planned(cast, camden)
    actions.remove_meeting(meeting, by=cast.secretary)
    assert list(Meeting.objects.all()) == [board_meeting]
    assert events()[-1] == ("meetings.meeting.removed", camden.code)
    with pytest.raises(InvalidTransition, match="Cancel it"):
        actions.remove_meeting(board_meeting, by=cast.secretary)


# ------------------------------------------------------------------------------------------------ moving, calling off
def test_moved_meeting_says_from_when_and_why_and_counts_up(cast, camden, board_meeting):
    before, new = epoch(camden), times()
    moved = actions.move_meeting(board_meeting, reason="  The hall\nis flooded. ", by=cast.secretary, **new)
    assert (moved.starts_at, moved.moved_from, moved.reason, moved.sequence) == (
        new["starts_at"],
        board_meeting.starts_at,
        "The hall is flooded.",
        1,
    )
    assert (moved.slug, moved.status) == (board_meeting.slug, MeetingStatus.AGENDA_DRAFT)
    assert events() == [("meetings.meeting.moved", camden.code)]
    assert epoch(camden) > before


def test_of_another_place_nothing_is_claimed_that_was_not_said(cast, camden):
    meeting = make_meeting(board_body(camden), step_free="yes", hearing_loop="yes", access_note="Ring twice.")
    same = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    moved = actions.move_meeting(
        meeting, reason="Works.", by=cast.chair, place="Library", hearing_loop="no", **same
    )
    assert (moved.step_free, moved.hearing_loop, moved.access_note, moved.address, moved.moved_from) == (
        "unknown",
        "no",
        "",
        "",
        None,
    )


def test_moving_nowhere_into_the_past_or_without_a_reason_is_refused(cast, board_meeting):
    same = {"starts_at": board_meeting.starts_at, "ends_at": board_meeting.ends_at}
    for fields, field in (
        ({"reason": "x", **same}, "starts_at"),
        ({"reason": "x", **times(-1)}, "starts_at"),
        ({"reason": " ", **times()}, "reason"),
        ({"reason": "x" * 301, **times()}, "reason"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.move_meeting(board_meeting, by=cast.chair, **fields)
        assert list(refused.value.error_dict) == [field]
    assert (Meeting.objects.get().sequence, events()) == (0, [])


@pytest.mark.parametrize("published", [False, True])
def test_postponed_meeting_goes_back_to_where_it_was_once_it_has_a_date(cast, camden, published):
    was = MeetingStatus.AGENDA_PUBLISHED if published else MeetingStatus.AGENDA_DRAFT
    meeting = make_meeting(board_body(camden), status=was)
    postponed = actions.postpone_meeting(meeting, reason="The chair is ill.", by=cast.chair)
    assert (postponed.status, postponed.sequence, postponed.reason) == (
        MeetingStatus.POSTPONED,
        1,
        "The chair is ill.",
    )
    moved = actions.move_meeting(postponed, reason="The chair is well.", by=cast.chair, **times())
    assert (moved.status, moved.sequence, moved.moved_from) == (was, 2, meeting.starts_at)
    assert [event for event, _board in events()] == ["meetings.meeting.postponed", "meetings.meeting.moved"]


def test_postponed_meeting_may_come_back_on_its_old_date(cast, board_meeting):
    postponed = actions.postpone_meeting(board_meeting, reason="Strike.", by=cast.chair)
    same = {"starts_at": board_meeting.starts_at, "ends_at": board_meeting.ends_at}
    moved = actions.move_meeting(postponed, reason="The strike is off.", by=cast.chair, **same)
    assert (moved.status, moved.moved_from) == (MeetingStatus.AGENDA_DRAFT, None)


def test_cancelled_meeting_stays_cancelled_with_its_reason(cast, camden, board_meeting):
    cancelled = actions.cancel_meeting(board_meeting, reason="Not enough members.", by=cast.chair)
    assert (cancelled.status, cancelled.sequence) == (MeetingStatus.CANCELLED, 1)
    assert events() == [("meetings.meeting.cancelled", camden.code)]
    for call_off in (actions.cancel_meeting, actions.postpone_meeting):
        with pytest.raises(InvalidTransition, match="Cancelled"):
            call_off(cancelled, reason="x", by=cast.chair)
    assert list(Meeting.objects.public()) == [cancelled]


def test_meeting_that_the_clock_marked_as_held_did_not_take_place(cast, camden, site_client):
    meeting = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD)
    chair, path = site_client(camden, cast.chair), f"/desk/meetings/{meeting.slug}/"
    assert "It did not take place" in chair.get(path).content.decode()
    said = chair.post(f"{path}cancel/", {"reason": "Only two of us came."}, follow=True).content.decode()
    assert "The meeting is listed as cancelled." in said
    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == (MeetingStatus.CANCELLED, 1)
    assert "Only two of us came." in site_client(camden).get("/meetings/feed/").content.decode()


@pytest.mark.parametrize("status", [MeetingStatus.AGENDA_PUBLISHED, MeetingStatus.HELD])
def test_meeting_that_decided_something_has_taken_place(cast, camden, status):
    meeting = make_meeting(board_body(camden), days=-0.01, status=status)
    record_decision(meeting, text="To buy lamps.", by=cast.secretary)
    with pytest.raises(InvalidTransition, match="has taken place"):
        actions.cancel_meeting(meeting, reason="x", by=cast.chair)
    assert Meeting.objects.get().status == status


def test_reason_is_asked_for_before_anything_is_called_off(cast, board_meeting):
    for call_off in (actions.cancel_meeting, actions.postpone_meeting):
        with pytest.raises(ValidationError, match="Say why"):
            call_off(board_meeting, reason="\n", by=cast.chair)
    assert Meeting.objects.get().status == MeetingStatus.AGENDA_DRAFT


def test_meeting_nobody_knows_of_is_changed_or_removed_not_moved(cast, camden):
    meeting = planned(cast, camden)
    with pytest.raises(InvalidTransition, match="Change its plan"):
        actions.move_meeting(meeting, reason="x", by=cast.chair, **times())
    with pytest.raises(InvalidTransition, match="Remove it"):
        actions.cancel_meeting(meeting, reason="x", by=cast.chair)
    with pytest.raises(InvalidTransition, match="never announced"):
        actions.mark_held(meeting, by=cast.chair)


@pytest.mark.parametrize("who", ["member", "panel_chair", "panel_member", "other_chair", "oversight"])
def test_nobody_else_changes_anything(cast, camden, board_meeting, who):
    by = cast.by_name[who]
    for act in (
        lambda: actions.change_meeting(board_meeting, by=by, title="x"),
        lambda: actions.announce_meeting(board_meeting, by=by),
        lambda: actions.move_meeting(board_meeting, reason="x", by=by, **times()),
        lambda: actions.postpone_meeting(board_meeting, reason="x", by=by),
        lambda: actions.cancel_meeting(board_meeting, reason="x", by=by),
        lambda: actions.mark_held(board_meeting, by=by),
        lambda: actions.remove_meeting(board_meeting, by=by),
        lambda: actions.change_rules(
            board_meeting.body, papers_days=5, takes_questions=True, speak_hours=24, quorum=None, by=by
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert events() == []


# ------------------------------------------------------------------------------------------------ holding
def test_meeting_is_held_once_it_has_begun(cast, camden, board_meeting):
    with pytest.raises(InvalidTransition, match="not begun"):
        actions.mark_held(board_meeting, by=cast.chair)
    begun = make_meeting(board_body(camden), days=-0.05)
    assert actions.mark_held(begun, by=cast.chair).status == MeetingStatus.HELD
    assert events() == [("meetings.meeting.held", camden.code)]
    with pytest.raises(InvalidTransition, match="Held"):
        actions.mark_held(begun, by=cast.chair)


def test_timetable_marks_what_ended_hours_ago_and_nothing_else(cast, camden, highgate):
    body = board_body(camden)
    held = make_meeting(body, days=-1, slug="held", status=MeetingStatus.AGENDA_PUBLISHED)
    held_too = make_meeting(make.make_panel(highgate), days=-2, slug="panel")
    for slug, days, fields in (
        ("just-over", -0.15, {}),
        ("called-off", -1, {"status": MeetingStatus.CANCELLED}),
        ("put-off", -1, {"status": MeetingStatus.POSTPONED}),
        ("unknown", -1, {"announced_at": None}),
        ("to-come", 1, {}),
    ):
        make_meeting(body, days=days, slug=slug, **fields)
    assert (actions.close_past_meetings(), actions.close_past_meetings()) == (2, 0)
    assert set(Meeting.objects.filter(status=MeetingStatus.HELD)) == {held, held_too}
    assert AuditEvent.objects.filter(event="meetings.meeting.held", actor=None).count() == 2


def test_sweep_is_in_the_timetable():
    from portal.timetable import JOBS

    (job,) = (job for job in JOBS if job.name == "meetings")
    assert job.function() is actions.close_past_meetings


# ------------------------------------------------------------------------------------------------ bodies and rules
def test_monitoring_group_is_formed_once(cast, camden):
    first = actions.ensure_body(camden, BodyKind.MONITORING_GROUP, by=cast.chair)
    again = actions.ensure_body(camden, BodyKind.MONITORING_GROUP, by=cast.panel_chair)
    assert first == again
    assert events() == [("boards.body.formed", camden.code)]


def test_body_is_formed_by_the_boards_officers_for_a_ward_of_their_own(cast, camden, highgate, kilburn_brent):
    for who in ("panel_chair", "member", "other_chair", "oversight"):
        with pytest.raises(PermissionDenied):
            actions.ensure_body(camden, BodyKind.MONITORING_GROUP, by=cast.by_name[who])
    for ward in (None, kilburn_brent):
        with pytest.raises(ValidationError, match="ward of this borough"):
            actions.ensure_body(camden, BodyKind.WARD_PANEL, ward=ward, by=cast.chair)
    with pytest.raises(ValidationError, match="ward of this borough"):
        actions.ensure_body(camden, BodyKind.BOARD, ward=highgate, by=cast.chair)
    assert not Body.objects.filter(kind=BodyKind.MONITORING_GROUP).exists()


def test_rules_of_a_body_and_its_quorum(cast, camden, highgate):
    panel = make.make_panel(highgate)
    rules = {"papers_days": 7, "takes_questions": False, "speak_hours": 48}
    actions.change_rules(panel, by=cast.panel_chair, quorum=4, **rules)
    actions.change_rules(panel, by=cast.chair, quorum=None, **rules)
    saved = MeetingRules.objects.get()
    assert {name: getattr(saved, name) for name in rules} == rules
    assert Body.objects.get(pk=panel.pk).quorum is None
    assert events() == [("meetings.rules.changed", camden.code)] * 2
    for wrong in ({"papers_days": 61}, {"speak_hours": -1}, {"quorum": 0}):
        with pytest.raises(ValidationError) as refused:
            actions.change_rules(panel, by=cast.chair, **{"quorum": 4, **rules, **wrong})
        assert list(refused.value.error_dict) == list(wrong)


# ------------------------------------------------------------------------------------------------ the workflow
STATES = list(MeetingStatus)


@given(path=st.lists(st.sampled_from(STATES), max_size=12))
def test_no_path_leads_anywhere_the_table_does_not_say(path):
    """`move_to` is the table and nothing but the table, whatever is asked in whatever order."""
    meeting = Meeting(pk=uuid.uuid4(), status=MeetingStatus.AGENDA_DRAFT)
    for to in path:
        before = MeetingStatus(meeting.status)
        if to in MEETING_TRANSITIONS[before]:
            actions.move_to(meeting, to)
            assert meeting.status == to
        else:
            with pytest.raises(InvalidTransition):
                actions.move_to(meeting, to)
            assert meeting.status == before


def test_every_state_is_in_the_table_and_approved_and_cancelled_are_ends():
    assert set(MEETING_TRANSITIONS) == set(MeetingStatus)
    assert {state for state, ways in MEETING_TRANSITIONS.items() if not ways} == {
        MeetingStatus.APPROVED,
        MeetingStatus.CANCELLED,
    }
    assert all(MEETING_TRANSITIONS[state] for state in UPCOMING_STATES)
