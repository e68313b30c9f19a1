"""What is in the database before a test begins (Wagtail's root, and two boards that are open), and many calls at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, connections
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, Locale, Page, Site

from snb.audit.models import AuditEvent, Epoch
from snb.boards.models import Board, Body
from snb.places.models import Borough
from tests import factories as make

append_only = import_module("snb.audit.migrations.0002_append_only")


def triggers(do) -> None:
    """Install or remove the triggers that keep the audit record append-only."""
    with connection.cursor() as cursor:
        do(None, SimpleNamespace(connection=connection, execute=lambda sql, params=None: cursor.execute(sql)))


def ground() -> None:
    """Root page, root collection and locale, which Wagtail's migrations left, where a flush removed them."""
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")


def open_two_boards() -> None:
    """Camden and Brent, opened before the first test because opening them took half of the suite's time; the record stays empty."""
    make.make_board(make.CAMDEN)
    make.make_board(make.BRENT)
    triggers(append_only.remove)
    AuditEvent.objects.all()._raw_delete("default")
    Epoch.objects.all().delete()
    triggers(append_only.install)


def take_boards_away() -> None:
    """Back to what migrations leave, inside a test's transaction."""
    for model in (Body, Board, Site, Borough, Group):
        model.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()
    Collection.objects.filter(depth=2).delete()
    for model in (Page, Collection):
        model.objects.filter(depth=1).update(numchild=0)
    Epoch.objects.all().delete()


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
