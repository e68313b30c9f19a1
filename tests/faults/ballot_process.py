"""A process that votes or closes until it is killed. Forks for each order, so that Django starts only once.

Orders on standard input: `ground`, `vote ROUND FIRST FILE`, `close ROUND FILE`, `end ROUND`, `entries ROUND`. Each answers one line.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402


def ground() -> str:
    """A migrated database with a round that is open."""
    from tests import factories as make
    from tests.wardpanels.conftest import make_round

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return make_round(make.WardFactory()).pk.hex


def vote(round_id: str, first: str, path: str) -> None:
    """Cast votes without pause; write down each one that was confirmed, as a browser would show it."""
    from tests.wardpanels.conftest import voter
    from wardpanels.actions import cast_vote

    with open(path, "a", buffering=1) as confirmed:
        confirmed.writelines(
            cast_vote(
                UUID(round_id), [["drugs"], ["asb", "drugs"], ["burglary"]][number % 3], voter=voter(number)
            ).receipt
            + "\n"
            for number in range(int(first), int(first) + 100_000)
        )


def close(round_id: str, path: str) -> None:
    """Close the round and write down that it was done."""
    from wardpanels.actions import close_round

    status = close_round(UUID(round_id)).status
    with open(path, "a") as done:
        done.write(f"{status}\n")


def end(round_id: str) -> str:
    """Let the published end pass."""
    from wardpanels.models import Round

    now = timezone.now()
    return str(
        Round.objects.filter(pk=round_id).update(
            opens_at=now - timedelta(days=2), closes_at=now - timedelta(seconds=1)
        )
    )


def entries(round_id: str) -> str:
    """How many are on the roll, in the box, counted and listed; and the status."""
    from wardpanels.models import Ballot, CountedBallot, Receipt, RollEntry, Round

    numbers = [
        model.objects.filter(round=round_id).count() for model in (RollEntry, Ballot, CountedBallot, Receipt)
    ]
    return " ".join([*map(str, numbers), Round.objects.get(pk=round_id).status])


def receipts(round_id: str, path: str) -> str:
    """Write the published receipts to a file."""
    from wardpanels.queries import receipts_file

    with open(path, "wb") as file:
        file.write(receipts_file(round_id))
    return "written"


for line in sys.stdin:
    name, *words = line.split()
    if name in {"vote", "close"}:
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                {"vote": vote, "close": close}[name](*words)
            finally:
                os._exit(0)
        print(child, flush=True)
    elif name == "reap":
        os.waitpid(int(words[0]), 0)
        print("gone", flush=True)
    else:
        print(
            {"ground": ground, "end": end, "entries": entries, "receipts": receipts}[name](*words), flush=True
        )
