"""The one view that serves stored files."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from snb.files.adapters import serve_private
from snb.files.enums import Kind, State
from snb.files.queries import readable_file


@require_safe
def stored_file(request: HttpRequest, file_id: UUID, name: str) -> HttpResponseBase:
    """A file on its own board's host, to whoever may read it; to everybody else it does not exist."""
    board = getattr(request, "board", None)
    stored = readable_file(board.code if board else "", file_id, name, user=request.user)
    if stored is None:
        raise Http404
    kind, published = Kind(stored.kind), stored.state == State.PUBLISHED
    etag = f'"{stored.sha256}"'
    unchanged = get_conditional_response(request, etag=etag) if published else None
    response = unchanged or serve_private(
        str(stored.file),
        filename=stored.public_name,
        content_type=kind.content_type,
        inline=kind.is_shown,
        published=published,
    )
    if published:
        response["ETag"] = etag
    return response
