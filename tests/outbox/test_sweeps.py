"""What bounds a sweep and a message's tries, what a restore does, and what a try says of its receiver."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.outbox import actions, adapters
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.calculations import backoff
from snb.outbox.enums import Answer, Result, State
from snb.outbox.errors import NoAnswer
from snb.outbox.models import Circuit, OutboxMessage
from tests.outbox.test_actions import events, put, sweep

BARRED = Outcome(Result.BARRED, "token_http_401")


def test_a_sweep_has_an_end(db, transport, monkeypatch):
    """One slow receiver must not hold the timetable, which closes votes."""
    clock = [0.0]

    class Slow:
        def send(self, message):
            clock[0] += 29
            return Outcome(Result.ACKNOWLEDGED, "http_201")

    adapters.register_transport("post", Slow())
    for number in range(50):
        put(f"r{number}")
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    assert actions.sweep().left == 3
    assert clock[0] <= 90
    assert actions.sweep().left == 3


def test_all_tries_of_a_message_take_about_a_day():
    waits = [backoff(n, draw=lambda low, high: (low + high) / 2) for n in range(1, actions.MOST_ATTEMPTS)]
    assert timedelta(hours=18) <= sum(waits, timedelta()) <= timedelta(hours=30)


def test_a_short_outage_that_says_retry_after_one_second_gives_nothing_up(db, transport):
    """Two hours of 503 with `Retry-After: 1`, the sweep each minute."""
    transport.outcomes = [Outcome(Result.FAILED, "http_503", retry_after=timedelta(seconds=1))] * 200
    put()
    now = timezone.now()
    for minute in range(120):
        actions.sweep(now=now + timedelta(minutes=minute))
        assert OutboxMessage.objects.get().state == State.QUEUED, f"given up after {minute} minutes"
    assert len(transport.sent) < actions.MOST_ATTEMPTS


def test_a_message_that_kills_its_worker_each_time_is_given_up_and_a_person_told(db, transport):
    """Also where no try ever ends, because the worker is killed while it sends."""
    told = []
    adapters.when_given_up(told.append)
    message, now = put(), timezone.now()
    for _ in range(actions.MOST_ATTEMPTS):
        assert actions.take_lease(OutboxMessage.objects.get(), now=now) is not None
        now += timedelta(hours=5)  # the worker was killed
        assert actions.mark_doubtful(now=now) == 1
    message.refresh_from_db()
    assert (message.state, message.in_doubt, message.last_error) == (State.DEAD, True, "lease_expired")
    assert (told, events(message)) == ([message], [Event.MESSAGE_DIED])
    assert actions.mark_doubtful(now=now) == 0


def test_a_lost_worker_s_message_waits_longer_each_time(db, transport):
    put()
    OutboxMessage.objects.update(attempts=8)
    now = timezone.now()
    taken = actions.take_lease(OutboxMessage.objects.get(), now=now)
    actions.mark_doubtful(now=now + timedelta(hours=1))
    due = OutboxMessage.objects.get().due_at
    assert taken.lease_until <= due <= taken.lease_until + timedelta(hours=4)


def test_taken_stays_true_for_a_worker_that_comes_back_after_its_message_was_given_up(db, transport):
    put()
    OutboxMessage.objects.update(attempts=actions.MOST_ATTEMPTS - 1)
    taken = actions.take_lease(OutboxMessage.objects.get())
    actions.mark_doubtful(now=timezone.now() + timedelta(hours=1))
    assert OutboxMessage.objects.get().state == State.DEAD
    assert actions.finish(taken, Outcome(Result.FAILED)) == State.DEAD
    assert actions.finish(taken, Outcome(Result.ACKNOWLEDGED)) == State.ACKNOWLEDGED


def test_a_lost_race_does_not_use_up_the_one_try_of_a_rested_destination(db, transport):
    stale, now = put(), timezone.now()
    Circuit.objects.create(destination="d", failures=5, open_until=now - timedelta(seconds=1))
    OutboxMessage.objects.update(attempts=1)  # somebody else had it in between
    assert actions.take_lease(stale, now=now) is None
    assert actions.take_lease(OutboxMessage.objects.get(), now=now) is not None


def test_a_destination_that_rests_keeps_no_message_leased(db, transport):
    message, now = put(), timezone.now()
    Circuit.objects.create(destination="d", failures=5, open_until=now + timedelta(minutes=5))
    assert actions.take_lease(message, now=now) is None
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.QUEUED, 0)


def test_what_called_nobody_says_nothing_of_the_receiver(db, transport):
    Circuit.objects.create(destination="d", failures=9, open_until=timezone.now())
    transport.outcomes = [Outcome(Result.REFUSED, "no_destination", called=False)]
    put()
    assert sweep(1).given_up == 1
    assert Circuit.objects.get().failures == 9


def test_what_needs_no_telling_any_more_is_cancelled(db, transport):
    transport.outcomes = [NoAnswer("x"), Outcome(Result.NEEDLESS, "over", called=False)]
    message = put()
    assert sweep().again_later == 1
    assert sweep(9).needless == 1
    message.refresh_from_db()
    assert (message.state, message.in_doubt, transport.asked) == (State.CANCELLED, False, 1)
    assert events(message) == [Event.MESSAGE_CANCELLED]


def test_what_is_in_doubt_is_not_cancelled(cast, transport):
    message = put()
    for state in (State.QUEUED, State.DEAD):
        OutboxMessage.objects.update(state=state, in_doubt=True)
        with pytest.raises(ValidationError, match="may have arrived"):
            actions.cancel(message, by=cast.oversight)
        assert OutboxMessage.objects.get().state == state


def test_a_message_in_a_worker_s_hands_is_not_cancelled(cast, transport):
    message = put()
    actions.take_lease(message)
    with pytest.raises(ValidationError, match="moved on"):
        actions.cancel(message, by=cast.oversight)


def test_where_nobody_is_let_in_everything_waits_and_a_person_is_told_once(db, transport):
    told = []
    adapters.when_barred(lambda message, code: told.append((message.destination, code)))
    first, second = put("r1"), put("r2")
    transport.outcomes = [BARRED] * 50
    begin = timezone.now()
    for hours in range(50):
        assert actions.sweep(now=begin + timedelta(hours=hours)).tried == 1
    for message in (first, second):
        message.refresh_from_db()
        assert (message.state, message.attempts, events(message)[1:]) == (State.QUEUED, 0, [])
    assert told == [("d", "token_http_401")]
    assert AuditEvent.objects.filter(event=Event.DESTINATION_BARRED).count() == 1
    assert actions.sweep(now=begin + timedelta(hours=60)).left == 2
    transport.outcomes = [BARRED]
    put("r3")
    actions.sweep(now=begin + timedelta(hours=70))
    assert len(told) == 2


def test_a_question_that_is_not_let_in_leaves_the_doubt(db, transport):
    transport.outcomes, transport.answers = [NoAnswer("x")], [Asked(Answer.BARRED, "ask_token_http_401")]
    message = put()
    sweep()
    assert sweep(9).again_later == 1
    message.refresh_from_db()
    assert (message.state, message.in_doubt, message.attempts) == (State.AMBIGUOUS, True, 1)
    assert sweep(19).left == 1


def test_after_a_restore_everything_is_asked_for_before_it_is_sent(db, transport):
    now = timezone.now()
    states = (State.QUEUED, State.LEASED, State.AMBIGUOUS, State.DEAD, State.SENT, State.CANCELLED)
    for state in states:
        put(state)
        more = {"lease_token": "0" * 32, "lease_until": now} if state == State.LEASED else {}
        OutboxMessage.objects.filter(reference=state).update(
            state=state,
            in_doubt=state == State.AMBIGUOUS,
            attempts=19,
            due_at=now + timedelta(hours=4),
            **more,
        )
    Circuit.objects.create(destination="d", failures=9, open_until=now + timedelta(hours=1))
    assert actions.reconcile(now=now) == 3
    assert AuditEvent.objects.get(event=Event.MESSAGES_RECONCILED).data == {"messages": 3}
    found = dict(OutboxMessage.objects.values_list("reference", "in_doubt"))
    assert [found[state] for state in states] == [True] * 4 + [False] * 2
    transport.answers = [Asked(Answer.TAKEN), Asked(Answer.NOT_TAKEN), Asked(Answer.TAKEN)]
    assert actions.sweep(now=now) == actions.Swept(tried=3, left=3)
    assert (transport.asked, len(transport.sent)) == (3, 1)
