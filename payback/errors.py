"""What a caller is meant to catch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from snb.outbox.adapters import Outcome


class InvalidTransition(ValidationError):
    """The nomination is not in a state that leads there."""


class WordsChanged(ValidationError):
    """The words are not those the person had before them when they pressed the button."""


class NoProvider(ValidationError):
    """No provider has a contract for this borough today."""


class DoorClosed(ValidationError):
    """The time to write is over: the receipt opens the nomination again."""


class NoDestination(LookupError):
    """The settings do not know where a provider's system is."""


class NoToken(Exception):
    """A provider's system gave no token, so nothing of the task has left."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class UnknownTask(LookupError):
    """The provider has no task of this reference; somebody else's is as unknown as none."""


class EventReused(ValidationError):
    """An event's id was used before, for something else."""
