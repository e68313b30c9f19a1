"""Makes a key for a provider's system to sign its events with, and shows it this once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payback.actions.providers import add_webhook_key
from payback.models import Provider


class Command(BaseCommand):
    """The key before stays valid until the next one is made."""

    help = "Makes a webhook key for a provider. The key before stays valid beside it; older ones end."

    def add_arguments(self, parser: CommandParser) -> None:
        """The provider's slug."""
        parser.add_argument("slug")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        """Print the key and nothing else."""
        provider = Provider.objects.filter(slug=slug).first()
        if provider is None:
            raise CommandError(f"There is no provider {slug!r}.")
        self.stdout.write(add_webhook_key(provider, by=None))
