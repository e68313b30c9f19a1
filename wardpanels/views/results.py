"""Results: the page, the files, and whether a receipt is on the list."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from snb.boards.queries import board_of
from wardpanels import queries
from wardpanels.forms import ReceiptForm
from wardpanels.models import Round
from wardpanels.views.voting import ward_or_404


def counted_or_404(request: HttpRequest, slug: str, round_slug: str) -> Round:
    """A round with a tally on this board's site."""
    ward = ward_or_404(request, slug)
    round_ = (
        Round.objects.for_board(board_of(request))
        .with_result()
        .filter(ward=ward, slug=round_slug)
        .select_related("ward__borough")
        .first()
    )
    if round_ is None:
        raise Http404
    return round_


@require_safe
def result_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All rounds of a ward that were counted; old ones stay."""
    ward = ward_or_404(request, slug)
    rounds = (
        Round.objects.for_board(board_of(request))
        .filter(ward=ward)
        .with_result()
        .select_related("ward__borough")
    )
    return render(request, "wardpanels/result_list.html", {"ward": ward, "rounds": rounds})


@require_safe
def result(request: HttpRequest, slug: str, round_slug: str) -> HttpResponse:
    """One round's result."""
    round_ = counted_or_404(request, slug, round_slug)
    return render(
        request,
        "wardpanels/result.html",
        {"ward": round_.ward, "result": queries.result_of(round_), "round": round_},
    )


@never_cache
@sensitive_post_parameters()
def check_receipt(request: HttpRequest, slug: str, round_slug: str) -> HttpResponse:
    """Am I on the list? Looked up by POST, so that a receipt is in no address."""
    round_ = counted_or_404(request, slug, round_slug)
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    listed = (
        queries.is_receipt_listed(round_, form.cleaned_data["receipt"])
        if form.is_bound and form.is_valid()
        else None
    )
    return render(
        request,
        "wardpanels/receipt_check.html",
        {"ward": round_.ward, "round": round_, "form": form, "listed": listed},
    )


@require_safe
def download(request: HttpRequest, slug: str, round_slug: str, name: str) -> HttpResponse:
    """One of the published files, the same bytes each time."""
    round_ = counted_or_404(request, slug, round_slug)
    if not round_.result:
        raise Http404
    data = {
        "ballots.txt": lambda: queries.ballots_file(round_),
        "receipts.txt": lambda: queries.receipts_file(round_),
        "result.json": lambda: round_.result.encode(),
    }[name]()
    response = HttpResponse(
        data, content_type="application/json" if name.endswith("json") else "text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
