"""What the templates of public pages ask for."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms import queries
from cms.models import NewsPage
from snb.boards.models import Board
from snb.meetings.models import Meeting
from snb.meetings.queries import public as meetings

register = template.Library()


@register.simple_tag
def latest_news(home: Page, limit: int) -> list[NewsPage]:
    """The newest articles of the site whose home page this is."""
    return queries.latest_news(home, limit)


@register.simple_tag
def next_meetings(board: Board | None, limit: int) -> list[Meeting]:
    """The next meetings of a site, soonest first."""
    return meetings.coming_meetings(board, limit)


@register.simple_tag
def all_boards() -> list[Board]:
    """All boards by borough, ready for their tile maps."""
    return queries.open_boards()


@register.simple_tag
def board_url(board: Board, path: str) -> str:
    """Absolute address of a path on a board's site."""
    return board.url(path)


@register.simple_tag(takes_context=True)
def trail(context: dict[str, Any], section: str = "") -> list[dict[str, str]]:
    """The way back up, for the breadcrumbs: home, then the list that a ward or an article belongs to."""
    items = [{"title": _("Home"), "url": "/"}]
    if section == "wards":
        items.append({"title": _("Wards"), "url": "/wards/"})
    if section in {"meetings", "minutes"}:
        items.append({"title": _("Meetings"), "url": "/meetings/"})
    if section == "minutes":
        minutes = context.get("minutes")
        meeting = minutes.meeting if minutes else context["page"].meeting
        items.append({"title": str(meeting), "url": meeting.get_absolute_url()})
    if isinstance(context.get("page"), NewsPage):
        items.append({"title": _("News"), "url": "/news/"})
    return items
