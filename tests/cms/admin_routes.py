"""Every address of the admin, read from the resolver, and how to fill in its ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cms.planted import Planted

ABSENT = 987654321
"""An id that no row has."""


@dataclass(frozen=True)
class AdminRoute:
    """One pattern under /admin/."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    def address(self, values: dict[str, object]) -> str:
        """The path with these values in it."""
        if self.name.endswith("-"):
            return "/admin/test404/"
        return reverse(self.name, kwargs={name: values[name] for name in self.parameters})


def admin_routes() -> list[AdminRoute]:
    """All of them, in the resolver's order."""
    return [
        route
        for route in _walk(get_resolver("portal.urls").url_patterns)
        if route.pattern.startswith("admin/")
    ]


def _walk(patterns: list, spaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[AdminRoute]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, (*spaces, *filter(None, [pattern.namespace])), path)
        elif isinstance(pattern, URLPattern):
            names = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield AdminRoute(":".join([*spaces, pattern.name or "-"]), path, names)


WORDS = {
    "content_type_app_name": "cms",
    "content_type_model_name": "newspage",
    "app_label": "cms",
    "app_name": "cms",
    "model_name": "newspage",
    "action": "delete",
    "action_name": "approve",
    "filter_spec": "max-10x10",
    "uidb64": "MQ",
    "token": "set-password",
}
"""Path parameters that are no ids."""


def values_of(board: Planted, route: AdminRoute) -> dict[str, object]:
    """Ids of one board's things for each parameter of a route."""
    picture = {"wagtailimages": board.image, "wagtaildocs": board.document}.get(
        route.name.split(":")[0].removesuffix("_chooser")
    )
    ids: dict[str, object] = {
        "parent_page_id": board.index.pk,
        "page_id": board.page.pk,
        "page_pk": board.page.pk,
        "page_to_move_id": board.page.pk,
        "destination_id": board.index.pk,
        "object_id": board.page.pk,
        "revision_id": board.old_revision.pk,
        "revision_id_a": board.old_revision.pk,
        "revision_id_b": board.revision.pk,
        "image_id": board.image.pk,
        "document_id": board.document.pk,
        "doc_id": board.document.pk,
        "uploaded_file_id": board.upload.pk,
        "collection_id": board.board.collection.pk,
        "session_id": 1,
        "task_state_id": 1,
        "task_id": 1,
        "workflow_pk": 1,
        "workflow_state_id": 1,
        "pk": picture.pk if picture is not None else board.page.pk,
    }
    return {**ids, **WORDS}


def absent_values(route: AdminRoute) -> dict[str, object]:
    """The same with ids nobody has."""
    return {name: WORDS.get(name, ABSENT) for name in route.parameters}


def is_id(name: str) -> bool:
    """Whether a path parameter names an object."""
    return name not in WORDS and name != "session_id"


def body_of(board: Planted) -> dict[str, object]:
    """A body that names one of everything under every name Wagtail reads."""
    return {
        "title": "A title",
        "slug": "a-slug",
        "next": f"/admin/pages/{board.page.pk}/edit/",
        "id": [board.page.pk],
        "collection": board.board.collection.pk,
        "image-chooser-upload-collection": board.board.collection.pk,
        "document-chooser-upload-collection": board.board.collection.pk,
        "new_parent_page": board.index.pk,
        "parent_page": board.index.pk,
        "revision": board.revision.pk,
        "overwrite_revision_id": board.revision.pk,
        "loaded_revision_id": board.revision.pk,
        "revision_id": board.revision.pk,
        "image": board.image.pk,
    }
