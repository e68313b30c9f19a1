"""A worker killed at any moment loses nothing, and doubles nothing where the receiver keeps our reference."""

import json
import os
import random
import subprocess
import sys
import uuid

import pytest
from django.conf import settings

from tests.outbox.receiver import Receiver

ROUNDS = max(12, int(os.environ.get("FAULT_ROUNDS", "0")))
MESSAGES = 3 * ROUNDS


@pytest.fixture
def scratch(tmp_path):
    """The address of an empty database of the kind the suite runs on."""
    if settings.SQLITE:
        yield f"sqlite:///{tmp_path / 'outbox.sqlite3'}"
        return
    import psycopg
    from psycopg import sql

    name = f"outbox_kill_{uuid.uuid4().hex[:12]}"
    database = settings.DATABASES["default"]
    server = {
        "host": database["HOST"] or None, "port": database["PORT"] or None,
        "user": database["USER"] or None, "password": database["PASSWORD"] or None,
    }  # fmt: skip
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield settings.DATABASE_URL.rpartition("/")[0] + f"/{name}"
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_worker_killed_at_random_moments_loses_and_doubles_nothing(scratch):
    receiver, rng = Receiver(seed=7), random.Random(7)
    receiver.slow = 0.08
    receiver.faults = [rng.choice(["", "", "", "lose", "drop", "503", "500"]) for _ in range(MESSAGES)]
    env = {**os.environ, "DATABASE_URL": scratch, "OUTBOUND_HOSTS": receiver.host}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.outbox.worker", str(MESSAGES), str(ROUNDS), "7"],
            env=env, capture_output=True, text=True, timeout=60 + 3 * ROUNDS,
        )  # fmt: skip
    finally:
        receiver.close()
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    wanted = [f"ref-{number}" for number in range(MESSAGES)]
    assert sorted(seen["states"]) == sorted([reference, "acknowledged"] for reference in wanted)
    assert sorted(receiver.taken) == sorted(wanted)
    assert seen["events"] == MESSAGES
    assert seen["killed"] >= ROUNDS // 3
