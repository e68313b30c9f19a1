"""Which addresses are measured, and how many queries each takes uncached; printed as JSON. Run by `tests.bench`."""

from __future__ import annotations

import json
import sys
from typing import Any


def addresses() -> list[dict[str, Any]]:
    """Name, host and path of each page, from what is in the database."""
    from django.conf import settings

    from cms.models import NewsPage
    from snb.boards.models import Board
    from snb.meetings.enums import MeetingStatus
    from snb.meetings.models import Meeting
    from snb.places.models import Postcode, Ward
    from wardpanels.enums import RoundStatus
    from wardpanels.models import Round

    board = Board.objects.select_related("borough", "site__root_page").get(borough__slug="camden")
    port = settings.PORTAL_NETLOC[len(settings.PORTAL_DOMAIN) :]
    host, london = f"{board.borough.hostname}{port}", settings.PORTAL_NETLOC
    ward = Ward.objects.current().filter(borough=board.borough).order_by("name").first()
    news = NewsPage.objects.live().descendant_of(board.site.root_page).order_by("-date").first()
    known = Postcode.objects.filter(ward__borough=board.borough, ended="").order_by("postcode").first()
    pages = [
        {"name": "London home", "host": london, "path": "/"},
        {"name": "Borough home", "host": host, "path": "/"},
    ]
    if ward:
        pages.append({"name": "Ward page", "host": host, "path": ward.get_absolute_url()})
    if news:
        pages.append({"name": "News article", "host": host, "path": news.get_url_parts()[2]})
    rounds = Round.objects.filter(ward__borough=board.borough).select_related("ward__borough")
    voting = rounds.filter(status=RoundStatus.VOTING).order_by("opens_at").first()
    counted = rounds.filter(status=RoundStatus.ADOPTED).order_by("closes_at").first()
    if voting:
        pages.append({"name": "Ward page with a vote", "host": host, "path": voting.ward.get_absolute_url()})
    if counted:
        pages.append({"name": "Results of a vote", "host": host, "path": counted.get_absolute_url()})
    meetings = Meeting.objects.filter(board=board, status=MeetingStatus.APPROVED).order_by("-starts_at")
    minuted = meetings.filter(versions__isnull=False).first()
    pages.append({"name": "Meetings", "host": host, "path": "/meetings/"})
    if minuted:
        pages.append({"name": "A meeting", "host": host, "path": minuted.get_absolute_url()})
        pages.append({"name": "Minutes", "host": host, "path": minuted.minutes_path})
    pages.append({"name": "Postcode search, page", "host": london, "path": "/wards/find/"})
    if known:
        pages.append(
            {
                "name": "Postcode search, answer",
                "host": host,
                "path": f"/wards/find/?postcode={known.postcode}",
            }
        )
    return pages


def with_queries() -> list[dict[str, Any]]:
    """The same, with the number of queries of an uncached visit; the second visit counts, when content types are known."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.middleware import pages as kept

    found = addresses()
    for page in found:
        for _ in range(2):
            kept.clear()
            with CaptureQueriesContext(connection) as captured:
                response = Client(headers={"host": page["host"]}).get(page["path"])
        page |= {"queries": len(captured), "status": response.status_code}
    return found


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(with_queries(), sys.stdout)
