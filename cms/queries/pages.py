"""What the public pages read: a site's pages, its news, its search, and which files are public."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.models import Collection, Page, Site

from cms.models import HelpPage, NewsIndexPage, NewsPage, PortalDocument, PortalRendition, StandingPage
from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from snb.places.models import Borough, Ward
from snb.places.queries import boroughs
from snb.privacy.enums import Privacy

PER_PAGE = 10
MOST_WORDS = 8
MOST_PLACES = 12
DEPTH_OF_HOMES = 2
"""Of home pages in the tree of pages, and of boards' collections in theirs."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


# ---------------------------------------------------------------------------------------------- sites and pages
def site_of(request: HttpRequest) -> Site:
    """The Site of this request's host; found once a request."""
    site = Site.find_for_request(request)
    if site is None:
        raise Site.DoesNotExist
    return site


def home_of(board: Board | None) -> Page:
    """The home page of a board's site; with None that of the London-wide one."""
    hostname = board.borough.hostname if board else settings.PORTAL_DOMAIN
    return Site.objects.select_related("root_page").get(hostname=hostname).root_page


def board_code(thing: Page | Collection) -> str:
    """GSS code of the board whose page or collection this is, or whose it lies below; "" for what is London's."""
    home = thing.path[: thing.steplen * DEPTH_OF_HOMES]
    owner = "site__root_page__path" if isinstance(thing, Page) else "collection__path"
    return Board.objects.filter(**{owner: home}).values_list("pk", flat=True).first() or ""


def standing_page(site: Site, slug: str) -> StandingPage | None:
    """A live standing page of this site, if it has one at this address."""
    return StandingPage.objects.child_of(site.root_page).live().filter(slug=slug).first()


def help_page() -> HelpPage | None:
    """“Get help or report”: one text for all sites."""
    return HelpPage.objects.live().first()


def open_boards() -> list[Board]:
    """All boards by borough, each borough with its `tiles` at hand, in three queries however many there are."""
    places = {borough.code: borough for borough in boroughs()}
    boards = list(Board.objects.select_related("site").order_by("borough__name"))
    for board in boards:
        board.borough = places[board.borough_id]
    return boards


# ---------------------------------------------------------------------------------------------- news
def latest_news(home: Page, limit: int) -> list[NewsPage]:
    """The newest articles of a site, ready for cards."""
    return list(NewsPage.objects.descendant_of(home).live().newest_first().for_cards()[:limit])


def ward_news(home: Page, ward: Ward, limit: int = 3) -> list[NewsPage]:
    """The newest articles of this site about one ward, ready for cards."""
    return list(
        NewsPage.objects.descendant_of(home).live().filter(ward=ward).newest_first().for_cards()[:limit]
    )


def news_index(home: Page) -> NewsIndexPage | None:
    """The list of a site's news."""
    return NewsIndexPage.objects.child_of(home).live().first()


# ---------------------------------------------------------------------------------------------- wards
def has_panel(ward: Ward) -> bool:
    """Whether a ward panel is recorded for this ward."""
    return Body.objects.filter(ward=ward, kind=BodyKind.WARD_PANEL).exists()


# ---------------------------------------------------------------------------------------------- search
@dataclass(frozen=True)
class Place:
    """A borough or ward that a search found."""

    title: str
    url: str


def search_words(text: str) -> str:
    """The words of a query that a database can be asked for: letters and digits only, eight at most."""
    return " ".join(word[:40] for word in _WORD.findall(text[:200])[:MOST_WORDS])


def search_pages(home: Page, words: str, number: int) -> PageOfResults[Page]:
    """One page of the live pages under `home` that have all these words, best first.

    In as many queries however many are found; a number outside the results is mended to the nearest.
    """
    found = Page.objects.descendant_of(home, inclusive=True).live().public().search(words, operator="and")
    page = Paginator(found, PER_PAGE).get_page(number)
    keys = [hit.pk for hit in page.object_list]
    specific = {hit.pk: hit for hit in Page.objects.filter(pk__in=keys).specific()}
    page.object_list = [specific[key] for key in keys if key in specific]
    return page


def search_places(board: Board | None, words: str) -> list[Place]:
    """Wards of this board's borough by name; on the London-wide site boroughs and wards of all."""
    if not words:
        return []
    wards = Ward.objects.current().filter(name__icontains=words)
    if board is not None:
        return [
            Place(ward.name, ward.get_absolute_url())
            for ward in wards.filter(borough=board.borough_id)[:MOST_PLACES]
        ]
    found = [
        Place(borough.name, borough.url())
        for borough in Borough.objects.filter(name__icontains=words)[:MOST_PLACES]
    ]
    found += [
        Place(_("%(ward)s, %(borough)s") % {"ward": ward.name, "borough": ward.borough.name}, ward.full_url)
        for ward in wards.select_related("borough").order_by("name", "borough__name")[:MOST_PLACES]
    ]
    return found


# ---------------------------------------------------------------------------------------------- files
def public_rendition(site: Site, name: str) -> PortalRendition | None:
    """A picture's rendition, if a live page of this very site uses the picture and it lies in this site's collection."""
    return (
        _of_site(PortalRendition.objects.filter(file=f"renditions/{name}"), site, "image__")
        .select_related("image")
        .first()
    )


def public_document(site: Site, pk: int) -> PortalDocument | None:
    """A document, if a live page of this very site links to it and it lies in this site's collection."""
    return _of_site(PortalDocument.objects.filter(pk=pk), site).first()


def _of_site(files: QuerySet[Any], site: Site, prefix: str = "") -> QuerySet[Any]:
    return files.filter(
        **{
            f"{prefix}collection__in": collections_of(site),
            f"{prefix}uses__page__live": True,
            f"{prefix}uses__page__path__startswith": site.root_page.path,
        }
    ).distinct()


def collections_of(site: Site) -> QuerySet[Any]:
    """The collection of this site's files: the board's, or London's own."""
    owned = Collection.objects.filter(board__site=site)
    return (
        owned
        if site.hostname != settings.PORTAL_DOMAIN
        else Collection.objects.filter(board=None, depth=2, name="London")
    )


# ---------------------------------------------------------------------------------------------- standing facts
@dataclass(frozen=True)
class Rule:
    """One kind of record and how long it is kept."""

    what: str
    keep: str


def retention_rules() -> list[Rule]:
    """What the privacy page prints: every kind of record of ours with its rule, by name."""
    declared = {
        capfirst(str(model._meta.verbose_name_plural)): declaration.keep
        for model in apps.get_models()
        if isinstance(declaration := getattr(model, "privacy", None), Privacy)
    }
    return [Rule(what, keep) for what, keep in sorted(declared.items())]


# ---------------------------------------------------------------------------------------------- site map
@dataclass(frozen=True)
class Entry:
    """One address of a site map."""

    location: str
    lastmod: date | None = None


def site_map(request: HttpRequest, board: Board | None) -> list[Entry]:
    """Every public address of a site: its live pages, its wards and what every site has."""
    site = site_of(request)
    base = site.root_url
    pages = Page.objects.descendant_of(site.root_page, inclusive=True).live().public().order_by("path")
    fixed = [reverse(name) for name in ("help", "accessibility", "privacy", "attributions")]
    entries = [
        Entry(url["location"], url["lastmod"])
        for page in pages
        for url in page.get_sitemap_urls(request)
        if url["location"].removeprefix(base) not in fixed
    ]
    entries += [Entry(base + path) for path in fixed]
    if board is not None:
        entries.append(Entry(base + reverse("ward_list")))
        entries += [
            Entry(base + ward.get_absolute_url())
            for ward in Ward.objects.current().filter(borough=board.borough_id)
        ]
    return entries
