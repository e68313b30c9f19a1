"""A transport that does as it is told."""

import pytest

from snb.outbox import adapters
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.enums import Answer, Result


class Scripted:
    """Answers from two lists; with empty ones, everything goes well and nothing was there before."""

    def __init__(self):
        self.outcomes: list = []
        self.answers: list = []
        self.sent: list[bytes] = []
        self.asked = 0

    def send(self, message) -> Outcome:
        """The next outcome."""
        self.sent.append(bytes(message.payload))
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome(Result.ACKNOWLEDGED, receipt="theirs-1")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def ask(self, message) -> Asked:
        """The next answer."""
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else Asked(Answer.NOT_TAKEN)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def transport(monkeypatch):
    """The only transport, on channel `post`; nobody is told of dead letters."""
    monkeypatch.setattr(adapters, "_transports", {})
    monkeypatch.setattr(adapters, "_told", [])
    monkeypatch.setattr(adapters, "_told_barred", [])
    made = Scripted()
    adapters.register_transport("post", made)
    return made
