"""Putting messages into the outbox, sweeping it, and what a person may do about a dead letter.

Sent until acknowledged; taken in exactly once where the receiver keeps our reference. An email may double
after a crash and then
carries the same Message-ID.
"""

from __future__ import annotations

import hashlib
import logging
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import Actor, record
from snb.audit.enums import Event
from snb.outbox.adapters import Asked, Outcome, Transport, tell_given_up, transport_for
from snb.outbox.calculations import backoff
from snb.outbox.enums import TRANSITIONS, Answer, Result, State
from snb.outbox.errors import KeyReused, NoAnswer, NotReached
from snb.outbox.models import Circuit, OutboxMessage
from snb.outbox.queries import due_messages

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
"""How long a worker has a message: a question and a sending at their deadlines, several times over."""
MOST_ATTEMPTS = 12
"""Tries before a message is given up: about a day."""
FAILURES_TO_REST = 5
REST = timedelta(minutes=10)


def enqueue(
    *,
    channel: str,
    destination: str,
    payload: bytes,
    reference: str,
    idempotency_key: str = "",
    board: str = "",
) -> OutboxMessage:
    """Write a message that must leave, inside the transaction of what it tells. The same key twice is the
    same message.

    Args:
        payload: the exact bytes to send; nothing personal (see `OutboxMessage`).
        reference: ours; the receiver keeps it, and after doubt it is what we ask for.
        idempotency_key: the reference, unless told otherwise.
    Raises:
        RuntimeError: there is no transaction around it.
        KeyReused: the key was used before for other content.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A message belongs inside the transaction of what it tells.")
    key, digest = idempotency_key or reference, hashlib.sha256(payload).hexdigest()
    where = {"channel": channel, "destination": destination, "idempotency_key": key}
    try:
        with transaction.atomic():
            return OutboxMessage.objects.create(
                **where, board=board, reference=reference, payload=payload, payload_sha256=digest
            )
    except IntegrityError:
        message = OutboxMessage.objects.get(**where)
        if (message.payload_sha256, message.reference) != (digest, reference):
            raise KeyReused(key) from None
        return message


@dataclass
class Swept:
    """What one sweep did, in messages."""

    tried: int = 0
    left: int = 0
    again_later: int = 0
    given_up: int = 0
    doubtful: int = 0


def sweep(*, now: datetime | None = None, limit: int = 50, lease: timedelta = LEASE) -> Swept:
    """Take what is due and try it, once each. For the timetable, each minute; any number may run at once.

    Must not run inside a transaction: each step is kept before the next one begins, so that a killed worker
    loses nothing.
    """
    swept = Swept()
    swept.doubtful = mark_doubtful(now=now)
    for message in due_messages(now or timezone.now(), limit=limit):
        taken = take_lease(message, now=now, lease=lease)
        if taken is None:
            continue
        swept.tried += 1
        state = finish(taken, try_once(taken), now=now)
        if state in {State.SENT, State.ACKNOWLEDGED}:
            swept.left += 1
        elif state == State.DEAD:
            swept.given_up += 1
        else:
            swept.again_later += 1
    return swept


def mark_doubtful(*, now: datetime | None = None) -> int:
    """Leases that ran out: whoever held them is gone, so what happened is unknown."""
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        return OutboxMessage.objects.overdue_leases(now).update(
            state=State.AMBIGUOUS,
            in_doubt=True,
            lease_token=None,
            lease_until=None,
            due_at=now,
            last_error="lease_expired",
            changed=now,
        )


def take_lease(
    message: OutboxMessage, *, now: datetime | None = None, lease: timedelta = LEASE
) -> OutboxMessage | None:
    """Take a message by compare-and-set; None where somebody else was quicker or its destination rests."""
    now = now or timezone.now()
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        if not _may_try(message.destination, now=now):
            return None
        taken = OutboxMessage.objects.filter(
            pk=message.pk, state=message.state, attempts=message.attempts, due_at__lte=now
        ).update(
            state=State.LEASED,
            lease_token=token,
            lease_until=now + lease,
            attempts=F("attempts") + 1,
            changed=now,
        )
        return OutboxMessage.objects.get(pk=message.pk) if taken else None


def _may_try(destination: str, *, now: datetime) -> bool:
    """Whether the destination is well, or has rested and this worker is the one that tries it."""
    circuit = Circuit.objects.filter(pk=destination).first()
    if circuit is None or circuit.open_until is None:
        return True
    if circuit.open_until > now:
        return False
    return bool(
        Circuit.objects.filter(pk=destination, open_until=circuit.open_until).update(open_until=now + REST)
    )


def try_once(message: OutboxMessage) -> Outcome:
    """Ask first where there is doubt, then send. Whatever a transport raises, the answer is an outcome."""
    transport = transport_for(message.channel)
    if transport is None:
        return Outcome(Result.UNKNOWN if message.in_doubt else Result.FAILED, "no_transport")
    if hashlib.sha256(bytes(message.payload)).hexdigest() != message.payload_sha256:
        return Outcome(Result.REFUSED, "payload_changed")
    if message.in_doubt:
        asked = _ask(transport, message)
        if asked.answer == Answer.TAKEN:
            return Outcome(Result.ACKNOWLEDGED, asked.code or "read_back", receipt=asked.receipt)
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
    }
    if outcome.result == Result.ACKNOWLEDGED:
        change |= {"state": State.ACKNOWLEDGED, "in_doubt": False}
    elif outcome.result == Result.SENT:
        change |= {"state": State.SENT, "in_doubt": False}
    elif outcome.result == Result.REFUSED or message.attempts >= MOST_ATTEMPTS:
        # Doubt outlives giving up: a person who sends it again has it asked for first.
        change |= {"state": State.DEAD, "in_doubt": outcome.result == Result.UNKNOWN}
    else:
        doubt = outcome.result == Result.UNKNOWN
        wait = (
            outcome.retry_after
            if outcome.retry_after is not None
            else backoff(message.attempts, draw=random.uniform)
        )
        change |= {
            "state": State.AMBIGUOUS if doubt else State.QUEUED,
            "in_doubt": doubt,
            "due_at": now + wait,
        }
    with transaction.atomic(durable=True):
        mine = OutboxMessage.objects.filter(
            pk=message.pk, state=State.LEASED, lease_token=message.lease_token
        )
        kept = mine.update(**change)
        if not kept and outcome.result == Result.ACKNOWLEDGED:
            kept = OutboxMessage.objects.filter(pk=message.pk, state=State.AMBIGUOUS).update(**change)
        if not kept:
            logger.warning("The lease of %s ran out while it was being sent.", message)
            return State(OutboxMessage.objects.values_list("state", flat=True).get(pk=message.pk))
        _note_health(message.destination, outcome, now=now)
        message.refresh_from_db()
        if message.state in {State.SENT, State.ACKNOWLEDGED}:
            record(
                Event.MESSAGE_LEFT,
                message,
                by=None,
                board=message.board,
                state=message.state,
                attempts=message.attempts,
            )
        elif message.state == State.DEAD:
            record(Event.MESSAGE_DIED, message, by=None, board=message.board, code=message.last_error)
            tell_given_up(message)
    return State(message.state)


def _note_health(destination: str, outcome: Outcome, *, now: datetime) -> None:
    """Count failures in a row; a receiver that answered, even with a refusal, is well."""
    if outcome.result in {Result.FAILED, Result.UNKNOWN} and outcome.code != "no_transport":
        if not Circuit.objects.filter(pk=destination).update(failures=F("failures") + 1):
            Circuit.objects.get_or_create(pk=destination, defaults={"failures": 1})
        Circuit.objects.filter(pk=destination, failures__gte=FAILURES_TO_REST).update(open_until=now + REST)
    else:
        Circuit.objects.filter(pk=destination).exclude(failures=0, open_until=None).update(
            failures=0, open_until=None
        )


@transaction.atomic
def acknowledge(message: OutboxMessage, *, receipt: str = "", by: Actor | None = None) -> OutboxMessage:
    """The receiver's own word that it has the message, through a webhook or a person. Saying it twice
    changes nothing.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if message.state == State.ACKNOWLEDGED:
        return message
    _check(message, State.ACKNOWLEDGED)
    message.state, message.in_doubt, message.last_error = State.ACKNOWLEDGED, False, ""
    message.lease_token = message.lease_until = None
    message.receipt = receipt[:120] or message.receipt
    message.save()
    record(
        Event.MESSAGE_LEFT,
        message,
        by=by,
        board=message.board,
        state=message.state,
        attempts=message.attempts,
    )
    return message


class Person(Actor, Protocol):
    """Whoever acts, with what they may do; the house's upper floors say who that is."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether they may."""


@transaction.atomic
def resend(message: OutboxMessage, *, by: Person) -> OutboxMessage:
    """Try a dead letter again from the start. Where there was doubt the receiver is asked first, as ever.

    Raises:
        PermissionDenied: `by` may not send messages again.
        ValidationError: it is not dead (any more).
    """
    if not by.has_perm("outbox.message.resend", message):
        raise PermissionDenied
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    _check(message, State.QUEUED, only_from=State.DEAD)
    message.state, message.attempts, message.due_at = State.QUEUED, 0, timezone.now()
    message.save()
    record(Event.MESSAGE_RESENT, message, by=by, board=message.board)
    return message


@transaction.atomic
def cancel(message: OutboxMessage, *, by: Actor | None) -> OutboxMessage:
    """Send it no more. Only what is waiting or dead can be cancelled: what may have left cannot be called
    back.

    Raises:
        ValidationError: it has left, or may have.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    _check(message, State.CANCELLED)
    message.state = State.CANCELLED
    message.save()
    record(Event.MESSAGE_CANCELLED, message, by=by, board=message.board)
    return message


def _check(message: OutboxMessage, to: State, *, only_from: State | None = None) -> None:
    if to not in TRANSITIONS[State(message.state)] or (only_from and message.state != only_from):
        raise ValidationError(
            _("This message has moved on in the meantime. Look at it again before you decide.")
        )
