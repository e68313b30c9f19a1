"""A small load generator: a few keep-alive connections, one loop, bounded in time and in number."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass


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
    """One keep-alive connection with one request under way."""

    def __init__(self, port: int, request: bytes) -> None:
        self.request = request
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.need = 0
        self.sent_at = 0.0
        self.status = 0

    def send(self) -> None:
        self.buffer.clear()
        self.need = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(self.request)

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


def measure(
    port: int,
    host: str,
    path: str,
    *,
    seconds: float,
    connections: int = 8,
    most: int = 200_000,
    cookie: str = "",
) -> Measured:
    """Ask one address over and over for some seconds."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Accept: text/html",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    selector = selectors.DefaultSelector()
    open_ones = [_Connection(port, request) for _ in range(connections)]
    for one in open_ones:
        selector.register(one.socket, selectors.EVENT_READ, one)
    times: list[float] = []
    size = status = 0
    began = time.perf_counter()
    end = began + seconds
    for one in open_ones:
        one.send()
    under_way = len(open_ones)
    while under_way:
        ready = selector.select(timeout=30)
        if not ready:
            raise SystemExit(f"{host}{path} has not answered for 30 s.")
        for key, _ in ready:
            one = key.data
            try:
                whole = one.read()
            except ConnectionError:
                # A worker that has served its number of requests closes: go on with a new connection.
                selector.unregister(one.socket)
                one.socket.close()
                one = _Connection(port, request)
                selector.register(one.socket, selectors.EVENT_READ, one)
                one.send()
                continue
            if not whole:
                continue
            now = time.perf_counter()
            times.append(now - one.sent_at)
            size, status = one.need, one.status
            if now < end and len(times) < most:
                one.send()
            else:
                under_way -= 1
    took = time.perf_counter() - began
    for one in open_ones:
        one.socket.close()
    times.sort()
    return Measured(
        requests=len(times),
        seconds=took,
        p50=times[len(times) // 2] * 1000,
        p95=times[int(len(times) * 0.95)] * 1000,
        bytes=size,
        status=status,
    )
