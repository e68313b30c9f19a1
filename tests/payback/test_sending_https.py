"""Probation's project-creation call: taken in exactly once whatever the other side does."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from payback.actions.nominators import withdraw
from payback.actions.referrals import prepare
from payback.actions.sending import follow_messages
from payback.clients import HttpsTransport
from payback.enums import Ended, Status
from payback.management.commands.probation_sandbox import Sandbox
from payback.models import Referral
from snb.audit.models import AuditEvent
from snb.notices.models import Told
from snb.outbox import actions as outbox
from snb.outbox import clients
from snb.outbox.adapters import register_transport
from snb.outbox.enums import State
from snb.outbox.models import Circuit, OutboxMessage
from tests.payback.making import make_nomination, make_provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_tokens():
    """No token of another test's sandbox."""
    register_transport("payback.https", HttpsTransport())


@pytest.fixture
def referral(highgate, https_provider, sandbox):
    """An endorsed task on its way to the sandbox."""
    return prepare(make_nomination(highgate, Status.ENDORSED), by=None)


def sweep(hours: float = 0.0) -> str:
    """One sweep, as if hours had passed; the state of the only message afterwards."""
    outbox.sweep(now=timezone.now() + timedelta(hours=hours))
    return OutboxMessage.objects.get(channel="payback.https").state


def test_a_task_is_taken_in_with_201_and_says_so(referral, sandbox):
    assert sweep() == State.ACKNOWLEDGED
    assert list(sandbox.store.projects) == [referral.project_code]
    assert sandbox.keys == [referral.reference]
    assert follow_messages() == 1
    assert follow_messages() == 0
    referral.refresh_from_db()
    assert referral.sent_at
    assert referral.acknowledged_at
    assert referral.nomination.status == Status.ACKNOWLEDGED
    assert [entry.status for entry in referral.nomination.milestones.all()][-1] == Status.ACKNOWLEDGED


def test_the_bytes_are_those_that_were_frozen(referral, sandbox):
    sweep()
    assert sandbox.store.projects[referral.project_code] == json.loads(bytes(referral.payload))["projects"][0]


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "500"])
def test_after_doubt_it_asks_before_it_sends_again(referral, sandbox, fault):
    sandbox.faults = [fault]
    assert sweep() == State.AMBIGUOUS
    sandbox.seen.clear()
    assert sweep(hours=5) == State.ACKNOWLEDGED
    asked = [entry for entry in sandbox.seen if entry[1].startswith("/projects")]
    assert asked[0] == ("GET", f"/projects/{referral.project_code}")
    assert len(asked) == (1 if fault == "cut_after" else 2)
    assert list(sandbox.store.projects) == [referral.project_code]


def test_already_there_with_our_reference_is_success(referral, sandbox):
    sandbox.faults = ["duplicate"]
    assert sweep() == State.ACKNOWLEDGED


def test_already_there_without_our_reference_is_a_collision_for_a_person(referral, sandbox):
    [project] = json.loads(bytes(referral.payload))["projects"]
    sandbox.store.keep({"projects": [{**project, "name": "Somebody else's project"}]})
    assert sweep() == State.DEAD
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "collision"


def test_retry_after_is_kept_and_capped_at_an_hour(referral, sandbox):
    sandbox.faults = ["429"]
    before = timezone.now()
    assert sweep() == State.QUEUED
    message = OutboxMessage.objects.get(channel="payback.https")
    assert (message.last_error, message.in_doubt) == ("http_429", False)
    assert timedelta(minutes=59) < message.due_at - before < timedelta(minutes=61)
    assert sweep(hours=2) == State.ACKNOWLEDGED


@pytest.mark.parametrize(("fault", "code"), [("302", "http_302"), ("400", "http_400")])
def test_a_redirect_and_a_broken_rule_need_a_person(referral, sandbox, fault, code):
    sandbox.faults = [fault]
    assert sweep() == State.DEAD
    assert OutboxMessage.objects.get(channel="payback.https").last_error == code
    assert ("POST", "/elsewhere") not in sandbox.seen
    assert ("GET", "/elsewhere") not in sandbox.seen


def test_a_refused_token_is_fetched_anew_once(referral, sandbox):
    sandbox.faults = ["401"]
    assert sweep() == State.ACKNOWLEDGED
    assert [path for _, path in sandbox.seen].count("/oauth/token") == 2


def test_one_token_serves_many_tasks(highgate, referral, sandbox):
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    assert [path for _, path in sandbox.seen].count("/oauth/token") == 1
    assert len(sandbox.store.projects) == 2


def test_a_wrong_secret_needs_a_person_and_sends_nothing_and_gives_nothing_up(
    highgate, referral, sandbox, cast
):
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    right, sandbox.client = sandbox.client, "portal:another"
    now = timezone.now()
    for hours in range(0, 72, 3):  # a long weekend
        outbox.sweep(now=now + timedelta(hours=hours))
    seen = OutboxMessage.objects.values_list("state", "attempts", "in_doubt")
    assert list(seen) == [(State.QUEUED, 0, False)] * 2
    assert set(OutboxMessage.objects.values_list("last_error", flat=True)) >= {"token_http_401"}
    assert sandbox.keys == []
    # One try each time, and one person told once.
    assert [path for _, path in sandbox.seen].count("/oauth/token") == 24
    assert Told.objects.filter(topic="message_given_up").count() == 1
    assert AuditEvent.objects.filter(event="outbox.destination.barred").count() == 1
    sandbox.client = right
    assert outbox.sweep(now=now + timedelta(hours=80)).left == 2
    assert Circuit.objects.get().barred_since is None
    assert len(sandbox.store.projects) == 2


def test_a_wrong_secret_leaves_what_is_in_doubt_in_doubt(referral, sandbox):
    sandbox.faults = ["cut_after"]
    assert sweep() == State.AMBIGUOUS
    register_transport("payback.https", HttpsTransport())  # a worker of its own, without the token
    right, sandbox.client = sandbox.client, "portal:another"
    assert sweep(5) == State.AMBIGUOUS
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "ask_token_http_401"
    sandbox.client = right
    assert sweep(10) == State.ACKNOWLEDGED
    assert len(sandbox.store.projects) == 1


def test_a_receiver_that_takes_no_token_bars_the_way_and_no_task_is_given_up(referral, sandbox):
    sandbox.faults = ["401", "401"]
    assert sweep() == State.QUEUED
    assert Circuit.objects.get().barred_since
    assert sweep(1) == State.ACKNOWLEDGED


def test_slow_beyond_the_deadline_leaves_doubt_and_is_settled_by_asking(referral, sandbox, monkeypatch):
    sandbox.slow, sandbox.faults = 1.0, ["slow"]
    monkeypatch.setattr(clients.call, "__kwdefaults__", {**clients.call.__kwdefaults__, "deadline": 0.3})
    assert sweep() == State.AMBIGUOUS
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "no_answer_Deadline"
    monkeypatch.undo()
    for _ in range(100):
        if sandbox.store.projects:
            break
        time.sleep(0.05)
    assert sweep(hours=5) == State.ACKNOWLEDGED
    assert list(sandbox.store.projects) == [referral.project_code]


def test_a_certificate_nobody_trusts_sends_nothing(referral, settings, tmp_path):
    service = Sandbox(tmp_path / "other.jsonl", wrong_certificate=True).start()
    settings.OUTBOUND_HOSTS = frozenset({service.host})
    settings.PAYBACK_DESTINATIONS = {"probation": service.destination}
    try:
        assert sweep() == State.QUEUED
    finally:
        service.close()
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "token_SSLError"
    assert service.seen == []


def test_a_host_that_is_not_in_the_settings_is_never_called(referral, sandbox, settings):
    settings.OUTBOUND_HOSTS = frozenset()
    assert sweep() == State.DEAD
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "host_not_allowed"
    assert sandbox.seen == []


def test_a_destination_the_settings_do_not_know_needs_a_person(referral, sandbox, settings):
    settings.PAYBACK_DESTINATIONS = {}
    assert sweep() == State.DEAD
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "no_destination"


def test_a_machine_s_netrc_and_proxy_change_nothing(referral, sandbox, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert sweep() == State.ACKNOWLEDGED


def test_a_provider_that_fails_rests_and_another_goes_on(highgate, kilburn_brent, referral, sandbox):
    for _ in range(outbox.FAILURES_TO_REST - 1):
        prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    sandbox.faults = ["503"] * outbox.FAILURES_TO_REST
    outbox.sweep()
    assert Circuit.objects.get(pk="https:probation").open_until
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    sandbox.seen.clear()
    assert outbox.sweep().tried == 0
    other = make_provider("north", board=kilburn_brent.borough.board)
    prepare(make_nomination(kilburn_brent, Status.ENDORSED), by=None)
    assert other.referrals.get().message.destination == "desk:north"
    assert outbox.sweep().tried == 1
    assert sandbox.seen == []
    outbox.sweep(now=timezone.now() + timedelta(hours=5))
    outbox.sweep(now=timezone.now() + timedelta(hours=10))
    assert len(sandbox.store.projects) == outbox.FAILURES_TO_REST + 1


def test_a_referral_that_is_over_is_not_sent(referral, sandbox):
    Referral.objects.filter(pk=referral.pk).update(ended=Ended.WITHDRAWN)
    assert sweep() == State.CANCELLED
    assert OutboxMessage.objects.get(channel="payback.https").last_error == "referral_over"
    assert sandbox.seen == []


def test_a_withdrawn_task_that_never_arrived_is_no_dead_letter(referral, sandbox):
    sandbox.faults = ["cut_before"]
    assert sweep() == State.AMBIGUOUS
    withdraw(referral.nomination)
    assert sweep(5) == State.CANCELLED
    assert sandbox.store.projects == {}


def test_a_withdrawn_task_that_did_arrive_is_known_to_be_there(referral, sandbox):
    sandbox.faults = ["cut_after"]
    assert sweep() == State.AMBIGUOUS
    withdraw(referral.nomination)
    assert sweep(5) == State.ACKNOWLEDGED


def test_a_task_perhaps_taken_in_is_not_cancelled_unasked(referral):
    OutboxMessage.objects.update(state=State.DEAD, in_doubt=True)
    withdraw(referral.nomination)
    assert OutboxMessage.objects.get(channel="payback.https").state == State.DEAD


def test_a_message_that_never_reached_the_receiver_says_nothing_of_its_health(referral, sandbox):
    Circuit.objects.create(destination="https:probation", failures=9, open_until=timezone.now())
    Referral.objects.filter(pk=referral.pk).update(ended=Ended.WITHDRAWN)
    sweep(0.1)
    assert sandbox.seen == []
    assert Circuit.objects.get().failures == 9
