"""What must happen after a backup was restored."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from portal.models import JobLease
from snb.audit.actions import move_epoch
from snb.boards.models import Board
from snb.outbox.actions import reconcile
from snb.people.models import SignedLink
from snb.privacy.actions import reapply_erasures
from wardpanels.queries import rounds_not_counted


class Command(BaseCommand):
    """`manage.py after_restore`: run it before the sites are opened again; twice does no harm."""

    help = (
        "End sessions and links, re-apply erasures, ask for what may have left, catch up with the timetable."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step and say what it did."""
        with transaction.atomic():
            sessions, _ = Session.objects.all().delete()
            links = SignedLink.objects.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
            erased = reapply_erasures()
            # Leases of processes that are gone, and times of a clock before the restore: everything is due.
            JobLease.objects.all().delete()
            # What waits in the backup may have left since: it is asked for before it is sent.
            asked = reconcile()
            for code in ["", *Board.objects.values_list("pk", flat=True)]:
                move_epoch(code)
        open_ones = list(rounds_not_counted())
        self.stdout.write(f"Ended {sessions} sessions and {links} links; erased {erased} records again.")
        self.stdout.write(f"{asked} messages are asked for before they are sent.")
        call_command("timetable", once=True)
        self.stdout.write("The timetable has caught up.")
        if open_ones:
            self.stdout.write(
                "Votes cast after the backup was made are not in these rounds, which it holds open. Tell each panel: it may annul the"
                " round, by two people and with a public reason, and must where another result was already published."
            )
            for round_ in open_ones:
                round_.refresh_from_db()
                self.stdout.write(
                    f"- {round_} ({round_.ward.borough}), until {timezone.localtime(round_.closes_at):%d %B %Y, %H:%M}: now"
                    f" {round_.get_status_display().lower()}"
                )
