"""Move everything sealed to the newest key."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from snb.privacy.actions import rotate_keys
from snb.privacy.queries import key_ids_in_use, lookup_key_ids_in_use


class Command(BaseCommand):
    """Seal every encrypted value anew under the newest key of ENCRYPTION_KEYS."""

    help = (
        "Put the new key in front of ENCRYPTION_KEYS, restart the portal, then run this. It may be killed at "
        "any moment and run again. When it ends without an error, take the old key out and run `manage.py "
        "check --database default`."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Show progress; rows that do not open end with an error."""
        with tqdm(unit=" rows", desc="Sealing anew", file=sys.stderr, mininterval=0.5) as bar:
            rotation = rotate_keys(progress=bar.update)
        for label, count in rotation.rows.items():
            self.stdout.write(f"{label}: {count}")
        for failed in rotation.failed:
            self.stderr.write(self.style.ERROR(failed))
        if rotation.failed:
            raise CommandError(
                f"{len(rotation.failed)} values do not open and were left as they are: "
                "keep the old keys until you know why."
            )
        others = {key: places for key, places in key_ids_in_use().items() if key != rotation.key_id}
        if others:
            raise CommandError(
                f"Values under other keys were written meanwhile ({', '.join(sorted(others))}): "
                "run this again."
            )
        for key, places in lookup_key_ids_in_use().items():
            if key != rotation.key_id:
                self.stdout.write(
                    f"Keep {key}: look-up hashes under it remain in {', '.join(sorted(places))} "
                    "until retention takes them."
                )
        self.stdout.write(
            self.style.SUCCESS(
                f"Everything sealed is under {rotation.key_id}: {rotation.values} values moved."
            )
        )
