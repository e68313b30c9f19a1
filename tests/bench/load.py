"""A small load generator: a few keep-alive connections, one loop, bounded in time and in number."""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Measured:
    """One address under load. Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float
    bytes: int
    status: int

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


class _Connection:
    """One keep-alive connection with one request under way, from an address of this machine's loopback."""

    def __init__(self, port: int, source: int) -> None:
        address = f"127.0.{source // 250 % 250}.{source % 250 + 1}"
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(address, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.request = b""
        self.need = self.asked = self.status = 0
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer.clear()
        self.need = 0
        self.asked += 1
        self.request = request
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come. Returns whether the answer is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("The server closed the connection.")
        self.buffer += part
        if not self.need:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self.buffer[:end]).lower()
            self.status = int(head[9:12])
            at = head.find(b"content-length:")
            if at < 0 and self.status not in {204, 304}:
                raise SystemExit("An answer has no Content-Length: this generator does not read chunks.")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.need = end + 4 + length
        return len(self.buffer) >= self.need


def get(host: str, path: str, *, cookie: str = "") -> bytes:
    """The bytes of a GET."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Accept: text/html",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(host: str, path: str, fields: dict[str, str], *, cookie: str = "") -> bytes:
    """The bytes of a POST with form fields."""
    body = urlencode(fields).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "Accept: text/html",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def measure(
    port: int,
    requests: Iterable[bytes],
    *,
    seconds: float,
    connections: int = 8,
    most: int = 200_000,
    from_each_address: int = 0,
    must_hold: bytes = b"",
) -> Measured:
    """Send requests until they, the seconds or the number run out.

    Args:
        from_each_address: after so many, a connection goes on from another loopback address, as another visitor would come; 0 for
            never.
        must_hold: words every answer must hold; the run stops at the first that does not.
    """
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    addresses = itertools.count()
    under_way = 0
    times: list[float] = []
    size = status = 0
    began = time.perf_counter()
    end = began + seconds

    def start(one: _Connection | None, request: bytes) -> None:
        """Send on this connection, or on a new one where it is used up or gone."""
        if one is not None and from_each_address and one.asked >= from_each_address:
            selector.unregister(one.socket)
            one.socket.close()
            one = None
        if one is None:
            one = _Connection(port, next(addresses) if from_each_address else 0)
            selector.register(one.socket, selectors.EVENT_READ, one)
        one.send(request)

    for request in itertools.islice(waiting, connections):
        start(None, request)
        under_way += 1
    while under_way:
        ready = selector.select(timeout=30)
        if not ready:
            raise SystemExit("The server has not answered for 30 s.")
        for key, _ in ready:
            one = key.data
            try:
                whole = one.read()
            except ConnectionError:
                # A worker that has served its number of requests closes: go on with a new connection.
                selector.unregister(one.socket)
                one.socket.close()
                start(None, one.request)
                continue
            if not whole:
                continue
            now = time.perf_counter()
            times.append(now - one.sent_at)
            size, status = one.need, one.status
            if must_hold and must_hold not in one.buffer:
                raise SystemExit(
                    f"An answer ({status}) does not hold {must_hold!r}:\n{bytes(one.buffer[-3000:])!r}"
                )
            request = next(waiting, b"") if now < end and len(times) < most else b""
            if request:
                start(one, request)
            else:
                under_way -= 1
    took = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    times.sort()
    return Measured(
        requests=len(times),
        seconds=took,
        p50=times[len(times) // 2] * 1000,
        p95=times[int(len(times) * 0.95)] * 1000,
        bytes=size,
        status=status,
    )
