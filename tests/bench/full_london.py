"""A full London: every board and ward, 200,000 residents, 330,000 postcodes, ten years of news and of meetings. Run by `tests.bench`."""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise, product
from typing import Any

RESIDENTS = int(os.environ.get("BENCH_RESIDENTS", "200000"))
POSTCODES = int(os.environ.get("BENCH_POSTCODES", "330000"))
NEWS_A_BOARD = int(os.environ.get("BENCH_NEWS", "240"))
"""Two a month for ten years."""
MEETING_YEARS = int(os.environ.get("BENCH_MEETING_YEARS", "10"))
PANELS = 20
"""Ward panels of each board that meet every quarter, as the board does."""
BATCH = 5_000


def build() -> dict[str, int]:
    """Fill up what is missing, in bulk and past the actions: this is a load to measure with, not a history."""
    from django.core.management import call_command

    call_command("load_places", verbosity=0)
    call_command("open_boards", verbosity=0)
    counts = {
        "postcodes": build_postcodes(),
        "residents": build_residents(),
        "news": build_news(),
        "meetings": build_meetings(),
    }
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return counts


def some_postcodes() -> Iterator[str]:
    """Made-up postcodes in no district that exists: ZA1 1AA and so on."""
    letters = string.ascii_uppercase
    for first, second, district, sector, unit, last in product(
        "Z", letters, range(10, 100), range(10), letters, letters
    ):
        yield f"{first}{second}{district}{sector}{unit}{last}"


def build_postcodes() -> int:
    """Postcodes spread evenly over the wards."""
    from snb.places.models import Postcode, Ward

    wards = list(Ward.objects.current().order_by("code"))
    missing = max(0, POSTCODES - Postcode.objects.count())
    rows = (
        Postcode(
            postcode=code,
            ward=wards[n % len(wards)],
            borough_code=wards[n % len(wards)].borough_id,
            latitude=51.5,
            longitude=-0.1,
        )
        for n, code in enumerate(islice(some_postcodes(), missing))
    )
    while batch := list(islice(rows, BATCH)):
        Postcode.objects.bulk_create(batch, ignore_conflicts=True)
    return Postcode.objects.count()


def build_residents() -> int:
    """Residents spread evenly over the wards, each confirmed by postcode."""
    from django.utils import timezone

    from snb.people.enums import ResidencyMethod
    from snb.people.models import Residency, User
    from snb.places.models import Ward

    wards = list(Ward.objects.current().order_by("code"))
    now, today = timezone.now(), timezone.localdate()
    for start in range(0, RESIDENTS, BATCH):
        people = [
            User(email=f"resident.{n}@bench.example", name=f"Resident {n}", password="!")
            for n in range(start, min(start + BATCH, RESIDENTS))
        ]
        emails = [person.email for person in people]
        User.objects.bulk_create(people, ignore_conflicts=True)
        ids = User.objects.filter(email__in=emails, residencies__isnull=True).values_list("pk", flat=True)
        Residency.objects.bulk_create(
            Residency(
                user_id=pk, ward=wards[pk % len(wards)], method=ResidencyMethod.POSTCODE, since=now, confirmed_on=today,
                expires_on=today + timedelta(days=730),
            )
            for pk in ids
        )  # fmt: skip
    return Residency.objects.count()


def build_news() -> int:
    """Ten years of articles on every board, written straight into both tables of a page."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.models import Page

    from cms.models import NewsIndexPage, NewsPage

    kind = ContentType.objects.get_for_model(NewsPage)
    body = [{"type": "text", "value": "<p>" + "What the team did, and what came of it. " * 40 + "</p>"}]
    for index in NewsIndexPage.objects.select_related("locale"):
        have = index.get_children().count()
        first = index.get_last_child()
        step = int(first.path[-4:], 36) if first else 0
        pages, days = [], []
        for n in range(have, NEWS_A_BOARD):
            day = date.today() - timedelta(days=15 * n)
            at = timezone.make_aware(datetime.combine(day, time(9)))
            slug = f"bench-{n}"
            pages.append(
                Page(
                    path=index.path + _base36(step + n - have + 1), depth=index.depth + 1, numchild=0, title=f"News of {day:%d %B %Y}",
                    draft_title=f"News of {day:%d %B %Y}", slug=slug, content_type=kind, live=True, url_path=f"{index.url_path}{slug}/",
                    locale=index.locale, first_published_at=at, last_published_at=at,
                )
            )  # fmt: skip
            days.append(day)
        articles = [NewsPage(date=day, intro="What the team did this fortnight.", body=body) for day in days]
        insert_pages(pages, articles)
        Page.objects.filter(pk=index.pk).update(numchild=have + len(pages))
    return NewsPage.objects.count()


def insert_pages(pages: list[Any], specific: list[Any]) -> None:
    """Write pages into both of their tables: the plain row, and beside it what its kind adds."""
    from django.db import connection
    from wagtail.models import Page

    if not pages:
        return
    Page.objects.bulk_create(pages, batch_size=1000)
    keys: dict[str, int] = {}
    for start in range(0, len(pages), 500):
        batch = [page.path for page in pages[start : start + 500]]
        keys |= dict(Page.objects.filter(path__in=batch).values_list("path", "pk"))
    model = type(specific[0])
    own = [field for field in model._meta.local_fields if field.column != "page_ptr_id"]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(name) for name in ("page_ptr_id", *(field.column for field in own)))
    sql = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * (len(own) + 1))})"
    rows = [
        [keys[page.path], *(field.get_db_prep_save(getattr(one, field.attname), connection) for field in own)]
        for page, one in zip(pages, specific, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def page_row(index: Any, kind: Any, title: str, slug: str, path: str, between: str = "") -> Any:
    """The plain row of a page under a list of pages; `between` are the slugs of the pages between the two."""
    from django.utils import timezone
    from wagtail.models import Page

    at = timezone.now()
    return Page(
        path=path, depth=len(path) // index.steplen, numchild=0 if between else 1, title=title, draft_title=title, slug=slug,
        content_type=kind, live=True, url_path=f"{index.url_path}{between}{slug}/", locale=index.locale, first_published_at=at,
        last_published_at=at,
    )  # fmt: skip


def build_meetings() -> int:
    """Ten years of meetings on every board, each with a page and minutes: 40 of the board, 800 of its panels.

    The published text of the minutes, which nothing but a meeting's own page reads, is there for Camden only.
    """
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.models import Page

    from cms.models import MeetingIndexPage, MeetingPage, MinutesPage
    from snb.boards.enums import BodyKind
    from snb.boards.models import Board, Body
    from snb.meetings.enums import MeetingKind, MeetingStatus
    from snb.meetings.models import Meeting, MinutesVersion
    from snb.places.models import Ward

    kinds = {model: ContentType.objects.get_for_model(model) for model in (MeetingPage, MinutesPage)}
    said = [{"type": "text", "value": "<p>" + "The board heard the report and agreed. " * 60 + "</p>"}]
    html = "".join(
        f"<h2>{n}. Item</h2><p>{'The board heard the report and agreed. ' * 20}</p>" for n in range(1, 15)
    )
    for board in Board.objects.select_related("borough", "site__root_page"):
        index = MeetingIndexPage.objects.child_of(board.site.root_page).get()
        if Meeting.objects.filter(board=board, slug__startswith="bench-").exists():
            continue
        wards = Ward.objects.current().filter(borough=board.borough).order_by("code")[:PANELS]
        bodies = [
            Body.objects.get(board=board, kind=BodyKind.BOARD),
            *(
                Body.objects.get_or_create(board=board, kind=BodyKind.WARD_PANEL, ward=ward)[0]
                for ward in wards
            ),
        ]
        meetings = []
        for place, body in enumerate(bodies):
            for quarter in range(MEETING_YEARS * 4):
                begins = timezone.now() - timedelta(days=91 * quarter + 20 + place)
                kind = MeetingKind.WARD_PANEL if body.ward_id else MeetingKind.BOARD
                meetings.append(
                    Meeting(
                        board=board, body=body, kind=kind, title=str(kind.label), slug=f"bench-{place}-{quarter}",
                        status=MeetingStatus.APPROVED, starts_at=begins, ends_at=begins + timedelta(hours=2), place="Town hall",
                        announced_at=begins - timedelta(days=60), agenda_published_at=begins - timedelta(days=7),
                        minutes_published_at=begins + timedelta(days=9), told_at=timezone.now(), approved_at=begins,
                    )
                )  # fmt: skip
        Meeting.objects.bulk_create(meetings, batch_size=500)
        last = index.get_last_child()
        first = (int(last.path[-4:], 36) if last else 0) + 1
        paths = [index.path + _base36(first + number) for number in range(len(meetings))]
        pairs = list(zip(meetings, paths, strict=True))
        insert_pages(
            [page_row(index, kinds[MeetingPage], str(one), one.slug, path) for one, path in pairs],
            [MeetingPage(meeting=one, body=[]) for one in meetings],
        )
        insert_pages(
            [
                page_row(index, kinds[MinutesPage], str(one), "minutes", f"{path}0001", f"{one.slug}/")
                for one, path in pairs
            ],
            [MinutesPage(meeting=one, body=said, private_body=[]) for one in meetings],
        )
        Page.objects.filter(pk=index.pk).update(numchild=index.numchild + len(meetings))
        if board.borough.slug == "camden":
            MinutesVersion.objects.bulk_create(
                (
                    MinutesVersion(
                        meeting=one, number=1, kind="approved", body="[]", html=html, sha256="0" * 64
                    )
                    for one in meetings
                ),
                batch_size=200,
            )
            for later, one in pairwise(meetings):
                # The newest of a body has no later one, and is said to have agreed its own.
                one.approved_in = later if later.body_id == one.body_id else one
            meetings[0].approved_in = meetings[0]
            Meeting.objects.bulk_update(meetings, ["approved_in"], batch_size=200)
    return Meeting.objects.count()


def _base36(number: int) -> str:
    digits = string.digits + string.ascii_uppercase
    text = ""
    for _ in range(4):
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(", ".join(f"{count:,} {name}" for name, count in build().items()) + "\n")
