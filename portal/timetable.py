"""What happens by the clock: a list of jobs, and a lease per job so that each is done once, however many timetables run."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from portal.models import JobLease

logger = logging.getLogger(__name__)

RETRY = timedelta(minutes=5)
"""A job that failed is tried again after this long, or at its own interval where that is shorter."""
SLACK = timedelta(minutes=1)
"""How far two honest clocks, or one read of the clock and the write that follows, may lie apart."""


@dataclass(frozen=True)
class Job:
    """A thing done again and again.

    Args:
        name: shown in logs and taken by `manage.py timetable --job`.
        every: from the end of one run to the start of the next.
        call: dotted path of a function without arguments that may be run twice without harm.
        lease: longer than any honest run; a killed run is repeated after it.
    """

    name: str
    every: timedelta
    call: str
    lease: timedelta = timedelta(minutes=10)

    def function(self) -> Callable[[], object]:
        """The function itself.

        Raises:
            ImportError: there is none at this path.
        """
        return import_string(self.call)


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

JOBS: tuple[Job, ...] = (
    Job("outbox", MINUTE, "snb.outbox.actions.sweep", lease=timedelta(minutes=30)),
    Job("payback_sent", MINUTE, "payback.actions.sending.follow_messages"),
    Job("notices", MINUTE, "snb.notices.actions.sweep"),
    Job("rounds", timedelta(seconds=20), "wardpanels.actions.keep_time"),
    Job("rounds_told", 5 * MINUTE, "wardpanels.actions.tell_of_rounds"),
    Job("meetings", 10 * MINUTE, "snb.meetings.actions.meetings.close_past_meetings"),
    Job(
        "meetings_told",
        5 * MINUTE,
        "snb.meetings.actions.telling.tell_of_meetings",
        lease=timedelta(minutes=30),
    ),
    Job("payback_told", 5 * MINUTE, "payback.actions.telling.tell_nominators"),
    Job("payback_contracts", HOUR, "payback.actions.referrals.hand_on_ended_contracts"),
    Job("payback_afterwards", HOUR, "payback.actions.telling.ask_afterwards"),
    # What nominators wrote, as many months after the end as they were told; drafts go with `retention`.
    Job("payback_forgotten", DAY, "payback.actions.telling.forget_in_time", lease=HOUR),
    Job("publish_scheduled", MINUTE, "cms.actions.publish_scheduled"),
    Job("unsent_invitations", 10 * MINUTE, "snb.people.actions.send_unsent_invitations"),
    Job("factor_resets", 10 * MINUTE, "snb.people.actions.finish_resets"),
    # A role ends by its date alone; this takes the person out of the editors' group.
    Job("expired_roles", HOUR, "snb.people.actions.end_expired"),
    Job("log_reminders", HOUR, "snb.meetings.actions.owners.remind_owners"),
    # Limits are kept by address: not longer than they count.
    Job("cache", 10 * MINUTE, "portal.adapters.forget_expired_keys"),
    Job("files", HOUR, "snb.files.actions.sweep_files"),
    Job("unconfirmed_people", DAY, "snb.people.actions.remove_unconfirmed"),
    # Seals each month that has ended, so that it does something once a month.
    Job("seal_months", DAY, "snb.audit.actions.seal_months"),
    # Sessions, task rows and every other model with a time in its `Privacy`.
    Job("retention", DAY, "portal.timetable.apply_retention", lease=timedelta(hours=2)),
)


def apply_retention() -> None:
    """Delete what is past its time, warnings first and holds respected."""
    from snb.privacy.actions import apply_retention as apply

    apply(dry_run=False)


def find_job(name: str) -> Job:
    """The job of a name. Raises KeyError."""
    return {job.name: job for job in JOBS}[name]


def claim(job: Job, *, now: datetime, anyway: bool = False) -> uuid.UUID | None:
    """Take the lease of a job that is due, by compare-and-set; None where it is not due or somebody else has it.

    A time further ahead than an honest clock could have written means that the clock went back: it counts as passed.
    The slack keeps a timetable that read its clock just before another wrote from taking that for a clock gone back.
    """
    JobLease.objects.get_or_create(name=job.name)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease_until__gt=now + job.lease + SLACK)
    due = Q(due_at__isnull=True) | Q(due_at__lte=now) | Q(due_at__gt=now + max(job.every, RETRY) + SLACK)
    holder = uuid.uuid4()
    rows = JobLease.objects.filter(free, name=job.name)
    if not anyway:
        rows = rows.filter(due)
    taken = rows.update(holder=holder, lease_until=now + job.lease, started_at=now)
    return holder if taken else None


def run(job: Job, *, anyway: bool = False) -> bool:
    """Run a job if it is due and free (`anyway`: also when it is not due). Returns whether it ran and succeeded."""
    holder = claim(job, now=timezone.now(), anyway=anyway)
    if holder is None:
        return False
    mine = JobLease.objects.filter(name=job.name, holder=holder)
    row = mine.get()
    try:
        job.function()()
    except Exception:
        logger.exception("The job %s failed.", job.name)
        now = timezone.now()
        mine.update(
            holder=None, lease_until=None, due_at=now + min(job.every, RETRY), failures=row.failures + 1
        )
        return False
    now = timezone.now()
    mine.update(holder=None, lease_until=None, due_at=now + job.every, finished_at=now, failures=0)
    return True


def run_due(jobs: Iterable[Job] = JOBS) -> list[str]:
    """Run everything that is due, one after the other. Returns the names of what was done."""
    return [job.name for job in jobs if run(job)]


def last_beat() -> datetime | None:
    """When the timetable last did anything; None if it never has."""
    return (
        JobLease.objects.filter(finished_at__isnull=False)
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first()
    )


def oldest_waiting_task() -> datetime | None:
    """Since when the longest-waiting task that should run has been waiting; None when none is."""
    return DBTaskResult.objects.ready().aggregate(since=Min("enqueued_at"))["since"]
