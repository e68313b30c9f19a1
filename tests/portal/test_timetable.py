"""The timetable: each job once, whoever runs it, whatever the clock does."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import timetable
from portal.checks import check_jobs
from portal.models import JobLease
from portal.timetable import Job
from tests.committed import at_once

calls: list[str] = []


def note() -> None:
    """Say that it ran."""
    calls.append("ran")


def fail() -> None:
    """Break."""
    raise RuntimeError("on purpose")


JOB = Job("note", timedelta(hours=1), f"{__name__}.note")
BROKEN = Job("fail", timedelta(hours=1), f"{__name__}.fail")


@pytest.fixture(autouse=True)
def _nothing_ran(db):
    calls.clear()


def test_job_runs_when_due_and_not_again_before_its_time():
    assert timetable.run_due([JOB]) == ["note"]
    assert timetable.run_due([JOB]) == []
    lease = JobLease.objects.get(name="note")
    assert (calls, lease.holder, lease.lease_until) == (["ran"], None, None)
    assert timedelta(minutes=59) < lease.due_at - timezone.now() <= timedelta(hours=1)
    JobLease.objects.update(due_at=timezone.now())
    assert timetable.run_due([JOB]) == ["note"]


def test_job_that_somebody_holds_is_left_alone():
    """Two timetables: whoever comes second does nothing."""
    assert timetable.claim(JOB, now=timezone.now()) is not None
    assert timetable.run_due([JOB]) == []
    assert not timetable.run(JOB, anyway=True)
    assert calls == []


def test_killed_holder_loses_the_lease_when_it_runs_out():
    now = timezone.now()
    timetable.claim(JOB, now=now)
    assert timetable.claim(JOB, now=now + JOB.lease - timedelta(seconds=1)) is None
    assert timetable.claim(JOB, now=now + JOB.lease) is not None


def test_holder_that_comes_back_late_changes_nothing_of_the_next():
    first = timetable.claim(JOB, now=timezone.now())
    JobLease.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = timetable.claim(JOB, now=timezone.now())
    assert first != second
    assert JobLease.objects.filter(name="note", holder=first).update(holder=None) == 0
    assert JobLease.objects.get().holder == second


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=365)])
def test_clock_that_goes_back_stops_no_job(back):
    """A due time further ahead than an honest clock could have written counts as passed."""
    timetable.run_due([JOB])
    JobLease.objects.update(due_at=timezone.now() + back + JOB.every)
    assert timetable.run_due([JOB]) == ["note"]
    assert timetable.run_due([JOB]) == []


@pytest.mark.parametrize("finished", [False, True])
def test_timetable_that_read_its_clock_a_moment_earlier_runs_nothing_again(finished):
    """Two timetables a moment apart: the slower one must not take the quicker one's time for a clock gone back."""
    before = timezone.now()
    if finished:
        timetable.run_due([JOB])
    else:
        timetable.claim(JOB, now=timezone.now())
    assert timetable.claim(JOB, now=before - timedelta(seconds=5)) is None


def test_clock_that_goes_back_leaves_no_lease_held_for_ever():
    JobLease.objects.create(
        name="note", holder=uuid.uuid4(), lease_until=timezone.now() + timedelta(days=365)
    )
    assert timetable.run_due([JOB]) == ["note"]


def test_job_that_fails_is_said_and_tried_again_soon(caplog):
    assert timetable.run_due([BROKEN, JOB]) == ["note"]
    lease = JobLease.objects.get(name="fail")
    assert (lease.failures, lease.holder, lease.finished_at) == (1, None, None)
    assert timedelta(minutes=4) < lease.due_at - timezone.now() <= timetable.RETRY
    assert "The job fail failed." in caplog.text


def test_success_forgets_the_failures():
    JobLease.objects.create(name="note", failures=3)
    timetable.run_due([JOB])
    assert JobLease.objects.get().failures == 0


@pytest.mark.postgres  # an in-memory database has one connection
@pytest.mark.django_db(transaction=True)
def test_two_timetables_at_once_run_a_job_once():
    """Compare-and-set in the database: eight at the same moment, one runs."""
    JobLease.objects.get_or_create(name="note")
    at_once([lambda: timetable.run_due([JOB])] * 8)
    assert calls == ["ran"]


def test_retention_takes_old_task_rows_and_sessions_and_waiting_tasks_stay():
    """§8.2: task rows go after seven days, killed ones too; what still waits is never lost. One job has all such rules."""
    old, new = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=6)
    for status in ("READY", "RUNNING", "FAILED", "SUCCESSFUL"):
        for age in (old, new):
            row = DBTaskResult.objects.create(
                status=status,
                args_kwargs={"args": [], "kwargs": {}},
                task_path="x",
                priority=0,
                run_after=age,
                backend_name="durable",
            )
            DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=age)
    for key, ends in (("over", old), ("going-on", timezone.now() + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    assert timetable.run(timetable.find_job("retention"))
    left = sorted(DBTaskResult.objects.values_list("status", flat=True))
    assert left == ["FAILED", "READY", "READY", "RUNNING", "SUCCESSFUL"]
    assert Session.objects.get().session_key == "going-on"


def test_command_runs_what_is_due_once(monkeypatch):
    monkeypatch.setattr(timetable, "JOBS", (JOB,))
    monkeypatch.setattr(timetable.run_due, "__defaults__", ((JOB,),))
    out = StringIO()
    call_command("timetable", once=True, stdout=out)
    call_command("timetable", once=True, stdout=out)
    assert out.getvalue().split("\n")[:2] == ["note", "Nothing was due."]


def test_command_runs_one_job_now(monkeypatch):
    monkeypatch.setattr(timetable, "JOBS", (JOB, BROKEN))
    out = StringIO()
    for _ in range(2):
        call_command("timetable", job="note", stdout=out)
    assert calls == ["ran", "ran"]
    with pytest.raises(CommandError, match="did not succeed"):
        call_command("timetable", job="fail", stdout=out)
    with pytest.raises(CommandError, match=r"no job called nothing\. There are: note, fail"):
        call_command("timetable", job="nothing", stdout=out)


def test_every_job_of_the_list_is_there():
    assert check_jobs() == []


def test_job_that_is_not_there_fails_the_check(monkeypatch):
    monkeypatch.setattr(timetable, "JOBS", (Job("gone", timedelta(1), "portal.timetable.nothing"), JOB, JOB))
    assert [problem.id for problem in check_jobs()] == ["portal.E001", "portal.E002"]


@pytest.mark.parametrize("job", timetable.JOBS, ids=lambda job: job.name)
def test_every_job_may_run_twice(job):
    """A job runs on an empty database, and again."""
    assert timetable.run(job, anyway=True)
    assert timetable.run(job, anyway=True)
