"""Pictures and documents of pages: public while a live page of this site uses them, else for their editors only."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from cms import queries
from cms.models import PortalDocument, PortalRendition
from snb.files.adapters import serve_private
from snb.files.enums import Kind


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture as a page shows it; to its editors also before publication."""
    found = queries.public_rendition(queries.site_of(request), name)
    public = found is not None
    if found is None:
        found = PortalRendition.objects.select_related("image").filter(file=f"renditions/{name}").first()
        if found is None or not _may_choose(request, found.image):
            raise Http404
    return _serve(request, found.file.name, name, public)


@require_safe
def document(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """A document to download; to its editors also before publication."""
    found = queries.public_document(queries.site_of(request), pk)
    public = found is not None
    if found is None:
        found = PortalDocument.objects.filter(pk=pk).first()
        if found is None or not _may_choose(request, found):
            raise Http404
    return _serve(request, str(found.file.name), found.filename, public)


def _may_choose(request: HttpRequest, file: Any) -> bool:
    """Whether a signed-in editor, in the Wagtail admin, may put this file on a page. Elsewhere drafts do not exist."""
    if getattr(request, "board", None) is not None or not request.user.is_authenticated:
        return False
    return policy_registry.get(file).user_has_permission_for_instance(request.user, "choose", file)


def _serve(request: HttpRequest, stored: str, filename: str, public: bool) -> HttpResponseBase:
    kind = Kind(stored.rpartition(".")[2])
    response = serve_private(
        stored, filename=filename, content_type=kind.content_type, inline=kind.is_shown, published=public
    )
    if not public:
        return response
    # The name is random and its bytes never change: the name is the version.
    response["ETag"] = f'"{stored.rpartition("/")[2]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response  # type: ignore[arg-type]
