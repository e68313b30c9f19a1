"""Menus, buttons, the front page and the colours of the admin: only what its reader can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.middleware.routes import ROUTES
from cms.wagtail_hooks.home import YourSitePanel, home_pages

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString
    from wagtail.models import Page

    from snb.people.models import User

MENU = ("images", "documents")
"""Wagtail's own menu items that stay."""
NEVER_ON_A_HOME_PAGE = ("delete", "unpublish", "move", "copy")


@hooks.register("construct_main_menu")
def keep_the_menu_short(request: HttpRequest, items: list[MenuItem]) -> None:
    """Pages, pictures, documents. Wagtail's page explorer reads the admin API, which is off, so a plain link stands for it."""
    items[:] = [item for item in items if item.name in MENU]
    items.append(
        MenuItem(
            _("Pages"),
            reverse("wagtailadmin_explore_root"),
            name="pages",
            icon_name="folder-open-inverse",
            order=100,
        )
    )
    items.sort(key=lambda item: item.order)


@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_help_menu")
def leave_out_the_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Settings, reports and Wagtail's own help speak of the whole install."""
    items.clear()


@hooks.register("construct_homepage_panels")
def show_your_site(request: HttpRequest, panels: list[Any]) -> None:
    """The editor's own site in place of Wagtail's panels."""
    panels[:] = [YourSitePanel(request)]


@hooks.register("construct_homepage_summary_items", order=1000)
def count_nothing(request: HttpRequest, items: list[Any]) -> None:
    """No counts of the whole install."""
    items.clear()


@hooks.register("construct_wagtail_userbar")
def empty_the_userbar(request: HttpRequest, items: list[Any], page: Page) -> None:
    """No bar on public pages: they are the same for everybody, so they can be kept."""
    items.clear()


@hooks.register("construct_page_action_menu")
def keep_home_pages(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """A site's home page is never unpublished or deleted; the fence refuses it, so the menu does not offer it."""
    page = context.get("page")
    if page is not None and page.pk in {home.pk for home in home_pages(request)}:
        items[:] = [item for item in items if item.name != "action-unpublish"]


def _leads_somewhere(button: Any, page: Page) -> bool:
    """Whether the fence knows the route behind a button of a page."""
    if not getattr(button, "url", None):
        return True
    try:
        name = resolve(str(button.url).partition("?")[0]).view_name
    except Resolver404:
        return True
    at_home = page.depth == 2 and name.rpartition(":")[2] in NEVER_ON_A_HOME_PAGE
    return name in ROUTES and not at_home


@hooks.register("construct_page_listing_buttons")
def keep_buttons_that_work(
    buttons: list[Any], page: Page, user: User, context: dict[str, Any] | None = None
) -> None:
    """Only buttons whose route the fence lets through."""
    buttons[:] = [button for button in buttons if _leads_somewhere(button, page)]


@hooks.register("insert_global_admin_css")
def our_colours() -> SafeString:
    """The portal's colours in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("cms/admin.css"))
