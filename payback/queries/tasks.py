"""Tasks as everybody sees them: the list, the map, one task, and the figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payback.enums import Show, Status
from payback.models import Dispute, Nomination, Photo, Referral, Session, Support
from payback.queries.pace import FEW, open_questions, silence_of, timeline_of
from snb.boards.models import Board
from snb.charts.enums import Tone
from snb.charts.templatetags.charts import TileFigure

if TYPE_CHECKING:
    from snb.people.models import User

GROUPS: dict[str, tuple[Status, ...]] = {
    "waiting": (Status.ENDORSED, Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING, Status.MORE_INFO),
    "planned": (Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS),
    "done": (Status.COMPLETED,),
    "refused": (Status.REJECTED,),
}
"""The states of the public list, few enough to choose from."""


def group_labels() -> dict[str, str]:
    """The groups in words."""
    return {
        "waiting": _("Waiting for probation"),
        "planned": _("Accepted, planned or under way"),
        "done": _("Done"),
        "refused": _("Refused by probation"),
    }


def public_tasks(board: Board | None) -> QuerySet[Nomination]:
    """Public tasks with ward, first published photo's row, hours and support at hand: four queries for a page of any length."""
    hours = (
        Session.objects.filter(referral__nomination=OuterRef("pk"))
        .order_by()
        .values("referral__nomination")
        .annotate(total=Sum("hours"))
        .values("total")
    )
    support = (
        Support.objects.filter(nomination=OuterRef("pk"))
        .order_by()
        .values("nomination")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Nomination.objects.for_board(board)
        .public()
        .select_related("ward", "board__borough")
        .annotate(
            hours_given=Coalesce(Subquery(hours), Decimal(0)),
            supporters=Coalesce(Subquery(support), 0),
            board_is_asked=Exists(open_questions().filter(nomination=OuterRef("pk"))),
        )
        .prefetch_related(
            Prefetch(
                "photos",
                Photo.objects.filter(published_at__isnull=False).select_related("small"),
                to_attr="shown_photos",
            )
        )
        .defer("answers", "point", "contact", "victim", "brief")
        .order_by("-changed_at", "reference")
    )


@dataclass(frozen=True)
class TaskCard:
    """One task in the list."""

    task: Nomination
    silence: str
    support: str
    hours: Decimal
    photo: Photo | None


def card_of(task: Any) -> TaskCard:
    """A row of `public_tasks` as a card, without another query."""
    photos = sorted(task.shown_photos, key=lambda photo: photo.kind)  # after, before, place
    return TaskCard(
        task,
        silence_of(task),
        support_in_words(task.supporters),
        task.hours_given,
        photos[0] if photos else None,
    )


def support_in_words(count: int) -> str:
    """Support as a number; one to four are not told as a number."""
    if count == 0:
        return ""
    if count < FEW:
        return _("Supported by fewer than five residents.")
    return ngettext("Supported by %(count)d resident.", "Supported by %(count)d residents.", count) % {
        "count": count
    }


@dataclass(frozen=True)
class TaskPage:
    """One task with its story."""

    card: TaskCard
    timeline: list[tuple[str, str]]
    before: list[Photo]
    after: list[Photo]
    sessions: int
    dispute: Dispute | None
    refusal: str
    supported: bool
    may_support: bool


def task_page(board: Board, reference: str, *, user: User | Any) -> TaskPage | None:
    """A public task by its reference; None for everything else, whatever the reason."""
    task: Any = public_tasks(board).filter(reference=reference).first()
    if task is None:
        return None
    photos = list(
        Photo.objects.filter(nomination=task, published_at__isnull=False).select_related("large", "small")
    )
    return TaskPage(
        card=card_of(task),
        timeline=timeline_of(task),
        before=[photo for photo in photos if photo.kind != "after"],
        after=[photo for photo in photos if photo.kind == "after"],
        sessions=Session.objects.filter(referral__nomination=task).count(),
        dispute=Dispute.objects.filter(nomination=task, answered_at__isnull=False).defer("words").first(),
        refusal=_refusal(task),
        supported=user.is_authenticated and Support.objects.filter(nomination=task, person=user).exists(),
        may_support=bool(user.has_perm("payback.task.support", task)),
    )


def _refusal(task: Nomination) -> str:
    """The reason from the list, where probation refused it; its words are for the board and the nominator."""
    if task.status != Status.REJECTED:
        return ""
    referral = Referral.objects.filter(nomination=task).exclude(refusal="").first()
    return str(referral.get_refusal_display()) if referral is not None else ""


@dataclass(frozen=True)
class Totals:
    """What a borough's tasks come to."""

    open: int
    done: int
    hours: Decimal


def totals_of(board: Board) -> Totals:
    """Open and done tasks and the hours given back: two queries."""
    public = Nomination.objects.for_board(board).public().order_by()
    counts = public.aggregate(
        open=Count("pk", filter=Q(ended_at__isnull=True)), done=Count("pk", filter=Q(status=Status.COMPLETED))
    )
    shown = Q(referral__nomination__show=Show.ENDORSED) | Q(referral__nomination__status=Status.COMPLETED)
    hours = Session.objects.filter(shown, referral__nomination__board=board).aggregate(total=Sum("hours"))[
        "total"
    ]
    return Totals(counts["open"], counts["done"], hours or Decimal(0))


def boards_by_name() -> QuerySet[Board]:
    """All boards, for the London-wide page."""
    return Board.objects.select_related("borough").order_by("borough__name")


def tiles_of(board: Board) -> dict[str, TileFigure]:
    """For the tile map: public tasks by ward that are not over."""
    open_tasks = Nomination.objects.for_board(board).public().filter(ended_at__isnull=True)
    counts = dict(open_tasks.order_by().values_list("ward_id").annotate(n=Count("pk")))
    figures = {}
    for tile in board.borough.tiles:
        count = counts.get(tile.code, 0)
        text = ngettext("%(count)d open task", "%(count)d open tasks", count) % {"count": count}
        tone = Tone.NONE if not count else Tone.STEP_2 if count < FEW else Tone.STEP_3
        figures[tile.code] = TileFigure(str(count), text, tone)
    return figures
