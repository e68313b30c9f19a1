"""Search within one site."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms import queries


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Pages of this site, and places by name. Anything may be typed."""
    board = getattr(request, "board", None)
    words = queries.search_words(request.GET.get("q", ""))
    context: dict[str, object] = {"query": words, "query_string": f"{urlencode({'q': words})}&"}
    if words:
        asked = request.GET.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        context["results"] = queries.search_pages(queries.site_of(request).root_page, words, number)
        context["places"] = queries.search_places(board, words)
    return render(request, "cms/search.html", context)
