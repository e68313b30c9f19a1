"""Runs the timetable."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from portal import timetable

PAUSE = 5
"""Seconds between two looks at the list."""


class Command(BaseCommand):
    """Runs what is due, until it is stopped."""

    help = "Runs the jobs of portal/timetable.py when they are due. Several may run side by side: each job is done once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once and --job."""
        parser.add_argument("--once", action="store_true", help="run what is due and end")
        parser.add_argument("--job", metavar="NAME", help="run this job now, due or not, and end")

    def handle(self, *args: Any, once: bool, job: str | None, **options: Any) -> None:
        """Run one job, what is due, or go on until a signal comes."""
        if job is not None:
            self.run_one(job)
        elif once:
            self.stdout.write(", ".join(timetable.run_due()) or "Nothing was due.")
        else:
            self.run_on()

    def run_one(self, name: str) -> None:
        """Run one job now."""
        try:
            found = timetable.find_job(name)
        except KeyError:
            names = ", ".join(job.name for job in timetable.JOBS)
            raise CommandError(f"There is no job called {name}. There are: {names}.") from None
        if not timetable.run(found, anyway=True):
            raise CommandError(f"{name} did not succeed, or somebody else is running it.")
        self.stdout.write(f"{name} done.")

    def run_on(self) -> None:
        """Look at the list every few seconds; on a signal end after the job in hand."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                timetable.run_due()
            except Exception as error:
                # The database is away or busy: the next round tries again.
                self.stderr.write(f"The timetable waits: {type(error).__name__}.")
            stop.wait(PAUSE)
