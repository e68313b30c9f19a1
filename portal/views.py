"""Pages that belong to no room: health, robots, security.txt, errors, maintenance and the demo's inbox."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from payback.views.doors import JOURNEY, refused
from portal import inbox
from portal.timetable import last_beat, oldest_waiting_task

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=10)
"""A worker or timetable that has done nothing for this long is late."""


# ------------------------------------------------------------------------------------------------ machines
def health(request: HttpRequest) -> HttpResponse:
    """Whether database, cache, worker and timetable do their work: 200 when all do, else 503. Answered on any host."""
    parts = {"database": _database(), "cache": _cache()}
    if parts["database"] == "ok":
        now = timezone.now()
        waiting, beat = oldest_waiting_task(), last_beat()
        parts["worker"] = "late" if waiting is not None and now - waiting > LATE else "ok"
        parts["timetable"] = "not started" if beat is None else "late" if now - beat > LATE else "ok"
    else:
        parts["worker"] = parts["timetable"] = "unknown"
    well = all(state in {"ok", "not started"} for state in parts.values())
    response = JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Exception:
        logger.exception("The database does not answer.")
        return "failing"
    return "ok"


def _cache() -> str:
    try:
        cache.get("health")
    except Exception:
        logger.exception("The cache does not answer.")
        return "failing"
    return "ok"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: nothing in demo mode, else everything that is meant for the public."""
    closed = ["/"] if settings.PORTAL_DEMO else ["/accounts/", "/admin/", "/desk/", "/oversight/"]
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    text = (
        f"Contact: {settings.SECURITY_CONTACT}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: en\n"
        f"Canonical: {settings.PORTAL_BASE_URL}/.well-known/security.txt\n"
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def bare(request: HttpRequest) -> HttpResponse:
    """20 kB of nothing, for `make bench`."""
    return HttpResponse(_TWENTY_KILOBYTES, headers={"Content-Length": str(len(_TWENTY_KILOBYTES))})


@csrf_exempt
@require_POST
def bare_insert(request: HttpRequest) -> HttpResponse:
    """One row and one commit, for `make bench` to set casting a vote beside."""
    Session.objects.create(session_key=uuid4().hex, session_data="", expire_date=timezone.now())
    return HttpResponse(b"written", headers={"Content-Length": "7"})


_TWENTY_KILOBYTES = b"<!doctype html><title>Bare</title>" + b"x" * (20 * 1024 - 34)


# ------------------------------------------------------------------------------------------------ demo
@require_safe
@never_cache
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """The mail the demo has sent, newest first; not found unless this is a demo."""
    if not settings.PORTAL_DEMO:
        raise Http404
    address = request.GET.get("to", "")[:254].strip()
    mails = inbox.mails(to=address)
    return render(
        request, "demo/inbox.html", {"mails": mails, "address": address, "addresses": inbox.addresses()}
    )


# ------------------------------------------------------------------------------------------------ errors
_PLAIN = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>'
    "<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
)


def unknown_host() -> HttpResponse:
    """The answer to a host that is nobody's. It names no board."""
    text = "There is no site at this address. Check that it is spelled as you were given it."
    return HttpResponse(_PLAIN.format(title="Not found", text=text), status=404)


def _without_context(template: str, status: int, title: str, text: str) -> HttpResponse:
    """A page that needs neither database, session nor context processor; in plain HTML if even its template fails."""
    try:
        body = loader.get_template(template).render(
            {"title": title, "text": text, "LONDON": settings.PORTAL_BASE_URL}
        )
    except Exception:
        logger.exception("The template %s cannot be shown.", template)
        body = _PLAIN.format(title=title, text=text)
    return HttpResponse(body, status=status)


def maintenance(request: HttpRequest) -> HttpResponse:
    """The portal is being looked after."""
    text = _("We are looking after the portal. It will be back shortly. In an emergency call 999.")
    response = _without_context("503.html", 503, _("Back shortly"), text)
    response.headers["Retry-After"] = "600"
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    text = _("Something went wrong on our side, and we have been told. Please try again in a few minutes.")
    return _without_context("500.html", 500, _("Sorry, there is a problem"), text)


def _error(request: HttpRequest, template: str, status: int, title: str, text: str) -> HttpResponse:
    """An error in the site's own look where that can be had."""
    try:
        return render(request, template, {"title": title, "text": text}, status=status)
    except Exception:
        logger.exception("The template %s cannot be shown.", template)
        return HttpResponse(_PLAIN.format(title=title, text=text), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read."""
    text = _("We could not read what your browser sent. Go back and try again.")
    return _without_context("400.html", 400, _("We could not read that"), text)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The person may not do this."""
    text = _("Your account may not do this. If you think it should, ask your board's chair or secretary.")
    return _error(request, "403.html", 403, _("You cannot do this"), text)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing here, or nothing this person may know of."""
    text = _("There is no page at this address. It may have moved, or the address may be mistyped.")
    return _error(request, "404.html", 404, _("Page not found"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere."""
    if request.path_info.startswith(JOURNEY) and getattr(request, "board", None) is not None:
        return refused(request)
    text = _(
        "This form was open for too long or was sent from another site. Go back, reload the page and send it again."
    )
    return _error(request, "403_csrf.html", 403, _("Please send the form again"), text)
