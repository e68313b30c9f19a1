"""The states of a message that must leave, and how a try can end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", _("Waiting to be sent")
    LEASED = "leased", _("Being sent")
    AMBIGUOUS = "ambiguous", _("Perhaps sent")
    SENT = "sent", _("Sent")
    ACKNOWLEDGED = "acknowledged", _("Taken in")
    DEAD = "dead", _("Given up")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.LEASED, State.ACKNOWLEDGED, State.CANCELLED}),
    State.LEASED: frozenset(
        {State.QUEUED, State.AMBIGUOUS, State.SENT, State.ACKNOWLEDGED, State.DEAD, State.CANCELLED}
    ),
    State.AMBIGUOUS: frozenset({State.LEASED, State.ACKNOWLEDGED}),
    State.SENT: frozenset({State.ACKNOWLEDGED}),
    State.ACKNOWLEDGED: frozenset(),
    State.DEAD: frozenset({State.QUEUED, State.ACKNOWLEDGED, State.CANCELLED}),
    State.CANCELLED: frozenset(),
}
"""The whole workflow. A lease that runs out leaves doubt, and then the receiver is asked before anything is
sent.
Word from the receiver that it has the message is taken in every state: it may come before our own commit.
"""

DUE: frozenset[State] = frozenset({State.QUEUED, State.AMBIGUOUS})
"""States the sweep takes messages from."""
OVER: frozenset[State] = frozenset({State.ACKNOWLEDGED, State.CANCELLED})
"""States nothing leads out of."""


class Result(models.TextChoices):
    """How one try ended, as the transport tells it."""

    ACKNOWLEDGED = "acknowledged", _("The receiver has it and said so")
    SENT = "sent", _("Handed over; word may come later")
    FAILED = "failed", _("Certainly not taken; try again")
    UNKNOWN = "unknown", _("Perhaps taken; ask before sending again")
    REFUSED = "refused", _("Refused for good; a person must look")
    BARRED = "barred", _("Not let in, whatever the message; it waits until a person has mended that")
    NEEDLESS = "needless", _("Certainly not taken, and not to be told any more")


class Answer(models.TextChoices):
    """What a receiver says when asked whether it has our reference."""

    TAKEN = "taken", _("It is there")
    NOT_TAKEN = "not_taken", _("It is not there")
    UNKNOWN = "unknown", _("No clear answer; ask again later")
    BARRED = "barred", _("Not let in; nobody was asked")
    CANNOT_ASK = "cannot_ask", _("This way of sending cannot ask")
