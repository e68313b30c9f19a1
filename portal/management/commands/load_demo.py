"""Loads the demo: fictional people, sample postcodes, news."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cms.demo import load_meetings, load_news
from payback.demo import load_payback
from snb.boards.demo import FULL_BOROUGHS, load_people
from snb.boards.models import Board
from snb.people.models import User
from snb.places.demo import load_sample_postcodes
from wardpanels.demo import load_officers, load_rounds


class Command(BaseCommand):
    """`manage.py load_demo`: only in demo mode; running it twice changes nothing."""

    help = "Load fictional people and content, marked as demo."

    def add_arguments(self, parser: Any) -> None:
        """Add --quick."""
        parser.add_argument(
            "--quick", action="store_true", help="Do nothing where the demo was loaded before."
        )

    def handle(self, *args: Any, quick: bool = False, **options: Any) -> None:
        """Load each part in a transaction of its own."""
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO is off, so no demo data is loaded.")
        if quick and User.objects.filter(email="oversight@demo.example").exists():
            return
        load_sample_postcodes()
        for board in Board.objects.select_related("borough", "site__root_page", "collection"):
            with transaction.atomic():
                load_news(board)
        with transaction.atomic():
            load_people()
            load_officers()
        load_rounds()
        for board in Board.objects.filter(borough__slug__in=FULL_BOROUGHS).select_related("borough", "site"):
            load_meetings(board)
        load_meetings(None)
        with transaction.atomic():
            load_payback()
