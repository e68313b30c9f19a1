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
    MEETING_ANNOUNCED = "meeting_announced", _("A public meeting was announced")
    AGENDA_PUBLISHED = "agenda_published", _("An agenda was published")
    MEETING_MOVED = "meeting_moved", _("A meeting has a new date or time")
    MEETING_POSTPONED = "meeting_postponed", _("A meeting was postponed")
    MEETING_CANCELLED = "meeting_cancelled", _("A meeting was cancelled")
    MINUTES_DRAFTED = "minutes_drafted", _("Draft minutes were published")
    MINUTES_APPROVED = "minutes_approved", _("Minutes were approved")
    PAPERS_READY = "papers_ready", _("Agenda and papers for a meeting of mine")
    AGENDA_CHANGED = "agenda_changed", _("The agenda of a meeting of mine changed")
    AGENDA_DUE = "agenda_due", _("An agenda of ours is due")
    MINUTES_DUE = "minutes_due", _("Minutes of ours are due")


class Interest(models.TextChoices):
    """What one may hear of about a place: each is followed, and stopped, by itself. Rooms add theirs here."""

    VOTES = "votes", _("Votes and priorities")
    MEETINGS = "meetings", _("Meetings and minutes")


BY_RESIDENCE = frozenset({Interest.VOTES})
"""Whoever lives in a ward hears of these without having asked, until they stop it."""
LONDON_WIDE = (Interest.MEETINGS,)
"""What there is to follow on the London-wide site."""


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
