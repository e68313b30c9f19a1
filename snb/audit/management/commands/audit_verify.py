"""Check that the sealed months are what was sealed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from snb.audit.models import AuditSeal
from snb.audit.queries import verify_seals


class Command(BaseCommand):
    """Compute every seal of the audit record again."""

    help = (
        "Compute the seal of every finished month again and say what does not fit. Prints the newest seal: "
        "keep that line outside this server (in the minutes, in a mailbox), because only a copy elsewhere "
        "shows a record that was rewritten as a whole."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the outcome; problems end with an error."""
        problems = verify_seals()
        for problem in problems:
            self.stderr.write(self.style.ERROR(str(problem)))
        newest = AuditSeal.objects.order_by("month").last()
        if newest is None:
            self.stdout.write("No month is sealed yet.")
        else:
            dropped = AuditSeal.objects.filter(dropped_at__isnull=False).count()
            self.stdout.write(
                f"{AuditSeal.objects.count()} sealed months, the events of {dropped} of them dropped in time."
            )
            self.stdout.write(f"Newest seal: {newest.month} {newest.events} events {newest.sha256}")
        if problems:
            raise CommandError(f"{len(problems)} problems in the audit record.")
        self.stdout.write(self.style.SUCCESS("The audit record fits its seals."))
