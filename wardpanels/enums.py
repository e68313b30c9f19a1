"""Vocabulary and workflows of rounds, options and priorities."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundStatus(models.TextChoices):
    """Where a ward round stands."""

    DRAFT = "draft", _("Draft")
    COLLECTING = "collecting", _("Collecting suggestions")
    VOTING = "voting", _("Voting open")
    COUNTING = "counting", _("Counting")
    CLOSED = "closed", _("Closed")
    ADOPTED = "adopted", _("Adopted")
    CANCELLED = "cancelled", _("Cancelled")
    ANNULLED = "annulled", _("Annulled")


ROUND_TRANSITIONS: dict[RoundStatus, frozenset[RoundStatus]] = {
    RoundStatus.DRAFT: frozenset({RoundStatus.COLLECTING, RoundStatus.VOTING, RoundStatus.CANCELLED}),
    RoundStatus.COLLECTING: frozenset({RoundStatus.VOTING, RoundStatus.CANCELLED}),
    RoundStatus.VOTING: frozenset({RoundStatus.COUNTING, RoundStatus.CLOSED, RoundStatus.CANCELLED}),
    RoundStatus.COUNTING: frozenset({RoundStatus.CLOSED, RoundStatus.CANCELLED}),
    RoundStatus.CLOSED: frozenset({RoundStatus.ADOPTED, RoundStatus.ANNULLED}),
    RoundStatus.ADOPTED: frozenset({RoundStatus.ANNULLED}),
    RoundStatus.CANCELLED: frozenset(),
    RoundStatus.ANNULLED: frozenset(),
}
"""Cancelled only before a tally exists; annulled only after. Never closed early: the timetable alone closes."""


class OptionStatus(models.TextChoices):
    """Where a suggested option stands."""

    SUGGESTED = "suggested", _("Waiting for the panel")
    OFFERED = "offered", _("On the ballot")
    REJECTED = "rejected", _("Not taken")
    MERGED = "merged", _("Merged with another")


OPTION_TRANSITIONS: dict[OptionStatus, frozenset[OptionStatus]] = {
    OptionStatus.SUGGESTED: frozenset({OptionStatus.OFFERED, OptionStatus.REJECTED, OptionStatus.MERGED}),
    OptionStatus.OFFERED: frozenset({OptionStatus.REJECTED, OptionStatus.MERGED}),
    OptionStatus.REJECTED: frozenset({OptionStatus.OFFERED}),
    OptionStatus.MERGED: frozenset({OptionStatus.OFFERED}),
}
"""Only while the round is a draft or collecting; opening freezes the options."""


class SetBy(models.TextChoices):
    """Who sets a slot, or set a priority."""

    VOTE = "vote", _("Residents' vote")
    PANEL = "panel", _("Ward panel")
    POLICE = "police", _("Police")


class PriorityStatus(models.TextChoices):
    """Where a priority stands."""

    PROPOSED = "proposed", _("Proposed")
    ADOPTED = "adopted", _("Adopted")
    IN_PROGRESS = "in_progress", _("In progress")
    ACHIEVED = "achieved", _("Achieved")
    CONTINUED = "continued", _("Continued")
    CLOSED_NOT_ACHIEVED = "closed_not_achieved", _("Closed, not achieved")


PRIORITY_TRANSITIONS: dict[PriorityStatus, frozenset[PriorityStatus]] = {
    PriorityStatus.PROPOSED: frozenset({PriorityStatus.ADOPTED}),
    PriorityStatus.ADOPTED: frozenset({PriorityStatus.IN_PROGRESS, PriorityStatus.CLOSED_NOT_ACHIEVED}),
    PriorityStatus.IN_PROGRESS: frozenset(
        {PriorityStatus.ACHIEVED, PriorityStatus.CONTINUED, PriorityStatus.CLOSED_NOT_ACHIEVED}
    ),
    PriorityStatus.ACHIEVED: frozenset(),
    PriorityStatus.CONTINUED: frozenset(),
    PriorityStatus.CLOSED_NOT_ACHIEVED: frozenset(),
}


class Concern(models.TextChoices):
    """What police should deal with in the area: the public-attitude survey's list (MOPAC PAS 2021/22, NPQ135A), without its 'none'."""

    DRUGS = "drugs", _("Drugs")
    ASB = "asb", _("Anti-social behaviour")
    BURGLARY = "burglary", _("Burglary")
    VISIBILITY = "visibility", _("Seeing and reaching the police")
    TRAFFIC = "traffic", _("Traffic and road safety")
    KNIFE = "knife", _("Gun and knife crime")
    GANGS = "gangs", _("Gangs")
    PREVENTION = "prevention", _("Crime prevention")
    STREET = "street", _("Street crime and robbery")
    VEHICLE = "vehicle", _("Vehicle crime")
    OTHER = "other", _("Something else")
