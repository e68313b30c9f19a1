"""Wagtail's page lists without what they would tell about other boards, and the chooser bound to one's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail import hooks
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.ui.tables.pages import BulkActionsColumn
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from cms.wagtail_hooks.home import territory_at

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpRequest


@hooks.register("construct_page_chooser_queryset")
def choose_among_your_own(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Browsing and searching for a page to link to stays in the territory."""
    territory = territory_at(request)
    return pages.filter(territory.within) if territory else pages.none()


class OwnPagesFilterSet(GenericPageFilterSet):
    """Filters of a page list. The lists of owners, editors and sites name everybody, so those three are gone."""

    owner = None
    edited_by = None
    site = None


class OwnPagesView(ExplorableIndexView):
    """The explorer without tick boxes: bulk actions are off."""

    base_columns = [
        column for column in ExplorableIndexView.base_columns if not isinstance(column, BulkActionsColumn)
    ]


class OwnSearchView(SearchView):
    """Search in one's own pages without tick boxes."""

    columns = [column for column in SearchView.columns if not isinstance(column, BulkActionsColumn)]


class PlainCopyForm(CopyForm):
    """Copying without the second page that follows the first for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)


class PlainCopyView(CopyView):
    """Copying with the plain form."""

    def get_form_class(self) -> type[forms.Form]:
        """The form without "alias"."""
        return PlainCopyForm


class OwnPagesViewSet(PageViewSet):
    """Every page type's admin views."""

    index_view_class = OwnPagesView
    search_view_class = OwnSearchView
    copy_view_class = PlainCopyView
    columns = OwnPagesView.base_columns
    filterset_class = OwnPagesFilterSet


@hooks.register("register_admin_viewset")
def our_page_lists() -> OwnPagesViewSet:
    """Take the place of Wagtail's base page viewset."""
    return OwnPagesViewSet()
