"""Rounds in the states the tests need."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from snb.people.models import Residency
from tests import factories as make
from wardpanels import actions
from wardpanels.calculations import Voter
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.models import Option, Round

OPTIONS = {
    "drugs": "Drugs",
    "asb": "Anti-social behaviour",
    "burglary": "Burglary",
    "traffic": "Traffic",
    "knife": "Knife crime",
}


def make_round(ward, *, status: RoundStatus = RoundStatus.VOTING, **fields) -> Round:
    """A round of the ward with five options, in a state before the close, as the timetable would leave it."""
    now = timezone.now()
    plan = {
        "title": "Autumn",
        "slug": "autumn",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=1),
        "picks": 3,
        "slots_vote": 2,
        "methods": ["postcode", "code", "roll"],
        "announced_at": now - timedelta(days=3),
    } | fields
    if status in {RoundStatus.DRAFT, RoundStatus.COLLECTING} and "opens_at" not in fields:
        plan |= {
            "opens_at": now + timedelta(days=2),
            "closes_at": now + timedelta(days=5),
            "collects_at": now - timedelta(hours=1),
        }
    round_ = Round.objects.create(
        ward=ward,
        panel=make.make_panel(ward),
        status=RoundStatus.DRAFT if status == RoundStatus.DRAFT else RoundStatus.COLLECTING,
        **plan,
    )
    for code, text in OPTIONS.items():
        Option.objects.create(round=round_, code=code, concern=code, text=text, status=OptionStatus.OFFERED)
    if status == RoundStatus.VOTING:
        round_ = actions.open_round(round_.pk)
    return round_


def end_voting(round_: Round) -> Round:
    """Let the published end pass, without waiting for it."""
    Round.objects.filter(pk=round_.pk).update(
        collects_at=None,
        opens_at=timezone.now() - timedelta(days=2),
        closes_at=timezone.now() - timedelta(seconds=1),
    )
    round_.refresh_from_db()
    return round_


def close(round_: Round) -> Round:
    """End voting and close."""
    return actions.close_round(end_voting(round_).pk)


def voter(number: int, **fields) -> Voter:
    """A person the roll knows by account and address, each from a postcode of their own."""
    return Voter(
        **{
            "accounts": (f"account-{number}",),
            "email": f"v{number}@example.org",
            "method": "postcode",
            "postcode": f"postcode-{number}",
        }
        | fields
    )


def cast_many(round_: Round, choices: list[tuple[str, ...]], *, start: int = 0) -> list[str]:
    """Cast one vote for each; the receipts in the same order."""
    return [
        actions.cast_vote(round_.pk, picked, voter=voter(start + place)).receipt
        for place, picked in enumerate(choices)
    ]


def settle(user, ward, **fields) -> Residency:
    """Confirm that a person lives in a ward, a month ago."""
    today = timezone.localdate()
    return Residency.objects.create(
        **{
            "user": user,
            "ward": ward,
            "method": "postcode",
            "proof_hash": f"postcode-of-{user.pk}",
            "since": timezone.now() - timedelta(days=30),
            "confirmed_on": today - timedelta(days=30),
            "expires_on": today + timedelta(days=700),
        }
        | fields
    )


@pytest.fixture
def open_round(highgate) -> Round:
    """A round that is open now."""
    return make_round(highgate)


@pytest.fixture
def collecting_round(highgate) -> Round:
    """A round that takes suggestions."""
    return make_round(highgate, status=RoundStatus.COLLECTING)
