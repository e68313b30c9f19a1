"""Nominations under load: sending one without and with a photo, and the list and the map with 50,000 of them.

`python -m tests.bench.payback submitting` and `python -m tests.bench.payback pages` print JSON, from a database with the demo's boards;
`tests.bench` runs them on each database. What sending is compared with is a bare view that inserts one row.
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
import time
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import uuid4

NOMINATIONS = int(os.environ.get("BENCH_NOMINATIONS", "50000"))
SENT = int(os.environ.get("BENCH_SENT", "60"))
"""How many nominations are sent one after another, of each kind."""
BATCH = 2_000
ADDRESS = "/payback/nominate/"
TICKED = {"helps": "on", "not_paid": "on", "no_profit": "on", "safe": "on"}


def client_of(board: Any) -> Any:
    """A browser on a board's site."""
    from django.conf import settings
    from django.test import Client

    port = settings.PORTAL_NETLOC[len(settings.PORTAL_DOMAIN) :]
    made = Client(headers={"host": f"{board.borough.hostname}{port}"})
    made.defaults["SERVER_NAME"] = board.borough.hostname
    return made


def camden() -> Any:
    """The board that is measured."""
    from snb.boards.models import Board

    return Board.objects.select_related("borough").get(borough__slug="camden")


def photo() -> bytes:
    """A photo as a phone takes it: twelve megapixels of noise and shapes."""
    from PIL import Image

    draw = random.Random(7)
    small = Image.frombytes("RGB", (400, 300), bytes(draw.randrange(256) for _ in range(400 * 300 * 3)))
    out = io.BytesIO()
    small.resize((4000, 3000)).save(out, "JPEG", quality=85)
    return out.getvalue()


def send_one(board: Any, ward: str, picture: bytes | None) -> float:
    """The whole journey with its required answers; seconds from the first page to the reference."""
    import re

    from django.core.cache import cache
    from django.core.files.uploadedfile import SimpleUploadedFile

    cache.clear()  # the limits are not what is measured
    browser = client_of(board)
    began = time.perf_counter()
    browser.get(ADDRESS)
    browser.post(ADDRESS, {"step": "start"})
    page = browser.post(ADDRESS, {"step": "self_check", **TICKED}).content.decode()
    receipt = re.findall(r'class="snb-receipt">([^<]+)<', page)[0]
    browser.post(ADDRESS, {"receipt_back": receipt})
    for step, said in (
        ("where", {"place": "The alley behind the shops."}),
        ("ward", {"ward": ward}),
        ("what", {"work": "clearing", "what": "Rubbish all along the alley."}),
    ):
        browser.post(ADDRESS, {"step": step, **said})
    if picture is not None:
        browser.post(
            ADDRESS,
            {"step": "photos", "go": "add", "photo": SimpleUploadedFile("a.jpg", picture, "image/jpeg")},
        )
    browser.post(ADDRESS, {"step": "contact", "tell": "none"})
    browser.post(ADDRESS, {"step": "sharing", "show": "endorsed", "screening_board": board.borough.slug})
    done = browser.post(ADDRESS, {"step": "check", "receipt": receipt}, follow=True)
    took = time.perf_counter() - began
    if b"It is sent" not in done.content:
        raise SystemExit("A nomination was not sent.")
    return took


def insert_one() -> float:
    """One committed row: what any confirmation costs at least."""
    from django.db import transaction

    from snb.audit.actions import record
    from snb.audit.enums import Event

    began = time.perf_counter()
    with transaction.atomic():
        record(Event.NOMINATION_BEGUN, None, by=None)
    return time.perf_counter() - began


def submitting() -> dict[str, Any]:
    """Nominations a second by one browser after another, without and with a photo, beside a bare insert."""
    from payback.models import Nomination, Photo
    from snb.places.models import Ward

    board = camden()
    ward = Ward.objects.current().filter(borough=board.borough).order_by("name")[0].slug
    before = Nomination.objects.filter(status="submitted").count()
    send_one(board, ward, None)
    plain = [send_one(board, ward, None) for _number in range(SENT)]
    picture = photo()
    with_photo = [send_one(board, ward, picture) for _number in range(SENT // 3)]
    bare = [insert_one() for _number in range(SENT * 5)]
    sent = Nomination.objects.filter(status="submitted").count() - before
    if sent != 1 + len(plain) + len(with_photo):
        raise SystemExit(
            f"{1 + len(plain) + len(with_photo)} nominations were sent, and the database holds {sent}."
        )
    if Photo.objects.filter(original__isnull=True).exists():
        raise SystemExit("A photo has no file.")
    return {
        "photo_mb": round(len(picture) / 2**20, 1),
        "bare_insert": seconds(bare),
        "without_photo": seconds(plain),
        "with_photo": seconds(with_photo),
        "requests_each": 11,
    }


def seconds(took: list[float]) -> dict[str, float]:
    """The middle and the slow end, in milliseconds, and how many a second one after another."""
    ordered = sorted(took)
    return {
        "p50_ms": round(median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "per_second": round(len(took) / sum(took), 1),
    }


def fill(count: int = NOMINATIONS) -> int:
    """Endorsed tasks all over London, in bulk and past the actions: a load to measure with, not a history."""
    from django.db import connection
    from django.utils import timezone

    from payback.calculations import cell_at, new_receipt, receipt_hash
    from payback.enums import OVER, PUBLIC, Work
    from payback.models import Milestone, Nomination
    from snb.boards.models import Board
    from snb.places.models import Ward

    boards = {board.pk: board for board in Board.objects.all()}
    wards = list(Ward.objects.current().filter(borough__in=list(boards)).order_by("code"))
    draw, now = random.Random(5), timezone.now()
    missing = max(0, count - Nomination.objects.filter(public_title__startswith="Bench").count())
    for start in range(0, missing, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, missing)):
            ward = wards[number % len(wards)]
            status = draw.choice(PUBLIC)
            changed = now - timedelta(days=draw.randint(0, 900))
            north, east = (
                ward.latitude + draw.uniform(-0.01, 0.01),
                ward.longitude + draw.uniform(-0.01, 0.01),
            )
            cell = cell_at(north, east)
            rows.append(
                Nomination(
                    id=uuid4(), board=boards[ward.borough_id], screening_board=boards[ward.borough_id], ward=ward, status=status,
                    receipt_hash=receipt_hash(new_receipt()), work=draw.choice(Work.values), public_title=f"Bench task {number}",
                    public_words="Rubbish has piled up along the whole alley.", public_place="Alley off the parade", brief="Left of the gate.",
                    cell_x=cell.x, cell_y=cell.y, latitude=cell.latitude, longitude=cell.longitude, submitted_at=changed,
                    endorsed_at=changed, changed_at=changed, ended_at=changed if status in OVER else None,
                    answers={"what": "Rubbish."}, forgotten_at=now,
                )
            )  # fmt: skip
        Nomination.objects.bulk_create(rows)
        Milestone.objects.bulk_create(
            Milestone(nomination=row, status=row.status, at=row.changed_at) for row in rows
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Nomination.objects.count()


def pages() -> dict[str, Any]:
    """The list, filtered and far back, the map and one task, uncached, with everything `fill` made: milliseconds and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from payback.models import Nomination
    from portal.middleware import pages as kept

    total = fill()
    board = camden()
    task = Nomination.objects.for_board(board).public().order_by("reference").first()
    places = {
        "list": "/payback/",
        "list, filtered": "/payback/?state=waiting&work=litter",
        "list, page 20": "/payback/?page=20",
        "map": "/payback/map/",
        "figures": "/payback/figures/",
    }
    if task is not None:
        places["task"] = task.get_absolute_url()
    found: dict[str, Any] = {"nominations": total}
    browser = client_of(board)
    for name, path in places.items():
        took = []
        for _turn in range(12):
            kept.clear()
            with CaptureQueriesContext(connection) as captured:
                began = time.perf_counter()
                answer = browser.get(path)
                took.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}.")
        found[name] = seconds(took[1:]) | {"queries": len(captured), "bytes": len(answer.content)}
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """What is written down of nominating, sending and the pages."""
    sent, left, shown = found["nominating"], found["sending"], dict(found["pages"])
    bare, total = sent["bare_insert"]["p50_ms"], shown.pop("nominations")
    rows = [
        f"| The whole journey, {name} | {sent[key]['p50_ms']} | {sent[key]['p95_ms']} | {sent[key]['p50_ms'] / bare:,.0f}× |"
        for name, key in (
            (f"without a photo, {sent['requests_each']} requests", "without_photo"),
            (f"with a photo of {sent['photo_mb']} MB", "with_photo"),
        )
    ]
    return [
        "| Nominating | p50 ms | p95 ms | of a bare insert |",
        "|---|---|---|---|",
        f"| A bare insert | {bare} | {sent['bare_insert']['p95_ms']} | |",
        *rows,
        "",
        f"Sending: {left['referrals']:,} referrals over HTTPS by one worker, {left['per_second']}/s, {left['of_bare']:.0%} of a bare loop of "
        f"`requests.post` against the same service ({left['bare_per_second']}/s); tasks say so at {left['followed_per_second']}/s; "
        f"{left['memory_mb']} MB at most.",
        "",
        f"| Page, {total:,} nominations, uncached | p50 ms | p95 ms | queries | bytes |",
        "|---|---|---|---|---|",
        *(
            f"| {name[0].upper()}{name[1:]} | {page['p50_ms']} | {page['p95_ms']} | {page['queries']} | {page['bytes']:,} |"
            for name, page in shown.items()
        ),
    ]


if __name__ == "__main__":
    import django

    django.setup()
    json.dump({"submitting": submitting, "pages": pages, "fill": fill}[sys.argv[1]](), sys.stdout, indent=1)
