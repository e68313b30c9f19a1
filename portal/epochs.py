"""Moves the epoch of a site when Wagtail changes one of its pages. Signals are listened to here and in `cms.adapters` only."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from snb.audit.actions import move_epoch
from snb.boards.models import Board


def boards_of(pages: list[Page]) -> set[str]:
    """GSS codes of the boards whose sites hold these pages; "" stands for the London-wide site and for the root."""
    roots = Board.objects.values_list("site__root_page__path", "pk")
    homes = dict(roots)
    return {next((code for root, code in homes.items() if page.path.startswith(root)), "") for page in pages}


def page_changed(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A page was published, unpublished, renamed, moved or deleted: its site's kept pages are out of date.

    A moved page concerns the site it left as well.
    """
    parents = [
        kwargs[name] for name in ("parent_page_before", "parent_page_after") if kwargs.get(name) is not None
    ]
    for code in sorted(boards_of([instance, *parents])):
        move_epoch(code)


def connect() -> None:
    """Listen. Deletions are asked for by page model: a listener to all models would slow every bulk deletion."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(page_changed, dispatch_uid="portal.epochs")
    for model in apps.get_models():
        if issubclass(model, Page):
            post_delete.connect(page_changed, sender=model, dispatch_uid=f"portal.epochs.{model._meta.label}")
