"""What Wagtail says by signal, whichever door was used: form, bulk action, workflow, ancestor or clock. Each publication and each
file becomes an audit event, and a file that is only laid aside is cleaned too. And what its search index keeps of words that went."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, UploadedFile
from wagtail.signals import page_published, page_unpublished

from cms.models import PortalDocument, PortalImage
from cms.models.files import CleanPicture
from cms.queries import board_code
from snb.audit.actions import Actor, record
from snb.audit.enums import Event
from snb.files.calculations import check_upload
from snb.files.enums import DOCUMENTS

File = PortalImage | PortalDocument
FILE_EVENTS: dict[type[File], tuple[Event, Event, Event]] = {
    PortalImage: (Event.PICTURE_ADDED, Event.PICTURE_CHANGED, Event.PICTURE_DELETED),
    PortalDocument: (Event.DOCUMENT_ADDED, Event.DOCUMENT_CHANGED, Event.DOCUMENT_DELETED),
}
"""Which event says that a file of this kind came, was changed, or went."""


def acting_editor() -> Actor | None:
    """Whoever is at work in the Wagtail admin, which keeps them for its own log; None for the timetable and commands."""
    return get_active_log_context().user


def forget_words_searched_for() -> None:
    """Let the search index of SQLite drop words that no page says any more; it keeps them beside a mark that they went.

    PostgreSQL's index is a column, and has only what the page says.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO wagtailsearch_indexentry_fts(wagtailsearch_indexentry_fts) VALUES ('optimize')"
            )


def record_publication(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Which revision went out. Wagtail also says *published* of a page that waits for its hour: that is no publication."""
    if instance.live:
        _record(Event.PAGE_PUBLISHED, instance, revision=instance.live_revision_id)


def record_withdrawal(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A page went off the site: by itself, with the page above it, at its hour, or because it is about to be deleted."""
    _record(Event.PAGE_UNPUBLISHED, instance)


def record_saved_file(
    sender: Any, instance: File, created: bool, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    """A picture or document came or was changed. What Wagtail notes on one by itself, such as its size, is no change."""
    if raw or update_fields is not None:
        return
    added, changed, _deleted = FILE_EVENTS[sender]
    _record(added if created else changed, instance, public=not created)


def record_deleted_file(sender: Any, instance: File, **kwargs: Any) -> None:
    """A picture or document went, by itself or with everything selected."""
    _record(FILE_EVENTS[sender][2], instance, public=True)


def clean_upload(sender: Any, instance: UploadedFile, **kwargs: Any) -> None:
    """Clean a file that Wagtail lays aside because its title is not good yet, before a byte of it is stored.

    Wagtail later moves it from there into a picture or document past the `save()` of either, so this is where it is looked at. Its
    name is made up: people name files after people.

    Raises:
        FileRefused: neither a picture nor a document that we take; a ValidationError.
    """
    file = instance.file
    if not file or file._committed:
        return
    kind = instance.for_content_type and instance.for_content_type.model_class()
    if kind is PortalImage:
        instance.file = CleanPicture.of(file.file)
    else:
        file.name = f"document.{check_upload(file.file, kinds=DOCUMENTS).kind.value}"


def _record(event: Event, obj: Page | File, *, public: bool = False, **data: int | None) -> None:
    """Write the event. The fence and the timetable have opened a transaction around both; elsewhere this is one by itself.

    Args:
        public: whether this moves the board's epoch; that of pages is moved by `portal.epochs`.
    """
    place = obj if isinstance(obj, Page) else obj.collection
    with transaction.atomic():
        record(event, obj, by=acting_editor(), board=board_code(place), public=public, **data)


def listen() -> None:
    """Connect; called once, when the apps are ready."""
    page_published.connect(record_publication, dispatch_uid="cms.record_publication")
    page_unpublished.connect(record_withdrawal, dispatch_uid="cms.record_withdrawal")
    pre_save.connect(clean_upload, sender=UploadedFile, dispatch_uid="cms.clean_upload")
    for model in FILE_EVENTS:
        post_save.connect(record_saved_file, sender=model, dispatch_uid=f"cms.saved.{model.__name__}")
        post_delete.connect(record_deleted_file, sender=model, dispatch_uid=f"cms.deleted.{model.__name__}")
