"""Taking what is due and trying it: leases, asking after doubt, and what an outcome leaves behind."""

from __future__ import annotations

import hashlib
import logging
import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.outbox.actions.circuits import may_try, note_health
from snb.outbox.actions.messages import note_given_up, note_left
from snb.outbox.adapters import Asked, Outcome, Transport, transport_for
from snb.outbox.calculations import backoff
from snb.outbox.enums import Answer, Result, State
from snb.outbox.errors import NoAnswer, NotReached
from snb.outbox.models import OutboxMessage
from snb.outbox.queries import due_messages

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
"""How long a worker has a message: a question and a sending at their deadlines, several times over."""
MOST_ATTEMPTS = 20
"""Tries before a message is given up: with the waits between them about a day."""
SWEEP_SECONDS = 60.0
"""No try begins later in a sweep: what else the timetable does waits behind it."""


@dataclass
class Swept:
    """What one sweep did, in messages."""

    tried: int = 0
    left: int = 0
    again_later: int = 0
    given_up: int = 0
    needless: int = 0
    doubtful: int = 0


def sweep(*, now: datetime | None = None, limit: int = 50, lease: timedelta = LEASE) -> Swept:
    """Take what is due and try it, once each. For the timetable, each minute; any number may run at once.

    Must not run inside a transaction: each step is kept before the next one begins, so that a killed worker
    loses nothing.
    """
    swept, ends = Swept(), time.monotonic() + SWEEP_SECONDS
    swept.doubtful = mark_doubtful(now=now)
    for message in due_messages(now or timezone.now(), limit=limit):
        if time.monotonic() > ends:
            break
        taken = take_lease(message, now=now, lease=lease)
        if taken is None:
            continue
        swept.tried += 1
        state = finish(taken, try_once(taken), now=now)
        if state in {State.SENT, State.ACKNOWLEDGED}:
            swept.left += 1
        elif state == State.CANCELLED:
            swept.needless += 1
        elif state == State.DEAD:
            swept.given_up += 1
        else:
            swept.again_later += 1
    return swept


def mark_doubtful(*, now: datetime | None = None) -> int:
    """Leases that ran out: whoever held them is gone, so what happened is unknown.

    One that has had its tries is given up: perhaps it is the message that kills whoever takes it.
    """
    now = now or timezone.now()
    lost = OutboxMessage.objects.overdue_leases(now).defer("payload").order_by("pk")
    return sum(_mark_doubtful(message, now=now) for message in lost)


def _mark_doubtful(message: OutboxMessage, *, now: datetime) -> bool:
    """One of them; False where its worker, or another sweep, was quicker."""
    assert message.lease_until is not None
    change: dict[str, Any] = {
        "state": State.AMBIGUOUS,
        "in_doubt": True,
        "lease_token": None,
        "lease_until": None,
        "last_error": "lease_expired",
        "changed": now,
    }
    if message.attempts >= MOST_ATTEMPTS:
        change["state"] = State.DEAD
    else:
        change["due_at"] = message.lease_until + backoff(message.attempts, draw=random.uniform)
    with transaction.atomic(durable=True):
        held = OutboxMessage.objects.filter(
            pk=message.pk, state=State.LEASED, lease_token=message.lease_token
        )
        if not held.update(**change):
            return False
        if change["state"] == State.DEAD:
            note_given_up(message)
    return True


def take_lease(
    message: OutboxMessage, *, now: datetime | None = None, lease: timedelta = LEASE
) -> OutboxMessage | None:
    """Take a message by compare-and-set; None where somebody else was quicker or its destination rests."""
    now = now or timezone.now()
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        taken = OutboxMessage.objects.filter(
            pk=message.pk, state=message.state, attempts=message.attempts, due_at__lte=now
        ).update(
            state=State.LEASED,
            lease_token=token,
            lease_until=now + lease,
            attempts=F("attempts") + 1,
            changed=now,
        )
        if not taken:
            return None
        # After the message is ours: a lost race must not use up the one try of a rested destination.
        if not may_try(message.destination, now=now):
            transaction.set_rollback(True)
            return None
        return OutboxMessage.objects.get(pk=message.pk)


def try_once(message: OutboxMessage) -> Outcome:
    """Ask first where there is doubt, then send. Whatever a transport raises, the answer is an outcome."""
    transport = transport_for(message.channel)
    if transport is None:
        result = Result.UNKNOWN if message.in_doubt else Result.FAILED
        return Outcome(result, "no_transport", called=False)
    if hashlib.sha256(bytes(message.payload)).hexdigest() != message.payload_sha256:
        return Outcome(Result.REFUSED, "payload_changed", called=False)
    if message.in_doubt:
        asked = _ask(transport, message)
        if asked.answer == Answer.TAKEN:
            return Outcome(Result.ACKNOWLEDGED, asked.code or "read_back", receipt=asked.receipt)
        if asked.answer == Answer.BARRED:
            return Outcome(Result.BARRED, asked.code)
        if asked.answer == Answer.UNKNOWN:
            return Outcome(Result.UNKNOWN, asked.code or "no_clear_answer")
    return _send(transport, message)


def _ask(transport: Transport, message: OutboxMessage) -> Asked:
    try:
        return transport.ask(message)
    except (NotReached, NoAnswer) as error:
        return Asked(Answer.UNKNOWN, f"ask_{error}"[:60])
    except Exception as error:
        logger.exception("Asking after %s failed.", message)
        return Asked(Answer.UNKNOWN, f"ask_{type(error).__name__}"[:60])


def _send(transport: Transport, message: OutboxMessage) -> Outcome:
    try:
        return transport.send(message)
    except NotReached as error:
        return Outcome(Result.FAILED, f"not_reached_{error}"[:60])
    except NoAnswer as error:
        return Outcome(Result.UNKNOWN, f"no_answer_{error}"[:60])
    except Exception as error:
        logger.exception("Sending %s failed.", message)
        return Outcome(Result.UNKNOWN, type(error).__name__[:60])


def finish(message: OutboxMessage, outcome: Outcome, *, now: datetime | None = None) -> State:
    """Keep how a try ended. A worker whose lease is no longer its own changes nothing, except that *taken*
    stays true.
    """
    now = now or timezone.now()
    change: dict[str, Any] = {
        "lease_token": None,
        "lease_until": None,
        "last_error": "" if outcome.result in {Result.ACKNOWLEDGED, Result.SENT} else outcome.code[:60],
        "receipt": outcome.receipt[:120] or message.receipt,
        "changed": now,
        **_change_by(message, outcome, now=now),
    }
    with transaction.atomic(durable=True):
        mine = OutboxMessage.objects.filter(
            pk=message.pk, state=State.LEASED, lease_token=message.lease_token
        )
        kept = mine.update(**change)
        if not kept and outcome.result == Result.ACKNOWLEDGED:
            doubtful = OutboxMessage.objects.filter(pk=message.pk, in_doubt=True)
            kept = doubtful.filter(state__in=[State.AMBIGUOUS, State.DEAD]).update(**change)
        if not kept:
            logger.warning("The lease of %s ran out while it was being sent.", message)
            return State(OutboxMessage.objects.values_list("state", flat=True).get(pk=message.pk))
        note_health(message, outcome, now=now)
        message.refresh_from_db()
        if message.state in {State.SENT, State.ACKNOWLEDGED}:
            note_left(message, by=None)
        elif message.state == State.CANCELLED:
            record(Event.MESSAGE_CANCELLED, message, by=None, board=message.board)
        elif message.state == State.DEAD:
            note_given_up(message)
    return State(message.state)


def _change_by(message: OutboxMessage, outcome: Outcome, *, now: datetime) -> dict[str, Any]:
    """State, doubt and next time, as an outcome leaves them."""
    result = outcome.result
    if result == Result.ACKNOWLEDGED:
        return {"state": State.ACKNOWLEDGED, "in_doubt": False}
    if result == Result.SENT:
        return {"state": State.SENT, "in_doubt": False}
    if result == Result.NEEDLESS:
        return {"state": State.CANCELLED, "in_doubt": False}
    if result == Result.BARRED:
        # Nothing was tried with it, so it costs none of its tries; its destination rests.
        state = State.AMBIGUOUS if message.in_doubt else State.QUEUED
        return {"state": state, "attempts": message.attempts - 1}
    doubt = result == Result.UNKNOWN
    if result == Result.REFUSED or message.attempts >= MOST_ATTEMPTS:
        # Doubt outlives giving up: a person who sends it again has it asked for first.
        return {"state": State.DEAD, "in_doubt": doubt}
    wait = max(outcome.retry_after or timedelta(), backoff(message.attempts, draw=random.uniform))
    return {"state": State.AMBIGUOUS if doubt else State.QUEUED, "in_doubt": doubt, "due_at": now + wait}
