"""Followers of live questions on this machine's loopback: from a press to the last open page. Run by `tests.bench`.

The server is the real one, one ASGI process with its in-process layer; a bare consumer that only passes a message of the same
size on through a group of that layer runs afterwards in its place. The followers are one Python process, whose share of the
processor is in both figures. Neither side compresses, as `manage.py serve` does not.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FOLLOWERS = int(os.environ.get("BENCH_FOLLOWERS", "2000"))
LISTED = 30
PRESSES = 12
AT_ONCE = 100
LONGEST = 20.0
"""Seconds after which a broadcast counts as lost, and the measurement stops."""


# ------------------------------------------------------------------------------------------------ data
def make() -> dict[str, Any]:
    """A meeting of Camden with questions on its list; what a follower and a supporter need to know of it."""
    from django.conf import settings
    from django.utils import timezone

    from snb.boards.enums import BodyKind
    from snb.boards.models import Board, Body
    from snb.meetings.enums import MeetingKind, QuestionStatus
    from snb.meetings.models import Meeting, Question
    from snb.meetings.queries.questions import public_list

    board = Board.objects.select_related("site", "borough").get(borough__slug="camden")
    body = Body.objects.get_or_create(board=board, kind=BodyKind.BOARD)[0]
    starts = timezone.now() - timedelta(minutes=10)
    meeting = Meeting.objects.create(
        board=board, body=body, kind=MeetingKind.BOARD, title="Bench", slug=f"bench-{secrets.token_hex(4)}",
        starts_at=starts, ends_at=starts + timedelta(hours=2), announced_at=starts - timedelta(days=9),
    )  # fmt: skip
    made = Question.objects.bulk_create(
        Question(
            meeting=meeting, text=f"Question {number}: when will the lights in the underpass be mended, and by whom?",
            status=QuestionStatus.OPEN,
        )
        for number in range(LISTED)
    )  # fmt: skip
    return {
        "host": f"{board.site.hostname}:{settings.PORTAL_PORT}",
        "socket": f"/ws/meetings/{meeting.pk}/questions/?version={public_list(meeting).version}",
        "support": f"/meetings/{meeting.slug}/questions/{made[0].pk}/support/",
        "csrf": settings.CSRF_COOKIE_NAME,
    }


# ------------------------------------------------------------------------------------------------ the bare consumer
def bare_application() -> Any:
    """A socket that joins a group and passes on what it is sent, with nothing of ours around it."""
    import django

    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.routing import ProtocolTypeRouter
    from django.core.asgi import get_asgi_application

    class Bare(AsyncWebsocketConsumer):
        groups = ["bench"]

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            await self.channel_layer.group_send("bench", {"type": "bench.said", "text": text_data})

        async def bench_said(self, event: dict[str, Any]) -> None:
            await self.send(text_data=event["text"])

    return ProtocolTypeRouter({"http": get_asgi_application(), "websocket": Bare.as_asgi()})


# ------------------------------------------------------------------------------------------------ followers
class Follower(asyncio.Protocol):
    """A page's end of a socket: counts the messages and notes when the newest was whole."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.buffer = bytearray()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_open = False
        self.messages = self.bytes = 0
        self.at = 0.0

    def connection_made(self, transport: Any) -> None:
        """Ask for the socket."""
        self.transport = transport
        transport.write(self.request)

    def connection_lost(self, error: Exception | None) -> None:
        """A follower that is lost fails the measurement."""
        self.is_open = False
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"The socket was refused: {bytes(self.buffer[:80])!r}"))

    def data_received(self, data: bytes) -> None:
        """Read what is whole."""
        self.buffer += data
        if not self.is_open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0 or not self.buffer.startswith(b"HTTP/1.1 101"):
                return
            del self.buffer[: end + 4]
            self.is_open = True
            self.opened.set_result(None)
        while self._read():
            pass

    def _read(self) -> bool:
        if len(self.buffer) < 2:
            return False
        kind, length, start = self.buffer[0] & 15, self.buffer[1] & 127, 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + length:
            return False
        words = bytes(self.buffer[start : start + length])
        del self.buffer[: start + length]
        if kind == 1:
            self.messages, self.bytes, self.at = self.messages + 1, length, time.perf_counter()
        elif kind == 9:
            self.say(words, kind=10)
        return True

    def say(self, words: bytes, *, kind: int = 1) -> None:
        """Send a message, masked by zeros."""
        length = (
            bytes([128 | len(words)]) if len(words) < 126 else bytes([254]) + len(words).to_bytes(2, "big")
        )
        self.transport.write(bytes([128 | kind]) + length + bytes(4) + words)


async def gather_followers(port: int, host: str, path: str) -> list[Follower]:
    """Open all sockets, some at a time."""
    loop, followers = asyncio.get_running_loop(), []
    for start in range(0, FOLLOWERS, AT_ONCE):
        batch = []
        for number in range(start, min(start + AT_ONCE, FOLLOWERS)):
            lines = [
                f"GET {path} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Upgrade: websocket", "Connection: Upgrade",
                f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}", "Sec-WebSocket-Version: 13",
            ]  # fmt: skip
            request = ("\r\n".join(lines) + "\r\n\r\n").encode()
            source = (f"127.0.{number // 250 + 1}.{number % 250 + 1}", 0)
            _, follower = await loop.create_connection(
                lambda request=request: Follower(request),  # type: ignore[misc]
                "127.0.0.1",
                port,
                local_addr=source,
            )
            batch.append(follower)
        await asyncio.wait_for(asyncio.gather(*(follower.opened for follower in batch)), LONGEST)
        followers += batch
    return followers


async def press(port: int, host: str, path: str, csrf: str) -> None:
    """Support the question as a browser does that was never here. Raises where that is refused."""
    token = secrets.token_hex(16)
    body = urlencode({"csrfmiddlewaretoken": token, "support": "yes"}).encode()
    head = [
        f"POST {path} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", f"Cookie: {csrf}={token}", "Connection: close",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}",
    ]  # fmt: skip
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + body)
    answer = await asyncio.wait_for(reader.read(), LONGEST)
    writer.close()
    if not answer.startswith(b"HTTP/1.1 302"):
        raise SystemExit(f"The press was not taken: {answer[:200]!r}")


async def until_all_heard(followers: list[Follower], before: list[int], began: float) -> float:
    """Milliseconds until the last one has the next message whole."""

    def heard_by() -> int:
        return sum(follower.messages > old for follower, old in zip(followers, before, strict=True))

    while (heard := heard_by()) < len(followers):
        if time.perf_counter() - began > LONGEST:
            raise SystemExit(f"Only {heard} of {len(followers)} heard within {LONGEST:.0f} s.")
        await asyncio.sleep(0.002)
    return (max(follower.at for follower in followers) - began) * 1000


async def follow(port: int, made: dict[str, Any], *, say: bytes = b"") -> dict[str, Any]:
    """Everybody follows; then a press, or with `say` a message from one of them, several times."""
    began = time.perf_counter()
    followers = await gather_followers(port, made["host"], made["socket"])
    opened = time.perf_counter() - began
    times = []
    for _press in range(PRESSES):
        # Past the pause that a room keeps between two broadcasts: this is the time of one by itself.
        await asyncio.sleep(1.3)
        if any(not follower.is_open for follower in followers):
            raise SystemExit("A follower was lost.")
        before = [follower.messages for follower in followers]
        began = time.perf_counter()
        pressed = None
        if say:
            followers[0].say(say)
        else:
            pressed = asyncio.create_task(press(port, made["host"], made["support"], made["csrf"]))
        times.append(await until_all_heard(followers, before, began))
        if pressed is not None:
            await pressed
    for follower in followers:
        follower.transport.abort()
    times.sort()
    return {
        "opened_s": round(opened, 2), "last_ms": round(times[len(times) // 2], 1), "worst_ms": round(times[-1], 1),
        "bytes": followers[0].bytes,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ measuring
@contextmanager
def served(folder: Path, env: dict[str, str], port: int, *application: str) -> Iterator[int]:
    """One uvicorn process, as `manage.py serve` configures it; gives its process id."""
    from tests.bench.__main__ import ROOT, wait_until_up

    command = [
        sys.executable, "-m", "uvicorn", *application, "--port", str(port), "--log-level", "warning", "--no-access-log",
        "--ws-per-message-deflate", "false", "--ws-max-size", "65536",
    ]  # fmt: skip
    log = folder / "uvicorn.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        wait_until_up(port, server, log)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def measure(folder: Path, env: dict[str, str], port: int, made: dict[str, Any]) -> dict[str, Any]:
    """Ours, then the bare consumer with messages of the same size."""
    from tests.bench.__main__ import resident

    found: dict[str, Any] = {"followers": FOLLOWERS}
    with served(folder, env, port, "portal.asgi:application") as pid:
        asyncio.run(warm(port, made))
        empty = resident(pid)
        found["ours"] = asyncio.run(follow_and_weigh(port, made, pid, empty))
    words = b"x" * found["ours"]["bytes"]
    with served(folder, env, port, "--factory", "tests.bench.questions:bare_application") as pid:
        found["bare"] = asyncio.run(follow(port, made, say=words))
    found["ratio"] = round(found["ours"]["last_ms"] / found["bare"]["last_ms"], 2)
    return found


async def warm(port: int, made: dict[str, Any]) -> None:
    """The first press pays for imports and connections."""
    await press(port, made["host"], made["support"], made["csrf"])


async def follow_and_weigh(port: int, made: dict[str, Any], pid: int, empty: float) -> dict[str, Any]:
    """Follow, and weigh the server while everybody is there."""
    from tests.bench.__main__ import resident

    heaviest = 0.0

    async def weigh() -> None:
        nonlocal heaviest
        while True:
            heaviest = max(heaviest, resident(pid))
            await asyncio.sleep(1)

    weighing = asyncio.create_task(weigh())
    found = await follow(port, made)
    weighing.cancel()
    return found | {"empty_mb": round(empty), "full_mb": round(heaviest)}


def lines(found: dict[str, Any]) -> list[str]:
    """What is written down."""
    ours, bare = found["ours"], found["bare"]
    return [
        f"{found['followers']:,} open pages follow one meeting of {LISTED} questions; one ASGI process. From the press to the last page, "
        f"the middle of {PRESSES}: **{ours['last_ms']:.0f} ms** (worst {ours['worst_ms']:.0f}), {ours['bytes']:,} bytes each; a bare group "
        f"of channels passes as much on in {bare['last_ms']:.0f} ms (worst {bare['worst_ms']:.0f}): {found['ratio']}×. All were let in within "
        f"{ours['opened_s']} s (bare: {bare['opened_s']} s). Memory from {ours['empty_mb']} to {ours['full_mb']} MB, "
        f"{(ours['full_mb'] - ours['empty_mb']) * 1024 / found['followers']:.0f} kB a page.",
    ]


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(make()))
