"""The transport the tests send by: HTTP to the receiver, asking by reference."""

from __future__ import annotations

from snb.outbox import clients
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.enums import Answer


class ToReceiver:
    """POST to create, GET to ask."""

    def __init__(self, host: str, deadline: float = 5.0) -> None:
        self.base, self.deadline = f"http://{host}/tasks", deadline

    def send(self, message) -> Outcome:
        """Create it there."""
        reply = clients.call(
            "POST",
            self.base,
            body=bytes(message.payload),
            headers={"Idempotency-Key": message.idempotency_key, "Content-Type": "application/json"},
            deadline=self.deadline,
        )
        return clients.outcome_of(reply)

    def ask(self, message) -> Asked:
        """Look for our reference."""
        reply = clients.call("GET", f"{self.base}/{message.reference}", deadline=self.deadline)
        if reply.status == 200 and reply.body.decode() == message.reference:
            return Asked(Answer.TAKEN)
        return Asked(Answer.NOT_TAKEN if reply.status == 404 else Answer.UNKNOWN, f"http_{reply.status}")
