"""What belongs to an editor: subtrees of pages and collections of pictures and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Revision,
    UploadedFile,
)

from snb.boards.enums import EDITING_KINDS
from snb.boards.models import Board, BoardRole, OversightRole

if TYPE_CHECKING:
    from django.db.models import Model

    from snb.people.models import User

LARGEST_ID = 2**63 - 1


def as_id(value: object) -> int | None:
    """A database id from a path, query or body; None for anything that cannot be one."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > LARGEST_ID:
        return None
    return int(text)


@dataclass(frozen=True)
class Territory:
    """The part of the admin that is one person's, and nobody else's."""

    user: User
    roots: tuple[Page, ...]
    collections: tuple[Collection, ...]

    @property
    def within(self) -> Q:
        """Filter that keeps the pages of the territory."""
        return _below(self.roots, "path")

    def pages(self) -> QuerySet[Page]:
        """Every page of the territory, its roots included."""
        return Page.objects.filter(self.within)

    def _collections(self) -> QuerySet[Collection]:
        return Collection.objects.filter(_below(self.collections, "path"))

    def instances(self, model: type[Model]) -> QuerySet | None:
        """The rows of a model that lie inside; None for a model the territory says nothing about."""
        if issubclass(model, Page):
            return self.pages()
        if issubclass(model, Collection):
            return self._collections()
        if issubclass(model, get_image_model() | get_document_model()):
            return model._default_manager.filter(collection__in=self._collections())
        if issubclass(model, Revision):
            return Revision.page_revisions.filter(
                object_id__in=[str(pk) for pk in self.pages().values_list("pk", flat=True)]
            )
        if issubclass(model, UploadedFile):
            return UploadedFile.objects.filter(uploaded_by_user=self.user)
        return None

    def owns(self, model: type[Model], value: object) -> bool:
        """Whether an id names a row inside. An id that does not exist is as foreign as somebody else's."""
        pk = as_id(value)
        rows = self.instances(model)
        return pk is not None and rows is not None and rows.filter(pk=pk).exists()

    def is_root(self, value: object) -> bool:
        """Whether an id names a root of the territory: a site's home page."""
        return as_id(value) in {root.pk for root in self.roots}


def _below(nodes: tuple[Page, ...] | tuple[Collection, ...], field: str) -> Q:
    """Filter on treebeard paths: the nodes and what is under them; nothing where there are no nodes."""
    found = Q(pk__in=[])
    for node in nodes:
        found |= Q(**{f"{field}__startswith": node.path})
    return found


def territory_of(user: User) -> Territory | None:
    """The territory of a signed-in person today; None for somebody without one.

    A group counts only while the role behind it is held today, whether or not anybody has tidied up the group: a board's group
    needs a current editing role on that board, any other group with access to the admin a current oversight role. Wagtail's own
    permission checks are bound to the same groups for the rest of the request. Superusers are refused: nobody needs one.
    """
    if user.is_superuser or not user.is_active:
        return None
    groups = user.groups.filter(
        permissions__content_type__app_label="wagtailadmin", permissions__codename="access_admin"
    )
    boards = BoardRole.objects.current().filter(person=user, kind__in=EDITING_KINDS).values("board")
    held = Q(pk__in=Board.objects.filter(pk__in=boards).values("editors"))
    if OversightRole.objects.current().filter(person=user).exists():
        held |= ~Q(pk__in=Board.objects.values("editors"))
    valid: QuerySet[Group] = groups.filter(held)
    pages = GroupPagePermission.objects.filter(group__in=valid).select_related("page", "permission")
    collected = GroupCollectionPermission.objects.filter(group__in=valid).select_related(
        "collection", "permission"
    )
    roots = {permission.page_id: permission.page for permission in pages if not permission.page.is_root()}
    collections = {
        permission.collection_id: permission.collection
        for permission in collected
        if not permission.collection.is_root()
    }
    if not roots:
        return None
    user._page_permission_cache = pages  # type: ignore[attr-defined]
    user._collection_permission_cache = collected  # type: ignore[attr-defined]
    return Territory(user, tuple(roots.values()), tuple(collections.values()))
