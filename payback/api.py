"""The signed webhook of providers' systems.

`POST /api/payback/<provider>/events/` with four headers: `X-Event-Id`, `X-Event-Time` (seconds since 1970), `X-Event-Signature`
(`v1=` and the hex HMAC-SHA256 of method, path, time and event id, each followed by a line feed, and then the body) and
`Content-Type: application/json`. The body: `kind`, `reference`, `occurred_at`, and what the kind has.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payback.actions.events import KINDS, Said, take_event
from payback.actions.providers import KEYS_VALID
from payback.errors import EventReused, UnknownTask
from payback.models import Provider

TOLERANCE = timedelta(minutes=15)
"""How far the sender's clock may be off, either way."""
MOST_BYTES = 16 * 1024
FIELDS = frozenset(
    {
        "kind",
        "reference",
        "occurred_at",
        "project_code",
        "starts_on",
        "expected_end_on",
        "reason",
        "session_id",
        "date",
        "people",
        "hours",
    }
)
"""Everything a body may hold. There is no field for a person or for words."""


def signature_of(key: str, *, method: str, path: str, at: str, event_id: str, body: bytes) -> str:
    """The signature of a request, as both sides reckon it."""
    signed = "".join(f"{part}\n" for part in (method, path, at, event_id)).encode() + body
    return "v1=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


@csrf_exempt
@never_cache
@require_POST
def provider_events(request: HttpRequest, slug: str) -> JsonResponse:
    """Take one event in. 200 with `applied`; 400 names the field; 401 tells our time; 404 no such task; 409 the id was used before; 429 wait a minute."""
    provider = Provider.objects.filter(slug=slug).first()
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or len(length) > 9 or int(length) > MOST_BYTES:
        return JsonResponse({"error": f"At most {MOST_BYTES} bytes."}, status=413)
    event_id = request.headers.get("X-Event-Id", "")
    if provider is None or not is_signed(request, provider, event_id):
        if not ratelimit.consume(request, action="payback_unsigned"):
            return too_many()
        # The same answer for a provider that is not there; our time, for a clock that is off.
        return JsonResponse(
            {"error": "The signature does not hold, or its time is off.", "our_time": int(time.time())},
            status=401,
        )
    # By provider, and after the signature: a stranger uses up nobody's room.
    if not ratelimit.consume(request, action="payback_event", key=provider.slug):
        return too_many()
    try:
        said = said_in(request.body, event_id)
        event = take_event(provider, said)
    except EventReused:
        return JsonResponse({"error": "This event id was used for something else."}, status=409)
    except ValidationError as error:
        return JsonResponse({"error": "Nothing was taken in.", "fields": fields_of(error)}, status=400)
    except UnknownTask:
        return JsonResponse({"error": "No such task."}, status=404)
    return JsonResponse({"event_id": event.event_id, "applied": event.applied})


def too_many() -> JsonResponse:
    """Come back in a minute: an event that was not taken may be sent again under its id."""
    return JsonResponse(
        {"error": "Too many requests. Send it again in a minute."}, status=429, headers={"Retry-After": "60"}
    )


def is_signed(request: HttpRequest, provider: Provider, event_id: str) -> bool:
    """Whether one of the provider's two valid keys signed this request, not long ago."""
    at = request.headers.get("X-Event-Time", "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        return False
    if abs(time.time() - int(at)) > TOLERANCE.total_seconds():
        return False
    given = request.headers.get("X-Event-Signature", "").encode("utf-8", "replace")
    fits = [
        hmac.compare_digest(
            given,
            signature_of(
                key,
                method=request.method or "",
                path=request.path,
                at=at,
                event_id=event_id,
                body=request.body,
            ).encode(),
        )
        for key in provider.webhook_keys[:KEYS_VALID]
    ]
    return any(fits)


def said_in(body: bytes, event_id: str) -> Said:
    """An event as its body says it. Raises ValidationError at each field that is wrong."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise ValidationError({"body": "The body must be a JSON object."})
    wrong: dict[str, str] = {}
    if not (1 <= len(event_id) <= 80 and event_id.isascii() and event_id.isprintable()):
        wrong["event_id"] = "An event id has 1 to 80 plain characters."
    for name in sorted(set(data) - FIELDS):
        wrong[name[:40]] = "There is no such field."
    if data.get("kind") not in KINDS:
        wrong["kind"] = f"One of: {', '.join(KINDS)}."
    reference = data.get("reference")
    if not isinstance(reference, str) or not 1 <= len(reference) <= 24 or not reference.isprintable():
        wrong["reference"] = "Our reference, or the project code."
    occurred = _moment(data.get("occurred_at"))
    if occurred is None:
        wrong["occurred_at"] = "A time with its offset, such as 2027-01-11T09:30:00Z."
    elif occurred > timezone.now() + TOLERANCE:
        wrong["occurred_at"] = "This is still to come."
    values: dict[str, Any] = {}
    for name, read in READERS.items():
        if data.get(name) not in (None, ""):
            try:
                values[name] = read(data[name])
            except (ValueError, TypeError, InvalidOperation):
                wrong[name] = MEANT[name]
    if wrong:
        raise ValidationError(wrong)
    assert occurred is not None
    assert isinstance(reference, str)
    return Said(
        event_id=event_id,
        kind=data["kind"],
        reference=reference,
        occurred_at=occurred,
        sha256=hashlib.sha256(body).hexdigest(),
        **values,
    )


def _moment(value: object) -> datetime | None:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) and found.year > 2000 else None


def _text(most: int) -> Any:
    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise ValueError
        return value

    return read


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError
    found = date.fromisoformat(value)
    if not 2000 < found.year < 2100:
        raise ValueError
    return found


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1000:
        raise ValueError
    return value


def _hours(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    found = Decimal(str(value))
    if not found.is_finite() or not 0 < found < 1000:
        raise ValueError
    return round(found, 2)


READERS: dict[str, Any] = {
    "project_code": _text(24),
    "starts_on": _day,
    "expected_end_on": _day,
    "reason": _text(16),
    "session_id": _text(80),
    "date": _day,
    "people": _count,
    "hours": _hours,
}
MEANT = {
    "project_code": "Text of at most 24 characters.",
    "starts_on": "A day such as 2027-01-11.",
    "expected_end_on": "A day such as 2027-01-11.",
    "reason": "A code of the list of reasons.",
    "session_id": "Text of at most 80 characters.",
    "date": "A day such as 2027-01-11.",
    "people": "A whole number from 1.",
    "hours": "The hours of all people together, such as 17.5.",
}


def fields_of(error: ValidationError) -> dict[str, list[str]]:
    """The messages by field."""
    return dict(error.message_dict) if hasattr(error, "error_dict") else {"": error.messages}
