"""The way in: the page cache, headers for every answer, and which site an address belongs to."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from portal import views
from snb.audit.models import Epoch
from snb.boards.models import Board

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# ------------------------------------------------------------------------------------------------ hosts
_HOST = re.compile(r"([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?", re.ASCII)
_STATIC = (settings.STATIC_URL, settings.MEDIA_URL)


class Address(NamedTuple):
    """What a request's Host header says, once it has been read strictly."""

    name: str
    port: int | None


def read_host(request: HttpRequest) -> Address | None:
    """The host and the explicit port of a request, or None for anything that cannot be one of ours.

    Forwarded hosts are not looked at. A host in capitals is the same host; one with a trailing dot, user information, a
    second port or any other character is nobody's.
    """
    raw = request.META.get("HTTP_HOST")
    if raw is None:
        return None
    found = _HOST.fullmatch(raw.lower())
    if found is None:
        return None
    name, port = found[1], found[2]
    if name != settings.PORTAL_DOMAIN and not name.endswith("." + settings.PORTAL_DOMAIN):
        return None
    return Address(name, int(port) if port is not None else None)


def _port_fits(request: HttpRequest, port: int | None, site_port: int) -> bool:
    """An explicit port must be the Site's or the one this server listens on."""
    if port is None or port in {site_port, settings.PORTAL_PORT}:
        return True
    return port > 0 and str(port) == str(request.META.get("SERVER_PORT", ""))


def _has_nul(request: HttpRequest) -> bool:
    """A NUL in the path, the query or a cookie: PostgreSQL refuses it, and no honest browser sends one."""
    if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    return bool(request.META.get("HTTP_COOKIE")) and any(
        "\x00" in name or "\x00" in value for name, value in request.COOKIES.items()
    )


class HostMiddleware:
    """Sets `request.board` from the Site of the request's host; every other host is answered 404 before anything is served.

    `/health/` alone answers on any host. The board is one exact query, never remembered: a board that opens answers at once,
    in every process.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/health/":
            return views.health(request)
        address = read_host(request)
        if address is None:
            return views.unknown_host()
        if in_maintenance():
            return views.maintenance(request)
        if not self._find_site(request, address):
            return views.unknown_host()
        if _has_nul(request):
            return views.bad_request(request)
        return self.get_response(request)

    def _find_site(self, request: HttpRequest, address: Address) -> bool:
        """Set `board` and the address list; False where no Site has this host and port."""
        request.board = None  # type: ignore[attr-defined]
        if address.name == settings.PORTAL_DOMAIN:
            known = _port_fits(request, address.port, settings.PORTAL_PORT)
        else:
            board = (
                Board.objects.select_related("borough", "site").filter(site__hostname=address.name).first()
            )
            known = board is not None and _port_fits(request, address.port, board.site.port)
            if known and board is not None:
                request.board = board  # type: ignore[attr-defined]
                request.urlconf = settings.BOARD_URLCONF
                request._wagtail_site = board.site  # type: ignore[attr-defined]
        # One spelling for everything behind us.
        request.META["HTTP_HOST"] = request.META["HTTP_HOST"].lower()
        return known


def in_maintenance() -> bool:
    """Whether an operator has put the portal into maintenance, by the file `maintenance` beside the database."""
    return settings.MAINTENANCE_FILE.exists()


# ------------------------------------------------------------------------------------------------ headers
_STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
            "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
        )
    )
    + ", publickey-credentials-create=(self), publickey-credentials-get=(self)",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Origin-Agent-Cluster": "?1",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
}  # fmt: skip
if not settings.LOCAL:
    _HEADERS["Strict-Transport-Security"] = (
        f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    )
if settings.PORTAL_DEMO:
    _HEADERS["X-Robots-Tag"] = "noindex, nofollow"


class SecurityHeadersMiddleware:
    """Headers that neither Django nor the content policy sets, on every answer, unknown hosts and error pages included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if not request.path_info.startswith(_STATIC):
            response.headers.setdefault("Content-Security-Policy", _STRICT_POLICY)
            if "Cache-Control" not in response.headers:
                signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
                response.headers["Cache-Control"] = "private, no-store" if signed_in else "no-cache"
        return response


# ------------------------------------------------------------------------------------------------ page cache
LONGEST = 60
"""Seconds a page may be kept at most."""
LISTED_KEYS = frozenset({"kind", "page", "year"})
"""Query keys a kept page may have; any other one is answered fresh."""
NEVER = (
    "/accounts/", "/admin/", "/api/", "/bench/", "/demo/", "/desk/", "/files/", "/health/", "/invitations/", "/link/", "/me/",
    "/oversight/", "/ws/", *_STATIC,
)  # fmt: skip
"""Addresses that are never kept, whatever they answer."""
LARGEST_PAGE = 512 * 1024
LARGEST_STORE = 64 * 1024 * 1024
_MADE_ANEW = {"content-length", "content-encoding", "etag", "cache-control"}
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")
_EPOCH = f"SELECT SUM(number) FROM {Epoch._meta.db_table} WHERE board IN ('', %s)"  # noqa: S608 - the table's own name
_EPOCH_OF_ALL = f"SELECT SUM(number) FROM {Epoch._meta.db_table}"  # noqa: S608 - the table's own name


class Kept(NamedTuple):
    """One page as it goes out."""

    board: str
    epoch: int
    born: float
    changes_at: float | None
    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: bytes | None

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self.body) + len(self.packed or b"") + 1000


class PageStore:
    """Pages of this process, the least lately used going first when they pass `LARGEST_STORE` bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Kept | None:
        """The page under a key, however old."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple[str, ...], page: Kept) -> None:
        """Keep a page in place of the one under the same key."""
        with self._lock:
            old = self._pages.pop(key, None)
            self._size += page.size - (old.size if old else 0)
            self._pages[key] = page
            while self._size > LARGEST_STORE:
                self._size -= self._pages.popitem(last=False)[1].size

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._pages)


pages = PageStore()


def page_key(request: HttpRequest) -> tuple[str, ...] | None:
    """What a kept page is found by, or None when this request may not be answered from the cache.

    Scheme, host, path, the listed query keys and the language; the board's epoch is compared afterwards.
    """
    meta = request.META
    if (
        request.method not in {"GET", "HEAD"}
        or "HTTP_AUTHORIZATION" in meta
        or request.path_info.startswith(NEVER)
    ):
        return None
    # A preview runs the whole chain under the public address of the page: it is nobody else's business.
    if getattr(request, "is_dummy", False) or getattr(request, "is_preview", False):
        return None
    if meta.get("HTTP_COOKIE") and not request.COOKIES.keys() <= {settings.LANGUAGE_COOKIE_NAME}:
        return None
    if any(name.startswith("HTTP_HX_") for name in meta):
        return None
    query = ""
    if meta.get("QUERY_STRING"):
        if len(meta["QUERY_STRING"]) > 100:
            return None
        pairs = sorted(parse_qsl(meta["QUERY_STRING"], keep_blank_values=True))
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names) or not LISTED_KEYS.issuperset(names):
            return None
        query = repr(pairs)
    language = get_language_from_request(request) if len(settings.LANGUAGES) > 1 else ""
    return (request.scheme or "", meta.get("HTTP_HOST", "").lower(), request.path_info, query, language)


def read_epoch(board: str) -> int | None:
    """The epoch of a site's public pages, in one plain query; None while the database does not answer.

    A board's pages move with their own board and with what is London-wide; London's pages move with every board.
    """
    # Without this, Django asks PostgreSQL `SELECT 1` first, once per request; a dead connection shows in our own query.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        with connection.cursor() as cursor:
            if board:
                cursor.execute(_EPOCH, [board])
            else:
                cursor.execute(_EPOCH_OF_ALL)
            return int(cursor.fetchone()[0] or 0)
    except (DatabaseError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close()
        return None


class PageCacheMiddleware:
    """Keeps anonymous public pages in this process, and is outermost: on a hit nothing else runs.

    A page is kept for 60 seconds at most, never past the next moment at which it changes (whoever knows that moment sets
    `page_changes_at` on the request or the response; the earliest counts), and only while its board's epoch stands still.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = page_key(request)
        if key is None or in_maintenance():
            return self.get_response(request)
        page = pages.get(key)
        epoch: int | None = None
        if page is not None:
            now = time.time()
            if time.monotonic() - page.born < LONGEST and (page.changes_at is None or now < page.changes_at):
                epoch = read_epoch(page.board)
                if epoch is not None and epoch == page.epoch:
                    return _answer(request, page)
        return self._fresh(request, key)

    def _fresh(self, request: HttpRequest, key: tuple[str, ...]) -> HttpResponseBase:
        """Ask the site, and keep what it says if it may be kept."""
        # The epoch is read before the page is made: what changes meanwhile is kept under the old number and never shown.
        epochs, born = read_epochs(), time.monotonic()
        response = self.get_response(request)
        if epochs is None or not isinstance(response, HttpResponse) or not may_keep(request, response):
            return response
        board = getattr(request, "board", None)
        code = board.code if board else ""
        changes_at = next_change(request, response)
        if changes_at is not None and changes_at <= time.time():
            return response
        page = _make_page(response, code, epochs, born, changes_at)
        if request.method == "GET":
            pages.put(key, page)
        if _unchanged(request, page):
            return _answer(request, page)
        for name, value in page.headers:
            response.headers[name] = value
        if page.packed and _takes_gzip(request):
            response.content = page.packed
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        return response


def read_epochs() -> dict[str, int] | None:
    """The epoch of every site, or None while the database does not answer."""
    try:
        return dict(Epoch.objects.values_list("board", "number"))
    except (DatabaseError, InterfaceError):
        return None


def may_keep(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer is the same for every anonymous visitor: complete, plain, and without anything personal in it."""
    if (
        response.status_code != 200
        or response.streaming
        or response.cookies
        or len(response.content) > LARGEST_PAGE
    ):
        return False
    if (
        response.headers.get("Content-Encoding")
        or "Set-Cookie" in response.headers
        or response.headers.get("Vary") == "*"
    ):
        return False
    control = response.headers.get("Cache-Control", "")
    # An answer with a rule of its own (`max-age`) is left to it.
    if any(word in control for word in ("private", "no-store", "max-age")):
        return False
    # A token or a nonce was used: the page was made for one visitor.
    if "CSRF_COOKIE" in request.META or isinstance(getattr(request, "_csp_nonce", None), str):
        return False
    return not (getattr(request, "is_dummy", False) or getattr(request, "is_preview", False))


def next_change(request: HttpRequest, response: HttpResponse) -> float | None:
    """The earliest `page_changes_at` that a view, page or tag has set on request or response, in seconds since 1970."""
    moments = [getattr(thing, "page_changes_at", None) for thing in (request, response)]
    known = [moment for moment in moments if isinstance(moment, datetime)]
    aware = [timezone.make_aware(moment) if timezone.is_naive(moment) else moment for moment in known]
    return min(aware).timestamp() if aware else None


def _make_page(
    response: HttpResponse, board: str, epochs: dict[str, int], born: float, changes_at: float | None
) -> Kept:
    """The page as it is kept: headers and body ready to go out, packed as well where that is shorter."""
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    body = bytes(response.content)
    # Nothing secret is in a kept page, so packing it gives nothing away (BREACH needs a secret beside chosen text).
    packed = gzip.compress(body, 6, mtime=0) if len(body) > 1000 else None
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {name: value for name, value in response.headers.items() if name.lower() not in _MADE_ANEW}
    headers |= {"ETag": etag, "Cache-Control": "no-cache"}
    epoch = epochs.get("", 0) + epochs.get(board, 0) if board else sum(epochs.values())
    return Kept(
        board=board,
        epoch=epoch,
        born=born,
        changes_at=changes_at,
        etag=etag,
        headers=tuple(headers.items()),
        body=body,
        packed=packed if packed and len(packed) < len(body) else None,
    )


def _takes_gzip(request: HttpRequest) -> bool:
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def _unchanged(request: HttpRequest, page: Kept) -> bool:
    """Whether the browser says it has this very page."""
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if not asked:
        return False
    bare = page.etag.removeprefix("W/")
    return any(tag == "*" or tag.removeprefix("W/") == bare for tag in parse_etags(asked))


def _answer(request: HttpRequest, page: Kept) -> HttpResponse:
    """The kept page, packed if the browser takes that; 304 if it has it already."""
    if _unchanged(request, page):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
        for name, value in page.headers:
            if name != "Content-Type":
                response.headers[name] = value
        return response
    body = page.body
    packed = page.packed is not None and _takes_gzip(request)
    if packed and page.packed is not None:
        body = page.packed
    response = HttpResponse(body)
    for name, value in page.headers:
        response.headers[name] = value
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(body))
    return response


class BenchMiddleware:
    """The bare view in front of everything, for `make bench` to measure against; refused in production by the settings."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/bench/front/":
            return views.bare(request)
        return self.get_response(request)
