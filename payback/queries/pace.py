"""The public clock: how long a board takes with a nomination, and how long probation takes with a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payback.enums import PUBLIC, Asked, Status
from payback.models import Milestone, Nomination, Question, ScreenerRole

if TYPE_CHECKING:
    from snb.boards.models import Board

YEAR = timedelta(days=365)
MOST = 2_000
FEW = 5
"""Fewer than this are not told as a number."""


@dataclass(frozen=True)
class Pace:
    """How long a board has taken, in days, over the last year; and what waits."""

    median_days: int | None
    decided: int
    waiting: int
    oldest_days: int | None

    @property
    def words(self) -> str:
        """The clock as sentences; a board that has decided nothing is told to have decided nothing."""
        parts = []
        if self.median_days is None:
            parts.append(
                _(
                    "This board has not decided on enough nominations in the last year to say how long it takes."
                )
            )
        else:
            parts.append(
                ngettext(
                    "Half of all nominations were decided within %(days)d day over the last year.",
                    "Half of all nominations were decided within %(days)d days over the last year.",
                    self.median_days,
                )
                % {"days": self.median_days}
            )
        if self.waiting:
            parts.append(
                _("Waiting now: %(number)s; the oldest for %(age)s.")
                % {
                    "number": about(self.waiting),
                    "age": age_in_words(self.oldest_days or 0, few=self.waiting < FEW),
                }
            )
        return " ".join(parts)


def about(number: int) -> str:
    """How many, as a word that gives back no number which the figures hide."""
    if number < FEW:
        return _("fewer than five")
    return _("five to nine") if number < 10 else _("more than %(tens)d") % {"tens": (number - 1) // 10 * 10}


def age_in_words(days: int, *, few: bool) -> str:
    """How long the oldest has waited: in weeks, or in months where there are so few that the week would tell whose it is."""
    if few:
        months = days // 30
        if not months:
            return _("less than a month")
        return ngettext("more than a month", "more than %(months)d months", months) % {"months": months}
    weeks = days // 7
    return ngettext("a week", "%(weeks)d weeks", weeks) % {"weeks": weeks} if weeks else _("less than a week")


def pace_of(board: Board) -> Pace:
    """The clock of a board over what it screens: two queries. The middle is taken over the newest two thousand decisions."""
    now = timezone.now()
    screened = Nomination.objects.screened_by(board).order_by()
    decided = (
        screened.filter(submitted_at__isnull=False)
        .filter(Q(endorsed_at__gte=now - YEAR) | Q(status=Status.DECLINED, ended_at__gte=now - YEAR))
        .order_by("-changed_at")
        .values_list("submitted_at", "endorsed_at", "ended_at")[:MOST]
    )
    days = [
        max(0, (moment - start).days)
        for start, endorsed, ended in decided
        if start is not None and (moment := endorsed or ended) is not None
    ]
    waiting = screened.filter(status__in=[Status.SUBMITTED, Status.SCREENING]).aggregate(
        count=Count("pk"), oldest=Min("submitted_at")
    )
    return Pace(
        median_days=round(median(days)) if len(days) >= FEW else None,
        decided=len(days),
        waiting=waiting["count"],
        oldest_days=(now - waiting["oldest"]).days if waiting["oldest"] else None,
    )


def screeners_of(board: Board) -> list[str]:
    """Who screens for a board today, by name: a nominator is told before anything is sent."""
    roles = (
        ScreenerRole.objects.current().filter(board=board).select_related("person").order_by("person__name")
    )
    return [str(role.person) for role in roles]


AWAITED = frozenset({Status.ENDORSED, Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING, Status.MORE_INFO})
"""States in which somebody's answer is waited for."""


def silence_of(nomination: Nomination) -> str:
    """Silence, shown as silence: for how many days nobody has answered, and whose turn it is; empty where a day is not over.

    What has not left us is our silence and not probation's; a question that was asked elsewhere is not the board's.
    """
    if nomination.status not in AWAITED:
        return ""
    days = (timezone.now() - nomination.changed_at).days
    if days < 1:
        return ""
    if nomination.status == Status.ENDORSED:
        text = ngettext(
            "Not yet with probation after %(days)d day.", "Not yet with probation after %(days)d days.", days
        )
    elif nomination.status == Status.MORE_INFO and _board_is_asked(nomination):
        text = ngettext(
            "The board has not answered for %(days)d day.",
            "The board has not answered for %(days)d days.",
            days,
        )
    else:
        text = ngettext(
            "No answer from probation for %(days)d day.", "No answer from probation for %(days)d days.", days
        )
    return text % {"days": days}


def _board_is_asked(nomination: Nomination) -> bool:
    """Whether a question of probation's waits for the board; a list brings the answer along (`board_is_asked`)."""
    known = getattr(nomination, "board_is_asked", None)
    return bool(known) if known is not None else open_questions().filter(nomination=nomination).exists()


def open_questions() -> QuerySet[Question]:
    """Questions of probation's that the board has not answered."""
    return Question.objects.filter(asked=Asked.BOARD, answered_at__isnull=True)


def timeline_of(nomination: Nomination) -> list[tuple[str, str]]:
    """State and when, for everybody: the month before the endorsement, the day from then on.

    It is nominated once, however often those who screened it stepped back.
    """
    found = []
    nominated = False
    for milestone in Milestone.objects.filter(nomination=nomination):
        status = Status(milestone.status)
        local = timezone.localtime(milestone.at)
        if status == Status.SUBMITTED and not nominated:
            nominated = True
            found.append((_("Nominated"), format_date(local, "F Y")))
        elif status in PUBLIC:
            found.append((str(status.label), format_date(local, "j F Y")))
    return found
