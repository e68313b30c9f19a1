"""The timetable's memory: when each job last ran, and who is running it."""

from __future__ import annotations

from django.db import models

from snb.privacy.enums import Privacy


class JobLease(models.Model):
    """One job of the timetable. Whoever holds the lease runs it; a holder that dies loses it when the lease runs out."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.UUIDField(
        null=True, help_text="Drawn anew for each run; empty while nobody runs the job."
    )
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="Next time it runs; empty before the first.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text="End of the last run that succeeded.")
    failures = models.PositiveIntegerField(
        default=0, help_text="Runs that failed since the last one that succeeded."
    )

    privacy = Privacy(
        public="name holder lease_until due_at started_at finished_at failures",
        keep="One row for each job of the timetable, written over at each run.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
