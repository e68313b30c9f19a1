"""Meetings in every state, as the actions would leave them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from snb.boards.enums import BodyKind
from snb.boards.models import Body
from snb.meetings.enums import MINUTES_STATES, ItemKind, MeetingKind, MeetingStatus
from snb.meetings.models import AgendaItem, Meeting


def board_body(board) -> Body:
    """The board itself as a body that meets."""
    return Body.objects.get_or_create(board=board, kind=BodyKind.BOARD)[0]


def make_meeting(
    body: Body | None, *, days: float = 14, status=MeetingStatus.AGENDA_DRAFT, **fields
) -> Meeting:
    """A meeting of a body (London-wide with None), `days` from now; announced unless told otherwise."""
    starts = fields.pop("starts_at", None) or timezone.now().replace(
        minute=0, second=0, microsecond=0
    ) + timedelta(days=days)
    kind = MeetingKind.PUBLIC if body is None else MeetingKind(body.kind)
    past_agenda = status not in {MeetingStatus.AGENDA_DRAFT, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED}
    minuted = status in MINUTES_STATES
    defaults = {
        "board": body.board if body else None,
        "body": body,
        "kind": kind,
        "title": str(kind.label),
        "slug": f"{timezone.localdate(starts):%Y-%m-%d}-{kind.value.replace('_', '-')}",
        "status": status,
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "place": "Town hall",
        "address": "Judd Street, WC1H 9JE",
        "announced_at": starts - timedelta(days=60),
        "agenda_published_at": starts - timedelta(days=7) if past_agenda else None,
        "minutes_published_at": starts + timedelta(days=7) if minuted else None,
        "approved_at": starts + timedelta(days=60) if status == MeetingStatus.APPROVED else None,
    }
    return Meeting.objects.create(**{**defaults, **fields})


def add_items(meeting: Meeting, *titles: str, kind=ItemKind.PLAIN) -> list[AgendaItem]:
    """Items of an agenda, in this order."""
    start = meeting.items.count()
    return [
        AgendaItem.objects.create(meeting=meeting, position=start + number, title=title, kind=kind)
        for number, title in enumerate(titles, 1)
    ]


@pytest.fixture
def board_meeting(cast, camden) -> Meeting:
    """Camden's next board meeting, announced, its agenda in preparation."""
    return make_meeting(board_body(camden))


@pytest.fixture
def panel_meeting(cast, highgate) -> Meeting:
    """The next meeting of Highgate's panel."""
    from tests import factories as make

    return make_meeting(make.make_panel(highgate))
