"""Referrals leaving over HTTPS: the whole outbox drained by one worker, beside a bare loop of `requests.post` against the same service.

`python -m tests.bench.sending` prints JSON, from a database with the demo's boards; `tests.bench` runs it on each database.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
REFERRALS = int(os.environ.get("BENCH_REFERRALS", "10000"))
BARE = 1_000
"""Posts of the bare loop, at most."""
BATCH = 200
CODES = {
    "provider_code": "N07",
    "team_code": "N07UPW",
    "project_type_code": "NP1",
    "pickup_point_code": "N07OFF",
}


def main() -> None:
    """Start the service, drain, print."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    there = {
        "url": base,
        "token_url": f"{base}/oauth/token",
        "client_id": "portal",
        "client_secret": "sandbox",
    }
    os.environ |= {
        "OUTBOUND_HOSTS": f"127.0.0.1:{port}",
        "PAYBACK_DESTINATIONS": json.dumps({"probation": there}),
    }
    with tempfile.TemporaryDirectory(prefix="snb-bench-sending-") as folder:
        command = [
            sys.executable,
            "manage.py",
            "probation_sandbox",
            "--projects",
            f"{folder}/projects.jsonl",
            "--port",
            str(port),
        ]
        service = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until_up(base)
            import django

            django.setup()
            json.dump(drained(base), sys.stdout, indent=1)
        finally:
            service.terminate()
            service.wait(20)


def wait_until_up(base: str) -> None:
    """Wait until the service answers, thirty seconds at most."""
    for _ in range(300):
        try:
            projects_at(base)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("Probation's stand-in did not start.")


def projects_at(base: str) -> int:
    """How many projects the service holds."""
    with urllib.request.urlopen(f"{base}/health", timeout=5) as reply:
        return int(json.loads(reply.read())["projects"])


def fill(count: int) -> list[Any]:
    """Endorsed tasks of Camden with their referrals, prepared as endorsing prepares them. Returns the messages' keys."""
    from django.db import transaction
    from django.utils import timezone

    from payback.actions.referrals import prepare
    from payback.calculations import new_receipt, receipt_hash
    from payback.enums import Status, Transport
    from payback.models import Contract, Nomination, Provider
    from snb.places.models import Ward

    ward = Ward.objects.current().filter(borough__slug="camden").select_related("borough").order_by("name")[0]
    board, now = ward.borough.board, timezone.now()
    provider = Contract.objects.current().get(board=board).provider
    Provider.objects.filter(pk=provider.pk).update(
        transport=Transport.HTTPS, destination="probation", **CODES
    )
    keys = []
    for start in range(0, count, BATCH):
        with transaction.atomic():
            for _number in range(start, min(start + BATCH, count)):
                row = Nomination.objects.create(
                    board=board, screening_board=board, ward=ward, status=Status.ENDORSED, receipt_hash=receipt_hash(new_receipt()),
                    work="clearing", public_title="Bench task", public_words="Rubbish has piled up.", public_place="Alley off the parade",
                    brief="Left of the gate.", answers={"what": "Rubbish."}, submitted_at=now, endorsed_at=now,
                )  # fmt: skip
                keys.append(prepare(row, by=None).message_id)
    return keys


def drained(base: str) -> dict[str, Any]:
    """Referrals a second until each is taken in and its task says so, beside posting the same bytes and nothing else."""
    from payback.actions.sending import follow_messages
    from payback.models import Referral
    from snb.outbox.actions import sweep
    from snb.outbox.models import OutboxMessage

    keys = fill(REFERRALS)
    bodies = [
        bytes(body)
        for body in OutboxMessage.objects.filter(pk__in=keys[:BARE]).values_list("payload", flat=True)
    ]
    first = bare(base, bodies[: len(bodies) // 2])
    began = time.perf_counter()
    while sweep(limit=500).tried:
        pass
    took = time.perf_counter() - began
    began = time.perf_counter()
    while follow_messages():
        pass
    followed = time.perf_counter() - began
    second = bare(base, bodies[len(bodies) // 2 :])
    taken = sum(
        Referral.objects.filter(message__in=keys[at : at + 500], acknowledged_at__isnull=False).count()
        for at in range(0, len(keys), 500)
    )
    there = projects_at(base) - len(bodies)
    if (taken, there) != (len(keys), len(keys)):
        raise SystemExit(f"{len(keys)} referrals; {taken} say that they were taken in, {there} are there.")
    alone = len(bodies) / (first + second)
    return {
        "referrals": len(keys),
        "per_second": round(len(keys) / took, 1),
        "bare_per_second": round(alone, 1),
        "of_bare": round(len(keys) / took / alone, 2),
        "followed_per_second": round(len(keys) / followed, 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def bare(base: str, bodies: list[bytes]) -> float:
    """Seconds to post bodies one after another with a token, each under a code of its own; before and after the drain, half each."""
    import requests

    grant = requests.post(
        f"{base}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("portal", "sandbox"),
        timeout=10,
    )
    headers = {"Authorization": f"Bearer {grant.json()['access_token']}", "Content-Type": "application/json"}
    made = []
    for body in bodies:
        [project] = json.loads(body)["projects"]
        made.append(body.replace(f'"{project["code"]}"'.encode(), f'"{project["code"]}B"'.encode()))
    began = time.perf_counter()
    for body in made:
        reply = requests.post(f"{base}/projects", data=body, headers=headers, timeout=10)
        if reply.status_code != 201:
            raise SystemExit(f"The bare loop was answered {reply.status_code}: {reply.text[:200]}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
