"""Writes docs/reference from the code, so that pages and code cannot disagree."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.reference import pages


class Command(BaseCommand):
    """`manage.py write_reference [--check]`."""

    help = "Write the generated reference pages; with --check, only say whether they are up to date."

    def add_arguments(self, parser: Any) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write or compare each page."""
        folder = settings.BASE_DIR / "docs" / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        stale = []
        for name, text in pages().items():
            path = folder / name
            if not path.exists() or path.read_text() != text:
                stale.append(name)
                if not check:
                    path.write_text(text)
        self.stdout.write(
            f"{'Out of date' if check else 'Written'}: {', '.join(stale)}."
            if stale
            else "The reference is up to date."
        )
        if check and stale:
            raise SystemExit(1)
