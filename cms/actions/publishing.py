"""Pages that go out and come back by the clock."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


def publish_scheduled(*, now: datetime | None = None) -> int:
    """Withdraw the pages whose time is over, then publish those whose hour has come. Returns how many changed.

    Each page is one transaction with its audit event (`cms.adapters`). A page that fails stays for the next run and stops no other.
    Wagtail's command of this name withdraws the plain `Page`, which does not know its files: they stayed public.

    Raises:
        Exception: what the last failing page raised, once all others are done.
    """
    moment = now or timezone.now()
    over = Page.objects.filter(live=True, expire_at__lt=moment).order_by("expire_at")
    due = Revision.page_revisions.filter(approved_go_live_at__lt=moment).order_by("approved_go_live_at")
    changed, failed = 0, None
    for step, rows in ((_withdraw, over), (_publish, due)):
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    # Looked at again under its lock: an editor who took the hour back in the meantime wins.
                    found = rows.select_for_update(of=("self",)).filter(pk=pk).first()
                    if found is not None:
                        step(found)
                        changed += 1
            except Exception as error:
                logger.exception("%s %s missed its hour.", rows.model._meta.label, pk)
                failed = error
    if failed is not None:
        raise failed
    return changed


def _withdraw(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")
