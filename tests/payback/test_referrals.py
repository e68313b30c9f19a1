"""What endorsing writes: the referral, its frozen bytes and its outbox message, once."""

from __future__ import annotations

import hashlib
import json

import pytest

from payback.actions.referrals import prepare
from payback.enums import Ended, Status, Transport
from payback.errors import NoProvider
from payback.models import Contract, Referral
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from tests.payback.making import CODES, make_nomination, make_provider

pytestmark = pytest.mark.django_db


def test_a_referral_is_one_row_with_one_message(highgate):
    make_provider(board=highgate.borough.board)
    nomination = make_nomination(highgate, Status.ENDORSED)
    referral = prepare(nomination, by=None)
    again = prepare(nomination, by=None)
    assert again == referral
    message = OutboxMessage.objects.get()
    assert referral.message == message
    assert (message.reference, message.idempotency_key, message.state) == (
        f"{nomination.reference}-1",
        f"{nomination.reference}-1",
        State.QUEUED,
    )
    assert (message.channel, message.destination) == ("payback.desk", "desk:london")
    assert bytes(message.payload) == bytes(referral.payload)
    assert hashlib.sha256(bytes(referral.payload)).hexdigest() == referral.payload_sha256


def test_https_sends_the_project_creation_call_with_our_reference_and_code(highgate, sandbox):
    make_provider(board=highgate.borough.board, transport=Transport.HTTPS, destination="probation", **CODES)
    nomination = make_nomination(highgate, Status.ENDORSED)
    referral = prepare(nomination, by=None)
    [project] = json.loads(bytes(referral.payload))["projects"]
    assert referral.message.destination == "https:probation"
    assert project["code"] == referral.project_code == "N07" + nomination.reference.removeprefix("CP-")
    assert project["name"] == f"Clear the alley behind the shops ({referral.reference})"
    assert set(project) >= {
        "providerCode",
        "teamCode",
        "projectTypeCode",
        "defaultPickupPointCode",
        "startDate",
    }


def test_without_codes_the_desk_takes_it_and_shows_what_only_probation_can_fill(highgate):
    make_provider(board=highgate.borough.board, transport=Transport.HTTPS, destination="probation")
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    data = json.loads(bytes(referral.payload))
    assert referral.transport == Transport.DESK
    assert data["only_probation"] == [
        "providerCode",
        "teamCode",
        "projectTypeCode",
        "code",
        "defaultPickupPointCode",
    ]


def test_without_an_entry_in_the_settings_the_desk_takes_it(highgate, https_provider, settings):
    settings.PAYBACK_DESTINATIONS = {}
    assert prepare(make_nomination(highgate, Status.ENDORSED), by=None).transport == Transport.DESK


def test_without_a_contract_nothing_is_written(highgate):
    provider = make_provider(board=highgate.borough.board)
    Contract.objects.update(until="2020-01-02", since="2020-01-01")
    with pytest.raises(NoProvider):
        prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    assert provider.referrals.count() == OutboxMessage.objects.count() == 0


def test_a_second_referral_has_a_code_of_its_own(highgate, sandbox):
    make_provider(board=highgate.borough.board, transport=Transport.HTTPS, destination="probation", **CODES)
    nomination = make_nomination(highgate, Status.ENDORSED)
    first = prepare(nomination, by=None)
    Referral.objects.filter(pk=first.pk).update(ended=Ended.CONTRACT)
    second = prepare(nomination, by=None)
    assert second.reference == f"{nomination.reference}-2"
    assert second.project_code == f"{first.project_code}2"
