"""Pictures and documents: private by themselves, public only where a live page of the same board uses them."""

from __future__ import annotations

import posixpath
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, WagtailImageField, get_upload_to
from wagtail.models import CollectionMember
from wagtail.search import index

from snb.files.calculations import check_upload, reencode
from snb.files.enums import DOCUMENTS
from snb.privacy.enums import Privacy

RENDITIONS_URL = "/media/renditions/"


def private_store() -> Storage:
    """Where originals and documents lie; nothing in it has an address of its own."""
    return storages["private"]


def document_path(instance: PortalDocument, filename: str) -> str:
    """A random name; only the ending says what it is."""
    return f"documents/{uuid4().hex}{posixpath.splitext(filename)[1].lower()[:10]}"


class CleanPicture(ContentFile):
    """A picture made anew from its pixels."""

    @classmethod
    def of(cls, file: IO[bytes]) -> CleanPicture:
        """Keep the pixels only: camera data, place and hidden payloads do not survive.

        Raises:
            FileRefused: not a JPEG, PNG or WebP, damaged, or too large; a ValidationError.
        """
        picture = reencode(file)
        return cls(picture.data, name=f"picture.{picture.kind.value}")


class PortalImage(AbstractImage):
    """A picture, made again from its pixels whatever way it came in."""

    file = WagtailImageField(
        verbose_name=_("file"),
        upload_to=get_upload_to,
        storage=private_store,
        width_field="width",
        height_field="height",
    )
    description = models.CharField(
        _("text alternative"),
        blank=True,
        max_length=255,
        default="",
        help_text=_(
            "What the picture shows, for people who cannot see it. Pages may say it in their own words."
        ),
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "collection",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("title", boost=10),
        index.AutocompleteField("title"),
        index.FilterField("title"),
        index.FilterField("created_at"),
        index.FilterField("uploaded_by_user"),
    ]

    privacy = Privacy(
        public="title file description collection width height created_at file_size file_hash "
        "focal_point_x focal_point_y focal_point_width focal_point_height",
        board="uploaded_by_user",
        keep="Until the board deletes it. Where and when it was taken is removed as it arrives.",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def get_upload_to(self, filename: str) -> str:
        """A random name in the private store."""
        return f"originals/{uuid4().hex}{posixpath.splitext(filename)[1].lower()[:10]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Make a new file again from its pixels, unless the form has done so. Raises as `CleanPicture.of`."""
        if self.file and not self.file._committed:
            if not isinstance(self.file.file, CleanPicture):
                self.file = CleanPicture.of(self.file.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class PortalRendition(AbstractRendition):
    """A picture in the size a page shows."""

    image = models.ForeignKey(PortalImage, models.CASCADE, related_name="renditions")

    privacy = Privacy(
        public="image filter_spec file width height focal_point_key",
        keep="As long as a live page shows its picture.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="%(app_label)s_%(class)s_once_a_size"
            )
        ]
        indexes = [models.Index(fields=["file"])]

    @property
    def url(self) -> str:
        """Path on the owning board's site; other sites answer *not found*."""
        return RENDITIONS_URL + posixpath.basename(self.file.name)

    def get_upload_to(self, filename: str) -> str:
        """Beside the originals, in the private store."""
        return f"renditions/{filename}"


class PortalDocument(AbstractDocument):
    """A file to download."""

    file = models.FileField(_("file"), upload_to=document_path, storage=private_store)

    admin_form_fields = ("title", "file", "collection")
    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("title", boost=10),
        index.AutocompleteField("title"),
        index.FilterField("id"),
        index.FilterField("title"),
        index.FilterField("uploaded_by_user"),
        index.FilterField("created_at"),
    ]

    privacy = Privacy(
        public="title file collection created_at file_size file_hash",
        board="uploaded_by_user",
        keep="Until the board deletes it.",
    )

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Take only what is, by its bytes, a document we offer, and call it that.

        Raises:
            ValidationError: of another kind, damaged, with macros or a password.
        """
        if self.file and not self.file._committed:  # type: ignore[attr-defined]
            kind = check_upload(self.file.file, kinds=DOCUMENTS).kind
            self.file.name = f"document.{kind.value}"
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    @property
    def filename(self) -> str:
        """The name a browser saves it under: its title, never the name it had on somebody's computer."""
        ending = posixpath.splitext(self.file.name or "")[1]
        return f"{slugify(self.title)[:80] or 'document'}{ending}"

    @property
    def url(self) -> str:
        """Path on the owning board's site; other sites answer *not found*."""
        return f"/documents/{self.pk}/{self.filename}"


class UsedFile(models.Model):
    """A picture or document that a live page uses: what makes it public. Written when the page is published."""

    page = models.ForeignKey("wagtailcore.Page", models.CASCADE, related_name="used_files")
    image = models.ForeignKey(PortalImage, models.CASCADE, null=True, related_name="uses")
    document = models.ForeignKey(PortalDocument, models.CASCADE, null=True, related_name="uses")

    privacy = Privacy(public="page image document", keep="As long as the page is live.")
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "image"],
                condition=Q(image__isnull=False),
                name="%(app_label)s_%(class)s_image_once_a_page",
            ),
            models.UniqueConstraint(
                fields=["page", "document"],
                condition=Q(document__isnull=False),
                name="%(app_label)s_%(class)s_document_once_a_page",
            ),
            models.CheckConstraint(
                condition=Q(image__isnull=False, document__isnull=True)
                | Q(image__isnull=True, document__isnull=False),
                name="%(app_label)s_%(class)s_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.image or self.document} on page {self.page_id}"
