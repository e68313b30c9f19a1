"""The embedded default: one process for HTTP and /ws/ with worker and timetable as its children (design §9)."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from portal.asgi import application, is_own_origin
from portal.sites import sync_sites
from portal.supervisor import Child, Supervisor
from tests.ports import free_port

MANAGE = str(settings.BASE_DIR / "manage.py")


def wait_for(condition, seconds=90.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"{condition} did not come true in {seconds} s")


# ------------------------------------------------------------------------------------------------ children
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_supervisor_ends_every_child():
    children = [Child("one", SLEEP), Child("two", SLEEP)]
    supervisor = Supervisor(children, say=print)
    supervisor.start()
    pids = wait_for(
        lambda: (
            [child.process.pid for child in children if child.process]
            if all(c.process for c in children)
            else None
        )
    )
    supervisor.stop()
    assert [alive(pid) for pid in pids] == [False, False]


def test_child_that_dies_is_said_and_started_again_with_growing_pauses():
    said: list[str] = []
    supervisor = Supervisor([Child("worker", DIE, wait=0.2)], say=said.append)
    supervisor.start()
    wait_for(lambda: len(said) >= 3)
    supervisor.stop()
    assert said[0] == "The worker stopped (exit code 3); it starts again in 0 s."
    assert supervisor.children[0].wait >= 1.6


def test_child_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("portal.supervisor.PATIENCE", 0.5)
    said: list[str] = []
    child = Child("worker", STUBBORN)
    supervisor = Supervisor([child], say=said.append)
    supervisor.start()
    pid = wait_for(lambda: child.process and child.process.pid)
    time.sleep(0.5)
    supervisor.stop()
    assert not alive(pid)
    assert said == ["The worker does not end; it is killed."]


# ------------------------------------------------------------------------------------------------ the whole
def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return sorted(int(child) for task in tasks.glob("*/children") for child in task.read_text().split())


def get(port: int, path: str, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    return response.status, response.read()


@pytest.mark.pure
def test_serve_runs_everything_and_one_signal_ends_it(tmp_path):
    """One Ctrl-C ends all; a taken port is said plainly; a child that dies comes back."""
    port = free_port()
    env = {**os.environ, "PORTAL_VAR": str(tmp_path), "PORTAL_PORT": str(port), "PORTAL_DEMO": "1"}
    env = {
        name: value
        for name, value in env.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    assert "run `make setup`" in manage("serve", "--skip-checks").stderr
    assert manage("migrate", "-v0", "--skip-checks").returncode == 0
    assert manage("createcachetable").returncode == 0
    out = (tmp_path / "out").open("w+")
    server = subprocess.Popen(
        [sys.executable, MANAGE, "serve"],
        env=env,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_for(lambda: "Ctrl-C ends everything" in Path(out.name).read_text() or server.poll() is not None)
        assert server.poll() is None, Path(out.name).read_text()
        status, body = wait_for(lambda: get(port, "/health/", "anything.example"))
        assert (status, json.loads(body)["status"]) == (200, "ok")
        assert get(port, "/robots.txt", f"snb.localhost:{port}") == (200, b"User-agent: *\nDisallow: /\n")
        assert get(port, "/robots.txt", f"evil.example:{port}")[0] == 404
        pids = wait_for(lambda: children_of(server.pid) if len(children_of(server.pid)) == 2 else None)

        taken = manage("serve", "--skip-checks")
        assert taken.returncode == 1
        assert (
            taken.stderr.strip()
            .splitlines()[-1]
            .startswith(f"CommandError: Port {port} is taken by another program")
        )

        os.kill(pids[0], signal.SIGKILL)
        again = wait_for(lambda: [pid for pid in children_of(server.pid) if pid not in pids])
        assert "stopped (exit code -9); it starts again" in Path(out.name).read_text()

        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
        assert [pid for pid in (*pids, *again) if alive(pid)] == []
        assert Path(out.name).read_text().rstrip().endswith("Ended.")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        out.close()


# ------------------------------------------------------------------------------------------------ sites
def test_sync_sites_follows_domain_and_port(camden, brent, settings):
    """`make run PORT=9000` works throughout, site addresses included."""
    assert sync_sites() == 0
    settings.PORTAL_PORT = 9000
    settings.PORTAL_DOMAIN = "boards.localhost"
    assert sync_sites() == 3
    camden.site.refresh_from_db()
    assert (camden.site.hostname, camden.site.port) == ("camden.boards.localhost", 9000)
    assert sync_sites() == 0


# ------------------------------------------------------------------------------------------------ /ws/
@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://camden.snb.localhost:8000", "camden.snb.localhost:8000", True),
        ("http://snb.localhost:8000", "snb.localhost:8000", True),
        ("http://brent.snb.localhost:8000", "camden.snb.localhost:8000", False),
        ("http://lewisham.snb.localhost:8000", "lewisham.snb.localhost:8000", False),
        ("https://camden.snb.localhost:8000", "camden.snb.localhost:8000", False),
        ("http://evil.example", "evil.example", False),
        ("http://evil.example", "camden.snb.localhost:8000", False),
        ("null", "camden.snb.localhost:8000", False),
        ("", "camden.snb.localhost:8000", False),
        ("", "", False),
        ("http://[", "[", False),
        ("http://camden.snb.localhost:x", "camden.snb.localhost:x", False),
    ],
)
def test_socket_is_opened_by_its_own_site_only(camden, brent, origin, host, own):
    """A page of one borough opens no socket on another's host, although the cookie would travel."""
    assert is_own_origin(origin, host) is own


@pytest.mark.parametrize("origin", [b"http://snb.localhost:8000", b"http://evil.example", b""])
def test_socket_from_elsewhere_or_to_nowhere_is_closed(origin):
    """No room listens on /ws/ yet, and a stranger is told no more than that."""

    async def connect():
        headers = [(b"origin", origin), (b"host", b"snb.localhost:8000")]
        scope = {
            "type": "websocket",
            "path": "/ws/nothing/",
            "headers": headers,
            "query_string": b"",
            "subprotocols": [],
        }
        talk = ApplicationCommunicator(application, scope)
        await talk.send_input({"type": "websocket.connect"})
        return await talk.receive_output(timeout=10)

    assert asyncio.run(connect()) == {"type": "websocket.close", "code": 4404}


def test_lifespan_is_answered():
    sent = []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message["type"])

    asyncio.run(application({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
