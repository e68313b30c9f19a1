"""What can go wrong with a meeting or with its papers, in words for the person who can mend it."""

from __future__ import annotations

from enum import Enum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class InvalidTransition(ValidationError):
    """The meeting is not in a state that leads there; the message says so in plain words."""


class SecondPersonNeeded(ValidationError):
    """Whoever wrote it may not be the only one to publish it."""


class NoDocument(Exception):
    """A PDF cannot be made just now, or not of this; the message says so in plain words. The page has everything."""


class Failure(Enum):
    """Why a document could not be made into a page."""

    TOO_SLOW = _(
        "This document took too long to convert, so we stopped. Split it into shorter documents and try each of them."
    )
    TOO_BIG = _(
        "This document needs too much memory to convert. Make its pictures smaller, or split it into shorter documents."
    )
    DAMAGED = _(
        "This Word document is damaged, so we could not read it. Open it in Word, save it again and try once more."
    )
    EMPTY = _("There is nothing in this document: no words and no picture. Check that it is the right file.")
    NESTED = _(
        "The words of this document are kept in another document inside it, which we cannot read. Open it in Word, "
        "save it again as a Word document (.docx) and choose that one."
    )
    BUSY = _("We are working on other documents just now. Try again in a minute.")
    OPEN_DOCUMENT = _(
        "This is an OpenDocument file, which we cannot convert well enough. Open it in your word processor, choose "
        "“Save as”, save it as a Word document (.docx) and choose that one."
    )


class ConversionFailed(ValidationError):
    """A document could not be made into a page; the message says why and what to do about it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value, code=failure.name.lower())
        self.failure = failure
