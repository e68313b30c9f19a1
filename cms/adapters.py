"""What Wagtail says by signal becomes an audit event, whichever door was used: form, bulk action, workflow, ancestor or clock."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from cms.queries import board_code
from snb.audit.actions import Actor, record
from snb.audit.enums import Event


def acting_editor() -> Actor | None:
    """Whoever is at work in the Wagtail admin, which keeps them for its own log; None for the timetable and commands."""
    return get_active_log_context().user


def record_publication(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Which revision went out. Wagtail also says *published* of a page that waits for its hour: that is no publication."""
    if instance.live:
        _record(Event.PAGE_PUBLISHED, instance, revision=instance.live_revision_id)


def record_withdrawal(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A page went off the site: by itself, with the page above it, at its hour, or because it is about to be deleted."""
    _record(Event.PAGE_UNPUBLISHED, instance)


def _record(event: Event, page: Page, **data: int | None) -> None:
    """Write the event. The fence and the timetable have opened a transaction around both; elsewhere this is one by itself.

    The epoch is moved by whoever listens for it (`portal.epochs`).
    """
    with transaction.atomic():
        record(event, page, by=acting_editor(), board=board_code(page), **data)


def listen() -> None:
    """Connect; called once, when the apps are ready."""
    page_published.connect(record_publication, dispatch_uid="cms.record_publication")
    page_unpublished.connect(record_withdrawal, dispatch_uid="cms.record_withdrawal")
