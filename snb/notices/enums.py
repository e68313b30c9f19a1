"""What a person can be told, and where a notice stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """One line per kind of notice; its words are in `notices/<topic>.txt`. Rooms add theirs here."""

    MESSAGE_GIVEN_UP = "message_given_up", _("A message could not be delivered")
    SUGGESTION_DECIDED = "suggestion_decided", _("A suggestion was decided")
    VOTING_OPENED = "voting_opened", _("Voting opened in my ward")
    VOTING_CLOSED = "voting_closed", _("Voting closed in my ward")


class State(models.TextChoices):
    """Where a notice stands."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    LOST = "lost", _("Perhaps not sent")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.SENDING, State.LOST}),
    State.SENDING: frozenset({State.SENT, State.WAITING, State.LOST}),
    State.SENT: frozenset(),
    State.LOST: frozenset(),
}
"""The whole workflow. From *being sent* it goes back to *waiting* only where the mail server certainly
took nothing.
"""
