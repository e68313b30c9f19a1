"""Sealing months, finding what was meddled with, dropping what is old."""

import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from itertools import pairwise
from types import SimpleNamespace
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from snb.audit.actions import drop_month, drop_old_months, record, seal_months
from snb.audit.calculations import month_after, months_between, seal, years_before
from snb.audit.enums import Event
from snb.audit.errors import MonthNotDroppable
from snb.audit.models import AuditEvent, AuditSeal
from snb.audit.queries import verify_seals


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)


def an_event(*moment: int, **data) -> AuditEvent:
    with mock.patch("django.utils.timezone.now", return_value=at(*moment)):
        return record(Event.PAGE_PUBLISHED, None, by=None, **data)


@pytest.fixture
def three_months(db):
    """Events in January and March 2015, none in February."""
    return [an_event(2015, 1, 1), an_event(2015, 1, 31, 23, 59, 59, 999999, n=1), an_event(2015, 3, 5)]


@pytest.fixture
def unguarded(db):
    """The triggers lifted, as somebody with the database owner's password could."""
    with connection.cursor() as cursor:
        import_module("snb.audit.migrations.0002_append_only").remove(
            None, SimpleNamespace(connection=connection, execute=lambda sql, params=None: cursor.execute(sql))
        )


def test_every_finished_month_is_sealed_once(three_months):
    sealed = seal_months(now=at(2015, 4, 2))
    assert [(kept.month, kept.events) for kept in sealed] == [("2015-01", 2), ("2015-02", 0), ("2015-03", 1)]
    assert seal_months(now=at(2015, 4, 30)) == []
    assert verify_seals() == []
    events = AuditEvent.objects.filter(event=Event.MONTH_SEALED).order_by("id")
    assert [event.object_id for event in events] == ["2015-01", "2015-02", "2015-03"]
    assert [event.data["sha256"] for event in events] == [kept.sha256 for kept in sealed]


def test_a_month_is_sealed_a_day_after_its_end(three_months):
    assert [kept.month for kept in seal_months(now=at(2015, 3, 1, 23, 59))] == ["2015-01"]
    assert [kept.month for kept in seal_months(now=at(2015, 3, 2, 0, 1))] == ["2015-02"]


def test_nothing_to_seal(db):
    assert seal_months() == []
    record(Event.PAGE_PUBLISHED, None, by=None)
    assert seal_months() == []
    assert verify_seals() == []


def problems() -> list[tuple[str, str]]:
    return [(problem.month, problem.what.split(",")[0]) for problem in verify_seals()]


def test_a_changed_event_is_found(three_months, unguarded):
    seal_months(now=at(2015, 4, 2))
    AuditEvent.objects.filter(pk=three_months[0].pk).update(object_id="other")
    assert problems() == [("2015-01", "The events")]


def test_a_lost_and_an_added_event_are_found(three_months, unguarded):
    seal_months(now=at(2015, 4, 2))
    three_months[2].delete()
    an_event(2015, 2, 3)
    assert [problem.what for problem in verify_seals()] == [
        "Sealed with 0 events; now there are 1.",
        "Sealed with 1 events; now there are 0.",
    ]


def test_a_rewritten_month_is_found_by_the_next_seal(three_months, unguarded):
    seal_months(now=at(2015, 4, 2))
    AuditEvent.objects.filter(pk=three_months[0].pk).update(object_id="other")
    from snb.audit.queries import canonical_rows

    AuditSeal.objects.filter(month="2015-01").update(sha256=seal("2015-01", "", canonical_rows("2015-01"))[1])
    assert problems() == [("2015-02", "The events")]


def test_a_missing_seal_and_earlier_events_are_found(three_months, unguarded):
    seal_months(now=at(2015, 4, 2))
    AuditSeal.objects.filter(month="2015-02").delete()
    an_event(2014, 12, 1)
    assert [month for month, _ in problems()] == ["2015-02", "2015-03", "2014-12"]


def test_dropping_a_month_keeps_its_seal(three_months):
    seal_months(now=at(2015, 4, 2))
    kept = drop_month("2015-01", now=at(2021, 2, 1))
    assert (kept.dropping, kept.dropped_at is not None, kept.events) == (False, True, 2)
    assert not AuditEvent.objects.of_month("2015-01").exists()
    assert AuditEvent.objects.of_month("2015-03").count() == 1
    assert verify_seals() == []
    event = AuditEvent.objects.get(event=Event.MONTH_DROPPED)
    assert (event.object_id, event.data) == ("2015-01", {"events": 2, "sha256": kept.sha256})


@pytest.mark.parametrize(
    ("month", "now", "why"),
    [
        ("2014-12", at(2026, 1, 1), "not sealed"),
        ("2015-01", at(2021, 1, 31), "kept for 6 years"),
        ("2015-04", at(2026, 1, 1), "not sealed"),
    ],
)
def test_a_month_that_may_not_go_stays(three_months, month, now, why):
    seal_months(now=at(2015, 4, 2))
    with pytest.raises(MonthNotDroppable, match=why):
        drop_month(month, now=now)
    assert AuditEvent.objects.filter(pk__in=[event.pk for event in three_months]).count() == 3


def test_a_month_is_dropped_once(three_months):
    seal_months(now=at(2015, 4, 2))
    drop_month("2015-01")
    with pytest.raises(MonthNotDroppable, match="was dropped on"):
        drop_month("2015-01")


def test_a_month_that_does_not_fit_its_seal_is_not_dropped(three_months, unguarded):
    seal_months(now=at(2015, 4, 2))
    AuditEvent.objects.filter(pk=three_months[0].pk).update(object_id="other")
    with pytest.raises(MonthNotDroppable, match="find out why"):
        drop_month("2015-01")


def test_drop_old_months_takes_the_due_ones_only(three_months):
    seal_months(now=at(2015, 4, 2))
    assert [kept.month for kept in drop_old_months(now=at(2021, 3, 31))] == ["2015-01", "2015-02"]
    assert verify_seals() == []


def test_audit_verify_prints_the_newest_seal_and_fails_on_a_problem(three_months, unguarded, capsys):
    call_command("audit_verify")
    assert "No month is sealed yet." in capsys.readouterr().out
    newest = seal_months(now=at(2015, 4, 2))[-1]
    call_command("audit_verify")
    assert f"Newest seal: 2015-03 1 events {newest.sha256}" in capsys.readouterr().out
    AuditEvent.objects.filter(pk=three_months[0].pk).update(object_id="other")
    with pytest.raises(CommandError, match="1 problems"):
        call_command("audit_verify")


@pytest.mark.postgres
@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
def test_sealing_waits_for_an_event_that_is_not_committed_yet():
    written = threading.Event()

    def write_late():
        try:
            with transaction.atomic():
                AuditEvent.objects.bulk_create([AuditEvent(event=Event.PAGE_PUBLISHED)])
                with connection.cursor() as cursor:  # a second one, late in a month long gone
                    cursor.execute(
                        "INSERT INTO audit_auditevent (at, event, board, object_type, object_id, data)"
                        " VALUES ('2015-01-31 23:59Z', 'late', '', '', '', '{}')"
                    )
                written.set()
                time.sleep(0.5)
        finally:
            connection.close()

    with transaction.atomic():
        an_event(2015, 1, 1)
    thread = threading.Thread(target=write_late)
    thread.start()
    assert written.wait(10)
    sealed = seal_months(now=at(2015, 2, 2))
    thread.join()
    assert [(kept.month, kept.events) for kept in sealed] == [("2015-01", 2)]
    assert verify_seals() == []


months = st.builds(
    lambda year, number: f"{year:04d}-{number:02d}", st.integers(1990, 2090), st.integers(1, 12)
)


@pytest.mark.pure
@given(months, months)
def test_months_between_are_in_order_and_without_gaps(first, last):
    listed = list(months_between(first, last))
    assert listed == sorted(set(listed))
    assert bool(listed) == (first <= last)
    assert all(month_after(left) == right for left, right in pairwise(listed))


@pytest.mark.pure
def test_years_before_keeps_the_month():
    assert years_before("2026-11", 6) == "2020-11"


@pytest.mark.pure
@given(st.lists(st.binary(min_size=1), max_size=5), st.lists(st.binary(min_size=1), max_size=5))
def test_a_seal_tells_two_records_apart(one, other):
    one, other = [[row.hex().encode() + b"\n" for row in rows] for rows in (one, other)]
    assert (seal("2026-01", "", one) == seal("2026-01", "", other)) == (one == other)
    assert seal("2026-01", "", one) != seal("2026-01", "0" * 64, one)
    assert seal("2026-01", "", one) != seal("2026-02", "", one)
