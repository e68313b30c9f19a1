"""Erasures outlast a restored backup."""

import stat
import uuid

import pytest
from django.db import transaction

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.people.models import User
from snb.privacy import queries
from snb.privacy.actions import reapply_erasures, record_erasure, write_erasure_log
from snb.privacy.models import Erasure
from tests import factories as make
from tests.privacy.conftest import KEY_2


@pytest.fixture
def own_keeper():
    """A place for this test's own way of deleting people."""
    kept = queries.KEEPERS.pop("people.user", None)
    yield
    queries.KEEPERS.pop("people.user", None)
    if kept:
        queries.KEEPERS["people.user"] = kept


def erase(person, capture) -> None:
    with capture(execute=True), transaction.atomic():
        record_erasure(person)
        person.delete()


def test_what_an_older_backup_brings_back_goes_again(
    db, erasure_log, django_capture_on_commit_callbacks, own_keeper
):
    person, other = make.UserFactory(), make.UserFactory()
    public_id = person.public_id
    erase(person, django_capture_on_commit_callbacks)
    Erasure.objects.all().delete()  # the older backup knows nothing of it,
    make.UserFactory(public_id=public_id)  # and brings the person back
    assert reapply_erasures() == {"people.user": 1}
    assert list(User.objects.all()) == [other]
    event = AuditEvent.objects.first()
    assert (event.event, event.data) == (Event.ERASURES_REAPPLIED, {"counts": ["people.user:1"]})
    assert reapply_erasures() == {}


def test_a_new_person_with_an_old_number_is_not_erased(
    db, erasure_log, django_capture_on_commit_callbacks, own_keeper
):
    person = make.UserFactory()
    number = person.pk
    erase(person, django_capture_on_commit_callbacks)
    newcomer = make.UserFactory(pk=number)
    assert reapply_erasures() == {}
    assert User.objects.get() == newcomer


def test_the_room_deletes_in_its_own_way(db, erasure_log, django_capture_on_commit_callbacks, own_keeper):
    person = make.UserFactory()
    public_id = person.public_id
    erase(person, django_capture_on_commit_callbacks)
    back, gone = make.UserFactory(public_id=public_id), []

    def delete(obj):
        gone.append(obj)
        obj.delete()

    queries.register_keeper("people.User", delete=delete)
    assert reapply_erasures() == {"people.user": 1}
    assert gone[0].public_id == back.public_id


def test_the_log_holds_a_hash_that_leads_to_nobody_and_only_its_owner_reads_it(
    db, erasure_log, django_capture_on_commit_callbacks
):
    person = make.UserFactory()
    erase(person, django_capture_on_commit_callbacks)
    text = erasure_log.read_text()
    assert str(person.public_id) not in text
    assert person.email not in text
    assert text.startswith("people.user t1:")
    assert stat.S_IMODE(erasure_log.stat().st_mode) == 0o600


def test_a_log_that_missed_a_line_is_mended_and_never_doubled(db, erasure_log):
    person = make.UserFactory()
    with transaction.atomic():
        record_erasure(person)
        record_erasure(person)
    assert (write_erasure_log(), write_erasure_log()) == (1, 0)
    assert len(erasure_log.read_text().splitlines()) == 1
    erasure_log.write_text("half a li")
    assert write_erasure_log() == 1


def test_an_erasure_holds_across_a_rotation(
    db, erasure_log, django_capture_on_commit_callbacks, settings, own_keeper
):
    person = make.UserFactory()
    public_id = person.public_id
    erase(person, django_capture_on_commit_callbacks)
    settings.ENCRYPTION_KEYS = {"k2": KEY_2, **settings.ENCRYPTION_KEYS}
    make.UserFactory(public_id=public_id)
    assert reapply_erasures() == {"people.user": 1}


@pytest.mark.django_db(transaction=True)
def test_an_erasure_belongs_inside_a_transaction(erasure_log):
    person = User(email="a@example.org", public_id=uuid.uuid4())
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record_erasure(person)


def test_a_row_without_a_uuid_cannot_be_erased_for_good(camden, erasure_log):
    with pytest.raises(TypeError, match="needs a UUID"):
        record_erasure(camden)
