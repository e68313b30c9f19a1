"""Kill the voting or the closing process at random moments: every confirmed vote is counted, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "6"))


class Zygote:
    """A process such as `ballot_process`, given orders."""

    def __init__(self, env: dict[str, str], module: str = "tests.faults.ballot_process") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *words: object) -> str:
        """Give an order and read its answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, "the process died"
        return answer

    def kill_after(self, seconds: float, *order: object, once: Path | None = None) -> None:
        """Start a child and kill it a moment later, wherever it is; where `once` is given, a moment after that file grew."""
        size = once.stat().st_size if once else 0
        child = int(self.ask(*order))
        for _ in range(2000):
            if once is None or once.stat().st_size > size:
                break
            time.sleep(0.01)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        self.ask("reap", child)


@contextmanager
def postgres_database():
    """A database of our own on the server the suite uses."""
    import psycopg

    base = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    name = f"snb_faults_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{base}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def zygote(tmp_path, settings):
    """A process with a fresh database of the kind this run uses."""
    env = {**os.environ, "PORTAL_VAR": str(tmp_path)}
    if settings.SQLITE:
        env.pop("DATABASE_URL", None)
        yield from started(env)
    else:
        with postgres_database() as url:
            yield from started({**env, "DATABASE_URL": url})


def started(env):
    """Start it, and stop it by its own id."""
    zygote = Zygote(env)
    yield zygote
    zygote.process.stdin.close()
    zygote.process.wait(30)


def test_killed_while_voting_and_while_closing_every_confirmed_vote_is_counted_once(zygote, tmp_path):
    """Threats §1.7: kill -9 at random moments; nothing confirmed is lost, nothing counted twice, no half-closed round."""
    rng = random.Random(7)
    round_id = zygote.ask("ground")
    confirmed, closed = tmp_path / "confirmed", tmp_path / "closed"
    confirmed.touch()
    for number in range(ROUNDS):
        zygote.kill_after(
            rng.uniform(0.0, 0.3), "vote", round_id, number * 100_000, confirmed, once=confirmed
        )
    shown = confirmed.read_text().splitlines()
    roll, box, counted, listed, status = zygote.ask("entries", round_id).split()
    assert (roll, counted, listed, status) == (box, "0", "0", "voting")
    # A vote may be kept without its confirmation having been shown (killed in between), one for each kill at most.
    assert len(shown) <= int(roll) <= len(shown) + ROUNDS
    assert len(shown) > 10

    zygote.ask("end", round_id)
    for _ in range(ROUNDS):
        before = zygote.ask("entries", round_id).split()
        if before[4] == "closed":
            break
        assert before[:4] == [roll, box, "0", "0"], "a killed close left something half-done"
        zygote.kill_after(rng.uniform(0.0, 0.1), "close", round_id, closed)
    zygote.ask("reap", zygote.ask("close", round_id, closed))
    assert zygote.ask("entries", round_id).split() == ["0", "0", roll, roll, "closed"]
    zygote.ask("receipts", round_id, tmp_path / "receipts.txt")
    published = (tmp_path / "receipts.txt").read_text().split()
    assert len(set(published)) == len(published)
    assert set(shown) <= set(published)
