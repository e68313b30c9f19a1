"""Putting, supporting and moderating questions: each way out, what is recorded, and who sees what."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.models import AuditEvent, Epoch
from snb.meetings.actions import questions as actions
from snb.meetings.enums import (
    LISTED,
    QUESTION_TRANSITIONS,
    SPEAKER_TRANSITIONS,
    UNHEARD,
    MeetingStatus,
    Openness,
    QuestionStatus,
    SpeakerStatus,
)
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import MeetingRules, Question, QuestionSupport, Speaker
from snb.meetings.queries import questions as queries
from snb.privacy.actions import apply_retention
from tests.counting import queries_in
from tests.meetings.conftest import board_body, make_meeting


def keys_of(meeting, mark: str = "browser:one") -> list[str]:
    """A visitor's keys."""
    return queries.viewer_keys(meeting, [mark])


def put(meeting, text="Why is the lamp broken?", *, mark="browser:one", **more) -> Question:
    """A question that waits."""
    return actions.put_question(meeting, text=text, keys=keys_of(meeting, mark), **more)


def listed(cast, meeting, text="Why is the lamp broken?", **more) -> Question:
    """A question on the list."""
    return actions.admit(put(meeting, text, **more), by=cast.chair)


def events() -> list[str]:
    """The last part of each event about questions and speakers, in order."""
    rows = AuditEvent.objects.filter(event__regex=r"^meetings\.(question|speaker)").order_by("at", "pk")
    return [event.rpartition(".")[2] for event in rows.values_list("event", flat=True)]


def epoch(board) -> int:
    """Where the board's epoch stands."""
    return Epoch.objects.filter(board=board.code).values_list("number", flat=True).first() or 0


# ------------------------------------------------------------------------------------------------ putting
def test_question_waits_until_it_is_admitted(cast, camden, board_meeting):
    before = epoch(camden)
    question = put(board_meeting, "  Why is   the lamp broken? ", name=" Ana ")
    assert (question.text, question.name, question.status) == ("Why is the lamp broken?", "Ana", "waiting")
    assert queries.questions_for(board_meeting).listed == []
    assert epoch(camden) == before
    actions.admit(question, by=cast.chair)
    assert [shown.text for shown in queries.questions_for(board_meeting).current] == [
        "Why is the lamp broken?"
    ]
    assert epoch(camden) == before + 1
    assert events() == ["put", "admitted"]
    assert list(AuditEvent.objects.filter(event="meetings.question.put").values_list("actor", flat=True)) == [
        None
    ]


def test_author_is_kept_where_somebody_is_signed_in_and_named_in_no_event(cast, board_meeting):
    question = put(board_meeting, by=cast.resident)
    assert question.author == cast.resident
    written = AuditEvent.objects.get(event="meetings.question.put")
    assert (written.actor, written.data) == (None, {"signed_in": True})


@pytest.mark.parametrize(
    "fields",
    [
        {"announced_at": None},
        {"openness": Openness.MEMBERS},
        {"status": MeetingStatus.CANCELLED},
        {"status": MeetingStatus.POSTPONED},
        {"status": MeetingStatus.HELD},
        {"days": -1},
    ],
    ids=lambda fields: next(iter(fields)) + str(next(iter(fields.values()))),
)
def test_only_an_announced_open_meeting_to_come_takes_questions(cast, camden, fields):
    meeting = make_meeting(board_body(camden), **fields)
    with pytest.raises(ValidationError, match="takes no questions now"):
        put(meeting)
    assert not Question.objects.exists()


def test_a_body_that_takes_none_takes_none(cast, camden, board_meeting):
    MeetingRules.objects.create(body=board_body(camden), takes_questions=False)
    with pytest.raises(ValidationError, match="takes no questions now"):
        put(board_meeting)


def test_part_private_meetings_and_london_wide_ones_take_questions(cast, camden):
    for body, openness in ((board_body(camden), Openness.PART_PRIVATE), (None, Openness.PUBLIC)):
        assert put(make_meeting(body, openness=openness)).status == QuestionStatus.WAITING


def test_what_is_typed_wrongly_is_said_at_its_field(board_meeting):
    with pytest.raises(ValidationError) as error:
        put(board_meeting, " ", name="n" * 61)
    assert error.value.message_dict == {"text": ["Write your question."], "name": ["Use 60 letters at most."]}
    with pytest.raises(ValidationError, match="Use 300 letters at most"):
        put(board_meeting, "x" * 301)


def test_sent_twice_it_is_one_question_and_what_is_listed_is_not_asked_again(cast, board_meeting):
    first = put(board_meeting)
    assert put(board_meeting, "why is the LAMP broken?") == first
    assert put(board_meeting, mark="browser:two") != first
    actions.admit(first, by=cast.chair)
    with pytest.raises(ValidationError, match="on the list already"):
        put(board_meeting, mark="browser:three")


def test_one_browser_puts_five_and_a_meeting_takes_so_many(board_meeting, monkeypatch):
    for number in range(5):
        put(board_meeting, f"Question {number}?")
    with pytest.raises(ValidationError, match="that is the most one person can put"):
        put(board_meeting, "And a sixth?")
    monkeypatch.setattr(actions, "MOST_OF_A_MEETING", 5)
    with pytest.raises(ValidationError, match="it can take no more"):
        put(board_meeting, "Mine?", mark="browser:two")


def test_identifiers_are_noted_and_block_nothing(board_meeting):
    assert put(board_meeting, "Why did PC 1234 ring 020 7946 0000?").found == ["collar_number", "phone"]
    assert put(board_meeting, "Why is it dark?").found == []


# ------------------------------------------------------------------------------------------------ supporting
def test_each_browser_supports_once_and_may_take_it_back(cast, camden, board_meeting):
    question = listed(cast, board_meeting)
    before = epoch(camden)
    for mark in ("browser:one", "browser:two", "browser:two"):
        actions.support_question(question, keys=keys_of(board_meeting, mark))
    question.refresh_from_db()
    assert (question.supports, QuestionSupport.objects.count()) == (2, 2)
    for _ in range(2):
        actions.support_question(question, keys=keys_of(board_meeting, "browser:two"), wanted=False)
    question.refresh_from_db()
    assert (question.supports, QuestionSupport.objects.count()) == (1, 1)
    assert events()[2:] == ["supported", "supported", "unsupported"]
    assert set(AuditEvent.objects.filter(event__endswith="supported").values_list("actor", flat=True)) == {
        None
    }
    assert epoch(camden) == before


def test_whoever_signs_in_afterwards_has_supported_already(cast, board_meeting):
    question = listed(cast, board_meeting)
    actions.support_question(question, keys=keys_of(board_meeting))
    both = queries.viewer_keys(board_meeting, ["person:1", "browser:one"])
    actions.support_question(question, keys=both)
    question.refresh_from_db()
    assert question.supports == 1


def test_marks_of_two_meetings_have_nothing_in_common(cast, camden, board_meeting):
    other = make_meeting(board_body(camden), days=30)
    assert set(keys_of(board_meeting)).isdisjoint(keys_of(other))
    assert "one" not in "".join(keys_of(board_meeting))


def test_what_is_not_on_the_list_or_over_is_not_supported(cast, board_meeting):
    waiting = put(board_meeting)
    with pytest.raises(InvalidTransition, match="no longer be supported"):
        actions.support_question(waiting, keys=keys_of(board_meeting))
    question = actions.admit(waiting, by=cast.chair)
    board_meeting.status = MeetingStatus.HELD
    board_meeting.save()
    with pytest.raises(InvalidTransition, match="no longer be supported"):
        actions.support_question(question, keys=keys_of(board_meeting))


# ------------------------------------------------------------------------------------------------ moderating
STEPS = {
    QuestionStatus.OPEN: (lambda q, by: actions.admit(q, by=by), "admitted"),
    QuestionStatus.TAKEN: (lambda q, by: actions.mark_taken(q, by=by), "taken"),
    QuestionStatus.ANSWERED: (lambda q, by: actions.answer_question(q, answer="Soon.", by=by), "answered"),
    QuestionStatus.REJECTED: (lambda q, by: actions.reject(q, reason="Elsewhere.", by=by), "rejected"),
    QuestionStatus.WITHHELD: (lambda q, by: actions.withhold(q, by=by), "withheld"),
    QuestionStatus.WITHDRAWN: (
        lambda q, by: actions.withdraw_question(q, keys=keys_of(q.meeting)),
        "withdrawn",
    ),
}


@pytest.mark.parametrize("to", QuestionStatus)
@pytest.mark.parametrize("old", QuestionStatus)
def test_every_step_of_a_question(cast, camden, board_meeting, old, to):
    question = put(board_meeting)
    Question.objects.filter(pk=question.pk).update(status=old)
    if to == QuestionStatus.WAITING:
        assert all(to not in states for states in QUESTION_TRANSITIONS.values())
        return
    step, event = STEPS[to]
    before = epoch(camden)
    if to not in QUESTION_TRANSITIONS[old]:
        with pytest.raises(InvalidTransition, match="dealt with"):
            step(question, cast.chair)
        assert events() == ["put"]
        return
    step(question, cast.chair)
    question.refresh_from_db()
    assert question.status == to
    written = AuditEvent.objects.get(event=f"meetings.question.{event}")
    assert written.data == {"old": old.value, "new": to.value}
    assert written.actor == (None if to == QuestionStatus.WITHDRAWN else cast.chair.public_id)
    assert epoch(camden) == before + (old in LISTED or to in LISTED)


@pytest.mark.pure
def test_every_state_is_in_the_tables():
    assert set(QUESTION_TRANSITIONS) == set(QuestionStatus)
    assert set(SPEAKER_TRANSITIONS) == set(SpeakerStatus)
    assert {*LISTED, *UNHEARD} == set(QuestionStatus)


@pytest.mark.parametrize("name", ["resident", "member", "other_chair", "panel_chair", "oversight"])
def test_only_who_runs_the_meeting_moderates(cast, board_meeting, name):
    question = put(board_meeting)
    speaker = register(board_meeting)
    person = cast.by_name[name]
    for do in (
        lambda: actions.admit(question, by=person),
        lambda: actions.reject(question, reason="x", by=person),
        lambda: actions.withhold(question, by=person),
        lambda: actions.mark_taken(question, by=person),
        lambda: actions.answer_question(question, answer="x", by=person),
        lambda: actions.accept_speaker(speaker, by=person),
        lambda: actions.decline_speaker(speaker, by=person),
    ):
        with pytest.raises(PermissionDenied):
            do()
    assert events() == ["put", "registered"]


def test_a_question_is_taken_back_by_its_own_browser_only(board_meeting):
    question = put(board_meeting)
    with pytest.raises(PermissionDenied):
        actions.withdraw_question(question, keys=keys_of(board_meeting, "browser:two"))
    Question.objects.filter(pk=question.pk).update(asker_hash="")
    with pytest.raises(PermissionDenied):
        actions.withdraw_question(question, keys=["", *keys_of(board_meeting)])


def test_reason_and_answer_are_asked_for(cast, board_meeting):
    question = listed(cast, board_meeting)
    for do, field in (
        (lambda: actions.reject(question, reason=" ", by=cast.chair), "reason"),
        (lambda: actions.reject(question, reason="x" * 301, by=cast.chair), "reason"),
        (lambda: actions.answer_question(question, answer=" ", by=cast.chair), "answer"),
        (lambda: actions.answer_question(question, answer="x" * 1501, by=cast.chair), "answer"),
    ):
        with pytest.raises(ValidationError) as error:
            do()
        assert list(error.value.message_dict) == [field]


def test_after_the_minutes_are_published_a_question_can_only_be_withheld(cast, board_meeting):
    question = listed(cast, board_meeting)
    board_meeting.status = MeetingStatus.MINUTES_PUBLISHED
    board_meeting.save()
    with pytest.raises(InvalidTransition, match="minutes are published"):
        actions.answer_question(question, answer="Soon.", by=cast.chair)
    assert actions.withhold(question, by=cast.chair).status == QuestionStatus.WITHHELD


# ------------------------------------------------------------------------------------------------ reading
def test_most_supported_first_ties_by_time_what_is_being_answered_on_top(cast, board_meeting):
    made = {text: listed(cast, board_meeting, text) for text in ("First?", "Second?", "Third?", "Fourth?")}
    for mark in ("a", "b"):
        actions.support_question(made["Third?"], keys=keys_of(board_meeting, mark))
    actions.mark_taken(made["Fourth?"], by=cast.chair)
    shown = queries.questions_for(board_meeting)
    assert [question.text for question in shown.current] == ["Fourth?", "Third?", "First?", "Second?"]
    version = shown.version
    actions.answer_question(made["Fourth?"], answer="Next week.", by=cast.chair)
    shown = queries.questions_for(board_meeting)
    assert [question.text for question in shown.current] == ["Third?", "First?", "Second?"]
    assert [question.text for question in shown.answered] == ["Fourth?"]
    assert shown.version != version


def test_strangers_see_what_is_listed_and_an_author_their_own(cast, board_meeting):
    for status in QuestionStatus:
        question = put(board_meeting, f"{status} one?", mark=f"browser:{status}")
        Question.objects.filter(pk=question.pk).update(status=status)
    stranger = queries.questions_for(board_meeting, keys_of(board_meeting, "browser:nobody"))
    assert {question.status for question in stranger.listed} == set(LISTED)
    assert stranger.own == []
    waiting = queries.questions_for(board_meeting, keys_of(board_meeting, "browser:waiting"))
    assert [question.text for question in waiting.own] == ["waiting one?"]
    assert waiting.awaits
    assert queries.questions_for(board_meeting, keys_of(board_meeting, "browser:withdrawn")).own == []


def test_answers_for_minutes(cast, board_meeting):
    first = listed(cast, board_meeting, "First?", name="Ana")
    second = listed(cast, board_meeting, "Second?")
    listed(cast, board_meeting, "Third?")
    actions.withhold(listed(cast, board_meeting, "Fourth?"), by=cast.chair)
    actions.answer_question(second, answer="Yes.", by=cast.chair)
    actions.answer_question(first, answer="No.", by=cast.chair)
    actions.answer_question(second, answer="Yes, in May.", by=cast.chair)
    assert queries.answers_for_minutes(board_meeting) == [
        queries.MinutedQuestion("Second?", "A member of the public", "Yes, in May."),
        queries.MinutedQuestion("First?", "Ana", "No."),
    ]


def test_lists_take_the_same_queries_at_one_and_at_three(cast, camden):
    counts = []
    for number in (1, 3):
        meeting = make_meeting(board_body(camden), days=10 + number)
        for text in range(number):
            question = listed(cast, meeting, f"Question {text}?")
            put(meeting, f"Waiting {text}?", mark="browser:two")
            register(meeting, mark=f"browser:{text}")
            actions.support_question(question, keys=keys_of(meeting))
        meeting = queries.open_meeting(camden, meeting.slug)
        keys = keys_of(meeting)
        counts.append(
            tuple(
                queries_in(partial(ask, meeting))
                for ask in (
                    queries.questions_for,
                    partial(queries.questions_for, keys=keys),
                    queries.answers_for_minutes,
                    queries.questions_for_desk,
                    lambda shown: list(queries.speakers_of(shown)),
                )
            )
        )
    assert counts == [(1, 3, 1, 1, 1)] * 2


# ------------------------------------------------------------------------------------------------ speaking
def register(meeting, *, mark="browser:one", **more) -> Speaker:
    """Somebody who asks to speak."""
    fields = {"name": "Sam Speaker", "email": "sam@demo.example", "topic": "Lamps", **more}
    return actions.register_speaker(meeting, **fields, keys=keys_of(meeting, mark))


def test_speaker_registers_is_accepted_and_may_withdraw(cast, board_meeting):
    speaker = register(board_meeting)
    assert register(board_meeting) == speaker
    assert actions.decline_speaker(speaker, by=cast.secretary).status == SpeakerStatus.DECLINED
    assert actions.accept_speaker(speaker, by=cast.chair).status == SpeakerStatus.ACCEPTED
    with pytest.raises(InvalidTransition):
        actions.accept_speaker(speaker, by=cast.chair)
    with pytest.raises(PermissionDenied):
        actions.withdraw_speaker(speaker, keys=keys_of(board_meeting, "browser:two"))
    actions.withdraw_speaker(speaker, keys=keys_of(board_meeting))
    assert list(queries.speakers_of(board_meeting)) == []
    assert events() == ["registered", "declined", "accepted", "withdrawn"]
    assert "sam" not in str(list(AuditEvent.objects.values_list("data", flat=True))).lower()


def test_registering_closes_by_the_bodys_own_rule_and_says_when(cast, camden):
    meeting = make_meeting(board_body(camden), starts_at=timezone.now() + timedelta(hours=47))
    assert register(meeting).status == SpeakerStatus.ASKED
    MeetingRules.objects.create(body=board_body(camden), speak_hours=48)
    closed = queries.in_words(meeting.starts_at - timedelta(hours=48))
    with pytest.raises(ValidationError) as error:
        register(meeting, mark="browser:two")
    assert error.value.messages == [
        f"Asking to speak closed at {closed}. You can still come and listen, and put a question."
    ]


def test_one_browser_asks_for_three_and_a_meeting_hears_so_many(board_meeting, monkeypatch):
    for topic in ("Lamps", "Bins", "Bikes"):
        register(board_meeting, topic=topic)
    with pytest.raises(ValidationError, match="More people than can be heard"):
        register(board_meeting, topic="Cars")
    monkeypatch.setattr(actions, "MOST_SPEAKERS", 3)
    with pytest.raises(ValidationError, match="More people than can be heard"):
        register(board_meeting, mark="browser:two")


def test_empty_fields_are_said_and_a_meeting_that_is_over_hears_nobody(camden, cast, board_meeting):
    with pytest.raises(ValidationError) as error:
        register(board_meeting, name=" ", email=" ", topic=" ")
    assert set(error.value.message_dict) == {"name", "email", "topic"}
    with pytest.raises(ValidationError, match="no more speakers"):
        register(make_meeting(board_body(camden), days=-2))


# ------------------------------------------------------------------------------------------------ keeping
def test_contact_goes_after_thirty_days_marks_and_unheard_words_after_ninety(cast, board_meeting):
    register(board_meeting)
    question = listed(cast, board_meeting)
    actions.support_question(question, keys=keys_of(board_meeting))
    put(board_meeting, "Never heard?", mark="browser:two")
    ends = timezone.localdate(board_meeting.ends_at)

    def left(days: int) -> tuple[int, int, int]:
        apply_retention(dry_run=False, today=ends + timedelta(days=days))
        return Speaker.objects.count(), QuestionSupport.objects.count(), Question.objects.count()

    assert left(30) == (1, 1, 2)
    assert left(31) == (0, 1, 2)
    assert left(90) == (0, 1, 2)
    assert left(91) == (0, 0, 1)
    question.refresh_from_db()
    assert question.supports == 1


def test_publishing_the_minutes_forgets_who_asked_and_supported(cast, board_meeting):
    question = listed(cast, board_meeting, by=cast.resident)
    actions.support_question(question, keys=keys_of(board_meeting))
    assert actions.forget_askers(board_meeting) == 2
    question.refresh_from_db()
    assert (question.author, question.asker_hash, question.supports) == (None, "", 1)
    assert actions.forget_askers(board_meeting) == 0
    assert events()[-1] == "askers_forgotten"


def test_an_account_that_goes_leaves_its_question(cast, board_meeting):
    question = listed(cast, board_meeting, by=cast.neighbour)
    cast.neighbour.delete()
    question.refresh_from_db()
    assert question.author is None


def test_a_question_that_is_gone_is_not_found(cast, board_meeting):
    with pytest.raises(Question.DoesNotExist):
        actions.admit(Question(pk=uuid.uuid4(), meeting=board_meeting), by=cast.chair)
