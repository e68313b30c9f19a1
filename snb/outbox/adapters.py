"""Transports by channel, and who is told when a message is given up. Rooms register theirs in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from snb.outbox.enums import Answer, Result
from snb.outbox.models import OutboxMessage

if TYPE_CHECKING:
    from snb.audit.actions import Actor


@dataclass(frozen=True)
class Outcome:
    """How one try ended.

    Args:
        code: a short code for the record, never a person's words or the receiver's text.
        retry_after: how long the receiver asked us to wait.
        receipt: the receiver's own id.
        called: whether anybody was asked or told at all; otherwise it says nothing of the receiver's health.
    """

    result: Result
    code: str = ""
    retry_after: timedelta | None = None
    receipt: str = ""
    called: bool = True


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


class Renewal(Protocol):
    """How a room prepares a dead letter anew, inside the transaction of `actions.renew`."""

    def __call__(self, message: OutboxMessage, by: Actor) -> OutboxMessage | None:
        """Cancel the old one (`cancel(..., only_from={State.DEAD})`) and enqueue what takes its place; None where nothing does."""


_transports: dict[str, Transport] = {}
_renewals: dict[str, Renewal] = {}
_told: list[Callable[[OutboxMessage], object]] = []
_told_barred: list[Callable[[OutboxMessage, str], object]] = []


def register_transport(channel: str, transport: Transport) -> None:
    """Let a channel's messages leave by this transport."""
    _transports[channel] = transport


def transport_for(channel: str) -> Transport | None:
    """The transport of a channel; None where its room is not there (yet)."""
    return _transports.get(channel)


def register_renewal(channel: str, prepare_again: Renewal) -> None:
    """Let a person have this channel's dead letters prepared anew."""
    _renewals[channel] = prepare_again


def renewal_for(channel: str) -> Renewal | None:
    """How this channel's dead letters are prepared anew; None where they are not."""
    return _renewals.get(channel)


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


def when_barred(tell: Callable[[OutboxMessage, str], object]) -> None:
    """Call this with a message and a code, inside a transaction, once when a receiver begins not to let us in."""
    if tell not in _told_barred:
        _told_barred.append(tell)


def tell_barred(message: OutboxMessage, code: str) -> None:
    """Tell everybody who asked to be told."""
    for tell in _told_barred:
        tell(message, code)
