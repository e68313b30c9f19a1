"""A full London: every board and ward, 200,000 residents, 330,000 postcodes, ten years of news. Run by `tests.bench`."""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice, product

RESIDENTS = int(os.environ.get("BENCH_RESIDENTS", "200000"))
POSTCODES = int(os.environ.get("BENCH_POSTCODES", "330000"))
NEWS_A_BOARD = int(os.environ.get("BENCH_NEWS", "240"))
"""Two a month for ten years."""
BATCH = 5_000


def build() -> dict[str, int]:
    """Fill up what is missing, in bulk and past the actions: this is a load to measure with, not a history."""
    from django.core.management import call_command

    call_command("load_places", verbosity=0)
    call_command("open_boards", verbosity=0)
    counts = {"postcodes": build_postcodes(), "residents": build_residents(), "news": build_news()}
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
    from django.db import connection
    from django.utils import timezone
    from wagtail.models import Page

    from cms.models import NewsIndexPage, NewsPage

    kind = ContentType.objects.get_for_model(NewsPage)
    own = [field for field in NewsPage._meta.local_fields if field.column != "page_ptr_id"]
    body = [{"type": "text", "value": "<p>" + "What the team did, and what came of it. " * 40 + "</p>"}]
    table = connection.ops.quote_name(NewsPage._meta.db_table)
    columns = ["page_ptr_id", *(field.column for field in own)]
    places = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table} ({', '.join(map(connection.ops.quote_name, columns))}) VALUES ({places})"
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
        Page.objects.bulk_create(pages)
        paths = dict(
            Page.objects.filter(path__startswith=index.path, depth=index.depth + 1).values_list("path", "pk")
        )
        rows = []
        for page, day in zip(pages, days, strict=True):
            article = NewsPage(date=day, intro="What the team did this fortnight.", body=body)
            rows.append(
                [
                    paths[page.path],
                    *(field.get_db_prep_save(getattr(article, field.attname), connection) for field in own),
                ]
            )
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
        Page.objects.filter(pk=index.pk).update(numchild=have + len(pages))
    return NewsPage.objects.count()


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
