# ruff: noqa: E402
"""Workers that sweep an empty database of their own and are killed. Run with DATABASE_URL and
OUTBOUND_HOSTS set.

`python -m tests.outbox.worker MESSAGES ROUNDS SEED`
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta

import tests.environment  # noqa: F401

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from snb.audit.models import AuditEvent, Epoch
from snb.outbox import actions, adapters
from snb.outbox.models import Circuit, OutboxMessage
from tests.outbox.transport import ToReceiver


def make(count: int) -> None:
    """The room's tables alone, and messages in them."""
    with connection.schema_editor() as editor:
        for model in (AuditEvent, Epoch, OutboxMessage, Circuit):
            editor.create_model(model)
    for number in range(count):
        with transaction.atomic():
            reference = f"ref-{number}"
            actions.enqueue(
                channel="http",
                destination="d",
                payload=json.dumps({"reference": reference}).encode(),
                reference=reference,
            )


def sweep(hours: int) -> None:
    """Sweep on and on, each time as if more hours had passed, so that every lease has run out and
    everything is due.
    """
    adapters.register_transport("http", ToReceiver(next(iter(settings.OUTBOUND_HOSTS)), deadline=1.0))
    while OutboxMessage.objects.exclude(state="acknowledged").exists():
        hours += 5
        actions.sweep(now=timezone.now() + timedelta(hours=hours), limit=5)


def killing(rounds: int, seed: int) -> int:
    """Start sweeping, kill it at a random moment, start the next; the last one may finish. How many were
    killed.
    """
    rng, killed = random.Random(seed), 0
    for number in range(1, rounds + 2):
        connection.close()
        child = os.fork()
        if not child:
            sweep(number * 500)
            os._exit(0)
        if number <= rounds:
            time.sleep(rng.uniform(0, 0.35))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    return killed


def main(messages: int, rounds: int, seed: int) -> None:
    """Make, kill, and print what is there at the end."""
    make(messages)
    killed = killing(rounds, seed)
    states = list(OutboxMessage.objects.values_list("reference", "state"))
    left = AuditEvent.objects.filter(event="outbox.message.left").count()
    print(json.dumps({"killed": killed, "states": states, "events": left}))


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:4]))
