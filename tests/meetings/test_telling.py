"""Followers hear once what became of a meeting, members have its papers in time, officers hear what is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from snb.boards.enums import BodyKind, PanelRoleKind
from snb.boards.models import BoardRole, Body, PanelRole
from snb.meetings.actions import telling
from snb.meetings.actions.telling import tell_members, tell_news, tell_of_meetings, tell_officers
from snb.meetings.enums import MeetingKind, MeetingStatus, Openness
from snb.meetings.models import Meeting, MeetingRules
from snb.meetings.queries.telling import members_of, officers_of, papers_due, untold
from snb.notices import actions as notices
from snb.notices.actions import follow_place
from snb.notices.enums import Interest, Topic
from snb.notices.models import Told
from snb.notices.notifications import compose
from snb.people.models import User
from tests import factories as make
from tests.counting import queries_in
from tests.meetings.conftest import board_body, make_meeting

LONDON = ZoneInfo("Europe/London")
MEETINGS = [Interest.MEETINGS]


def change(meeting: Meeting, **fields) -> Meeting:
    """Change a meeting as the desk does: what is public, and when."""
    Meeting.objects.filter(pk=meeting.pk).update(**{"changed": timezone.now()} | fields)
    meeting.refresh_from_db()
    return meeting


def move(meeting: Meeting, *, days: float) -> Meeting:
    """Move it by so many days."""
    by = timedelta(days=days)
    return change(
        meeting,
        moved_from=meeting.starts_at,
        starts_at=meeting.starts_at + by,
        ends_at=meeting.ends_at + by,
        sequence=meeting.sequence + 1,
    )


def publish_agenda(meeting: Meeting, **fields) -> Meeting:
    """Publish its agenda, for the first time or again."""
    now = timezone.now()
    status = MeetingStatus.AGENDA_PUBLISHED
    return change(meeting, **{"status": status, "agenda_published_at": now, "changed": now} | fields)


def told(person=None) -> list[str]:
    """Topics of what was told, of one person or of all, oldest first."""
    rows = Told.objects.filter(person=person) if person else Told.objects.all()
    return list(rows.order_by("created").values_list("topic", flat=True))


@pytest.fixture
def follower(cast, camden) -> User:
    """Somebody who follows Camden's meetings."""
    follow_place(cast.neighbour, camden, interests=MEETINGS)
    return cast.neighbour


@pytest.fixture
def known(board_meeting) -> Meeting:
    """A board meeting that followers have heard of: there is nothing to tell."""
    tell_news()
    board_meeting.refresh_from_db()
    return board_meeting


# What is news, and to whom


def test_a_meeting_announced_long_ago_is_no_news(follower, known):
    assert told() == []
    assert (known.told_at, known.told_starts_at) == (known.changed, known.starts_at)


def test_a_new_meeting_is_announced_once(follower, camden):
    meeting = make_meeting(board_body(camden), announced_at=timezone.now())
    assert (tell_news(), tell_news()) == (1, 0)
    change(meeting, place="Library")
    assert tell_news() == 0
    assert told(follower) == [Topic.MEETING_ANNOUNCED]


def test_a_year_of_meetings_entered_in_one_evening_makes_one_email(follower, camden):
    for days in (200, 14, 90):
        make_meeting(board_body(camden), days=days, announced_at=timezone.now())
    assert tell_news() == 1
    begins = Meeting.objects.earliest("starts_at").when.partition(",")[0]
    assert Told.objects.get().context["begins"].startswith(begins)
    assert tell_news() == 0


@pytest.mark.parametrize(
    ("fields", "topic"),
    [
        ({"status": MeetingStatus.AGENDA_PUBLISHED, "agenda_published_at": 0}, Topic.AGENDA_PUBLISHED),
        ({"status": MeetingStatus.POSTPONED}, Topic.MEETING_POSTPONED),
        ({"status": MeetingStatus.CANCELLED}, Topic.MEETING_CANCELLED),
        (
            {"status": MeetingStatus.MINUTES_PUBLISHED, "minutes_published_at": 0},
            Topic.MINUTES_DRAFTED,
        ),
        ({"status": MeetingStatus.APPROVED, "approved_at": 0}, Topic.MINUTES_APPROVED),
        ({"place": "Library"}, None),
        ({"status": MeetingStatus.HELD}, None),
        ({"status": MeetingStatus.MINUTES_DRAFT}, None),
    ],
)
def test_each_change_is_told_once_and_later_edits_are_not(follower, known, fields, topic):
    now = timezone.now()
    change(known, changed=now, **{name: value or now for name, value in fields.items()})
    tell_news()
    assert told(follower) == ([topic] if topic else [])
    change(known, reason="Said better.")
    assert tell_news() == 0


def test_a_published_agenda_is_told_to_followers_once_however_often_it_is_published(follower, known):
    publish_agenda(known)
    tell_news()
    publish_agenda(known)
    assert tell_news() == 0
    assert told(follower) == [Topic.AGENDA_PUBLISHED]


def test_moved_twice_with_telling_between_makes_two_emails_each_with_the_last_times(follower, known):
    first = known.when
    second = move(known, days=1).when
    tell_news()
    third = move(known, days=7).when
    tell_news()
    letters = [compose(row).body for row in Told.objects.filter(person=follower).order_by("created")]
    assert len(letters) == 2
    assert f"Now:    {second}\nBefore: {first.partition(' to ')[0]}" in letters[0]
    assert f"Now:    {third}\nBefore: {second.partition(' to ')[0]}" in letters[1]


def test_moved_twice_before_telling_makes_one_email_from_what_was_known_to_what_holds(follower, known):
    first = known.when
    move(known, days=1)
    third = move(known, days=7).when
    tell_news()
    letter = compose(Told.objects.get(person=follower)).body
    assert f"Now:    {third}\nBefore: {first.partition(' to ')[0]}" in letter


def test_moved_there_and_back_before_telling_is_no_news_and_after_telling_it_is(follower, known):
    move(known, days=1)
    move(known, days=-1)
    assert tell_news() == 0
    for days in (1, -1, 1):  # the same date a second time is news again
        move(known, days=days)
        tell_news()
    assert told(follower) == [Topic.MEETING_MOVED] * 3


def test_cancelled_after_moved_makes_one_email_that_says_cancelled(follower, known):
    move(known, days=1)
    change(known, status=MeetingStatus.CANCELLED)
    tell_news()
    assert told(follower) == [Topic.MEETING_CANCELLED]


def test_postponed_and_then_given_the_same_date_again_is_told(follower, known):
    change(known, status=MeetingStatus.POSTPONED)
    tell_news()
    change(known, status=MeetingStatus.AGENDA_DRAFT)
    assert tell_news() > 0
    assert told(follower) == [Topic.MEETING_POSTPONED, Topic.MEETING_MOVED]
    letter = compose(Told.objects.filter(person=follower).latest("created"))
    assert "Before: postponed, without a date" in letter.body


def test_a_postponed_meeting_that_is_cancelled_after_its_old_date_is_told(follower, known):
    change(known, status=MeetingStatus.POSTPONED)
    tell_news()
    past = timezone.now() - timedelta(days=20)
    change(known, status=MeetingStatus.CANCELLED, starts_at=past, ends_at=past + timedelta(hours=2))
    tell_news()
    assert told(follower) == [Topic.MEETING_POSTPONED, Topic.MEETING_CANCELLED]


def test_agenda_and_move_together_make_one_email_that_leads_to_both(follower, known):
    publish_agenda(move(known, days=1))
    tell_news()
    assert told(follower) == [Topic.MEETING_MOVED]
    assert (
        "The reason, how to get there and the agenda are on its page:"
        in compose(Told.objects.get(person=follower)).body
    )


def test_old_news_is_not_told(follower, known):
    long_ago = timezone.now() - timedelta(days=4)
    change(known, status=MeetingStatus.CANCELLED, changed=long_ago, told_at=long_ago - timedelta(days=1))
    assert tell_news() == 0


def test_what_is_not_announced_or_has_begun_is_not_told(follower, camden):
    now = timezone.now()
    make_meeting(board_body(camden), announced_at=None, days=20)
    make_meeting(
        board_body(camden),
        days=-0.1,
        status=MeetingStatus.AGENDA_PUBLISHED,
        announced_at=now,
        agenda_published_at=now,
    )
    assert tell_news() == 0


def test_of_a_meeting_for_members_followers_hear_the_minutes_only(follower, cast, known):
    publish_agenda(known, openness=Openness.MEMBERS)
    move(known, days=1)
    tell_news()
    assert told(follower) == []
    assert told(cast.member) == [Topic.MEETING_MOVED]
    now = timezone.now()
    change(known, status=MeetingStatus.MINUTES_PUBLISHED, minutes_published_at=now, changed=now)
    tell_news()
    assert told(follower) == [Topic.MINUTES_DRAFTED]


def test_who_hears_of_a_panel_s_meeting_and_of_the_board_s(cast, camden, brent, highgate, panel_meeting):
    other = make.WardFactory(code="E05013650", name="Belsize", slug="belsize", borough=camden.borough)
    follow_place(cast.neighbour, camden, interests=MEETINGS)
    follow_place(cast.resident, camden, highgate, interests=MEETINGS)
    follow_place(cast.editor, camden, highgate, interests=[Interest.VOTES])
    follow_place(cast.officer, camden, other, interests=MEETINGS)
    follow_place(cast.other_chair, brent, interests=MEETINGS)
    follow_place(cast.oversight, None, interests=MEETINGS)
    publish_agenda(panel_meeting)
    assert tell_news() == 2
    assert set(Told.objects.values_list("person", flat=True)) == {cast.neighbour.pk, cast.resident.pk}
    Told.objects.all().delete()
    publish_agenda(make_meeting(board_body(camden)))
    tell_news()
    assert [row.person for row in Told.objects.all()] == [cast.neighbour]
    Told.objects.all().delete()
    make_meeting(None, announced_at=timezone.now())
    tell_news()
    assert [row.person for row in Told.objects.all()] == [cast.oversight]


def test_members_hear_of_a_change_by_their_role_and_a_member_who_follows_hears_once(cast, camden, known):
    follow_place(cast.member, camden, interests=MEETINGS)
    change(known, status=MeetingStatus.CANCELLED)
    assert tell_news() == 3
    assert {row.person for row in Told.objects.all()} == {cast.chair, cast.secretary, cast.member}
    letter = compose(Told.objects.get(person=cast.member))
    assert letter.body.endswith(
        "because of your role: Camden Safer Neighbourhood Board. Emails like this come with the role, cannot be "
        "unsubscribed from, and end with it.\n"
    )
    assert "List-Unsubscribe" not in letter.extra_headers


def test_a_follower_s_email_says_how_to_stop_and_holds_nobody_s_own_words(follower, known):
    change(known, status=MeetingStatus.CANCELLED, title="Own words", reason="The chair is unwell.")
    tell_news()
    row = Told.objects.get(person=follower)
    letter = compose(row)
    assert letter.subject.startswith("Cancelled: Board meeting in Camden, ")
    assert known.full_url in letter.body
    assert "List-Unsubscribe" in letter.extra_headers
    assert not {"Own words", "The chair is unwell."} & set(row.context.values())
    assert "unwell" not in letter.body


# Killed, many, and what it costs


def test_killed_between_two_batches_it_goes_on_and_tells_nobody_twice(
    follower, cast, camden, known, monkeypatch
):
    monkeypatch.setattr(notices, "BATCH", 2)
    for number in range(6):
        follow_place(make.UserFactory(email=f"f{number}@example.org"), camden, interests=MEETINGS)
    move(known, days=1)
    real, calls = notices.tell, []

    def tell_until_killed(*args, **kwargs):
        calls.append(args)
        if len(calls) > 5:
            raise SystemExit  # past every handler, as a kill is
        return real(*args, **kwargs)

    monkeypatch.setattr(notices, "tell", tell_until_killed)
    with pytest.raises(SystemExit):
        tell_of_meetings()
    before = Told.objects.count()
    assert before == 5  # three members in two batches, and a whole batch of followers
    monkeypatch.setattr(notices, "tell", real)
    assert tell_of_meetings() == 10 - before
    assert len(told()) == len(set(Told.objects.values_list("person", flat=True))) == 10


def test_killed_and_then_moved_again_everybody_hears_the_last_date(follower, cast, known, monkeypatch):
    move(known, days=1)
    real = notices.tell
    monkeypatch.setattr(telling, "followers_of_board", lambda *_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        tell_news()
    monkeypatch.undo()
    assert notices.tell is real
    last = move(known, days=1).when
    tell_news()
    assert told(follower) == [Topic.MEETING_MOVED]
    assert told(cast.member) == [Topic.MEETING_MOVED] * 2
    for person in (follower, cast.member):
        assert Told.objects.filter(person=person).latest("created").context["when"] == last


def test_a_change_while_telling_is_found_the_next_time(follower, known, monkeypatch):
    move(known, days=1)
    real = telling._tell_news

    def tell_and_cancel(meeting, topic):
        done = real(meeting, topic)
        Meeting.objects.filter(pk=known.pk).update(status=MeetingStatus.CANCELLED, changed=timezone.now())
        return done

    monkeypatch.setattr(telling, "_tell_news", tell_and_cancel)
    tell_news()
    monkeypatch.undo()
    tell_news()
    assert told(follower) == [Topic.MEETING_MOVED, Topic.MEETING_CANCELLED]


def test_telling_costs_the_same_with_one_meeting_told_before_and_with_thirty(follower, camden, known):
    def cost() -> int:
        publish_agenda(make_meeting(board_body(camden), days=20 + Meeting.objects.count()))
        return queries_in(tell_of_meetings)

    cost()
    one = cost()
    for number in range(30):
        make_meeting(board_body(camden), days=100 + number)
    tell_of_meetings()
    assert cost() == one
    assert not untold(timezone.now() - telling.NEWS).exists()


def test_with_nothing_to_tell_it_asks_four_questions(follower, known):
    tell_of_meetings()
    assert queries_in(tell_of_meetings) == 4


def test_a_batch_costs_the_same_for_each_person(camden, known):
    def cost(people: int) -> int:
        for number in range(people):
            follow_place(
                make.UserFactory(email=f"p{people}-{number}@example.org"), camden, interests=MEETINGS
            )
        move(known, days=1)
        BoardRole.objects.all().delete()
        return queries_in(tell_news)

    one, four = cost(1), cost(3)
    six = cost(2)
    assert (six - four) * 3 == (four - one) * 2


# Members


def in_days(days: int, *, hour: int = 19) -> datetime:
    """That hour of London's clocks, so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


@pytest.fixture
def at(monkeypatch):
    """`at(moment)`: let it be that moment for this room."""

    def be(moment: datetime) -> None:
        monkeypatch.setattr(telling.timezone, "now", lambda: moment)

    return be


@pytest.mark.parametrize("days", [0, 2, 5, 30])
def test_members_have_agenda_and_papers_in_the_morning_so_many_days_before(cast, camden, follower, at, days):
    body = board_body(camden)
    if days != 5:  # without a rule of its own a body has five
        MeetingRules.objects.create(body=body, papers_days=days)
    meeting = publish_agenda(make_meeting(body, starts_at=in_days(40)))
    morning = in_days(40 - days, hour=7)
    at(morning - timedelta(seconds=1))
    assert tell_members() == 0
    at(morning)
    assert (tell_members(), tell_members()) == (3, 0)
    assert {row.person for row in Told.objects.all()} == {cast.chair, cast.secretary, cast.member}
    letter = compose(Told.objects.get(person=cast.member))
    assert letter.subject.startswith("Agenda and papers: Board meeting in Camden")
    assert meeting.full_url in letter.body


def test_a_member_who_follows_too_is_sent_a_late_agenda_once(cast, camden, follower):
    follow_place(cast.member, camden, interests=MEETINGS)
    late, early = (make_meeting(board_body(camden), days=days) for days in (2, 40))
    publish_agenda(late)
    tell_of_meetings()
    assert told(cast.member) == [Topic.PAPERS_READY]
    publish_agenda(early)
    tell_of_meetings()
    assert told(cast.member) == [Topic.PAPERS_READY, Topic.AGENDA_PUBLISHED]
    assert told(follower) == [Topic.AGENDA_PUBLISHED] * 2


def test_members_are_told_once_more_when_the_agenda_is_published_again(cast, camden):
    meeting = publish_agenda(make_meeting(board_body(camden), days=3))
    tell_members()
    publish_agenda(meeting)
    assert (tell_members(), tell_members()) == (3, 0)
    assert told(cast.member) == [Topic.PAPERS_READY, Topic.AGENDA_CHANGED]


def test_members_hear_nothing_of_what_is_cancelled_unannounced_or_without_agenda(cast, camden):
    body = board_body(camden)
    publish_agenda(make_meeting(body, days=1), status=MeetingStatus.CANCELLED)
    publish_agenda(make_meeting(body, days=2), announced_at=None)
    make_meeting(body, days=3)
    assert tell_members() == 0


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        # Summer time ends on 25 October 2026 and begins on 28 March 2027.
        (datetime(2026, 10, 27, 19, 0, tzinfo=LONDON), datetime(2026, 10, 22, 6, 0, tzinfo=UTC)),
        (datetime(2027, 3, 30, 19, 0, tzinfo=LONDON), datetime(2027, 3, 25, 7, 0, tzinfo=UTC)),
        # Half past midnight in London is the evening before by the instant.
        (datetime(2026, 7, 10, 0, 30, tzinfo=LONDON), datetime(2026, 7, 5, 6, 0, tzinfo=UTC)),
    ],
)
def test_days_are_london_s_days_also_when_the_clocks_change_between(cast, camden, starts, due):
    meeting = make_meeting(board_body(camden), starts_at=starts)
    meeting.refresh_from_db()
    assert papers_due(meeting) == due


def test_who_sits_on_a_body_and_who_runs_it(cast, camden, highgate, board_meeting, panel_meeting):
    group = Body.objects.create(board=camden, kind=BodyKind.MONITORING_GROUP)
    make.give(PanelRole, cast.resident, scope=group, kind=PanelRoleKind.MEMBER)
    of_group, of_london = make_meeting(group), make_meeting(None)
    assert set(members_of(board_meeting)) == {cast.chair, cast.secretary, cast.member}
    assert set(officers_of(board_meeting)) == {cast.chair, cast.secretary}
    assert set(members_of(panel_meeting)) == {cast.panel_chair, cast.panel_member}
    assert set(officers_of(panel_meeting)) == {cast.panel_chair}
    assert set(members_of(of_group)) == {cast.resident}
    assert set(officers_of(of_group)) == {cast.chair, cast.secretary}  # it has no chair today
    assert set(members_of(of_london)) == set(officers_of(of_london)) == {cast.oversight}
    BoardRole.objects.filter(person=cast.chair).update(until=timezone.localdate())
    User.objects.filter(pk=cast.secretary.pk).update(is_active=False)
    assert set(members_of(board_meeting)) == {cast.member}


# Officers


def test_officers_hear_once_that_an_agenda_is_due(cast, camden, at):
    make_meeting(board_body(camden), starts_at=in_days(20))
    morning, due = in_days(20 - 5 - 2, hour=7), date_format(in_days(15), "l j F Y")
    at(morning - timedelta(seconds=1))
    assert tell_officers() == 0
    at(morning)
    assert (tell_officers(), tell_officers()) == (2, 0)
    assert {row.person for row in Told.objects.all()} == {cast.chair, cast.secretary}
    letter = compose(Told.objects.get(person=cast.chair))
    assert letter.subject.startswith("The agenda for Board meeting in Camden, ")
    assert f"papers by {due}. Once" in letter.body
    assert camden.url("/desk/meetings/") in letter.body


@pytest.mark.parametrize(
    "status", [MeetingStatus.AGENDA_PUBLISHED, MeetingStatus.HELD, MeetingStatus.MINUTES_DRAFT]
)
def test_officers_hear_once_that_minutes_are_due(cast, camden, status):
    meeting = make_meeting(board_body(camden), days=-13.5, status=status)
    assert tell_officers() == 0
    start = timezone.now() - timedelta(days=15)
    change(meeting, starts_at=start, ends_at=start + timedelta(hours=2))
    assert (tell_officers(), tell_officers()) == (2, 0)
    assert told(cast.chair) == [Topic.MINUTES_DUE]


def test_nothing_is_due_where_it_is_there_long_past_or_never_will_be(cast, camden, highgate):
    body = board_body(camden)
    make_meeting(body, days=2, status=MeetingStatus.AGENDA_PUBLISHED)
    make_meeting(body, days=3, status=MeetingStatus.CANCELLED)
    make_meeting(body, days=-15, status=MeetingStatus.MINUTES_PUBLISHED)
    make_meeting(body, days=-16, status=MeetingStatus.CANCELLED)
    make_meeting(body, days=-60, status=MeetingStatus.HELD)
    make_meeting(
        make.make_panel(highgate), days=-17, status=MeetingStatus.HELD, kind=MeetingKind.CONTACT_SESSION
    )
    make_meeting(make.make_panel(highgate), days=4, kind=MeetingKind.CONTACT_SESSION)
    assert tell_officers() == 0
