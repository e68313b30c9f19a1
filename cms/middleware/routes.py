"""The allow-list: every admin route an editor may reach, and what each of its ids must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.apps import apps
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, Revision, UploadedFile

from cms.middleware.territory import as_id

if TYPE_CHECKING:
    from cms.middleware.territory import Territory


@dataclass(frozen=True)
class Visit:
    """One request of an editor, as far as the fence looks at it."""

    territory: Territory
    path: Mapping[str, object]
    nested: bool = False
    """Whether this is the address in a `next`, not the request itself."""


Check = Callable[[Visit, str], bool]
"""Says whether a value may pass. What it refuses is *not found*."""


# ------------------------------------------------------------------------------------------------ checks
def anything(visit: Visit, value: str) -> bool:
    """A word that names no object."""
    return True


def nothing(visit: Visit, value: str) -> bool:
    """No value at all."""
    return False


def number(visit: Visit, value: str) -> bool:
    """A page number or a position."""
    return as_id(value) is not None


def page(visit: Visit, value: str) -> bool:
    """A page of the territory."""
    return visit.territory.owns(Page, value)


def branch(visit: Visit, value: str) -> bool:
    """A page of the territory that the site can do without: home pages and the like stay where they are.

    Several of Wagtail's views ask the plain `Page` for permissions, which does not know that its kind is fixed.
    """
    if not page(visit, value) or visit.territory.is_root(value):
        return False
    return Page.objects.get(pk=value).specific.permissions_for_user(visit.territory.user).can_move()


def node(visit: Visit, value: str) -> bool:
    """A page that may be looked at from: one of the territory, or the nameless root of the tree, which shows only the territory."""
    return page(visit, value) or Page.objects.filter(pk=as_id(value), depth=1).exists()


def revision(visit: Visit, value: str) -> bool:
    """A revision of the page named in the same path."""
    if value in {"live", "earliest", "latest"}:
        return True
    owner = next((visit.path[name] for name in ("page_id", "pk", "object_id") if name in visit.path), None)
    return Revision.page_revisions.filter(pk=as_id(value), object_id=str(owner)).exists()


def image(visit: Visit, value: str) -> bool:
    """A picture of the territory's collections."""
    return visit.territory.owns(get_image_model(), value)


def document(visit: Visit, value: str) -> bool:
    """A document of the territory's collections."""
    return visit.territory.owns(get_document_model(), value)


def collection(visit: Visit, value: str) -> bool:
    """A collection of the territory."""
    return visit.territory.owns(Collection, value)


def upload(visit: Visit, value: str) -> bool:
    """A half-finished upload of the person's own."""
    return visit.territory.owns(UploadedFile, value)


def page_model(visit: Visit, value: str) -> bool:
    """App and name, together, of a kind of page; Wagtail asks the parent whether that kind may stand there."""
    app = visit.path.get("app_label") or visit.path.get("content_type_app_name")
    name = visit.path.get("model_name") or visit.path.get("content_type_model_name")
    try:
        return issubclass(apps.get_model(str(app), str(name)), Page)
    except LookupError:
        return False


def new_page_model(visit: Visit, value: str) -> bool:
    """App and name of a kind of page that somebody may add under the parent in the same path."""
    parent = Page.objects.filter(pk=as_id(visit.path["parent_page_id"])).first()
    if parent is None or not page_model(visit, value):
        return False
    model = apps.get_model(
        str(visit.path["content_type_app_name"]), str(visit.path["content_type_model_name"])
    )
    return model in parent.specific_class.creatable_subpage_models() and model.can_create_at(parent.specific)


def way_back(visit: Visit, value: str) -> bool:
    """An address to return to: empty, or a path in the admin that this person could open right now."""
    parts = urlsplit(value)
    if (
        parts.scheme
        or parts.netloc
        or visit.nested
        or not parts.path.startswith(reverse("wagtailadmin_home"))
    ):
        return False
    try:
        match = resolve(parts.path)
        admit(
            match.view_name,
            Visit(visit.territory, match.kwargs, nested=True),
            "GET",
            QueryDict(parts.query),
            QueryDict(),
        )
    except (Resolver404, Http404):
        return False
    return True


# ------------------------------------------------------------------------------------------------ routes
READ = frozenset({"GET", "HEAD"})
WRITE = READ | {"POST"}


@dataclass(frozen=True)
class Route:
    """One admin route: its methods and what its path, query and body may hold."""

    methods: frozenset[str] = READ
    path: Mapping[str, Check] = field(default_factory=dict)
    query: Mapping[str, Check] = field(default_factory=dict)
    body: Mapping[str, Check] = field(default_factory=dict)
    needs: str = ""
    """A name that a posted body must hold, where Wagtail fails without it."""
    any_query: bool = False
    page_form: bool = False
    """Whether the body is a whole page: then each picture, document and page it names is checked too (`bodies.py`)."""
    preview: bool = False
    """Whether the response is shown inside the editor's frame."""


QUERY: dict[str, Check] = {
    "p": number,
    "next": way_back,
    "parent_page_id": node,
    "collection_id": collection,
    **dict.fromkeys(
        (
            "q",
            "ordering",
            "layout",
            "multiple",
            "search_all",
            "export",
            "mode",
            "in_preview_panel",
            "page_type",
            "content_type",
            "user_perms",
            "can_choose_root",
            "match_subclass",
            "select_format",
            "format",
            "alt_text",
            "image_is_decorative",
            "allow_external_link",
            "allow_email_link",
            "allow_phone_link",
            "allow_anchor_link",
            "link_url",
            "link_text",
            "has_child_pages",
            "latest_revision_created_at_from",
            "latest_revision_created_at_to",
            "action",
            "is_commenting_action",
            "timestamp_from",
            "timestamp_to",
            "usage_count_min",
            "usage_count_max",
            "describe_on_delete",
            "_w_filter_fragment",
            "_w_hydrate_create_view",
        ),
        anything,
    ),
}
"""Names any allowed route may carry. A name that stands neither here nor with the route is *not found*."""

BODY: dict[str, Check] = {
    "next": way_back,
    "collection": collection,
    "new_parent_page": page,
    "parent_page": page,
    "parent_page_id": page,
    "page": page,
    "id": page,
    "revision": revision,
    "revision_id": revision,
    "overwrite_revision_id": revision,
    "loaded_revision_id": revision,
    # A second page that follows the first goes round the checks on what is published.
    "alias": nothing,
}
"""Names in a body that are ids wherever they stand. Names ending in `-collection` are collections too."""

_PAGE = {"page_id": page}
_BRANCH = {"page_id": branch}
_REVISION = {"page_id": page, "revision_id": revision}
_NEW_PAGE: dict[str, Check] = {
    "parent_page_id": page,
    "content_type_app_name": page_model,
    "content_type_model_name": new_page_model,
}
_CHOSEN_PAGES = {"target_pages[]": page}

ROUTES: dict[str, Route] = {
    "wagtailadmin_home": Route(),
    "wagtailadmin_account": Route(WRITE),
    "wagtailadmin_logout": Route(WRITE),
    "wagtailadmin_sprite": Route(any_query=True),
    "wagtailadmin_javascript_catalog": Route(any_query=True),
    "wagtailadmin_block_preview": Route(query={"id": anything}, preview=True),
    # Pages
    "wagtailadmin_explore_root": Route(),
    "wagtailadmin_explore": Route(path={"parent_page_id": node}),
    "wagtailadmin_explore_results": Route(path={"parent_page_id": node}),
    "wagtailadmin_pages:search": Route(),
    "wagtailadmin_pages:search_results": Route(),
    "wagtailadmin_pages:add_subpage": Route(path={"parent_page_id": page}),
    "wagtailadmin_pages:add": Route(WRITE, path=_NEW_PAGE, page_form=True),
    "wagtailadmin_pages:preview_on_add": Route(
        WRITE | {"DELETE"}, path=_NEW_PAGE, page_form=True, preview=True
    ),
    "wagtailadmin_pages:edit": Route(WRITE, path=_PAGE, page_form=True),
    "wagtailadmin_pages:preview_on_edit": Route(WRITE | {"DELETE"}, path=_PAGE, page_form=True, preview=True),
    "wagtailadmin_pages:view_draft": Route(path=_PAGE, preview=True),
    "wagtailadmin_pages:usage": Route(path=_PAGE),
    "wagtailadmin_pages:delete": Route(WRITE, path=_BRANCH),
    "wagtailadmin_pages:unpublish": Route(WRITE, path=_BRANCH),
    "wagtailadmin_pages:copy": Route(WRITE, path=_BRANCH),
    "wagtailadmin_pages:move": Route(WRITE, path={"page_to_move_id": branch}),
    "wagtailadmin_pages:move_confirm": Route(WRITE, path={"page_to_move_id": branch, "destination_id": page}),
    "wagtailadmin_pages:set_page_position": Route(
        frozenset({"POST"}), path={"page_to_move_id": branch}, query={"position": number}
    ),
    "wagtailadmin_pages:history": Route(path=_PAGE, query={"user": number}),
    "wagtailadmin_pages:history_results": Route(path=_PAGE, query={"user": number}),
    "wagtailadmin_pages:revisions_index": Route(path=_PAGE),
    "wagtailadmin_pages:revisions_view": Route(path=_REVISION, preview=True),
    "wagtailadmin_pages:revisions_revert": Route(WRITE, path=_REVISION, page_form=True),
    "wagtailadmin_pages:revisions_unschedule": Route(WRITE, path=_REVISION),
    "wagtailadmin_pages:revisions_compare": Route(
        path={"pk": page, "revision_id_a": revision, "revision_id_b": revision}
    ),
    "wagtailadmin_editing_sessions:ping": Route(
        frozenset({"POST"}),
        path={"app_label": page_model, "model_name": page_model, "object_id": page, "session_id": number},
    ),
    "wagtailadmin_editing_sessions:release": Route(frozenset({"POST"}), path={"session_id": number}),
    # Links inside a text
    "wagtailadmin_choose_page": Route(query=_CHOSEN_PAGES),
    "wagtailadmin_choose_page_child": Route(path={"parent_page_id": node}, query=_CHOSEN_PAGES),
    "wagtailadmin_choose_page_search": Route(query=_CHOSEN_PAGES),
    "wagtailadmin_choose_page_chosen_multiple": Route(query={"id": page}),
    "wagtailadmin_choose_page_external_link": Route(WRITE, needs="external-link-chooser-url"),
    "wagtailadmin_choose_page_email_link": Route(WRITE, query={"subject": anything, "body": anything}),
    "wagtailadmin_choose_page_phone_link": Route(WRITE),
    "wagtailadmin_choose_page_anchor_link": Route(WRITE),
    # Pictures
    "wagtailimages:index": Route(),
    "wagtailimages:index_results": Route(),
    "wagtailimages:add": Route(WRITE),
    "wagtailimages:add_multiple": Route(WRITE),
    "wagtailimages:edit": Route(WRITE, path={"image_id": image}),
    "wagtailimages:edit_multiple": Route(WRITE, path={"image_id": image}),
    "wagtailimages:delete": Route(WRITE, path={"image_id": image}),
    "wagtailimages:delete_multiple": Route(WRITE, path={"image_id": image}),
    "wagtailimages:image_usage": Route(path={"image_id": image}),
    "wagtailimages:create_multiple_from_uploaded_image": Route(WRITE, path={"uploaded_file_id": upload}),
    "wagtailimages:delete_upload_multiple": Route(WRITE, path={"uploaded_file_id": upload}),
    "wagtailimages_chooser:choose": Route(),
    "wagtailimages_chooser:choose_results": Route(),
    "wagtailimages_chooser:chosen": Route(path={"pk": image}),
    "wagtailimages_chooser:chosen_multiple": Route(query={"id": image}),
    "wagtailimages_chooser:create": Route(WRITE),
    "wagtailimages_chooser:select_format": Route(WRITE, path={"image_id": image}, query={"id": image}),
    # Documents
    "wagtaildocs:index": Route(),
    "wagtaildocs:index_results": Route(),
    "wagtaildocs:add": Route(WRITE),
    "wagtaildocs:add_multiple": Route(WRITE),
    "wagtaildocs:edit": Route(WRITE, path={"document_id": document}),
    "wagtaildocs:edit_multiple": Route(WRITE, path={"doc_id": document}),
    "wagtaildocs:delete": Route(WRITE, path={"document_id": document}),
    "wagtaildocs:delete_multiple": Route(WRITE, path={"doc_id": document}),
    "wagtaildocs:document_usage": Route(path={"document_id": document}),
    "wagtaildocs:create_multiple_from_uploaded_document": Route(WRITE, path={"uploaded_file_id": upload}),
    "wagtaildocs:delete_upload_multiple": Route(WRITE, path={"uploaded_file_id": upload}),
    "wagtaildocs_chooser:choose": Route(),
    "wagtaildocs_chooser:choose_results": Route(),
    "wagtaildocs_chooser:chosen": Route(path={"pk": document}),
    "wagtaildocs_chooser:chosen_multiple": Route(query={"id": document}),
    "wagtaildocs_chooser:create": Route(WRITE),
}
"""By the name Wagtail gives a route. What is not here does not exist for anybody, whatever a new Wagtail brings along."""


def admit(view_name: str, visit: Visit, method: str, query: QueryDict, body: QueryDict) -> Route:
    """The route, if this visit may take it.

    Raises:
        Http404: the route is not on the list, not by this method, or one of its values lies outside the territory.
    """
    route = ROUTES.get(view_name)
    if route is None or method not in route.methods or visit.path.keys() != route.path.keys():
        raise Http404
    if method == "POST" and route.needs and route.needs not in body:
        raise Http404
    if not all(check(visit, str(visit.path[name])) for name, check in route.path.items()):
        raise Http404
    if not route.any_query:
        for name, values in query.lists():
            check = route.query.get(name) or QUERY.get(name)
            # Wagtail leaves fields of a form empty, but an empty id in a list of ids is an error to it.
            if check is None or not all(
                (value == "" and name != "id") or check(visit, value) for value in values
            ):
                raise Http404
    for name, values in body.lists():
        check = (
            route.body.get(name) or BODY.get(name) or (collection if name.endswith("-collection") else None)
        )
        if check is not None and not all(value == "" or check(visit, str(value)) for value in values):
            raise Http404
    return route


def admit_request(
    request: HttpRequest, territory: Territory, view_name: str, kwargs: Mapping[str, object]
) -> Route:
    """`admit` for a whole request of somebody with a territory."""
    visit = Visit(territory, kwargs)
    return admit(view_name, visit, str(request.method), request.GET, request.POST)
