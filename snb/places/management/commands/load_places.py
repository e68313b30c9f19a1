"""`manage.py load_places`: the 32 boroughs and their wards, from the project's own table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from snb.places.errors import UnusableFile
from snb.places.importers.wards import import_places


class Command(BaseCommand):
    """Loads boroughs and wards."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Load the 32 boroughs and their wards. Running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        try:
            outcome = import_places()
        except UnusableFile as error:
            raise CommandError(str(error)) from error
        if not options["verbosity"]:
            return
        if outcome.is_change:
            self.stdout.write(
                f"Boroughs and wards: {outcome.added} added, {outcome.changed} changed, "
                f"{outcome.unchanged} as they were."
            )
        else:
            self.stdout.write(f"Boroughs and wards: nothing changed ({outcome.unchanged} rows).")
