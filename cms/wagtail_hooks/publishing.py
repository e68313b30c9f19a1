"""Audit events of what editors publish. The fence runs the whole request in one transaction, so page and event stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Board

if TYPE_CHECKING:
    from snb.people.models import User

DEPTH_OF_HOME_PAGES = 2


class EditorRequest(HttpRequest):
    """A request that the fence let in: somebody is signed in."""

    user: User
    pages_going: int


def board_code(page: Page) -> str:
    """GSS code of the board on whose site a page stands; "" for the London-wide site."""
    home = page.path[: page.steplen * DEPTH_OF_HOME_PAGES]
    return Board.objects.filter(site__root_page__path=home).values_list("pk", flat=True).first() or ""


@hooks.register("after_publish_page")
def record_publication(request: EditorRequest, page: Page) -> None:
    """Who published which revision, or set the hour at which it goes out (Wagtail calls both publishing)."""
    revision = page.get_latest_revision()
    out = Page.objects.filter(pk=page.pk, live=True, live_revision=revision).exists()
    event = Event.PAGE_PUBLISHED if out else Event.PAGE_SCHEDULED
    record(
        event,
        page,
        by=request.user,
        board=board_code(page),
        public=out,
        revision=revision.pk if revision else None,
    )


@hooks.register("after_unpublish_page")
def record_withdrawal(request: EditorRequest, page: Page) -> None:
    """Who took a page off the site, and whether everything under it went too."""
    below = bool(request.POST.get("include_descendants"))
    record(
        Event.PAGE_UNPUBLISHED, page, by=request.user, board=board_code(page), public=True, descendants=below
    )


@hooks.register("after_copy_page")
def record_published_copies(request: EditorRequest, page: Page, copy: Page) -> None:
    """A copy may be published in the same step; each page that is public now is one event."""
    for made in copy.get_descendants(inclusive=True).live().specific():
        record(
            Event.PAGE_PUBLISHED, made, by=request.user, board=board_code(made), public=True, copy_of=page.pk
        )


@hooks.register("after_move_page")
def record_move(request: EditorRequest, page: Page) -> None:
    """Who gave a page another address."""
    record(Event.PAGE_MOVED, page.specific, by=request.user, board=board_code(page), public=True)


@hooks.register("before_delete_page")
def count_what_goes(request: EditorRequest, page: Page) -> None:
    """Remember how much is about to be deleted: afterwards nobody can tell."""
    request.pages_going = page.get_descendants(inclusive=True).count()


@hooks.register("after_delete_page")
def record_deletion(request: EditorRequest, page: Page) -> None:
    """Who deleted a page, whether it was public, and how many pages went with it."""
    pages = getattr(request, "pages_going", 1)
    record(
        Event.PAGE_DELETED,
        page,
        by=request.user,
        board=board_code(page),
        public=True,
        live=page.live,
        pages=pages,
    )
