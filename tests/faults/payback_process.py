"""A process that endorses, sends, answers on the desk or plays probation's system until it is killed. Forks for each order.

Orders on standard input: `ground`, `endorse POINT NTH FILE`, `sweep POINT NTH HOURS`, `desk POINT NTH`, `sandbox POINT NTH PORT FILE`,
`reap PID`, `kill PID`, `state`. A child kills itself the NTH time it comes to POINT (`module:name:before` or `:after`; `-` for never).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402


def die_at(point: str, nth: int) -> None:
    """Kill this process the nth time it comes to a point."""
    if point == "-":
        return
    path, name, when = point.split(":")
    owner: Any = import_module(path)
    *classes, name = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    real: Callable[..., Any] = getattr(owner, name)
    came = 0

    @wraps(real)
    def watched(*args: Any, **kwargs: Any) -> Any:
        nonlocal came
        came += 1
        if when == "before" and came == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **kwargs)
        if when == "after" and came == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, watched)


def ground() -> str:
    """A migrated database with two boroughs: one whose provider has a system, one whose provider has the desk."""
    from payback.enums import Transport
    from tests import factories as make
    from tests.payback.making import CODES, make_officer, make_provider

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    for area, ward, transport in (
        (make.CAMDEN, {}, Transport.HTTPS),
        (make.BRENT, {"code": "E05013504", "name": "Kilburn", "slug": "kilburn"}, Transport.DESK),
    ):
        board = make.make_board(area)
        make.WardFactory(borough=board.borough, **ward)
        provider = make_provider(
            transport.value, board=board, transport=transport, destination="probation", **CODES
        )
        make_officer(provider)
    return "ready"


def endorse(path: str) -> None:
    """Endorse a task of each borough; write down each that was confirmed, as a screener would see it."""
    from payback.actions.referrals import prepare
    from payback.enums import Status
    from snb.places.models import Ward
    from tests.payback.making import make_nomination

    with open(path, "a", buffering=1) as confirmed:
        for ward in Ward.objects.filter(slug__in=["highgate", "kilburn"]).select_related("borough__board"):
            with transaction.atomic():
                referral = prepare(make_nomination(ward, Status.ENDORSED), by=None)
            confirmed.write(f"{referral.reference}\n")


def sweep(hours: str) -> None:
    """The worker, as if hours had passed: what is due is sent, and tasks follow their messages."""
    from payback.actions.sending import follow_messages
    from snb.outbox import actions as outbox

    outbox.sweep(now=timezone.now() + timedelta(hours=int(hours)))
    follow_messages()


def desk() -> None:
    """Somebody of the second provider acknowledges what is on their desk."""
    from payback.actions.probation import acknowledge
    from payback.models import ProviderRole
    from payback.queries.probation import referrals_on_desk

    officer = ProviderRole.objects.get(provider__slug="desk").person
    for referral in referrals_on_desk(officer).filter(acknowledged_at__isnull=True):
        acknowledge(referral, by=officer)


def sandbox(port: str, path: str) -> None:
    """Probation's system."""
    from payback.management.commands.probation_sandbox import Sandbox

    Sandbox(Path(path), port=int(port)).server.serve_forever(poll_interval=0.02)


def state() -> str:
    """What the portal says of every task."""
    from payback.models import Milestone, Nomination, Referral
    from snb.audit.models import AuditEvent
    from snb.outbox.models import OutboxMessage

    tasks = Referral.objects.select_related("nomination", "message").order_by("reference")
    return json.dumps(
        {
            "tasks": [
                [
                    task.reference,
                    task.transport,
                    task.nomination.status,
                    task.message.state,
                    task.project_code,
                ]
                for task in tasks
            ],
            "nominations": Nomination.objects.count(),
            "messages": OutboxMessage.objects.count(),
            "acknowledged": sorted(
                Counter(
                    Milestone.objects.filter(status="acknowledged").values_list("nomination", flat=True)
                ).values()
            ),
            "left": AuditEvent.objects.filter(
                event="outbox.message.left", data__state="acknowledged"
            ).count(),
        }
    )


CHILDREN = {"endorse": endorse, "sweep": sweep, "desk": desk, "sandbox": sandbox}
for line in sys.stdin:
    order, *words = line.split()
    if order in CHILDREN:
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                die_at(words[0], int(words[1]))
                CHILDREN[order](*words[2:])
            except BaseException:  # told to whoever waits by the exit code
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
    elif order in {"reap", "kill"}:
        if order == "kill":
            os.kill(int(words[0]), signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1]), flush=True)
    else:
        print({"ground": ground, "state": state}[order](), flush=True)
