"""What a file can be, what state it is in, and every reason for which one is refused."""

from __future__ import annotations

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a file is by its bytes. The value is also the file extension."""

    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"
    PDF = "pdf", "PDF"
    DOCX = "docx", _("Word document")
    ODT = "odt", _("OpenDocument text")
    XLSX = "xlsx", _("Excel workbook")
    ODS = "ods", _("OpenDocument spreadsheet")
    CSV = "csv", "CSV"

    @property
    def content_type(self) -> str:
        """The media type it is served with."""
        return CONTENT_TYPES[self]

    @property
    def is_raster(self) -> bool:
        """Whether it is a picture made of pixels."""
        return self in RASTERS

    @property
    def is_shown(self) -> bool:
        """Whether a browser shows it; everything else is a download."""
        return self in RASTERS or self is Kind.PDF


RASTERS: frozenset[Kind] = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})
DOCUMENTS: frozenset[Kind] = frozenset({Kind.PDF, Kind.DOCX, Kind.ODT, Kind.XLSX, Kind.ODS, Kind.CSV})
CONTENT_TYPES: dict[Kind, str] = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Kind.CSV: "text/csv; charset=utf-8",
}


class State(models.TextChoices):
    """Who may read a stored file."""

    PRIVATE = "private", _("Private")
    PUBLISHED = "published", _("Published")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.PRIVATE: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.PRIVATE}),
}
"""The whole workflow of a stored file."""


class Refusal(Enum):
    """Why a file is not taken, in words for the person who chose it."""

    EMPTY = _("This file is empty.")
    PHOTO_TOO_BIG = _("This photo is %(size)s MB. The most we can take is %(most)s MB.")
    DOCUMENT_TOO_BIG = _("This file is %(size)s MB. The most we can take is %(most)s MB.")
    TOO_MANY_PIXELS = _(
        "This photo has %(megapixels)s megapixels. The most we can take is %(most)s. "
        "Choose a smaller size when you take it or share it."
    )
    WRONG_KIND = _("This is a %(found)s file. We can take these: %(allowed)s.")
    UNKNOWN_KIND = _("We cannot tell what kind of file this is. We can take these: %(allowed)s.")
    OLD_OFFICE = _(
        "This is an old Office file. Save it in a newer format and choose it again. "
        "We can take these: %(allowed)s."
    )
    DAMAGED = _("This file is damaged or incomplete. Try saving it again.")
    UNPACKS_TOO_BIG = _(
        "This file unpacks to far more than it should, so we cannot take it. Save it again as a new file."
    )
    MACROS = _("This file has macros in it. Save it without macros and choose it again.")
    LOCKED = _("This file is protected by a password. Remove the password and choose it again.")
    BUSY = _("We are working on other photos just now. Try again in a minute.")
