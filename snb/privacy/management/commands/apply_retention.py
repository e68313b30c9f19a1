"""Take away what is past its time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from snb.privacy.actions import apply_retention


class Command(BaseCommand):
    """Apply every model's retention rule."""

    help = "Warn first, then delete every row past its time, unless it is held. --dry-run only lists."

    def add_arguments(self, parser: Any) -> None:
        """One switch."""
        parser.add_argument(
            "--dry-run", action="store_true", help="List what would happen, and change nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each model that has something to do."""
        dry_run: bool = options["dry_run"]
        found = apply_retention(dry_run=dry_run)
        did, told = ("would go", "would be warned about") if dry_run else ("deleted", "warned about")
        for swept in found:
            parts = [f"{swept.deleted} {did}"]
            if swept.warned:
                parts.append(f"{swept.warned} {told}")
            if swept.held:
                parts.append(f"{swept.held} held")
            self.stdout.write(f"{swept.label}: {', '.join(parts)}")
            for why in swept.kept:
                self.stdout.write(f"  kept: {why}")
        if not found:
            self.stdout.write("Nothing is past its time.")
