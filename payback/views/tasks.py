"""What everybody sees: the list, the map, one task, the figures; and support by residents of the ward."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payback import exports, queries
from payback.actions.support import end_support, support_task
from payback.filters import TaskFilter, chosen_in
from payback.models import Nomination
from payback.views.nominating import board_or_404
from snb.boards.models import Board
from snb.boards.queries import board_of
from snb.people.models import User
from snb.places.forms import PostcodeForm

PAGE = 20


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks of the borough with their states, and the two maps."""
    board = board_or_404(request)
    found = TaskFilter(request.GET or None, queries.public_tasks(board), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "payback/task_list.html",
        {
            "form": found.form,
            "page_obj": page,
            "cards": [queries.card_of(task) for task in page.object_list],
            "query": f"{query.urlencode()}&" if query else "",
            "filtered": bool(query),
            "chosen": chosen_in(found.form),
            "figures": queries.tiles_of(board),
            "pace": queries.pace_of(board),
            "totals": queries.totals_of(board),
        },
    )


@require_safe
def task_map(request: HttpRequest) -> HttpResponse:
    """The cells of the borough's tasks on its outlines, drawn here; the list says the same."""
    board = board_or_404(request)
    return render(request, "payback/task_map.html", {"drawn": queries.map_of(board)})


@require_safe
def task(request: HttpRequest, reference: str) -> HttpResponse:
    """One task with its story."""
    page = queries.task_page(board_or_404(request), reference, user=request.user)
    if page is None:
        raise Http404
    row = page.card.task
    return render(request, "payback/task.html", {"page": page, "task": row, "notes": queries.notes_on(row)})


@never_cache
@require_POST
def support(request: HttpRequest, reference: str) -> HttpResponse:
    """Support a task, or take it back."""
    board = board_or_404(request)
    row = Nomination.objects.for_board(board).public().filter(reference=reference).first()
    if row is None or not isinstance(request.user, User):
        raise Http404
    if "end" in request.POST:
        end_support(row, by=request.user)
    else:
        try:
            support_task(row, by=request.user)
        except PermissionDenied:
            raise Http404 from None
    return HttpResponseRedirect(row.get_absolute_url())


# ------------------------------------------------------------------------------------------ figures
def _named(board: Board | None) -> str:
    return "ward" if board else "borough"


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Counts by ward, or by borough on the London-wide site."""
    board = board_of(request)
    return render(
        request,
        "payback/figures.html",
        {"figures": queries.figures_of(board), "key": _named(board), "columns": queries.COLUMNS},
    )


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    board = board_of(request)
    text = exports.figures_csv(queries.figures_of(board), key=_named(board))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="community-payback.csv"'
    return response


@require_safe
def figures_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    board = board_of(request)
    return JsonResponse(exports.figures_json(queries.figures_of(board), key=_named(board)))


# ------------------------------------------------------------------------------------------ the London-wide site
@require_http_methods(["GET", "HEAD", "POST"])
def which_borough(request: HttpRequest) -> HttpResponse:
    """Ask the postcode of the place, and hand over to its borough's site. It is sent on in no address and kept nowhere."""
    form = PostcodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        borough = form.answer.borough if form.answer else None
        if borough is not None and Board.objects.filter(pk=borough.pk).exists():
            return HttpResponseRedirect(borough.url("/payback/"))
    response = render(
        request, "payback/which_borough.html", {"form": form, "boards": queries.boards_by_name()}
    )
    if request.method == "POST":
        response["Cache-Control"] = "no-store, private"
    return response
