"""Counts by place as they may be published. What a borough's page hides is not given back by London's, nor by the month.

What the public list does not show task by task (declined, not yet public) is counted to the end of last month, suppressed below five
together with what would give it back, and every ward has its row from the start: that somebody nominates something changes nothing on
the day. What is public task by task (endorsed, completed, refused, hours) hides nothing and is shown as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.enums import PUBLIC, Decline, Show, Status
from payback.models import Nomination, Session
from snb.boards.models import Board
from snb.disclosure.calculations import Shown, Table, Total, suppress
from snb.disclosure.enums import Reason
from snb.disclosure.errors import CannotProtect
from snb.places.models import Ward

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

COLUMNS = ("nominated", "declined", "waiting", "endorsed", "completed", "refused")
OPEN = ("endorsed", "completed", "refused")
"""Columns that the public list gives anyway."""
CLOSED = ("declined", "waiting")
"""Columns of what is not public."""
LONDON = "london"


@dataclass(frozen=True)
class FigureRow:
    """A place with its counts, each as it may be published."""

    code: str
    name: str
    cells: Mapping[str, Shown]
    hours: Decimal

    @property
    def in_order(self) -> list[Shown]:
        """The cells in the order of `COLUMNS`."""
        return [self.cells[column] for column in COLUMNS]


@dataclass(frozen=True)
class Figures:
    """Counts by place, and the reasons for which boards declined."""

    rows: list[FigureRow]
    total: FigureRow
    reasons: list[tuple[str, Shown]]
    made: date
    until: date
    """The last day of what is not public task by task."""


@dataclass
class Counted:
    """One borough: its wards by code with their names, their counts, and the reasons."""

    names: dict[str, str] = field(default_factory=dict)
    wards: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    hours: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Counter[str]:
        """All wards together."""
        return sum(self.wards.values(), Counter())


def figures_of(board: Board | None) -> Figures:
    """By ward for a board, by borough for London: four queries, and one more for London."""
    counted = _counted(board)
    if board is not None:
        one = counted[board.code]
        shown = _borough_shown(board.code, one)
        rows = [
            _row(code, one.names[code], one.wards[code], one.hours[code], shown, (board.code, code))
            for code in sorted(one.names, key=lambda code: one.names[code])
        ]
        whole, top = one.total, board.code
    else:
        names = dict(Board.objects.order_by("borough__name").values_list("pk", "borough__name"))
        shown = _london_shown({code: counted[code] for code in names})
        rows = [
            _row(code, name, one.total, sum(one.hours.values(), Decimal(0)), shown, (code, "all"))
            for code, name in names.items()
            for one in [counted[code]]
        ]
        whole, top = sum((one.total for one in counted.values()), Counter()), LONDON
    hours = sum((row.hours for row in rows), Decimal(0))
    total = _row(board.code if board else "", _("All"), whole, hours, shown, (top, "all"))
    reasons = [(str(Decline(reason).label), shown[top, "reason", reason]) for reason in Decline.values]
    today = timezone.localdate()
    return Figures(rows, total, reasons, today, _month_start().date() - date.resolution)


def _month_start() -> datetime:
    """The first moment of this month."""
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _counted(board: Board | None) -> defaultdict[str, Counted]:
    """Every borough's counts, zeros included."""
    nominations = Nomination.objects.exclude(status=Status.DRAFT).exclude(ward__isnull=True).order_by()
    wards = Ward.objects.current().order_by("code")
    if board is not None:
        nominations, wards = nominations.filter(board=board), wards.filter(borough=board.code)
    found: defaultdict[str, Counted] = defaultdict(Counted)
    for code, name, borough in wards.values_list("code", "name", "borough_id"):
        found[borough].names[code] = name
    start = _month_start()
    for told, rows in (
        (True, nominations.filter(submitted_at__lt=start)),
        (False, nominations.filter(submitted_at__gte=start)),
    ):
        grouped = rows.values_list("board_id", "ward_id", "ward__name", "status", "show", "decline_reason")
        for borough, code, name, status, show, reason, n in grouped.annotate(n=Count("pk")):
            one = found[borough]
            one.names[code] = name
            shown_at_once = status in PUBLIC and (show != Show.DONE or status == Status.COMPLETED)
            if shown_at_once:
                one.wards[code]["endorsed"] += n
                one.wards[code]["completed"] += n if status == Status.COMPLETED else 0
                one.wards[code]["refused"] += n if status == Status.REJECTED else 0
            elif told and status == Status.DECLINED:
                one.wards[code]["declined"] += n
                one.reasons[reason] += n
            elif told:
                one.wards[code]["waiting"] += n
    given = Session.objects.filter(referral__nomination__in=nominations.public().values("pk")).order_by()
    for borough, code, hours in given.values_list(
        "referral__nomination__board_id", "referral__nomination__ward_id"
    ).annotate(total=Sum("hours")):
        found[borough].hours[code] += hours
    return found


def _borough_table(borough: str, one: Counted) -> Table:
    """A borough's closed counts by ward and by reason, and what adds up to what."""
    counts: dict[Hashable, int] = {}
    totals: list[Total] = []
    codes = sorted(one.names)
    for column in CLOSED:
        for code in codes:
            counts[borough, code, column] = one.wards[code][column]
        counts[borough, "all", column] = one.total[column]
        totals.append(Total((borough, "all", column), tuple((borough, code, column) for code in codes)))
    for place in [*codes, "all"]:
        counts[borough, place, "closed"] = sum(counts[borough, place, column] for column in CLOSED)
        totals.append(Total((borough, place, "closed"), tuple((borough, place, column) for column in CLOSED)))
    for reason in Decline.values:
        counts[borough, "reason", reason] = one.reasons[reason]
    totals.append(
        Total((borough, "all", "declined"), tuple((borough, "reason", reason) for reason in Decline.values))
    )
    return Table(counts, totals)


def _borough_shown(borough: str, one: Counted) -> Mapping[Any, Shown]:
    """What a borough's own page shows; London's page takes it as known."""
    table = _borough_table(borough, one)
    if not one.names or not any(table.counts.values()):
        return {cell: Shown(count) for cell, count in table.counts.items()}
    try:
        return suppress(table.counts, totals=table.totals)
    except CannotProtect:  # a few counts in a small table: then none of it is shown, zeros neither
        return {cell: Shown(None, Reason.TOTAL) for cell in table.counts}


def _london_shown(counted: Mapping[str, Counted]) -> Mapping[Any, Shown]:
    """Each borough as its own page shows it, and a sum only where every borough shows its part.

    Suppressing all boroughs with all their wards in one table would show more and takes half a minute (32 boroughs, 670 wards).
    """
    own = {borough: _borough_shown(borough, one) for borough, one in counted.items()}
    shown: dict[Any, Shown] = {cell: count for cells in own.values() for cell, count in cells.items()}

    def together(*rest: str) -> Shown:
        parts = [cells[borough, *rest].count for borough, cells in own.items()]
        known = [part for part in parts if part is not None]
        return Shown(sum(known)) if len(known) == len(parts) else Shown(None, Reason.LINKED)

    for column in (*CLOSED, "closed"):
        shown[LONDON, "all", column] = together("all", column)
    for reason in Decline.values:
        shown[LONDON, "reason", reason] = together("reason", reason)
    return shown


def _row(
    code: str, name: str, counts: Counter[str], hours: Decimal, shown: Mapping[Any, Shown], key: Sequence[str]
) -> FigureRow:
    """A place's cells. `nominated` is what is closed and what is endorsed: shown only where all that is closed may be."""
    cells = {column: Shown(counts[column]) for column in OPEN}
    cells |= {column: shown[*key, column] for column in CLOSED}
    closed = shown[*key, "closed"]
    cells["nominated"] = Shown(closed.count + counts["endorsed"]) if closed.count is not None else closed
    return FigureRow(code, name, cells, hours)
