"""The sweep: what is due goes, what is held stays, whoever must be warned is."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from snb.audit.actions import record, seal_months
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.people.models import User
from snb.privacy import queries
from snb.privacy.actions import _Holds, apply_retention, end_hold, place_hold
from snb.privacy.models import Erasure, RetentionHold, RetentionWarning
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("erasure_log")]
DAY = date(2026, 11, 22)


def days_ago(number: float) -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC) - timedelta(days=number)


def sweep(*, dry_run: bool = False, day: date = DAY) -> dict[str, tuple[int, int, int, int]]:
    return {
        s.label: (s.due, s.warned, s.held, s.deleted) for s in apply_retention(dry_run=dry_run, today=day)
    }


def sessions(*expired: float) -> list[Session]:
    return [
        Session.objects.create(session_key=f"key{n}", session_data="", expire_date=days_ago(age))
        for n, age in enumerate(expired)
    ]


def test_rows_past_their_time_go_and_the_others_stay():
    sessions(1, 5, -1)
    before = AuditEvent.objects.count()
    assert sweep() == {"sessions.Session": (2, 0, 0, 2)}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["key2"]
    event = AuditEvent.objects.first()
    assert (AuditEvent.objects.count() - before, event.event, event.data) == (
        1,
        Event.RETENTION_APPLIED,
        {"model": "sessions.session", "deleted": 2, "held": 0, "warned": 0},
    )
    assert sweep() == {}
    assert AuditEvent.objects.count() - before == 1


def test_the_day_of_expiry_is_not_past():
    sessions(0)
    assert sweep() == {}
    assert sweep(day=DAY + timedelta(days=1)) == {"sessions.Session": (1, 0, 0, 1)}


def test_a_dry_run_says_the_same_and_changes_nothing():
    sessions(1, 5, -1)
    before = AuditEvent.objects.count()
    assert sweep(dry_run=True) == {"sessions.Session": (2, 0, 0, 2)}
    assert (Session.objects.count(), AuditEvent.objects.count()) == (3, before)


def test_more_rows_than_a_batch():
    Session.objects.bulk_create(
        Session(session_key=f"k{n}", session_data="", expire_date=days_ago(2)) for n in range(1203)
    )
    assert sweep() == {"sessions.Session": (1203, 0, 0, 1203)}


def test_where_narrows_what_goes():
    from django_tasks_db.models import DBTaskResult

    def a_task(status):
        task = DBTaskResult.objects.create(
            status=status,
            args_kwargs={},
            task_path="x",
            backend_name="durable",
            run_after=timezone.now(),
            exception_class_path="",
            traceback="",
        )
        DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=days_ago(8))
        return task

    waiting, *_others = [a_task(status) for status in ("READY", "RUNNING", "SUCCESSFUL", "FAILED")]
    assert sweep() == {"django_tasks_database.DBTaskResult": (3, 0, 0, 3)}
    assert DBTaskResult.objects.get() == waiting


def test_a_held_row_stays_until_the_hold_ends():
    one, other = sessions(1, 5)
    hold = place_hold(one, by=None, reason="A complaint is open.")
    assert sweep() == {"sessions.Session": (2, 0, 1, 1)}
    assert Session.objects.get() == one
    end_hold(hold, by=None)
    assert sweep() == {"sessions.Session": (1, 0, 0, 1)}
    assert not Session.objects.filter(pk=other.pk).exists()


def test_a_row_whose_deletion_would_take_a_held_one_stays():
    person = make.UserFactory()
    place_hold(person.emailaddress_set.get(), by=None, reason="A court has asked.")
    holds = _Holds()
    assert holds.touch(person)
    assert not holds.touch(make.UserFactory())


def test_placing_and_ending_a_hold_are_recorded(cast):
    person = cast.resident
    hold = place_hold(
        person,
        by=cast.oversight,
        reason=" A complaint is open. ",
        until=timezone.localdate() + timedelta(days=9),
    )
    assert (hold.model, hold.object_id, hold.reason, hold.by) == (
        "people.user",
        str(person.pk),
        "A complaint is open.",
        cast.oversight.public_id,
    )
    again = place_hold(person, by=cast.chair, reason="Another.")
    assert (again.pk, again.reason, again.until) == (hold.pk, "Another.", None)
    end_hold(again, by=cast.chair)
    end_hold(again, by=cast.chair)
    assert not RetentionHold.objects.current().exists()
    assert list(
        AuditEvent.objects.filter(object_type="privacy.retentionhold").values_list("event", flat=True)
    ) == [
        Event.HOLD_ENDED,
        Event.HOLD_PLACED,
        Event.HOLD_PLACED,
    ]


@pytest.mark.parametrize(
    ("fields", "named"), [({"reason": " "}, "reason"), ({"reason": "x", "until": date(2020, 1, 1)}, "until")]
)
def test_a_hold_needs_a_reason_and_a_future(fields, named):
    with pytest.raises(ValidationError) as caught:
        place_hold(sessions(1)[0], by=None, **fields)
    assert list(caught.value.message_dict) == [named]


class Post:
    """Who was warned about what."""

    def __init__(self) -> None:
        self.sent: list[tuple[object, date]] = []

    def warn(self, obj, due_on: date) -> None:
        self.sent.append((obj.pk, due_on))


@pytest.fixture
def post(numbered_model) -> Post:
    made = Post()
    queries.register_keeper("privacy.Numbered", warn=made.warn)
    return made


def a_row(model, age: float):
    return model.objects.create(seen=days_ago(age))


def test_a_warning_comes_first_and_the_row_goes_so_long_after_it(numbered_model, post):
    row = a_row(numbered_model, 8)
    fresh = a_row(numbered_model, 6)
    assert sweep() == {"privacy.Numbered": (0, 1, 0, 0)}
    assert post.sent == [(row.pk, DAY + timedelta(days=3))]
    assert sweep() == {}
    assert sweep(day=DAY + timedelta(days=2))["privacy.Numbered"][3] == 0
    assert sweep(day=DAY + timedelta(days=3))["privacy.Numbered"] == (1, 0, 0, 1)
    assert list(numbered_model.objects.all()) == [fresh]
    assert [pk for pk, _ in post.sent] == [row.pk, fresh.pk]


def test_a_row_long_overdue_is_still_warned_first(numbered_model, post):
    a_row(numbered_model, 400)
    assert sweep() == {"privacy.Numbered": (0, 1, 0, 0)}
    assert sweep(day=DAY + timedelta(days=3)) == {"privacy.Numbered": (1, 0, 0, 1)}
    assert not RetentionWarning.objects.exists()


def test_a_row_used_again_after_its_warning_stays_and_is_warned_anew(numbered_model, post):
    row = a_row(numbered_model, 9)
    sweep()
    numbered_model.objects.update(seen=days_ago(-1))
    assert sweep(day=DAY + timedelta(days=3)) == {}
    assert not RetentionWarning.objects.exists()
    assert sweep(day=DAY + timedelta(days=20)) == {"privacy.Numbered": (0, 1, 0, 0)}
    assert [pk for pk, _ in post.sent] == [row.pk, row.pk]


def test_nothing_goes_where_nobody_is_registered_to_warn(numbered_model):
    a_row(numbered_model, 400)
    (swept,) = apply_retention(dry_run=False, today=DAY)
    assert (swept.label, swept.deleted) == ("privacy.Numbered", 0)
    assert swept.kept == ["Nobody is registered to warn (register_keeper), so nothing goes."]
    assert numbered_model.objects.count() == 1


def test_a_room_deletes_in_its_own_way(numbered_model, post):
    gone = []

    def delete(obj):
        gone.append(obj.pk)
        obj.delete()

    queries.register_keeper("privacy.Numbered", warn=post.warn, delete=delete)
    row = a_row(numbered_model, 400)
    pk = row.pk
    sweep()
    sweep(day=DAY + timedelta(days=3))
    assert gone == [pk]


def test_a_row_that_others_need_is_listed_and_stays(nothing_open):
    """A protected row must not stop the sweep of its neighbours."""
    from snb.boards.models import Board
    from snb.places.models import Borough
    from snb.privacy import actions
    from snb.privacy.enums import Privacy

    make.make_board()
    lonely = Borough.objects.create(code="E09000099", name="Lonely", slug="lonely")
    swept = queries.Swept("places.Borough")
    assert actions._delete_plainly(Borough.objects.order_by("pk"), swept) == 1
    assert not Borough.objects.filter(pk=lonely.pk).exists()
    assert swept.kept == ["places.Borough E09000007 is needed by boards.Board."]
    assert Board.objects.count() == 1
    assert isinstance(queries.retention_of(Borough), Privacy)


def test_old_months_of_the_audit_record_go_with_the_sweep():
    with mock.patch("django.utils.timezone.now", return_value=datetime(2015, 3, 1, tzinfo=UTC)):
        old = record(Event.PAGE_PUBLISHED, None, by=None)
    seal_months()
    assert sweep(dry_run=True) == {"audit.AuditEvent": (1, 0, 0, 1)}
    assert sweep() == {"audit.AuditEvent": (1, 0, 0, 1)}
    assert not AuditEvent.objects.filter(pk=old.pk).exists()


@pytest.mark.postgres
@pytest.mark.postgres  # SQLite has no roles
def test_without_the_right_to_delete_events_the_sweep_says_who_must():
    with mock.patch("django.utils.timezone.now", return_value=datetime(2015, 3, 1, tzinfo=UTC)):
        record(Event.PAGE_PUBLISHED, None, by=None)
    seal_months()
    with connection.cursor() as cursor:
        role = connection.ops.quote_name(f"app_of_{connection.settings_dict['NAME']}")
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditevent FROM {role}")
        cursor.execute(f"SET ROLE {role}")
    try:
        (swept,) = apply_retention(dry_run=False, today=DAY)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert (swept.due, swept.deleted, len(swept.kept)) == (1, 0, 1)
    call_command("audit_drop")
    assert apply_retention(dry_run=False, today=DAY) == []


def test_the_command_lists_and_then_does(capsys, numbered_model):
    sessions(1000, 1001)
    place_hold(Session.objects.first(), by=None, reason="x")
    a_row(numbered_model, 4000)
    call_command("apply_retention", "--dry-run")
    assert "sessions.Session: 1 would go, 1 held" in capsys.readouterr().out
    assert Session.objects.count() == 2
    call_command("apply_retention")
    out = capsys.readouterr().out
    assert "sessions.Session: 1 deleted, 1 held" in out
    assert "  kept: Nobody is registered to warn" in out
    numbered_model.objects.all().delete()
    RetentionHold.objects.all().delete()
    Session.objects.all().delete()
    call_command("apply_retention")
    assert capsys.readouterr().out == "Nothing is past its time.\n"


def test_every_rule_with_a_sweep_can_run():
    for model in queries.swept_models():
        assert queries.older_than(model, DAY).count() >= 0
    assert {Session, Erasure, RetentionHold} <= set(queries.swept_models())
    assert User.objects.count() == 0
