"""Transports by channel, and who is told when a message is given up. Rooms register theirs in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from snb.outbox.enums import Answer, Result
from snb.outbox.models import OutboxMessage


@dataclass(frozen=True)
class Outcome:
    """How one try ended.

    Args:
        code: a short code for the record, never a person's words or the receiver's text.
        retry_after: how long the receiver asked us to wait.
        receipt: the receiver's own id.
    """

    result: Result
    code: str = ""
    retry_after: timedelta | None = None
    receipt: str = ""


@dataclass(frozen=True)
class Asked:
    """What the receiver said when asked for our reference."""

    answer: Answer
    code: str = ""
    receipt: str = ""


class Transport(Protocol):
    """A way out. Both calls must end within `DEADLINE` seconds; `clients.call` sees to that."""

    def send(self, message: OutboxMessage) -> Outcome:
        """Send the frozen payload with our reference. Only `FAILED` promises that nothing was taken."""

    def ask(self, message: OutboxMessage) -> Asked:
        """Ask whether our reference is there. `CANNOT_ASK` lets it be sent again, perhaps twice (email,
        same Message-ID).
        """


_transports: dict[str, Transport] = {}
_told: list[Callable[[OutboxMessage], object]] = []


def register_transport(channel: str, transport: Transport) -> None:
    """Let a channel's messages leave by this transport."""
    _transports[channel] = transport


def transport_for(channel: str) -> Transport | None:
    """The transport of a channel; None where its room is not there (yet)."""
    return _transports.get(channel)


def when_given_up(tell: Callable[[OutboxMessage], object]) -> None:
    """Call this, inside the transaction that gives a message up, so that a person hears of it. It must not
    send anything itself.
    """
    if tell not in _told:
        _told.append(tell)


def tell_given_up(message: OutboxMessage) -> None:
    """Tell everybody who asked to be told."""
    for tell in _told:
        tell(message)
