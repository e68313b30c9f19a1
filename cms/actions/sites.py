"""Opening the London-wide site and a board's site. Each may run again: it puts back what is missing and changes nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Task,
    Workflow,
)

from cms.actions import standing
from cms.models import (
    BoroughHomePage,
    HelpPage,
    LondonHomePage,
    MeetingIndexPage,
    NewsIndexPage,
    StandingPage,
)
from snb.audit.actions import Actor, move_epoch, record
from snb.audit.enums import Event
from snb.boards.enums import LONDON_EDITORS, BodyKind
from snb.boards.models import Board, Body
from snb.places.models import Borough

LONDON = "London"
ACCENTS = ("river", "moss", "canal", "heather", "plum", "clay", "ochre", "slate")
"""The accent colours of static/css/tokens.css, dealt out to the boroughs in turn."""
PAGE_RIGHTS = ("add_page", "change_page", "publish_page")
FILE_RIGHTS = (
    ("wagtailimages", ("add_image", "change_image", "choose_image")),
    ("wagtaildocs", ("add_document", "change_document", "choose_document")),
)
"""Wagtail asks for the rights of its own image and document models, whatever model stands in for them."""


@transaction.atomic
def open_london() -> Site:
    """Make the London-wide site: home, news, standing pages, help, collection, editors' group.

    Wagtail's welcome page, default Site, groups and workflow go: each would give somebody rights on every board.
    """
    _clear_what_wagtail_brought()
    home = LondonHomePage.objects.first() or _add(
        _root(), LondonHomePage(title="Safer Neighbourhood Boards", slug="london", intro=standing.WELCOME)
    )
    made = [
        _missing(home, NewsIndexPage(title="News", slug="news", intro="What is new across London’s boards.")),
        _missing(
            home, MeetingIndexPage(title="Meetings", slug="meetings", intro=standing.LONDON_MEETINGS_INTRO)
        ),
        *(_missing(home, _standing_page(first)) for first in standing.LONDON_PAGES),
        _missing(home, _help_page()),
    ]
    site, _ = Site.objects.get_or_create(
        hostname=settings.PORTAL_DOMAIN,
        defaults={
            "root_page": home,
            "site_name": LONDON,
            "port": settings.PORTAL_PORT,
            "is_default_site": False,
        },
    )
    _give_rights(_group(LONDON_EDITORS), home, _collection(LONDON))
    if any(made):
        move_epoch("")
    return site


@transaction.atomic
def open_board(borough: Borough, *, by: Actor | None = None) -> Board:
    """Open a borough's board: body, Site, home, news, standing pages, collection, editors' group, settings row."""
    if not Site.objects.filter(hostname=settings.PORTAL_DOMAIN).exists():
        open_london()
    board = (
        Board.objects.select_related("site__root_page", "collection", "editors")
        .filter(borough=borough)
        .first()
    )
    home: Page | None = (
        board.site.root_page.specific if board else BoroughHomePage.objects.filter(slug=borough.slug).first()
    )
    home = home or _add(
        _root(),
        BoroughHomePage(
            title=f"{borough.name} Safer Neighbourhood Board", slug=borough.slug, intro=standing.WELCOME
        ),
    )
    made = [
        _missing(home, NewsIndexPage(title="News", slug="news", intro=standing.NEWS_INTRO)),
        _missing(home, MeetingIndexPage(title="Meetings", slug="meetings", intro=standing.MEETINGS_INTRO)),
        *(_missing(home, _standing_page(first)) for first in standing.board_pages(borough.name)),
    ]
    opened = board is None
    if board is None:
        site, _ = Site.objects.get_or_create(
            hostname=borough.hostname,
            defaults={
                "port": settings.PORTAL_PORT,
                "site_name": borough.name,
                "root_page": home,
                "is_default_site": False,
            },
        )
        board = Board.objects.create(
            borough=borough,
            site=site,
            collection=_collection(borough.name),
            editors=_group(f"{borough.name} editors"),
            accent=ACCENTS[int(borough.code[1:]) % len(ACCENTS)],
        )
    _give_rights(board.editors, home, board.collection)
    Body.objects.get_or_create(board=board, kind=BodyKind.BOARD)
    if opened:
        record(Event.BOARD_OPENED, board, by=by, board=board.code, public=True)
        move_epoch("")
    elif any(made):
        move_epoch(board.code)
    return board


def open_boards(boroughs: Iterable[Borough], *, by: Actor | None = None) -> Iterator[Board]:
    """Open these boards one after the other, yielding each, so that a caller can show where it is."""
    open_london()
    for borough in boroughs:
        yield open_board(borough, by=by)


def _root() -> Page:
    return Page.objects.get(depth=1)


def _add(parent: Page, page: Any) -> Any:
    page.first_published_at = page.last_published_at = timezone.now()
    return parent.add_child(instance=page)


def _missing(home: Page, page: Any) -> bool:
    """Add a page under `home` unless its slug is taken; True when it was."""
    if home.get_children().filter(slug=page.slug).exists():
        return False
    _add(home, page)
    return True


def _standing_page(first: standing.FirstPage) -> StandingPage:
    return StandingPage(slug=first.slug, title=first.title, intro=first.intro, body=_stream(first.body))


def _help_page() -> HelpPage:
    sections = [
        ("section", {"heading": heading, "text": text, "services": list(services)})
        for heading, text, services in standing.HELP
    ]
    return HelpPage(
        slug="help", title="Get help or report", intro=standing.HELP_INTRO, body=_stream(sections, HelpPage)
    )


def _stream(body: Iterable[tuple[str, Any]], model: type[Page] = StandingPage) -> Any:
    """A stream value from plain Python, as the editor's form would make it."""
    block = model._meta.get_field("body").stream_block
    return block.normalize([(kind, block.child_blocks[kind].normalize(value)) for kind, value in body])


def _collection(name: str) -> Collection:
    root = Collection.get_first_root_node()
    return root.get_children().filter(name=name).first() or root.add_child(name=name)


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _give_rights(group: Group, home: Page, collection: Collection) -> None:
    """Rights on this subtree and this collection, and nothing global."""
    rights = {
        (right.content_type.app_label, right.codename): right
        for right in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=["wagtailadmin", "wagtailcore", "wagtailimages", "wagtaildocs"],
            codename__in=[
                "access_admin",
                *PAGE_RIGHTS,
                *(name for _, names in FILE_RIGHTS for name in names),
            ],
        )
    }
    group.permissions.add(rights["wagtailadmin", "access_admin"])
    on_pages = set(
        GroupPagePermission.objects.filter(group=group, page_id=home.pk).values_list(
            "permission_id", flat=True
        )
    )
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page_id=home.pk, permission=rights["wagtailcore", name])
        for name in PAGE_RIGHTS
        if rights["wagtailcore", name].pk not in on_pages
    )
    on_files = set(
        GroupCollectionPermission.objects.filter(group=group, collection=collection).values_list(
            "permission_id", flat=True
        )
    )
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=group, collection=collection, permission=rights[app, name])
        for app, names in FILE_RIGHTS
        for name in names
        if rights[app, name].pk not in on_files
    )


def _clear_what_wagtail_brought() -> None:
    """Delete the welcome page, the Site that answers for every host, two groups with rights on the root, and a workflow."""
    ours = LondonHomePage.objects.values("pk")
    Site.objects.filter(is_default_site=True).exclude(root_page__in=ours).delete()
    Site.objects.filter(is_default_site=True).update(is_default_site=False)
    for page in Page.objects.filter(depth=2, slug="home", content_type__app_label="wagtailcore"):
        page.delete()
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()
    Workflow.objects.filter(name="Moderators approval").delete()
    Task.objects.filter(name="Moderators approval").delete()
