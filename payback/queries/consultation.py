"""What goes into the yearly consultation on unpaid work: public facts of one year, and the public figures to date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from payback.enums import Status
from payback.models import Dispute, Session
from payback.queries.figures import Figures, figures_of
from payback.queries.pace import Pace, pace_of
from payback.queries.tasks import TaskCard, card_of, public_tasks

if TYPE_CHECKING:
    from snb.boards.models import Board


@dataclass(frozen=True)
class Consultation:
    """One board's year."""

    year: int
    endorsed: list[TaskCard]
    done: list[TaskCard]
    refused: list[TaskCard]
    silent: list[TaskCard]
    hours: Decimal
    sessions: int
    disputes: int
    figures: Figures
    pace: Pace


def consultation_of(board: Board, year: int) -> Consultation:
    """The facts of a calendar year. What is not public task by task stands in the figures to date only, so that two years' documents
    give no small number back."""
    cards = [card_of(task) for task in public_tasks(board)]
    worked = Session.objects.filter(
        referral__nomination__in=[card.task.pk for card in cards], date__year=year
    )
    ended = [card for card in cards if card.task.ended_at and card.task.ended_at.year == year]
    return Consultation(
        year=year,
        endorsed=[card for card in cards if card.task.endorsed_at and card.task.endorsed_at.year == year],
        done=[card for card in ended if card.task.status == Status.COMPLETED],
        refused=[card for card in ended if card.task.status == Status.REJECTED],
        silent=[card for card in cards if card.silence],
        hours=worked.aggregate(total=Sum("hours"))["total"] or Decimal(0),
        sessions=worked.count(),
        disputes=Dispute.objects.filter(
            nomination__in=[card.task.pk for card in cards], answered_at__isnull=False, raised_at__year=year
        ).count(),
        figures=figures_of(board),
        pace=pace_of(board),
    )
