"""For tests whose transactions really commit: the ground they stand on, and many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connections
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, Locale, Page


def ground() -> None:
    """Root page, root collection and locale of Wagtail's migrations, where the flush after a test removed them."""
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")


def at_once(calls: Iterable[Callable[[], object]], *, seconds: float = 60) -> None:
    """Make these calls at the same moment, each with its own connection; raise what the first of them raised."""
    calls = list(calls)
    start, errors = threading.Barrier(len(calls)), []

    def one(call: Callable[[], object]) -> None:
        try:
            start.wait(seconds)
            call()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]
