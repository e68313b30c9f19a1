"""Audit events of what editors do to pages, publishing apart (`cms.adapters`). The fence runs the whole request in one transaction,
so page and event stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from cms.queries import board_code
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User


class EditorRequest(HttpRequest):
    """A request that the fence let in: somebody is signed in."""

    user: User
    pages_going: int


@hooks.register("after_publish_page")
def record_schedule(request: EditorRequest, page: Page) -> None:
    """Who set the hour at which a page goes out. Wagtail calls that publishing too, and gives no signal where the page is live."""
    revision = page.get_latest_revision()
    if not Page.objects.filter(pk=page.pk, live=True, live_revision=revision).exists():
        record(
            Event.PAGE_SCHEDULED,
            page,
            by=request.user,
            board=board_code(page),
            revision=revision and revision.pk,
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
