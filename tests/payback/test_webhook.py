"""The signed webhook: signature, clock, replay, and the same end in whatever order events come."""

from __future__ import annotations

import io
import json
import time
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from payback.actions import telling
from payback.actions.providers import add_webhook_key
from payback.actions.referrals import prepare
from payback.api import signature_of
from payback.enums import Ended, Status
from payback.models import Milestone, Nomination, ProviderEvent, Question, Referral, Session
from payback.queries import silence_of
from snb.audit.models import AuditEvent
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from tests.payback.making import WORKED, WORKED_NEXT, make_nomination, make_provider, make_referral

pytestmark = pytest.mark.django_db
KEY, OLD_KEY = "k" * 40, "o" * 40
numbers = count(1)


@pytest.fixture
def provider(highgate):
    """A provider with two valid keys and one that is past."""
    return make_provider(board=highgate.borough.board, webhook_keys=[KEY, OLD_KEY, "past" * 10])


@pytest.fixture
def referral(highgate, provider):
    """A task that was handed over."""
    return make_referral(highgate, provider=provider)


def send(data: object, *, slug="london", key=KEY, event_id="", at=None, body=None, path="", signature=None):
    """One request as a provider's system sends it."""
    body = json.dumps(data).encode() if body is None else body
    event_id = event_id or f"event-{next(numbers)}"
    path = path or f"/api/payback/{slug}/events/"
    stamp = str(int(time.time() if at is None else at))
    signature = signature or signature_of(
        key, method="POST", path=path, at=stamp, event_id=event_id, body=body
    )
    return Client(headers={"host": settings.PORTAL_NETLOC}).post(
        path,
        body,
        content_type="application/json",
        headers={"X-Event-Id": event_id, "X-Event-Time": stamp, "X-Event-Signature": signature},
    )


def said(referral, kind, *, minutes_ago=5, **fields) -> dict[str, object]:
    """A body."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return {"kind": kind, "reference": referral.reference, "occurred_at": at.isoformat(), **fields}


def test_an_event_moves_the_task_and_is_on_record(referral):
    reply = send(said(referral, "acknowledged"), event_id="first")
    assert (reply.status_code, reply.json()) == (200, {"event_id": "first", "applied": True})
    referral.refresh_from_db()
    assert referral.nomination.status == Status.ACKNOWLEDGED
    assert referral.acknowledged_at
    assert referral.message.state == State.ACKNOWLEDGED
    assert AuditEvent.objects.filter(event="payback.provider.event_taken").count() == 1


def test_the_second_key_is_valid_and_the_third_is_not(referral):
    assert send(said(referral, "acknowledged"), key=OLD_KEY).status_code == 200
    assert send(said(referral, "assessing"), key="past" * 10).status_code == 401


def test_guesses_at_the_signature_run_dry_and_take_nobodys_room(referral):
    replies = [send(said(referral, "acknowledged"), key="guess" * 8).status_code for _ in range(70)]
    assert replies == [401] * 60 + [429] * 10
    assert send(said(referral, "acknowledged")).status_code == 200


def test_a_provider_that_never_stops_is_asked_to_wait_and_loses_nothing(referral, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "payback_event": "2/m/key"}
    kinds = ("acknowledged", "assessing", "assessing")
    replies = [send(said(referral, kind), event_id=f"burst-{place}") for place, kind in enumerate(kinds)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert replies[-1]["Retry-After"] == "60"
    assert ProviderEvent.objects.count() == 2


def test_a_new_key_stands_beside_the_one_before_and_ends_the_older(provider, referral, cast):
    out = io.StringIO()
    call_command("provider_key", "london", stdout=out)
    new = out.getvalue().strip()
    assert [send(said(referral, "assessing"), key=key).status_code for key in (new, KEY, OLD_KEY)] == [
        200,
        200,
        401,
    ]
    with pytest.raises(PermissionDenied):
        add_webhook_key(provider, by=cast.chair)
    assert add_webhook_key(provider, by=cast.oversight)
    assert AuditEvent.objects.filter(event="payback.provider.key_added").count() == 2
    with pytest.raises(CommandError):
        call_command("provider_key", "nobody")


@pytest.mark.parametrize("part", ["method", "path", "at", "event_id", "body"])
def test_every_part_is_signed(referral, part):
    body = json.dumps(said(referral, "acknowledged")).encode()
    stamp = str(int(time.time()))
    parts = {
        "method": "POST",
        "path": "/api/payback/london/events/",
        "at": stamp,
        "event_id": "e1",
        "body": body,
    }
    forged = {**parts, part: b"{}" if part == "body" else parts[part] + "1"}
    signature = signature_of(KEY, **forged)
    reply = send(None, body=body, event_id="e1", at=int(stamp), signature=signature)
    assert reply.status_code == 401
    assert ProviderEvent.objects.count() == 0
    good = send(None, body=body, event_id="e1", at=int(stamp), signature=signature_of(KEY, **parts))
    assert good.status_code == 200


@pytest.mark.parametrize(("off", "status"), [(600, 200), (-600, 200), (1000, 401), (-1000, 401)])
def test_a_clock_may_be_ten_minutes_off_and_a_401_tells_our_time(referral, off, status):
    reply = send(said(referral, "acknowledged"), at=time.time() + off)
    assert reply.status_code == status
    if status == 401:
        assert abs(reply.json()["our_time"] - time.time()) < 5


def test_an_unknown_provider_is_answered_like_a_wrong_signature(referral):
    body = said(referral, "acknowledged")
    unknown, wrong = send(body, slug="nobody"), send(body, key="x")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json()["error"] == wrong.json()["error"]


def test_a_provider_without_keys_takes_nothing(highgate):
    provider = make_provider("keyless", board=highgate.borough.board)
    referral = make_referral(highgate, provider=provider)
    assert send(said(referral, "acknowledged"), slug="keyless", key="").status_code == 401


def test_a_replay_changes_nothing_and_is_answered_as_before(referral):
    body = json.dumps(said(referral, "session", session_id="s1", date=_day(1), people=4, hours=12)).encode()
    first, second = (send(None, body=body, event_id="once") for _ in range(2))
    assert first.json() == second.json() == {"event_id": "once", "applied": True}
    assert (ProviderEvent.objects.count(), Session.objects.count()) == (1, 1)


def test_an_id_with_another_body_is_refused(referral):
    send(said(referral, "acknowledged"), event_id="once")
    assert send(said(referral, "accepted"), event_id="once").status_code == 409
    referral.nomination.refresh_from_db()
    assert referral.nomination.status == Status.ACKNOWLEDGED


def test_another_providers_task_is_not_found(referral, kilburn_brent):
    make_provider("north", board=kilburn_brent.borough.board, webhook_keys=[KEY])
    for body in (said(referral, "accepted"), {**said(referral, "accepted"), "reference": "CP-NOTHING-1"}):
        reply = send(body, slug="north")
        assert (reply.status_code, reply.json()) == (404, {"error": "No such task."})
    assert ProviderEvent.objects.count() == 0


def test_an_event_before_our_own_commit_is_taken(highgate, provider):
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    OutboxMessage.objects.update(
        state=State.LEASED, lease_token=referral.pk, lease_until=timezone.now() + timedelta(minutes=5)
    )
    assert send(said(referral, "acknowledged")).json()["applied"] is True
    referral.refresh_from_db()
    assert (referral.nomination.status, referral.message.state) == (
        Status.ACKNOWLEDGED,
        State.ACKNOWLEDGED,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "deleted"}, "kind"),
        ({"kind": ["a"]}, "kind"),
        ({"reference": ""}, "reference"),
        ({"occurred_at": "2026-01-01T10:00:00"}, "occurred_at"),
        ({"occurred_at": "2099-01-01T10:00:00Z"}, "occurred_at"),
        ({"occurred_at": "2026-13-45T10:00:00Z"}, "occurred_at"),
        ({"starts_on": "tomorrow"}, "starts_on"),
        ({"people": 2.5}, "people"),
        ({"hours": "NaN"}, "hours"),
        ({"name": "Somebody"}, "name"),
        ({"words": "Anything"}, "words"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(referral, change, field):
    reply = send({**said(referral, "accepted"), **change})
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == [field]
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{" * 5000, b"null", b"[" * 15000])
def test_what_is_no_object_is_refused(referral, body):
    assert send(None, body=body).status_code == 400


def test_a_long_body_is_refused_before_it_is_read(referral):
    assert send(None, body=b"x" * 20_000).status_code == 413


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "rejected"}, "reason"),
        ({"kind": "rejected", "reason": "mood"}, "reason"),
        ({"kind": "session", "people": 1, "hours": 1, "session_id": "s"}, "date"),
        ({"kind": "session", "date": WORKED, "people": 1, "hours": 1}, "session_id"),
        (
            {"kind": "session", "date": WORKED, "people": 1, "hours": 100, "session_id": "s"},
            "hours",
        ),
        ({"kind": "accepted", "starts_on": "2026-05-02", "expected_end_on": "2026-05-01"}, "expected_end_on"),
    ],
)
def test_what_cannot_be_is_refused_whole(referral, fields, field):
    reply = send(said(referral, fields["kind"], **{k: v for k, v in fields.items() if k != "kind"}))
    assert (reply.status_code, list(reply.json()["fields"])) == (400, [field])
    assert ProviderEvent.objects.count() == Session.objects.count() == 0
    referral.refresh_from_db()
    assert (referral.nomination.status, referral.starts_on) == (Status.SENT, None)


def test_a_refusal_ends_the_referral_with_its_reason(referral):
    send(said(referral, "rejected", reason="unsafe"))
    referral.refresh_from_db()
    assert (referral.ended, referral.refusal, referral.nomination.status) == (
        Ended.REJECTED,
        "unsafe",
        Status.REJECTED,
    )
    assert send(said(referral, "accepted", minutes_ago=1)).json()["applied"] is False


def test_a_task_that_went_to_another_provider_is_not_moved(referral):
    Referral.objects.update(ended=Ended.CONTRACT)
    assert send(said(referral, "completed")).json() == {
        "event_id": ProviderEvent.objects.get().event_id,
        "applied": False,
    }
    referral.nomination.refresh_from_db()
    assert referral.nomination.status == Status.SENT


def test_it_asks_for_a_post(referral):
    client = Client(headers={"host": settings.PORTAL_NETLOC})
    assert client.get("/api/payback/london/events/").status_code == 405


def _day(days_ago: int) -> str:
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


STORY = [
    ("acknowledged", {}),
    ("assessing", {}),
    ("more_info", {}),
    ("assessing", {}),
    ("accepted", {"project_code": "N07ABC", "starts_on": "2026-10-01", "expected_end_on": "2026-10-09"}),
    ("scheduled", {"starts_on": "2026-10-05"}),
    ("session", {"session_id": "a", "date": WORKED, "people": 4, "hours": 20}),
    ("in_progress", {}),
    ("session", {"session_id": "b", "date": WORKED_NEXT, "people": 3, "hours": 15}),
    ("session", {"session_id": "a", "date": WORKED, "people": 5, "hours": 25}),
    ("session_removed", {"session_id": "b"}),
    ("completed", {}),
]
"""What a provider's system says of one task, in the order in which it happened."""


@pytest.mark.parametrize("end", ["completed", "rejected"])
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_the_order_the_end_is_the_same(highgate, provider, end, data):
    story = STORY if end == "completed" else [*STORY[:5], ("rejected", {"reason": "capacity"})]
    began = timezone.now() - timedelta(days=3)
    told = []
    for order in (range(len(story)), data.draw(st.permutations(range(len(story))))):
        Session.objects.all().delete()
        ProviderEvent.objects.all().delete()
        Milestone.objects.all().delete()
        Referral.objects.all().delete()
        Nomination.objects.all().delete()
        referral = make_referral(highgate, provider=provider)
        for number in order:
            kind, fields = story[number]
            body = {
                "kind": kind,
                "reference": referral.reference,
                "occurred_at": (began + timedelta(hours=number)).isoformat(),
                **fields,
            }
            reply = send(body, event_id=f"e{number}")
            assert reply.status_code == 200, reply.content
        referral.refresh_from_db()
        nomination = referral.nomination
        told.append(
            (
                nomination.status,
                nomination.changed_at,
                nomination.ended_at,
                referral.acknowledged_at,
                referral.ended,
                referral.refusal,
                referral.project_code,
                referral.starts_on,
                referral.expected_end_on,
                sorted(Session.objects.values_list("source_id", "date", "people", "hours")),
                sorted(nomination.milestones.exclude(status=Status.ENDORSED).values_list("status", "at")),
            )
        )
    assert told[0] == told[1]


def test_an_event_from_before_the_task_was_handed_over_does_not_date_it_back(referral):
    body = {**said(referral, "acknowledged"), "occurred_at": "2001-03-01T09:00:00Z"}
    reply = send(body)
    referral.refresh_from_db()
    assert reply.status_code == 400 or referral.acknowledged_at >= referral.nomination.endorsed_at
    assert "for 10 days" in silence_of(
        referral.nomination
    )  # since the endorsement, and not since the year 2001


@pytest.mark.parametrize("reference", ["CP-\ud800", "CP-\x00A"])
def test_a_reference_that_no_database_can_hold_is_refused(referral, reference):
    reply = send({**said(referral, "acknowledged"), "reference": reference})
    assert reply.status_code in {400, 404}


def test_a_question_asked_in_the_provider_s_system_is_not_the_board_s_silence(referral):
    send(said(referral, "more_info"))
    Nomination.objects.update(changed_at=timezone.now() - timedelta(days=34))
    nomination = Nomination.objects.get()
    assert not Question.objects.exists()  # nothing the board could answer
    assert "The board has not answered" not in silence_of(nomination)


def test_an_event_dated_years_back_does_not_delete_what_the_nominator_wrote(highgate, provider):
    from payback.actions.events import Said, take_event

    referral = make_referral(highgate, Status.ACKNOWLEDGED, contact={"phone": "020 7946 0000"})
    long_ago = timezone.now() - timedelta(days=800)
    with suppress(ValidationError):
        take_event(provider, Said("one", "completed", referral.reference, long_ago, "0" * 64))
    assert telling.forget_in_time() == 0
