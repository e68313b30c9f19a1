"""One careful HTTP call: known hosts, no redirects, no credentials from the machine, an end that is
certain.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from snb.outbox.adapters import Outcome
from snb.outbox.calculations import retry_after
from snb.outbox.enums import Result
from snb.outbox.errors import HostNotAllowed, NoAnswer, NotReached

DEADLINE = 30.0
"""Seconds from the first byte to the last, everything included. The lease of a message is several times as
long.
"""
CONNECT_TIMEOUT = 5.0
MOST_BYTES = 1024 * 1024
"""The longest answer that is read."""


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> timedelta | None:
        """How long the receiver asks us to wait, at most an hour."""
        return retry_after(self.headers.get("Retry-After"), now=timezone.now())


class _Watch:
    """Knows the socket of a call and shuts it when time is up, whatever the call is doing."""

    def __init__(self, deadline: float) -> None:
        self.ends = time.monotonic() + deadline
        self.over = False
        self.connected = False
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(deadline, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def saw(self, sock: socket.socket | None) -> None:
        self.connected = True
        self._sock = sock
        if self.over:
            self._shut()

    def _shut(self) -> None:
        self.over = True
        if self._sock is not None:
            with suppress(OSError):
                # The plain socket's shutdown, so that a TLS read in another thread ends
                # instead of turning to plain text.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def stop(self) -> None:
        self._timer.cancel()


class _WatchedAdapter(HTTPAdapter):
    """Tells the watch of each socket it connects; opens a fresh connection for each call."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__(max_retries=0)

        def connect(connection: Any) -> None:
            type(connection).__mro__[1].connect(connection)  # type: ignore[attr-defined]
            watch.saw(connection.sock)

        plain = type("WatchedConnection", (HTTPConnection,), {"connect": connect})
        secure = type("WatchedTLSConnection", (HTTPSConnection,), {"connect": connect})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("WatchedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("WatchedTLSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    deadline: float = DEADLINE,
) -> Reply:
    """Make one call and return the whole answer, whatever its status. A redirect is an answer and is not
    followed.

    Args:
        url: its host, with the port if it is not the usual one, must be in `settings.OUTBOUND_HOSTS`; https
            only, except on a
            machine of one's own.
    Raises:
        HostNotAllowed: the address is not one the settings allow.
        NotReached: nothing left this machine; sending again is safe.
        NoAnswer: anything may have happened; ask before sending again.
    """
    parts = urlsplit(url)
    local = settings.LOCAL and parts.hostname in {"127.0.0.1", "localhost"}
    if parts.netloc not in settings.OUTBOUND_HOSTS or not (
        parts.scheme == "https" or (parts.scheme == "http" and local)
    ):
        raise HostNotAllowed(parts.netloc)
    watch = _Watch(deadline)
    session = requests.Session()
    session.trust_env = False
    adapter = _WatchedAdapter(watch)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    try:
        with session.request(
            method,
            url,
            data=body or None,
            headers=dict(headers or {}),
            timeout=(min(CONNECT_TIMEOUT, deadline), deadline),
            allow_redirects=False,
            verify=True,
            stream=True,
        ) as response:
            return Reply(response.status_code, response.headers, _read(response, watch))
    except (requests.RequestException, OSError, ValueError) as error:
        if not watch.connected or _never_left(error):
            raise NotReached(type(error).__name__) from error
        raise NoAnswer("Deadline" if watch.over else type(error).__name__) from error
    finally:
        watch.stop()
        session.close()


def _never_left(error: Exception) -> bool:
    """Whether the connection was never made. A receiver that could not prove who it is was never `connected` at all."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.InvalidURL)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _read(response: requests.Response, watch: _Watch) -> bytes:
    read = bytearray()
    for chunk in response.iter_content(16 * 1024):
        read += chunk
        if len(read) > MOST_BYTES:
            raise NoAnswer("TooLong")
        if watch.over:
            raise NoAnswer("Deadline")
    if watch.over:
        raise NoAnswer("Deadline")
    return bytes(read)


def outcome_of(reply: Reply, *, taken: frozenset[int] = frozenset({201})) -> Outcome:
    """The usual reading of a status; a transport with better knowledge makes its own.

    Success is 201 and nothing else, unless `taken` says more. A redirect is refused, because following it
    would turn the message
    into something else. 408, 425, 429 and 503 were not taken; other 5xx leave doubt; every other answer
    needs a person.
    """
    code = f"http_{reply.status}"
    if reply.status in taken:
        return Outcome(Result.ACKNOWLEDGED, code)
    if reply.status in {408, 425, 429, 503}:
        return Outcome(Result.FAILED, code, retry_after=reply.retry_after)
    if reply.status >= 500:
        return Outcome(Result.UNKNOWN, code, retry_after=reply.retry_after)
    return Outcome(Result.REFUSED, code)
