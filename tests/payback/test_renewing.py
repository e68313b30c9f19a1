"""A dead letter is prepared again: with today's codes and way, and only where the receiver certainly does not have it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from payback.actions.nominators import withdraw
from payback.actions.referrals import prepare
from payback.clients import HttpsTransport
from payback.enums import Ended, Status, Transport
from payback.models import Contract, Referral
from snb.audit.models import AuditEvent
from snb.outbox import actions as outbox
from snb.outbox.adapters import register_transport
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from tests.payback.making import make_nomination

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/oversight/messages/"


@pytest.fixture(autouse=True)
def fresh_tokens():
    """No token of another test's sandbox."""
    register_transport("payback.https", HttpsTransport())


@pytest.fixture
def dead(highgate, https_provider, sandbox):
    """A task that probation's system refused, because the provider's team was closed."""
    https_provider.team_code = "N07OLD"
    https_provider.save()
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error, message.in_doubt) == (State.DEAD, "http_400", False)
    referral.refresh_from_db()
    return referral


def test_a_dead_letter_can_leave_once_the_provider_s_codes_are_put_right(dead, https_provider, sandbox, cast):
    https_provider.team_code = "N07UPW"
    https_provider.save()
    new = outbox.renew(dead.message, by=cast.oversight)
    outbox.sweep(now=timezone.now() + timedelta(hours=1))
    dead.refresh_from_db()
    second = Referral.objects.get(message=new)
    assert (dead.ended, dead.message.state) == (Ended.REPLACED, State.CANCELLED)
    assert second.reference == f"{dead.nomination.reference}-2"
    assert (second.ended, second.message.state) == ("", State.ACKNOWLEDGED)
    assert list(sandbox.store.projects) == [second.project_code]
    events = AuditEvent.objects.filter(actor=cast.oversight.public_id).values_list("event", flat=True)
    assert sorted(events) == [
        "outbox.message.cancelled",
        "payback.referral.ended",
        "payback.referral.prepared",
    ]


def test_it_goes_by_the_way_the_provider_has_today(dead, https_provider, cast):
    https_provider.transport = Transport.DESK
    https_provider.save()
    outbox.renew(dead.message, by=cast.oversight)
    assert Referral.objects.open().get().transport == Transport.DESK


def test_what_may_have_arrived_is_asked_for_and_not_prepared_again(dead, cast):
    OutboxMessage.objects.update(in_doubt=True)
    with pytest.raises(ValidationError, match="may have arrived"):
        outbox.renew(dead.message, by=cast.oversight)
    assert Referral.objects.get().ended == ""


def test_twice_is_once(dead, cast):
    outbox.renew(dead.message, by=cast.oversight)
    with pytest.raises(ValidationError, match="moved on"):
        outbox.renew(dead.message, by=cast.oversight)
    assert Referral.objects.count() == 2


def test_without_a_contract_everything_stays(dead, cast):
    Contract.objects.update(until=timezone.localdate())
    with pytest.raises(ValidationError, match="No provider"):
        outbox.renew(dead.message, by=cast.oversight)
    dead.refresh_from_db()
    assert (dead.ended, dead.message.state) == ("", State.DEAD)


def test_one_whose_task_was_taken_back_is_put_away(dead, cast):
    Referral.objects.update(ended=Ended.WITHDRAWN)
    assert outbox.renew(dead.message, by=cast.oversight) is None
    dead.refresh_from_db()
    assert (dead.ended, dead.message.state) == (Ended.WITHDRAWN, State.CANCELLED)
    assert Referral.objects.count() == 1


def test_a_task_that_is_withdrawn_takes_its_dead_letter_with_it(dead):
    withdraw(dead.nomination)
    assert OutboxMessage.objects.get().state == State.CANCELLED


def test_oversight_does_it_with_a_press_and_nobody_else_does(dead, https_provider, cast, site_client):
    for person in (cast.chair, cast.other_chair, cast.resident):
        assert site_client(None, person).post(f"{LIST}{dead.message.pk}/renew/").status_code == 404
        with pytest.raises(PermissionDenied):
            outbox.renew(dead.message, by=person)
    client = site_client(None, cast.oversight)
    assert client.get(f"{LIST}{dead.message.pk}/renew/").status_code == 405
    assert "Prepare again" in client.get(LIST).content.decode()
    page = client.post(f"{LIST}{dead.message.pk}/renew/", follow=True).content.decode()
    assert "It is prepared again" in page
    assert Referral.objects.open().get().reference.endswith("-2")
    again = client.post(f"{LIST}{dead.message.pk}/renew/", follow=True).content.decode()
    assert "This message has moved on in the meantime" in again


def test_in_doubt_there_is_no_such_button(dead, cast, site_client):
    OutboxMessage.objects.update(in_doubt=True)
    page = site_client(None, cast.oversight).get(LIST).content.decode()
    assert f"{LIST}{dead.message.pk}/resend/" in page
    assert f"{LIST}{dead.message.pk}/renew/" not in page
