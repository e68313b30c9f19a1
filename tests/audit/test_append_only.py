"""The database itself refuses to change or lose an event."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from django.core import checks
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from snb.audit.actions import drop_month, move_epoch, record, seal_months
from snb.audit.enums import Event
from snb.audit.models import AuditEvent, AuditSeal, Epoch

pytestmark = pytest.mark.django_db


def an_event(*moment: int, **data) -> AuditEvent:
    with mock.patch(
        "django.utils.timezone.now", return_value=datetime(*(moment or (2015, 3, 1)), tzinfo=UTC)
    ):
        return record(Event.PAGE_PUBLISHED, None, by=None, **data)


def refused(call) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        call()
    return str(caught.value)


def sql(statement: str, *params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_an_event_is_never_changed():
    event = an_event(n=1)
    assert "never changed" in refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(event="x"))
    event.data = {}
    assert "never changed" in refused(event.save)
    assert AuditEvent.objects.get().data == {"n": 1}


def test_an_event_is_not_deleted_before_its_month_is_sealed_and_after_only_while_dropping():
    event = an_event()
    assert "whole sealed months" in refused(event.delete)
    assert "whole sealed months" in refused(lambda: AuditEvent.objects.all().delete())
    seal_months()
    assert "whole sealed months" in refused(lambda: AuditEvent.objects.filter(pk=event.pk).delete())
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_dropping_one_month_opens_no_other():
    old, young = an_event(2015, 3, 1), an_event(2015, 4, 1)
    seal_months()

    def delete_the_neighbour():
        AuditSeal.objects.filter(month="2015-03").update(dropping=True)
        AuditEvent.objects.filter(pk=old.pk).delete()
        AuditEvent.objects.filter(pk=young.pk).delete()

    assert "whole sealed months" in refused(delete_the_neighbour)
    assert AuditEvent.objects.filter(pk__in=[old.pk, young.pk]).count() == 2


def test_no_event_is_added_to_a_sealed_month():
    an_event()
    seal_months()
    assert "sealed month" in refused(lambda: an_event(2015, 3, 31, 23, 59))


def test_a_seal_is_never_changed_or_deleted():
    an_event()
    seal_months()
    first = AuditSeal.objects.filter(month="2015-03")
    for change in ({"events": 7}, {"sha256": "0" * 64}, {"sealed_at": timezone.now()}, {"month": "2014-01"}):
        assert "never changed" in refused(lambda change=change: first.update(**change))
    assert "never deleted" in refused(lambda: AuditSeal.objects.all().delete())
    drop_month("2015-03")
    assert "never changed" in refused(lambda: first.update(dropping=True))


def test_a_seal_is_not_born_dropped():
    for fields in ({"dropping": True}, {"dropped_at": timezone.now()}):
        assert "sealed once" in refused(
            lambda fields=fields: AuditSeal.objects.create(
                month="2014-01", events=0, sha256="", sealed_at=timezone.now(), **fields
            )
        )


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.postgres  # SQLite has no TRUNCATE
def test_truncate_is_refused(table):
    an_event()
    assert "deleted" in refused(lambda: sql(f"TRUNCATE {table} CASCADE"))


@pytest.mark.sqlite  # only SQLite has INSERT OR REPLACE
def test_insert_or_replace_is_refused():
    event = an_event()
    assert "in place of another" in refused(
        lambda: sql(
            "INSERT OR REPLACE INTO audit_auditevent"
            " SELECT id, at, 'other', actor, board, object_type, object_id, data FROM audit_auditevent"
        )
    )
    assert AuditEvent.objects.get(pk=event.pk).event == Event.PAGE_PUBLISHED
    seal_months()
    assert "sealed once" in refused(
        lambda: sql("INSERT OR REPLACE INTO audit_auditseal SELECT * FROM audit_auditseal LIMIT 1")
    )


def test_the_check_finds_a_lost_trigger():
    assert not [message for message in checks.run_checks(databases=["default"]) if message.id == "audit.E001"]
    on = " ON audit_auditevent" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER auditevent_kept{on}")
    found = [message for message in checks.run_checks(databases=["default"]) if message.id == "audit.E001"]
    assert [message.msg for message in found] == [
        "The audit record of database 'default' is not append-only: auditevent_kept missing."
    ]


def test_the_record_has_no_foreign_keys():
    for model in (AuditEvent, AuditSeal, Epoch):
        assert not [field.name for field in model._meta.get_fields() if field.is_relation]


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record(Event.PAGE_PUBLISHED, None, by=None)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_leaves_with_its_transaction():
    @transaction.atomic
    def fail_half_way():
        record(Event.PAGE_PUBLISHED, None, by=None, public=True)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert (AuditEvent.objects.count(), Epoch.objects.count()) == (0, 0)


def test_move_epoch_needs_no_row_first():
    move_epoch("E09000007", "")
    move_epoch("E09000007")
    assert dict(Epoch.objects.values_list("board", "number")) == {"E09000007": 2, "": 1}
