"""An optional look-up of a postcode at somebody else's service, off unless `POSTCODES_API_URL` is set.

Privacy: a postcode typed here is part of somebody's address. With this switched on, a postcode that we do not
have (and no other, and nothing about who typed it) leaves for the host in `settings.POSTCODES_API_URL`, which
sees our server's address and not the visitor's. Nothing is sent while the setting is empty, and no other host
can be reached: neither redirects nor proxy settings nor a `.netrc` of the machine are followed. Whoever
switches it on says so on the privacy page.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings

from snb.places.calculations import month_of
from snb.places.enums import PostcodeStatus
from snb.places.models import Ward
from snb.places.queries import CITY_OF_LONDON, PostcodeAnswer, answer_for, look_up

TIMEOUT = (2, 3)
"""Seconds to connect, and between two bytes of the answer."""
MOST = 100_000
"""An answer longer than this (bytes) is not one."""

logger = logging.getLogger(__name__)


def look_up_anywhere(text: str) -> PostcodeAnswer:
    """As `queries.look_up`; a postcode we do not have is asked for online, where that is switched on."""
    answer = look_up(text)
    if answer.status is not PostcodeStatus.UNKNOWN or not settings.POSTCODES_API_URL:
        return answer
    return _read(answer, _ask(answer.postcode)) or answer


def _ask(postcode: str) -> dict[str, Any]:
    """The service's JSON; empty if it cannot be had."""
    address = f"{settings.POSTCODES_API_URL.rstrip('/')}/postcodes/{quote(postcode)}"
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(
                address,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                headers={"Accept": "application/json"},
            ) as response:
                if response.status_code not in {200, 404}:
                    logger.warning("The postcode service answered %s.", response.status_code)
                    return {}
                body = response.raw.read(MOST + 1, decode_content=True)
        found = json.loads(body) if len(body) <= MOST else {}
    except (requests.RequestException, OSError, ValueError, RecursionError) as error:
        logger.warning("The postcode service did not answer: %s.", type(error).__name__)
        return {}
    return found if isinstance(found, dict) else {}


def _read(unknown: PostcodeAnswer, found: dict[str, Any]) -> PostcodeAnswer | None:
    """The answer a postcodes.io-compatible service gave, or None if it says nothing we can use."""
    result, terminated = found.get("result"), found.get("terminated")
    if isinstance(result, dict):
        codes = result.get("codes")
        codes = codes if isinstance(codes, dict) else {}
        borough, ward = str(codes.get("admin_district") or ""), str(codes.get("admin_ward") or "")
        if not borough:
            return None
        if borough == CITY_OF_LONDON:
            return PostcodeAnswer(PostcodeStatus.CITY, unknown.typed, unknown.postcode)
        if not borough.startswith("E09"):
            return PostcodeAnswer(PostcodeStatus.NOT_LONDON, unknown.typed, unknown.postcode)
        known = Ward.objects.select_related("borough").filter(pk=ward[:9], borough=borough[:9]).first()
        return answer_for(
            unknown.typed, unknown.postcode, ward=known, borough_code=borough[:9], point=_point(result)
        )
    if isinstance(terminated, dict):
        month = month_of(
            f"{terminated.get('year_terminated')}-{str(terminated.get('month_terminated')).zfill(2)}"
        )
        return (
            PostcodeAnswer(PostcodeStatus.ENDED, unknown.typed, unknown.postcode, ended=month)
            if month
            else None
        )
    return None


def _point(result: dict[str, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = result.get("latitude"), result.get("longitude")
    if isinstance(latitude, (int, float)) and isinstance(longitude, (int, float)):
        return float(latitude), float(longitude)
    return None, None
