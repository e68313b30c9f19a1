"""`manage.py import_boundaries FILE`: the outlines of wards from ONS GeoJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from snb.places.errors import UnusableFile
from snb.places.importers.boundaries import SHOWN, import_boundaries
from snb.places.models import Ward


class Command(BaseCommand):
    """Imports ward boundaries."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Import ward boundaries from ONS GeoJSON (WGS84) of any year. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="GeoJSON, or a zip with one inside")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was found."""
        self.stdout.write(f"Reading {options['file']} …")
        try:
            found, outcome = import_boundaries(options["file"])
        except UnusableFile as error:
            raise CommandError(str(error)) from error
        if outcome.is_change:
            self.stdout.write(
                f"Ward boundaries: {outcome.added:,} added, {outcome.changed:,} changed, "
                f"{outcome.unchanged:,} as they were."
            )
        else:
            self.stdout.write(f"Ward boundaries: nothing changed ({outcome.unchanged:,} rows).")
        self._list(found.mended, "outlines crossed themselves and were mended")
        self._list(found.bad, "features make no sense and were left out")
        self._list(
            found.unknown,
            "features are no wards of ours (outside London, or of another year) and were left out",
        )
        if without := Ward.objects.current().filter(boundary=None).count():
            self.stdout.write(f"{without:,} of our wards have no boundary yet.")

    def _list(self, lines: list[str], what: str) -> None:
        """Say how many, and the first of them."""
        if lines:
            self.stdout.write(f"{len(lines):,} {what}:")
            for line in lines[:SHOWN]:
                self.stdout.write(f"  {line}")
            if len(lines) > SHOWN:
                self.stdout.write(f"  and {len(lines) - SHOWN:,} more.")
