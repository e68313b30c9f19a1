"""Files of any room, private until their owner is published."""

from __future__ import annotations

import secrets
import uuid

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.urls import reverse

from snb.files.enums import Kind, State
from snb.privacy.enums import Privacy

FOLDER = "stored/"
"""Where stored files lie inside the private store; Wagtail's originals lie beside it, and the sweep leaves
those alone.
"""


def private_store() -> Storage:
    """The store outside everything a web server serves by itself."""
    return storages["private"]


def random_name(_instance: models.Model | None = None, _filename: str = "") -> str:
    """A name that says nothing about the file and cannot be guessed: 160 random bits, no extension."""
    return f"{FOLDER}{secrets.token_hex(1)}/{secrets.token_hex(20)}"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Filters on stored files."""

    def for_board(self, board: str) -> StoredFileQuerySet:
        """Files of one board; `board` is a GSS code, or "" for the London-wide site."""
        return self.filter(board=board)

    def of(self, owner: models.Model) -> StoredFileQuerySet:
        """Files of one record."""
        return self.filter(owner_type=owner._meta.label_lower, owner_id=str(owner.pk))


class StoredFile(models.Model):
    """A file of a record of some room. Private until published in its owner's transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.CharField(
        max_length=9, blank=True, db_index=True, help_text="GSS code of the borough; empty for London-wide."
    )
    owner_type = models.CharField(max_length=80)
    owner_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PRIVATE)
    file = models.FileField(storage=private_store, upload_to=random_name, max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes, as kept.")
    width = models.PositiveIntegerField(default=0, help_text="Pixels; 0 for a document.")
    height = models.PositiveIntegerField(default=0, help_text="Pixels; 0 for a document.")
    public_name = models.CharField(
        max_length=120, help_text="The name in the address and the download, chosen by the room."
    )
    name = models.CharField(
        max_length=255, blank=True, help_text="The name it had on somebody's machine; never shown in public."
    )
    uploaded_by = models.UUIDField(null=True, blank=True, help_text="Public id of the person.")
    created = models.DateTimeField(auto_now_add=True)

    objects = StoredFileQuerySet.as_manager()

    privacy = Privacy(
        public="public_name",
        board="id board owner_type owner_id kind state file sha256 size width height created",
        personal="name uploaded_by",
        keep="As long as the record it belongs to.",
    )

    class Meta:
        ordering = ["created", "id"]
        indexes = [models.Index(fields=["owner_type", "owner_id"])]
        constraints = [
            models.UniqueConstraint(fields=["file"], name="%(app_label)s_%(class)s_own_bytes"),
            models.CheckConstraint(
                condition=~models.Q(public_name=""), name="%(app_label)s_%(class)s_has_a_public_name"
            ),
        ]

    def __str__(self) -> str:
        return self.public_name

    def get_absolute_url(self) -> str:
        """Its address on its board's site."""
        return reverse("stored_file", args=[self.pk, self.public_name])
