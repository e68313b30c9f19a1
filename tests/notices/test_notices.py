"""Telling a person something once, and never twice."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from snb.notices import actions, notifications
from snb.notices.enums import TRANSITIONS, State, Topic
from snb.notices.models import Told
from snb.outbox import actions as outbox
from snb.outbox import adapters
from tests import factories as make

CONTEXT = {"reference": "ref-1", "destination": "Probation <North>", "attempts": 12, "code": "http_503"}


def tell(person, key="k1") -> Told | None:
    """Tell a person of a dead letter."""
    return actions.tell(person, Topic.MESSAGE_GIVEN_UP, key, context=CONTEXT)


@pytest.fixture
def person(db):
    """Somebody to tell."""
    return make.UserFactory(email="jane@example.org", name="Jane")


def broken(monkeypatch, error):
    """Make the mail server fail."""

    def fail(self, messages):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)


def test_a_person_is_told_once_per_topic_and_key(person):
    assert tell(person) is not None
    assert tell(person) is None
    assert tell(person, "k2") is not None
    assert tell(make.UserFactory()) is not None
    assert Told.objects.count() == 3


def test_the_email_leaves_by_a_task_that_holds_only_an_id(person):
    told = tell(person)
    assert mail.outbox == []
    task = DBTaskResult.objects.get(task_path="snb.notices.notifications.send_notice")
    assert task.args_kwargs == {"args": [str(told.pk)], "kwargs": {}}
    assert notifications.send_notice.call(str(told.pk)) == State.SENT
    assert len(mail.outbox) == 1


def test_the_email_is_plain_neutral_and_unescaped(person, settings):
    notifications.send(tell(person).pk)
    sent = mail.outbox[0]
    assert (sent.subject, sent.to, sent.from_email) == (
        "A message from the portal could not be delivered",
        ["jane@example.org"],
        settings.DEFAULT_FROM_EMAIL,
    )
    assert sent.body.startswith(
        "Message ref-1 to Probation <North> was given up after 12 tries (http_503).\n"
    )
    assert (sent.content_subtype, sent.attachments, getattr(sent, "alternatives", [])) == ("plain", [], [])
    assert sent.extra_headers["Message-ID"] == f"<{Told.objects.get().pk}@snb.localhost>"


def test_telling_outside_a_transaction_is_refused(person):
    # Another thread has a connection of its own, outside the transaction of this test.
    with ThreadPoolExecutor(1) as thread, pytest.raises(RuntimeError, match="inside the transaction"):
        thread.submit(tell, person).result()


def test_a_rolled_back_transaction_tells_nobody(person):
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)
    assert (Told.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    assert tell(person) is not None


def test_task_and_sweep_together_send_once(person):
    told = tell(person)
    assert actions.sweep() == actions.Swept(sent=1)
    assert notifications.send(told.pk) == State.SENT
    assert actions.sweep() == actions.Swept()
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_while_sending_never_makes_it_double(person, monkeypatch):
    """A killed worker leaves the mark; `SystemExit` goes past every handler as a kill does."""
    told = tell(person)
    broken(monkeypatch, SystemExit())
    with pytest.raises(SystemExit):
        notifications.send(told.pk)
    monkeypatch.undo()
    assert Told.objects.get().state == State.SENDING
    assert notifications.send(told.pk) == State.SENDING
    assert actions.sweep() == actions.Swept()
    assert actions.sweep(now=timezone.now() + timedelta(hours=1)) == actions.Swept(lost=1)
    assert (Told.objects.get().state, mail.outbox) == (State.LOST, [])


def test_what_the_server_certainly_did_not_take_is_sent_later(person, monkeypatch):
    told = tell(person)
    broken(monkeypatch, ConnectionRefusedError())
    assert actions.sweep() == actions.Swept(waiting=1)
    monkeypatch.undo()
    assert notifications.send(told.pk) == State.WAITING
    Told.objects.update(due_at=timezone.now())
    assert notifications.send(told.pk) == State.SENT


def test_a_server_that_never_takes_it_ends_in_lost(person, monkeypatch):
    tell(person)
    broken(monkeypatch, smtplib.SMTPRecipientsRefused({}))
    for _ in range(notifications.MOST_ATTEMPTS):
        Told.objects.update(due_at=timezone.now())
        actions.sweep()
    assert Told.objects.get().state == State.LOST


def test_an_error_that_leaves_doubt_is_not_sent_again(person, monkeypatch):
    told = tell(person)
    broken(monkeypatch, TimeoutError())
    with pytest.raises(TimeoutError):
        notifications.send(told.pk)
    monkeypatch.undo()
    assert notifications.send(told.pk) == State.LOST
    assert mail.outbox == []


def test_one_notice_in_trouble_does_not_hold_up_the_others(person, monkeypatch):
    for key in ("a", "b", "c"):
        tell(person, key)
    real, calls = notifications.compose, []

    def compose(told):
        calls.append(told)
        if told.key == "a":
            raise TimeoutError
        return real(told)

    monkeypatch.setattr(notifications, "compose", compose)
    assert actions.sweep() == actions.Swept(sent=2, lost=1)
    assert len(mail.outbox) == 2


def test_a_closed_account_gets_nothing(person):
    told = tell(person)
    person.is_active = False
    person.save()
    assert (notifications.send(told.pk), mail.outbox) == (State.LOST, [])


def test_a_deleted_account_gets_nothing(person):
    told = tell(person)
    person.delete()
    assert (notifications.send(told.pk), mail.outbox) == ("gone", [])


def test_the_database_holds_the_once(person):
    tell(person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.create(person=person, topic=Topic.MESSAGE_GIVEN_UP, key="k1")


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_has_its_words(person, topic):
    told = actions.tell(person, topic, "words", context=CONTEXT)
    message = notifications.compose(told)
    assert message.subject
    assert message.body.strip()
    assert "\n" not in message.subject


def test_every_state_is_in_the_table():
    assert set(TRANSITIONS) == set(State)


def test_oversight_hears_of_a_message_that_was_given_up(cast):
    assert actions.tell_of_dead_letter in adapters._told
    message = outbox.enqueue(channel="none", destination="d", payload=b"x", reference="r")
    taken = outbox.take_lease(message)
    outbox.finish(taken, adapters.Outcome(adapters.Result.REFUSED, "http_400"))
    assert [told.person for told in Told.objects.all()] == [cast.oversight]
    assert actions.sweep() == actions.Swept(sent=1)
    assert "Message r to d was given up" in mail.outbox[0].body
