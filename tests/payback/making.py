"""Nominations in every state, as the actions would leave them, and the people around them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from payback.actions.referrals import prepare
from payback.calculations import cell_at, new_receipt, receipt_hash
from payback.enums import PUBLIC, Decline, ProviderRoleKind, Status, Transport, Verdict
from payback.models import Contract, Milestone, Nomination, Provider, ProviderRole, Review, ScreenerRole
from snb.people.models import Residency
from tests import factories as make

WORKED, WORKED_NEXT = ((timezone.localdate() - timedelta(days=days)).isoformat() for days in (30, 29))
"""Two days on which people worked, as a provider writes them."""
CODES = {
    "provider_code": "N07",
    "team_code": "N07UPW",
    "project_type_code": "NP1",
    "pickup_point_code": "N07OFF",
}


def make_provider(
    slug: str = "london", *, transport: Transport = Transport.DESK, board=None, **fields: Any
) -> Provider:
    """A provider, with a contract for the board if one is given."""
    provider, _ = Provider.objects.get_or_create(
        slug=slug, defaults={"name": f"{slug.title()} Probation", "transport": transport, **fields}
    )
    if board is not None:
        Contract.objects.get_or_create(
            provider=provider, board=board, defaults={"since": timezone.localdate() - timedelta(days=400)}
        )
    return provider


def make_officer(provider: Provider, *, kind: ProviderRoleKind = ProviderRoleKind.OFFICER, **fields: Any):
    """Somebody who works for the provider."""
    person = make.UserFactory(**fields)
    make.give(ProviderRole, person, scope=provider, kind=kind)
    return person


def make_screener(board, **fields: Any):
    """Somebody who screens for the board."""
    person = make.UserFactory(**fields)
    make.give(ScreenerRole, person, scope=board)
    return person


def make_nomination(
    ward, status: Status = Status.SUBMITTED, *, screeners: tuple = (), **fields: Any
) -> Nomination:
    """A nomination of a place in the ward, in a state; from *endorsed* on with public words."""
    now = timezone.now()
    board = ward.borough.board
    point = fields.pop("point", {"postcode": "N6 5HX", "latitude": 51.5712, "longitude": -0.1467})
    cell = cell_at(point["latitude"], point["longitude"])
    given: dict[str, Any] = {
        "board": board,
        "screening_board": board,
        "ward": ward,
        "status": status,
        "receipt_hash": receipt_hash(fields.pop("receipt", new_receipt())),
        "point": point,
        "work": "clearing",
        "beneficiary": "street",
        "owner": "council",
        "permission": "asked",
        "toilets": "yes",
        "washing": "yes",
        "step_free": "no",
        "hazards": ["glass"],
        "tools": "probation",
        "days": ["weekdays"],
        "answers": {"what": "Rubbish all along the alley.", "place": "The alley behind the shops."},
    }
    if status != Status.DRAFT:
        given["submitted_at"] = now - timedelta(days=20)
    if status in PUBLIC:
        given |= {
            "public_title": "Clear the alley behind the shops",
            "public_words": "Rubbish has piled up in the alley.",
            "public_place": "Alley off Swains Lane",
            "brief": "The alley between the two shops, gate on the left.",
            "cell_x": cell.x,
            "cell_y": cell.y,
            "latitude": cell.latitude,
            "longitude": cell.longitude,
            "endorsed_at": now - timedelta(days=10),
        }
    if status == Status.DECLINED:
        given |= {"decline_reason": Decline.DUTY, "decline_words": "The council is paid to do this."}
    if status in {Status.DECLINED, Status.REJECTED, Status.COMPLETED, Status.WITHDRAWN}:
        given["ended_at"] = now
    nomination = Nomination.objects.create(**(given | fields))
    if status != Status.DRAFT:
        Milestone.objects.create(nomination=nomination, status=status, at=now)
    for person in screeners:
        verdict = Verdict.ENDORSE if status in PUBLIC else ""
        Review.objects.create(
            nomination=nomination, person=person, verdict=verdict, given_at=now if verdict else None
        )
    return nomination


def make_referral(ward, status: Status = Status.SENT, *, provider: Provider | None = None, **fields: Any):
    """A nomination with its referral and outbox message, in a state from *endorsed* on."""
    if provider is None:
        provider = make_provider(board=ward.borough.board)
    nomination = make_nomination(ward, Status.ENDORSED, **fields)
    referral = prepare(nomination, by=None)
    if status != Status.ENDORSED:
        nomination.status = status
        nomination.save()
        referral.sent_at = timezone.now()
        referral.save()
    return referral


def settle(person, ward) -> None:
    """Confirm that a person lives in a ward."""
    today = timezone.localdate()
    Residency.objects.create(
        user=person,
        ward=ward,
        method="postcode",
        since=timezone.now(),
        confirmed_on=today,
        expires_on=today + timedelta(days=300),
    )
