"""The edges: the private store, answers that carry a file, and WeasyPrint."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import SubElement

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage, storages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from snb.files.errors import PdfRefused, PdfUnavailable

SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""Everything else is a download, whatever the caller asks."""
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Chromium shows no PDF at all under `sandbox`; a PDF gets everything else."""


class PrivateStorage(FileSystemStorage):
    """A folder outside everything a web server serves by itself; it has no public address."""

    def __init__(self) -> None:
        super().__init__(base_url="")

    @property
    def base_location(self) -> Path:
        """The folder, read from the settings each time."""
        return Path(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        """The folder as an absolute path."""
        return str(self.base_location.resolve())

    def url(self, name: str | None) -> str:
        """Never: a private file has no address of its own."""
        raise ValueError(
            "A file of the private store has no address of its own; serve it with serve_private()."
        )


def serve_private(
    storage_name: str, *, filename: str, content_type: str, inline: bool = False, published: bool = False
) -> HttpResponseBase:
    """An answer that carries a file of the private store. Whoever calls this has decided that the visitor
    may have it.

    Args:
        storage_name: its name in `STORAGES["private"]`.
        filename: what the visitor's machine calls it.
        inline: show it in the browser; only pictures and PDF are ever shown, everything else is a download.
        published: anybody may have it. Otherwise nothing on the way keeps a copy.
    Raises:
        Http404: the bytes are not there.
    """
    bare_type = content_type.partition(";")[0].strip().lower()
    shown = inline and bare_type in SHOWN_TYPES
    response: HttpResponseBase
    if settings.PRIVATE_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.PRIVATE_ACCEL_PREFIX.rstrip("/") + "/" + quote(storage_name)
    else:
        try:
            response = FileResponse(storages["private"].open(storage_name), content_type=content_type)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise Http404 from None
    response["Content-Disposition"] = content_disposition_header(not shown, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PDF_POLICY if bare_type == "application/pdf" else SANDBOX
    response["Cache-Control"] = "no-cache" if published else "private, no-store"
    if not published:
        response["X-Robots-Tag"] = "noindex"
    return response


PAGE = "https://page.invalid/"
"""Base of a page's own addresses while it becomes a PDF; the name can never be looked up."""


def render_pdf(
    html: str,
    *,
    title: str,
    lang: str,
    files: Mapping[str, bytes | Path] | None = None,
    uncompressed: bool = False,
) -> bytes:
    """Make a tagged PDF (PDF/UA-1) of a page.

    Args:
        html: a document or the inside of a body. Addresses in it are static files of ours (`/static/…`) or
            names in `files`.
        title: the document's title, which readers show instead of a file name.
        lang: its language, such as "en-GB".
        files: the page's own files by the name the page calls them, as bytes or as a path.
        uncompressed: leave streams readable, for tests.
    Raises:
        PdfUnavailable: this machine lacks Pango. Keep the page working without it.
        PdfRefused: the page asks for anything that is neither a static file of ours nor one of `files`.
    """
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    own = dict(files or {})

    class OwnFilesOnly(URLFetcher):
        """Opens nothing: looks up static files and the page's own files by name. There is no network and
        so no redirect.
        """

        def __init__(self) -> None:
            super().__init__(allowed_protocols=["https"], allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> Any:
            data = own_file(url, own)
            kind = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, data, {"Content-Type": kind})

        def open(self, url: Any, data: Any = None, timeout: Any = None) -> Any:
            return self.fetch(getattr(url, "full_url", url))

    document = weasyprint.HTML(string=html, base_url=PAGE, url_fetcher=OwnFilesOnly())
    root = document.etree_element
    root.set("lang", lang)
    head = root.find("head")
    if head is None:
        head = SubElement(root, "head")
    for base in head.findall("base"):
        head.remove(base)
    heading = head.find("title")
    if heading is None:
        heading = SubElement(head, "title")
    heading.text = title
    try:
        made = document.write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=uncompressed)
    except FatalURLFetchingError as error:
        raise PdfRefused(str(error)) from error.__cause__
    assert made is not None
    return made


def own_file(url: str, own: Mapping[str, bytes | Path]) -> bytes:
    """The bytes behind an address a page may use while it becomes a PDF.

    Raises:
        PdfRefused: any other scheme or host, or a name that is neither among `own` nor a static file.
    """
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}/" != PAGE or parts.query:
        raise PdfRefused(url)
    path = unquote(parts.path)
    name = path.removeprefix("/")
    if name in own:
        found = own[name]
        return found if isinstance(found, bytes) else found.read_bytes()
    if path.startswith(settings.STATIC_URL) and ".." not in path.split("/"):
        return _static_file(path.removeprefix(settings.STATIC_URL))
    raise PdfRefused(url)


def _static_file(name: str) -> bytes:
    """A static file by its plain or its hashed name."""
    found = finders.find(name)
    if found:
        return Path(found).read_bytes()
    try:
        with staticfiles_storage.open(name) as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise PdfRefused(settings.STATIC_URL + name) from error
