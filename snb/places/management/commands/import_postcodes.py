"""`manage.py import_postcodes FILE`: London's postcodes from an ONS directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from snb.places.errors import UnusableFile
from snb.places.importers.postcodes import SHOWN, import_postcodes


class Command(BaseCommand):
    """Imports postcodes."""

    requires_system_checks: tuple[str, ...] = ()
    help = (
        "Import London's postcodes, in use and ended, from ONSPD or NSPL of any vintage, as CSV or zip. "
        "Running it twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="the CSV file, or the zip as ONS publishes it")
        parser.add_argument(
            "--fewer",
            action="store_true",
            help="go on where the file has less than half of the postcodes we hold",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was found."""
        try:
            reading, outcome = import_postcodes(
                options["file"], fewer=options["fewer"], quiet=options["verbosity"] == 0
            )
        except UnusableFile as error:
            raise CommandError(str(error)) from error
        say = self.stdout.write
        say(f"{reading.source}: {reading.read:,} rows read, {reading.london:,} of them in London.")
        if outcome.is_change:
            say(
                f"Postcodes: {outcome.added:,} added, {outcome.changed:,} changed, "
                f"{outcome.removed:,} removed, {outcome.unchanged:,} as they were."
            )
        else:
            say(f"Postcodes: nothing changed ({outcome.unchanged:,} rows).")
        if reading.without_place:
            say(f"{reading.without_place:,} rows name no district and were left out.")
        if reading.unknown_wards:
            total = sum(reading.unknown_wards.values())
            say(f"{total:,} postcodes are in wards we do not know; they are kept with their borough only:")
            for code, count in reading.unknown_wards.most_common(SHOWN):
                say(f"  {code[:20]}: {count:,}")
            if (more := len(reading.unknown_wards) - SHOWN) > 0:
                say(f"  and {more:,} more wards.")
        if reading.bad:
            say(f"{reading.bad:,} rows make no sense and were left out:")
            for line in reading.bad_rows:
                say(f"  {line}")
            if reading.bad > len(reading.bad_rows):
                say("  and more of these.")
