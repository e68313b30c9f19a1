"""Kill web process, worker and probation's system at every step of sending: each endorsed task is taken in exactly once."""

from __future__ import annotations

import json
import os
import random
import time
import urllib.error
import urllib.request
from collections import Counter

import pytest

from tests.faults.test_ballot import Zygote, postgres_database
from tests.ports import free_port

MODULE = "tests.faults.payback_process"
WEB = [
    "payback.actions.referrals:enqueue:before",
    "payback.actions.referrals:enqueue:after",
    "payback.actions.referrals:record:before",
    "payback.actions.referrals:record:after",
    "payback.actions.referrals:prepare:after",
]
WORKER = [
    "snb.outbox.actions.sweeps:take_lease:before",
    "snb.outbox.actions.sweeps:take_lease:after",
    "snb.outbox.actions.sweeps:try_once:after",
    "snb.outbox.clients:call:before",
    "snb.outbox.clients:call:after",
    "snb.outbox.actions.sweeps:finish:after",
    "snb.outbox.actions.messages:record:before",
    "snb.outbox.actions.messages:record:after",
    "payback.actions.sending:note_taken:before",
    "payback.actions.sending:note_taken:after",
    "payback.actions.sending:move:before",
    "payback.actions.progress:record:after",
]
DESK = [
    "payback.actions.probation:step:before",
    "payback.actions.probation:step:after",
    "payback.actions.reports:acknowledge_message:after",
    "payback.actions.reports:move:after",
]
SANDBOX = [
    "payback.management.commands.probation_sandbox:Store.keep:before",
    "payback.management.commands.probation_sandbox:Store.keep:after",
    "payback.management.commands.probation_sandbox:check_projects:after",
    "payback.management.commands.probation_sandbox:as_read:before",
    "payback.management.commands.probation_sandbox:secrets.token_urlsafe:before",
]
POINTS = [
    *[("endorse", point) for point in WEB],
    *[("sweep", point) for point in WORKER],
    *[("desk", point) for point in DESK],
    *[("sandbox", point) for point in SANDBOX],
]
"""Every step of sending, and whose."""
ROUNDS = max(len(POINTS), int(os.environ.get("FAULT_ROUNDS", "0")))


@pytest.fixture
def port() -> int:
    """A free port."""
    return free_port()


@pytest.fixture
def zygote(tmp_path, settings, port):
    """A process with a fresh database of the kind this run uses, which knows where probation's system is."""
    base = f"http://127.0.0.1:{port}"
    there = {
        "url": base,
        "token_url": f"{base}/oauth/token",
        "client_id": "portal",
        "client_secret": "sandbox",
    }
    env = {
        **os.environ,
        "PORTAL_VAR": str(tmp_path),
        "OUTBOUND_HOSTS": f"127.0.0.1:{port}",
        "PAYBACK_DESTINATIONS": json.dumps({"probation": there}),
    }
    if settings.SQLITE:
        env.pop("DATABASE_URL", None)
        yield from started(env)
    else:
        with postgres_database() as url:
            yield from started({**env, "DATABASE_URL": url})


def started(env):
    """Start it, and stop it by its own id."""
    zygote = Zygote(env, MODULE)
    yield zygote
    zygote.process.stdin.close()
    zygote.process.wait(30)


def up(port: int) -> None:
    """Wait until probation's system answers."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the sandbox did not start")


def test_killed_at_every_step_each_endorsed_task_is_taken_in_exactly_once(zygote, tmp_path, port, capsys):
    """Threats §6.4: nothing lost when web process, worker or the other side dies at any moment, nothing doubled."""
    rng = random.Random(11)
    assert zygote.ask("ground") == "ready"
    confirmed, projects = tmp_path / "confirmed", tmp_path / "projects.jsonl"
    confirmed.touch()
    plan = [*POINTS, *(rng.choice(POINTS) for _ in range(ROUNDS - len(POINTS)))]
    rng.shuffle(plan)
    killed: Counter[str] = Counter()

    def run(order: str, *words: object, who: str, point: str) -> int:
        nth = rng.choice([1, 1, 2]) if order in {"endorse", "sweep"} else 1
        child = zygote.ask(order, *((point, nth) if who == order else ("-", 0)), *words)
        code = int(zygote.ask("reap", child))
        assert code in {0, -9}, f"{order} failed"
        killed[order] += code == -9
        return code

    def serve(who: str, point: str) -> str:
        child = zygote.ask("sandbox", *((point, 1) if who == "sandbox" else ("-", 0)), port, projects)
        up(port)
        return child

    for number, (who, point) in enumerate([*plan, *[("", "-")] * 4], 1):
        service = serve(who, point)
        if who:
            run("endorse", confirmed, who=who, point=point)
        run("sweep", number * 6, who=who, point=point)
        run("desk", who=who, point=point)
        if who == "sandbox":
            # Asked after doubt: the points that lie in asking are met in the second sweep of such a round.
            run("sweep", number * 6 + 3, who=who, point=point)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            except (OSError, urllib.error.URLError):
                killed["sandbox"] += 1
                assert int(zygote.ask("reap", service)) == -9
                continue
        zygote.ask("kill", service)

    seen = json.loads(zygote.ask("state"))
    references = [task[0] for task in seen["tasks"]]
    shown = confirmed.read_text().split()
    assert set(shown) <= set(references)
    # Endorsed without having been confirmed: killed in between, at most one for each kill of the web process.
    assert len(references) <= len(shown) + killed["endorse"]
    assert seen["nominations"] == seen["messages"] == len(references)
    assert {tuple(task[2:4]) for task in seen["tasks"]} == {("acknowledged", "acknowledged")}
    assert seen["acknowledged"] == [1] * len(references)
    assert seen["left"] == len(references)
    kept = [project for line in projects.read_text().splitlines() for project in json.loads(line)]
    assert sorted(project["code"] for project in kept) == sorted(
        task[4] for task in seen["tasks"] if task[1] == "https"
    )
    assert {task[1] for task in seen["tasks"]} == {"https", "desk"}
    for who in ("endorse", "sweep", "desk", "sandbox"):
        assert killed[who] >= 2, f"{who} was never really killed"
    with capsys.disabled():
        if "FAULT_ROUNDS" in os.environ:
            print(
                f"\n{len(plan)} rounds, killed {dict(killed)}, {len(references)} tasks, {len(kept)} projects"
            )
