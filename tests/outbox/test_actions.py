"""Each way through the outbox."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.outbox import actions, adapters
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.enums import TRANSITIONS, Answer, Result, State
from snb.outbox.errors import KeyReused, NoAnswer, NotReached
from snb.outbox.models import Circuit, OutboxMessage
from snb.outbox.queries import dead_letters

NOW = timezone.now()


def put(reference="r1", payload=b"payload", **more) -> OutboxMessage:
    """A message in the outbox."""
    return actions.enqueue(
        channel="post", destination="d", payload=payload, reference=reference, board="E09000007", **more
    )


def sweep(hours=0) -> actions.Swept:
    """A sweep some hours from now."""
    return actions.sweep(now=timezone.now() + timedelta(hours=hours))


def events(message) -> list[str]:
    """What the audit record says of a message."""
    found = AuditEvent.objects.filter(object_type="outbox.outboxmessage", object_id=str(message.pk))
    return list(found.order_by("id").values_list("event", flat=True))


def test_every_state_leads_somewhere_known():
    assert set(TRANSITIONS) == set(State)
    assert all(State(to) for ends in TRANSITIONS.values() for to in ends)


def test_a_message_leaves_once(db, transport):
    message = put()
    assert sweep() == actions.Swept(tried=1, left=1)
    assert sweep(9) == actions.Swept()
    message.refresh_from_db()
    assert (message.state, message.receipt, message.attempts) == (State.ACKNOWLEDGED, "theirs-1", 1)
    assert (transport.sent, transport.asked) == ([b"payload"], 0)
    assert events(message) == [Event.MESSAGE_LEFT]


def test_enqueueing_outside_a_transaction_is_refused(db):
    # Another thread has a connection of its own, outside the transaction of this test.
    with ThreadPoolExecutor(1) as thread, pytest.raises(RuntimeError, match="inside the transaction"):
        thread.submit(put).result()


def test_a_rolled_back_transaction_sends_nothing(db, transport):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert sweep() == actions.Swept()


def test_the_same_key_is_the_same_message(db, transport):
    assert put().pk == put().pk
    with pytest.raises(KeyReused):
        put(payload=b"other")


def test_what_was_certainly_not_taken_is_tried_again_later_without_asking(db, transport):
    transport.outcomes = [
        NotReached("Refused"),
        Outcome(Result.FAILED, "http_503", retry_after=timedelta(hours=1)),
    ]
    message = put()
    assert sweep().again_later == 1
    message.refresh_from_db()
    assert (message.state, message.in_doubt, message.last_error) == (
        State.QUEUED,
        False,
        "not_reached_Refused",
    )
    now = timezone.now() + timedelta(hours=5)
    assert actions.sweep(now=now).again_later == 1
    message.refresh_from_db()
    assert message.due_at == now + timedelta(hours=1)
    assert sweep(9).left == 1
    assert transport.asked == 0


@pytest.mark.parametrize(
    "raised", [NoAnswer("ReadTimeout"), ValueError("a bug"), Outcome(Result.UNKNOWN, "http_500")]
)
@pytest.mark.parametrize(("there", "sent"), [(True, 1), (False, 2)])
def test_after_doubt_it_asks_before_it_sends(db, transport, raised, there, sent):
    transport.outcomes, transport.answers = [raised], [Asked(Answer.TAKEN if there else Answer.NOT_TAKEN)]
    message = put()
    assert sweep().again_later == 1
    message.refresh_from_db()
    assert (message.state, message.in_doubt) == (State.AMBIGUOUS, True)
    assert sweep(9).left == 1
    assert (len(transport.sent), transport.asked) == (sent, 1)


@pytest.mark.parametrize(
    "answer", [Asked(Answer.UNKNOWN), NoAnswer("x"), NotReached("x"), ValueError("a bug")]
)
def test_without_a_clear_answer_nothing_is_sent(db, transport, answer):
    transport.outcomes, transport.answers = [NoAnswer("x")], [answer]
    message = put()
    sweep()
    assert sweep(9).again_later == 1
    message.refresh_from_db()
    assert (message.state, len(transport.sent)) == (State.AMBIGUOUS, 1)


def test_what_cannot_be_asked_is_sent_again(db, transport):
    transport.outcomes, transport.answers = [NoAnswer("x"), Outcome(Result.SENT)], [Asked(Answer.CANNOT_ASK)]
    message = put()
    sweep()
    assert sweep(9).left == 1
    message.refresh_from_db()
    assert (message.state, len(transport.sent)) == (State.SENT, 2)


def test_a_lease_that_ran_out_leaves_doubt(db, transport):
    message = put()
    assert actions.take_lease(message) is not None
    assert sweep() == actions.Swept()
    transport.answers = [Asked(Answer.TAKEN)]
    assert sweep(1) == actions.Swept(tried=1, left=1, doubtful=1)
    assert transport.sent == []


def test_a_lease_is_taken_once(db, transport):
    message = put()
    assert actions.take_lease(message) is not None
    assert actions.take_lease(message) is None


def test_a_worker_that_lost_its_lease_changes_nothing_but_taken_stays_true(db, transport):
    message = actions.take_lease(put())
    later = timezone.now() + timedelta(hours=1)
    actions.mark_doubtful(now=later)
    assert actions.finish(message, Outcome(Result.REFUSED)) == State.AMBIGUOUS
    assert actions.finish(message, Outcome(Result.ACKNOWLEDGED)) == State.ACKNOWLEDGED


def test_a_refusal_is_a_dead_letter_and_somebody_is_told(db, transport):
    told = []
    adapters.when_given_up(told.append)
    transport.outcomes = [Outcome(Result.REFUSED, "http_400")]
    message = put()
    assert sweep().given_up == 1
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.DEAD, "http_400")
    assert (told, list(dead_letters()), list(dead_letters("E09000005"))) == ([message], [message], [])
    assert events(message) == [Event.MESSAGE_DIED]


def test_after_many_tries_it_is_given_up(db, transport):
    transport.outcomes = [Outcome(Result.FAILED, "http_503")] * 99
    message = put()
    for number in range(actions.MOST_ATTEMPTS + 3):
        sweep(number * 9)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.DEAD, actions.MOST_ATTEMPTS)


def test_a_payload_that_was_changed_is_never_sent(db, transport):
    message = put()
    OutboxMessage.objects.update(payload=b"changed")
    assert sweep().given_up == 1
    message.refresh_from_db()
    assert (message.last_error, transport.sent) == ("payload_changed", [])


def test_a_channel_without_a_transport_waits(db, transport, monkeypatch):
    monkeypatch.setattr(adapters, "_transports", {})
    message = put()
    assert sweep().again_later == 1
    message.refresh_from_db()
    assert (message.state, message.last_error, Circuit.objects.count()) == (State.QUEUED, "no_transport", 0)


def test_a_failing_destination_rests_then_one_message_tries_it(db, transport):
    for number in range(12):
        put(f"r{number}")
    put_elsewhere = actions.enqueue(channel="post", destination="other", payload=b"x", reference="x")
    transport.outcomes = [NotReached("x")] * actions.FAILURES_TO_REST
    begin = timezone.now()
    assert actions.sweep(now=begin).tried == actions.FAILURES_TO_REST + 1
    put_elsewhere.refresh_from_db()
    assert put_elsewhere.state == State.ACKNOWLEDGED
    assert actions.sweep(now=begin + timedelta(minutes=1)).tried == 0
    transport.outcomes = [NotReached("x")] * 50
    assert actions.sweep(now=begin + timedelta(minutes=11)).tried == 1
    transport.outcomes = []
    assert actions.sweep(now=begin + timedelta(minutes=22)).left == 12
    assert Circuit.objects.get(pk="d").failures == 0


def test_resend_tries_a_dead_letter_again(cast, transport):
    transport.outcomes = [Outcome(Result.REFUSED)]
    message = put()
    sweep()
    actions.resend(message, by=cast.oversight)
    assert sweep(1).left == 1
    assert events(message) == [Event.MESSAGE_DIED, Event.MESSAGE_RESENT, Event.MESSAGE_LEFT]


def test_what_was_given_up_in_doubt_is_asked_for_before_it_is_sent_again(cast, transport):
    transport.outcomes, transport.answers = [NoAnswer("x")], [Asked(Answer.UNKNOWN)] * 99
    message = put()
    for number in range(actions.MOST_ATTEMPTS):
        sweep(number * 9)
    actions.resend(message, by=cast.oversight)
    transport.answers = [Asked(Answer.TAKEN)]
    assert sweep(999).left == 1
    assert len(transport.sent) == 1


def test_cancel_stops_what_is_waiting_and_nothing_else(cast, transport):
    message = actions.cancel(put(), by=cast.oversight)
    assert sweep(9) == actions.Swept()
    assert events(message) == [Event.MESSAGE_CANCELLED]
    other = put("r2")
    sweep()
    for act in (actions.cancel, actions.resend):
        with pytest.raises(ValidationError, match="moved on"):
            act(other, by=cast.oversight)


@pytest.mark.parametrize("state", ["queued", "leased", "ambiguous", "dead", "acknowledged"])
def test_the_receivers_own_word_is_taken_whenever_it_comes(db, transport, state):
    message = put()
    if state == "leased":
        actions.take_lease(message)
    elif state != "queued":
        transport.outcomes = {"ambiguous": [NoAnswer("x")], "dead": [Outcome(Result.REFUSED)]}.get(state, [])
        sweep()
    assert actions.acknowledge(message, receipt="theirs-2").state == State.ACKNOWLEDGED
    assert actions.acknowledge(message).state == State.ACKNOWLEDGED
    assert events(message).count(Event.MESSAGE_LEFT) == 1
    assert sweep(99).tried == 0


def test_a_cancelled_message_stays_cancelled(cast, transport):
    message = actions.cancel(put(), by=cast.oversight)
    with pytest.raises(ValidationError):
        actions.acknowledge(message)


def test_the_database_holds_the_shape_of_a_lease(db):
    message = put()
    for wrong in ({"state": State.LEASED}, {"lease_until": NOW}, {"state": State.AMBIGUOUS}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutboxMessage.objects.filter(pk=message.pk).update(**wrong)


@pytest.mark.parametrize("count", [1, 3])
def test_choosing_what_is_due_costs_the_same_however_much_there_is(
    db, transport, count, django_assert_num_queries
):
    from snb.outbox.queries import due_messages

    for number in range(count):
        put(f"r{number}")
    with django_assert_num_queries(2):
        assert len(due_messages(timezone.now() + timedelta(seconds=1), limit=50)) == count


def test_the_nudge_is_a_task_that_sweeps(db, transport):
    from snb.outbox.tasks import nudge

    put()
    assert nudge.call() == 1
