"""The first thing an editor sees: their site, what to do first, and where they left off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.images import get_image_model
from wagtail.models import Page, PageLogEntry

from cms.models import NewsIndexPage, NewsPage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from cms.middleware.territory import Territory

SHOWN = 5


@dataclass(frozen=True)
class Step:
    """One thing to do first, and whether somebody of the board has done it."""

    text: str
    hint: str
    url: str
    done: bool


@dataclass(frozen=True)
class YourSite:
    """One site of an editor, with its first steps."""

    name: str
    url: str
    steps: list[Step]

    @property
    def remaining(self) -> int:
        """How many first steps are left."""
        return sum(not step.done for step in self.steps)


def territory_at(request: HttpRequest) -> Territory | None:
    """The territory the fence found for this request."""
    return getattr(request, "territory", None)


def home_pages(request: HttpRequest) -> list[Page]:
    """Home pages of the sites this person edits."""
    territory = territory_at(request)
    return list(territory.roots) if territory else []


def your_site(home: Page, territory: Territory) -> YourSite:
    """A site and its first steps, ticked from what is there."""
    site = home.sites_rooted_here.first()
    news = NewsIndexPage.objects.child_of(home).first()
    kind = NewsPage._meta
    edited = PageLogEntry.objects.filter(page=home.pk, action="wagtail.edit").exists()
    written = NewsPage.objects.descendant_of(home).live().exists()
    pictures = get_image_model().objects.filter(collection__in=territory.collections).exists()
    steps = [
        Step(
            _("Put your own words on the home page"),
            _("Say who the board is and what it does for its neighbours."),
            reverse("wagtailadmin_pages:edit", args=[home.pk]),
            edited,
        ),
        Step(
            _("Add a picture"),
            _("Your own photo of the area. Ask the people you can see in it first."),
            reverse("wagtailimages:add_multiple"),
            pictures,
        ),
    ]
    if news is not None:
        write = reverse("wagtailadmin_pages:add", args=[kind.app_label, kind.model_name, news.pk])
        steps.insert(
            1,
            Step(_("Write your first news"), _("Two or three short paragraphs are enough."), write, written),
        )
    return YourSite(name=home.title, url=site.root_url + "/" if site else home.full_url, steps=steps)


def drafts(territory: Territory) -> QuerySet[Page]:
    """Pages with words that are not public yet, newest first."""
    return (
        territory.pages().filter(has_unpublished_changes=True).order_by("-latest_revision_created_at")[:SHOWN]
    )


def recent(territory: Territory) -> QuerySet[Page]:
    """Public pages, last published first."""
    return (
        territory.pages()
        .filter(live=True)
        .exclude(last_published_at=None)
        .order_by("-last_published_at")[:SHOWN]
    )


class YourSitePanel(Component):
    """First steps, drafts and recent pages of the editor's own site or sites."""

    name = "your_site"
    template_name = "cms/admin_your_site.html"
    order = 100

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sites, drafts and recent pages, ready to render."""
        territory = territory_at(self.request)
        if territory is None:
            return {"sites": [], "drafts": [], "recent": [], "help_url": ""}
        return {
            "sites": [your_site(home, territory) for home in territory.roots],
            "drafts": list(drafts(territory)),
            "recent": list(recent(territory)),
            "help_url": f"{settings.PORTAL_BASE_URL}/help/",
        }
