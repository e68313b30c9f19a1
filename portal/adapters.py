"""The edges of Django's forms, of request bodies and of the static files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Files named by their content and compressed; on somebody's own machine the editor's files are left uncompressed.

    Wagtail's admin brings most of the bytes, and compressing them takes longer than everything else a first start does.
    """

    OURS = ("site/", "js/", "img/", "vendor/", "people/", "boards/", "css/")

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress all in production, what public pages load on a local machine."""
        return super().compress_files(
            [path for path in paths if not settings.LOCAL or path.startswith(self.OURS)]
        )


class FormRenderer(TemplatesSetting):
    """Forms and fields in the design system's markup; single widgets stay Django's, which Wagtail's admin also renders."""

    form_template_name = "portal/forms/form.html"
    formset_template_name = "portal/forms/formset.html"
    field_template_name = "portal/forms/field.html"


def _set_content_type_params(self: HttpRequest, meta: dict[str, Any]) -> None:
    self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


def read_every_request_as_utf8() -> None:
    """Stop a request from choosing the encoding it is read in.

    Where a content type names a charset, Django sets it while it builds the request and reads the query to do so: a query of
    1,001 fields, or a charset such as `idna`, then breaks outside everything that turns errors into answers, and the server
    says 500. Browsers send our forms as UTF-8 whatever the header says.
    """
    HttpRequest._set_content_type_params = _set_content_type_params  # type: ignore[attr-defined]
