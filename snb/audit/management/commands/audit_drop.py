"""Drop the months of the audit record that are past their time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from snb.audit.actions import drop_old_months, seal_months
from snb.audit.enums import KEEP_YEARS


class Command(BaseCommand):
    """Seal finished months, then drop the old ones; the seals stay."""

    help = (
        "Seal every finished month of the audit record, then delete the events of sealed months older than "
        f"{KEEP_YEARS} years. Where the portal's database role may not delete events, run it as the role "
        "that migrates."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each month."""
        for seal in seal_months():
            self.stdout.write(f"Sealed {seal.month}: {seal.events} events, {seal.sha256}")
        for seal in drop_old_months():
            self.stdout.write(f"Dropped {seal.month}: {seal.events} events; the seal stays.")
