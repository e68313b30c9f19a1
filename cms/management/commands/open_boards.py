"""Open every borough's site."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cms.actions import open_boards
from snb.places.models import Borough


class Command(BaseCommand):
    """Open the London-wide site and every borough's; running it again puts back what is missing."""

    help = "Open the London-wide site and the boards' sites (all 32, or those named)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept boroughs by slug."""
        parser.add_argument(
            "--borough", action="append", metavar="SLUG", help="only this borough; may be given several times"
        )

    def handle(
        self, *args: Any, borough: list[str] | None = None, verbosity: int = 1, **options: Any
    ) -> None:
        """Open them, showing where it is."""
        boroughs = list(Borough.objects.filter(slug__in=borough) if borough else Borough.objects.all())
        unknown = set(borough or ()) - {found.slug for found in boroughs}
        if unknown:
            raise CommandError(f"There is no borough called {', '.join(sorted(unknown))}.")
        if not boroughs:
            raise CommandError("There are no boroughs yet: load the reference data of places first.")
        bar = tqdm(
            open_boards(boroughs),
            total=len(boroughs),
            unit="board",
            disable=verbosity == 0,
            file=sys.stderr,
        )
        opened = sum(1 for _board in bar)
        if verbosity:
            self.stdout.write(f"{opened} boards are open.")
