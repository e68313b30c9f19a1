"""Putting messages into the outbox, sweeping it, and what a person may do about a dead letter.

Sent until acknowledged; taken in exactly once where the receiver keeps our reference. An email may double
after a crash and then carries the same Message-ID.
"""

from snb.outbox.actions.circuits import FAILURES_TO_REST, REST
from snb.outbox.actions.messages import (
    Person,
    acknowledge,
    cancel,
    enqueue,
    reconcile,
    renew,
    resend,
)
from snb.outbox.actions.sweeps import (
    LEASE,
    MOST_ATTEMPTS,
    Swept,
    finish,
    mark_doubtful,
    sweep,
    take_lease,
    try_once,
)

__all__ = [
    "FAILURES_TO_REST",
    "LEASE",
    "MOST_ATTEMPTS",
    "REST",
    "Person",
    "Swept",
    "acknowledge",
    "cancel",
    "enqueue",
    "finish",
    "mark_doubtful",
    "reconcile",
    "renew",
    "resend",
    "sweep",
    "take_lease",
    "try_once",
]
