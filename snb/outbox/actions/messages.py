"""Putting messages into the outbox, what their receivers say of them, and what a person may do about a dead letter."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import Actor, record
from snb.audit.enums import Event
from snb.outbox.adapters import renewal_for, tell_given_up
from snb.outbox.enums import TRANSITIONS, State
from snb.outbox.errors import KeyReused
from snb.outbox.models import Circuit, OutboxMessage


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


def note_given_up(message: OutboxMessage) -> None:
    """Write down that a message is dead, and have a person told."""
    message.refresh_from_db()
    record(Event.MESSAGE_DIED, message, by=None, board=message.board, code=message.last_error)
    tell_given_up(message)


def note_left(message: OutboxMessage, *, by: Actor | None) -> None:
    record(
        Event.MESSAGE_LEFT,
        message,
        by=by,
        board=message.board,
        state=message.state,
        attempts=message.attempts,
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
    note_left(message, by=by)
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
    _check(message, State.QUEUED, only_from={State.DEAD})
    message.state, message.attempts, message.due_at = State.QUEUED, 0, timezone.now()
    message.save()
    record(Event.MESSAGE_RESENT, message, by=by, board=message.board)
    return message


@transaction.atomic
def renew(message: OutboxMessage, *, by: Person) -> OutboxMessage | None:
    """Have a dead letter prepared anew, as its room would write it today: other codes, perhaps another way.

    The frozen bytes of the old one never leave. Only where it is certain that the receiver does not have it.

    Returns:
        The new message; None where nothing needs to be told any more.
    Raises:
        PermissionDenied: `by` may not send messages again.
        ValidationError: it is not dead (any more), it may have arrived, or it cannot be prepared anew.
    """
    if not by.has_perm("outbox.message.resend", message):
        raise PermissionDenied
    prepare_again = renewal_for(message.channel)
    if prepare_again is None:
        raise ValidationError(_("A message of this kind cannot be prepared again."))
    # The room takes its own locks before it cancels the old one, in the order in which everybody takes them.
    return prepare_again(message, by)


@transaction.atomic
def cancel(
    message: OutboxMessage,
    *,
    by: Actor | None,
    only_from: Collection[State] = (State.QUEUED, State.DEAD),
) -> OutboxMessage:
    """Send it no more. Only what is waiting or dead can be cancelled: what may have left cannot be called
    back.

    Raises:
        ValidationError: it has left, or may have.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    _check(message, State.CANCELLED, only_from=only_from)
    if message.in_doubt:
        raise ValidationError(_("This message may have arrived. Send it again: the receiver is asked first."))
    message.state = State.CANCELLED
    message.save()
    record(Event.MESSAGE_CANCELLED, message, by=by, board=message.board)
    return message


@transaction.atomic
def reconcile(*, now: datetime | None = None) -> int:
    """After a restore: what waits here may have left since the backup was made, so it is asked for before it is sent.

    Returns:
        How many messages are in doubt by that and tried at once. Dead letters are asked for once a person sends them again.
    """
    now = now or timezone.now()
    waiting = OutboxMessage.objects.filter(state__in=[State.QUEUED, State.LEASED, State.AMBIGUOUS])
    count = waiting.update(
        state=State.AMBIGUOUS,
        in_doubt=True,
        attempts=0,
        lease_token=None,
        lease_until=None,
        due_at=now,
        changed=now,
    )
    OutboxMessage.objects.dead().update(in_doubt=True)
    Circuit.objects.all().delete()
    record(Event.MESSAGES_RECONCILED, None, by=None, messages=count)
    return count


def _check(message: OutboxMessage, to: State, *, only_from: Collection[State] = ()) -> None:
    if to not in TRANSITIONS[State(message.state)] or (only_from and message.state not in only_from):
        raise ValidationError(
            _("This message has moved on in the meantime. Look at it again before you decide.")
        )
