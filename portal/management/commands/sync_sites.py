"""Sets host and port of every Site."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.sites import sync_sites


class Command(BaseCommand):
    """Brings the Sites in line with PORTAL_DOMAIN and PORTAL_PORT."""

    help = "Sets host and port of every site from PORTAL_DOMAIN and PORTAL_PORT. Twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how many changed."""
        changed = sync_sites()
        if not options["verbosity"]:
            return
        self.stdout.write(
            f"{changed} sites now answer at {settings.PORTAL_NETLOC}."
            if changed
            else "All sites are in line."
        )
