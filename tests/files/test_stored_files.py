"""Keeping, publishing, deleting and sweeping files."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent, Epoch
from snb.files import actions, permissions
from snb.files.calculations import MEGABYTE
from snb.files.enums import DOCUMENTS, RASTERS, TRANSITIONS, Kind, State
from snb.files.errors import FileRefused
from snb.files.models import FOLDER, StoredFile, private_store
from tests import factories as make
from tests.files import samples


def keep(panel, data=None, *, by=None, name="Jane Example's garden.jpg", **options) -> StoredFile:
    """A file kept for the panel."""
    options = {"kinds": RASTERS | DOCUMENTS, "board": "E09000007", **options}
    return actions.store_file(samples.file(data or samples.photo(), name), owner=panel, by=by, **options)


def events(stored) -> list[str]:
    """What the audit record says of a file, oldest first."""
    return list(
        AuditEvent.objects.filter(object_type="files.storedfile", object_id=str(stored.pk))
        .order_by("id")
        .values_list("event", flat=True)
    )


def epoch() -> int:
    """Camden's epoch."""
    row = Epoch.objects.filter(board="E09000007").first()
    return row.number if row else 0


def test_store_file_keeps_a_picture_privately_without_what_the_camera_wrote(panel, cast):
    before = epoch()
    stored = keep(panel, samples.photo("JPEG", orientation=6), by=cast.panel_chair, public_name="Pond Square")
    data = stored.file.read()
    assert samples.SECRET not in data
    assert (stored.kind, stored.state, stored.width, stored.height) == (Kind.JPEG, State.PRIVATE, 48, 64)
    assert (stored.sha256, stored.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (stored.public_name, stored.name) == ("Pond_Square.jpg", "Jane Example's garden.jpg")
    assert stored.uploaded_by == cast.panel_chair.public_id
    assert list(StoredFile.objects.of(panel)) == [stored]
    assert events(stored) == [Event.FILE_STORED]
    assert epoch() == before


def test_the_store_says_nothing_about_a_file(panel, private_root):
    stored = keep(panel)
    assert "Jane" not in stored.file.name
    assert "." not in stored.file.name
    assert len(stored.file.name.rpartition("/")[2]) == 40
    assert os.stat(private_root / stored.file.name).st_mode & 0o077 == 0
    assert keep(panel).file.name != stored.file.name


def test_a_private_file_has_no_address_of_its_own(panel):
    with pytest.raises(ValueError, match="no address of its own"):
        keep(panel).file.url  # noqa: B018


def test_a_document_is_kept_byte_for_byte(panel):
    assert keep(panel, samples.PDF, name="a.pdf").file.read() == samples.PDF


def test_nobody_named_means_no_original_name_either(panel):
    stored = keep(panel, name="Jane Example.jpg", by=None)
    assert (stored.name, stored.uploaded_by) == ("", None)


@pytest.mark.parametrize("name", ["..\\..\\C:\\fake\\path.jpg", "../../etc/path.jpg", "\x00path.jpg"])
def test_an_original_name_is_never_a_path(panel, cast, name):
    assert keep(panel, name=name, by=cast.chair).name == "path.jpg"


def test_a_refused_file_leaves_nothing(panel, private_root):
    with pytest.raises(FileRefused):
        keep(panel, samples.picture() + bytes(13 * MEGABYTE))
    assert StoredFile.objects.count() == 0
    assert not private_root.exists()


def test_only_registered_models_own_files(panel, cast):
    with pytest.raises(LookupError):
        actions.store_file(samples.file(samples.PDF), owner=cast.chair, kinds=DOCUMENTS, by=None, board="")


def test_publish_and_unpublish_move_the_epoch_and_are_recorded(panel, cast):
    stored, before = keep(panel), epoch()
    stored = actions.publish_file(stored, by=cast.chair)
    assert (stored.state, epoch()) == (State.PUBLISHED, before + 1)
    stored = actions.unpublish_file(stored, by=cast.chair)
    assert (stored.state, epoch()) == (State.PRIVATE, before + 2)
    assert events(stored) == [Event.FILE_STORED, Event.FILE_PUBLISHED, Event.FILE_UNPUBLISHED]


def test_publishing_twice_changes_nothing(panel, cast):
    stored = actions.publish_file(keep(panel), by=cast.chair)
    before = epoch()
    assert actions.publish_file(stored, by=cast.chair).state == State.PUBLISHED
    assert (events(stored), epoch()) == ([Event.FILE_STORED, Event.FILE_PUBLISHED], before)


def test_every_state_leads_somewhere():
    assert set(TRANSITIONS) == set(State)


def test_delete_file_removes_row_and_bytes(panel, cast, django_capture_on_commit_callbacks):
    stored = keep(panel)
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_file(stored, by=cast.chair)
    assert StoredFile.objects.count() == 0
    assert not private_store().exists(stored.file.name)
    assert events(stored) == [Event.FILE_STORED, Event.FILE_DELETED]


def test_a_deletion_that_is_rolled_back_keeps_the_bytes(panel, cast, django_capture_on_commit_callbacks):
    stored = keep(panel)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        actions.delete_file(stored, by=cast.chair)
        transaction.set_rollback(True)
    assert StoredFile.objects.get().file.read()


def test_a_file_deleted_by_somebody_else_is_a_kind_sentence(panel, cast):
    stored = keep(panel)
    actions.delete_file(stored, by=cast.chair)
    with pytest.raises(ValidationError, match="Somebody else has just deleted this file"):
        actions.publish_file(stored, by=cast.chair)


def test_two_rows_never_share_bytes(panel):
    stored, other = keep(panel), keep(panel)
    other.file.name = stored.file.name
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def age(name, private_root, days=2):
    """Make bytes look older."""
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(private_root / name, (then, then))


def test_the_sweep_removes_old_bytes_without_a_row_and_nothing_else(panel, private_root):
    kept = keep(panel)
    old = private_store().save(f"{FOLDER}ab/{'0' * 40}", ContentFile(b"left by a crash"))
    fresh = private_store().save(f"{FOLDER}ab/{'1' * 40}", ContentFile(b"being uploaded"))
    wagtails = private_store().save("originals/picture.jpg", ContentFile(b"an original"))
    for name in (kept.file.name, old, wagtails):
        age(name, private_root)
    assert actions.sweep_files() == actions.Swept(bytes_without_a_row=1)
    assert [private_store().exists(name) for name in (kept.file.name, old, fresh, wagtails)] == [
        True,
        False,
        True,
        True,
    ]
    assert actions.sweep_files() == actions.Swept()


def test_the_sweep_of_an_empty_store_finds_nothing(db):
    assert actions.sweep_files() == actions.Swept()


def test_the_sweep_removes_files_whose_owner_is_gone(
    panel, kilburn_brent, django_capture_on_commit_callbacks
):
    gone = make.make_panel(kilburn_brent)
    kept, orphan = keep(panel), keep(gone, board="E09000005")
    gone.delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep_files() == actions.Swept()
        StoredFile.objects.update(created=timezone.now() - timedelta(days=2))
        assert actions.sweep_files() == actions.Swept(files_without_an_owner=1)
    assert list(StoredFile.objects.all()) == [kept]
    assert not private_store().exists(orphan.file.name)


def test_the_sweep_leaves_files_of_a_model_nobody_registered(panel, monkeypatch):
    keep(panel)
    StoredFile.objects.update(created=timezone.now() - timedelta(days=2))
    monkeypatch.setattr(permissions, "_owners", {})
    panel.delete()
    assert actions.sweep_files() == actions.Swept()
    assert StoredFile.objects.count() == 1
