"""What an agenda shows of priorities."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.enums import BodyKind
from snb.boards.models import Board
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import Fact, Facts
from snb.places.models import Ward
from wardpanels.models import Priority

if TYPE_CHECKING:
    pass


def priorities_for_agenda(meeting: Meeting) -> list[Facts]:
    """The priorities that stand and when each is to be reviewed: of a panel's ward one by one, of a board's wards counted."""
    if meeting.body is None:
        return []
    if meeting.body.ward is not None:
        return [priorities_of_ward_in_words(meeting.body.ward)]
    return [priorities_of_board_in_words(meeting.body.board)] if meeting.body.kind == BodyKind.BOARD else []


def priorities_of_ward_in_words(ward: Ward) -> Facts:
    """A line for each current priority of the ward, the one to be reviewed first on top; one query."""
    priorities = Priority.objects.current().filter(ward=ward).order_by("review_by", "text")
    lines = [
        Fact(
            (
                _("%(text)s: overdue, it was to be reviewed by %(day)s.")
                if priority.is_overdue
                else _("%(text)s: to be reviewed by %(day)s.")
            )
            % {"text": priority.text, "day": date_format(priority.review_by, "j F Y")},
            f"/wards/{ward.slug}/",
        )
        for priority in priorities
    ]
    none = [Fact(_("This ward has no priorities."), f"/wards/{ward.slug}/")]
    return Facts(_("The ward's priorities"), tuple(lines or none), timezone.localdate())


def priorities_of_board_in_words(board: Board) -> Facts:
    """How many wards have priorities, none, or overdue ones, and which; two queries however many wards there are."""
    wards = list(Ward.objects.current().filter(borough=board.code).order_by("name"))
    today = timezone.localdate()
    first_review: dict[str, date] = {}
    for ward, review_by in (
        Priority.objects.current().filter(ward__in=wards).values_list("ward_id", "review_by")
    ):
        first_review[ward] = min(review_by, first_review.get(ward, review_by))
    without = [ward for ward in wards if ward.pk not in first_review]
    overdue = [ward for ward in wards if first_review.get(ward.pk, today) < today]
    if overdue:
        words = _("Priorities stand in %(have)d of %(count)d wards; in %(overdue)d of them one is overdue.")
    else:
        words = _("Priorities stand in %(have)d of %(count)d wards; none is overdue.")
    total = words % {"have": len(first_review), "count": len(wards), "overdue": len(overdue)}
    lines = [Fact(total, "/wards/")]
    lines += [Fact(_("Overdue: %(ward)s") % {"ward": ward.name}, f"/wards/{ward.slug}/") for ward in overdue]
    lines += [
        Fact(_("No priorities: %(ward)s") % {"ward": ward.name}, f"/wards/{ward.slug}/") for ward in without
    ]
    return Facts(_("Priorities in the wards"), tuple(lines), today)
