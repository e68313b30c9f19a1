"""What can be wrong with a file or with the machine that makes one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from snb.files.enums import Refusal


class FileRefused(ValidationError):
    """A file is not taken; the message says why and what to do about it."""

    def __init__(self, refusal: Refusal, **params: Any) -> None:
        super().__init__(refusal.value, code=refusal.name.lower(), params=params or None)
        self.refusal = refusal


class PdfUnavailable(Exception):
    """This machine cannot make PDFs; the page itself still works."""

    def __init__(self) -> None:
        super().__init__(
            str(
                _(
                    "This server cannot make PDFs: the Pango library is missing. "
                    "The page itself has everything. "
                    "(For whoever runs the server: on Debian or Ubuntu, "
                    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0.)"
                )
            )
        )


class PdfRefused(Exception):
    """A page asked its PDF for something that is neither ours nor its own."""
