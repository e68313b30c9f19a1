"""How destinations are doing: who may be tried, and what a try says of its receiver."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.outbox.adapters import Outcome, tell_barred
from snb.outbox.enums import Result
from snb.outbox.models import Circuit, OutboxMessage

FAILURES_TO_REST = 5
REST = timedelta(minutes=10)


def may_try(destination: str, *, now: datetime) -> bool:
    """Whether the destination is well, or has rested and this worker is the one that tries it."""
    circuit = Circuit.objects.filter(pk=destination).first()
    if circuit is None or circuit.open_until is None:
        return True
    if circuit.open_until > now:
        return False
    return bool(
        Circuit.objects.filter(pk=destination, open_until=circuit.open_until).update(open_until=now + REST)
    )


def note_health(message: OutboxMessage, outcome: Outcome, *, now: datetime) -> None:
    """Count failures in a row; a receiver that answered, even with a refusal, is well. Where nobody was called, nobody knows."""
    if not outcome.called:
        return
    here = Circuit.objects.filter(pk=message.destination)
    if outcome.result == Result.BARRED:
        Circuit.objects.get_or_create(pk=message.destination)
        here.update(open_until=now + REST)
        if here.filter(barred_since=None).update(barred_since=now):
            record(Event.DESTINATION_BARRED, message, by=None, board=message.board, code=outcome.code[:60])
            tell_barred(message, outcome.code[:60])
    elif outcome.result in {Result.FAILED, Result.UNKNOWN}:
        if not here.update(failures=F("failures") + 1):
            Circuit.objects.get_or_create(pk=message.destination, defaults={"failures": 1})
        here.filter(failures__gte=FAILURES_TO_REST).update(open_until=now + REST)
    else:
        here.exclude(failures=0, open_until=None, barred_since=None).update(
            failures=0, open_until=None, barred_since=None
        )
