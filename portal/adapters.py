"""The edges of Django's forms, of request bodies and of the static files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import parse_header_parameters
from whitenoise.storage import CompressedManifestStaticFilesStorage

from snb.privacy.calculations import lookup_hash


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


def sealed_key(key: str, key_prefix: str, version: int) -> str:
    """A cache key that says nothing: limits are kept by address and account, and the cache may be a table of the database.

    Who asked for what within the last hour is not in a dump of it without the portal's keys.
    """
    return f"{key_prefix}:{version}:{lookup_hash(str(key), 'cache')}"


def forget_expired_keys() -> int:
    """For the timetable: what has expired goes from the cache's table, which Django only empties when it is full. Returns rows deleted.

    Redis does that by itself.
    """
    cache = caches["default"]
    if not isinstance(cache, DatabaseCache):
        return 0
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
        cursor.execute(
            f"DELETE FROM {table} WHERE expires < %s",  # noqa: S608  a quoted name of ours
            [connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0, tzinfo=None))],
        )
        return int(cursor.rowcount)


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
