"""The screening desk of a board. To everybody who does not screen for it, nothing here exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from payback import queries
from payback.actions import screening
from payback.enums import Asked, Verdict
from payback.errors import WordsChanged
from payback.filters import QueueFilter, chosen_in
from payback.forms.screening import (
    AskForm,
    ConsultationForm,
    RedactForm,
    ReplyForm,
    TakeForm,
    VerdictForm,
    WordsForm,
    initial_verdict,
    initial_words,
)
from payback.models import Dispute, Nomination, Question
from snb.boards.models import Board
from snb.boards.queries import board_of
from snb.files.adapters import render_pdf
from snb.people.models import User

PAGE = 25


def desk(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For each page of the desk: its board, its person; signed out to sign in, everybody else *not found*."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        board = board_of(request)
        if board is None:
            raise Http404
        if not isinstance(request.user, User):
            return redirect_to_login(request.build_absolute_uri())
        if not request.user.has_perm("payback.desk.view", board):
            raise Http404
        return view(request, board, request.user, *args, **kwargs)

    return wrapped


def nomination_or_404(board: Board, reference: str, user: Any, permission: str) -> Nomination:
    """A nomination on this desk, if the person may do this with it."""
    nomination = nomination_on_desk_or_404(board, reference)
    if not user.has_perm(permission, nomination):
        raise Http404
    return nomination


def nomination_on_desk_or_404(board: Board, reference: str) -> Nomination:
    """A nomination that this board screens."""
    nomination = queries.nomination_on_desk(board, reference)
    if nomination is None:
        raise Http404
    return nomination


@desk
@require_safe
def queue(request: HttpRequest, board: Board, by: User) -> HttpResponse:
    """What waits, longest first."""
    found = QueueFilter(request.GET or None, queries.queue_of(board, user=by), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "payback/screening_queue.html",
        {
            "filter": found,
            "form": found.form,
            "page_obj": page,
            "query": f"{query.urlencode()}&" if query else "",
            "chosen": chosen_in(found.form),
            "pace": queries.pace_of(board),
            "may_screen": by.has_perm("payback.nomination.take", _any_of(board)),
            "of_probation": by.has_perm("payback.nomination.find", _any_of(board)),
        },
    )


def _any_of(board: Board) -> Nomination:
    """Something of this board, to ask whether a person screens here at all."""
    return Nomination(board=board, screening_board=board, status="submitted")


@desk
@require_safe
def nomination(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """One nomination: to be taken on, or in full for one of the two."""
    return show(request, board, reference)


def show(request: HttpRequest, board: Board, reference: str, **context: Any) -> HttpResponse:
    """The page of a nomination, with whichever form had an error."""
    user = request.user
    assert isinstance(user, User)
    found = nomination_on_desk_or_404(board, reference)
    public = (
        queries.public_side_of(found, user=user) if user.has_perm("payback.words.redact", found) else None
    )
    if public is not None:
        context.setdefault("redact", RedactForm(words=queries.public_words_in(found)))
    wrong = next((form for form in context.values() if isinstance(form, forms.Form) and form.errors), None)
    context |= {"nomination": found, "public": public, "form": wrong}
    if not user.has_perm("payback.nomination.read", found):
        if not user.has_perm("payback.nomination.find", found):
            raise Http404
        return render(
            request,
            "payback/screening_take.html",
            {
                "take": TakeForm(),
                "taken": found.reviews.current().count(),
                "may_take": user.has_perm("payback.nomination.take", found),
                "waits": queries.waits_for_board(found),
                "facts": queries.facts_of(found),
                **context,
            },
        )
    on_desk = queries.desk_of(found, user=user)
    context = {
        "desk": on_desk,
        "words": WordsForm(initial=initial_words(found)),
        "verdict": VerdictForm(initial=initial_verdict(on_desk.mine, found), alike=on_desk.alike),
        "ask": AskForm(),
        "reply": ReplyForm(),
        "dispute_reply": ReplyForm(auto_id="dispute_%s"),
        **context,
    }
    return render(request, "payback/screening.html", context)


def back(reference: str) -> HttpResponse:
    """To the nomination's page."""
    return redirect("screening", reference)


@desk
@require_POST
def take(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """Take it on, having no interest."""
    found = nomination_or_404(board, reference, by, "payback.nomination.take")
    form = TakeForm(request.POST)
    if form.is_valid():
        try:
            screening.take_on(found, by=by)
        except ValidationError as error:
            form.add_error(None, error)
    return show(request, board, reference, take=form) if form.errors else back(reference)


@desk
@require_POST
def step_back(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """Leave it to somebody else."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    try:
        screening.step_back(found, by=by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return back(reference)
    messages.success(request, _("You have stepped back from it."))
    return redirect("screening_queue")


@desk
@require_POST
def contact(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """How to reach the nominator and what they said of harm: shown once on this page, and the look is on the record."""
    found = nomination_or_404(board, reference, by, "payback.nomination.read")
    sealed = screening.read_contact(found, by=by)
    return show(
        request, board, reference, revealed=queries.sealed_in_words(sealed["contact"], sealed["victim"])
    )


@desk
@require_POST
def words(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """The words for the public and for probation; what was chosen for the verdict stays on the page."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    form, changed = WordsForm(request.POST), False
    if form.is_valid():
        said = form.cleaned_data
        try:
            screening.rewrite(found, form.words(), seen=said["seen"], confirmed=said["confirmed"], by=by)
        except WordsChanged as error:
            form, changed = WordsForm(typed_on(request, found)), True
            form.is_valid()
            form.add_error(None, error)
        except ValidationError as error:
            form = asking_to_confirm(request, error)
        else:
            messages.success(request, _("The words are kept."))
            if not request.POST.get("verdict"):
                return back(reference)
            return show(request, board, reference, verdict=verdict_as_chosen(request, found))
    return show(
        request, board, reference, words=form, verdict=verdict_as_chosen(request, found), changed=changed
    )


def typed_on(request: HttpRequest, found: Nomination) -> QueryDict:
    """What was typed, on the words as they are now: the page shows them, so the next press is on them."""
    data = request.POST.copy()
    found.refresh_from_db()
    data["seen"] = initial_words(found)["seen"]
    data["basis"] = initial_verdict(None, found)["basis"]
    return data


def asking_to_confirm(request: HttpRequest, error: ValidationError) -> WordsForm:
    """The words as they were typed, with what was found at each field."""
    form = WordsForm(request.POST, ask_to_confirm=hasattr(error, "error_dict"))
    form.is_valid()
    form.add_error(None, error)
    return form


def verdict_as_chosen(request: HttpRequest, found: Nomination) -> VerdictForm:
    """What was chosen below the words when they were kept: shown again, and said to nobody yet."""
    chosen = {**request.POST.dict(), **initial_verdict(None, found)}
    return VerdictForm(initial=chosen, alike=queries.alike(found))


@desk
@require_POST
def verdict(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """What one of the two would do. Words that were changed on the same page are kept with it, or nothing is."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    form = VerdictForm(request.POST, alike=queries.alike(found))
    typed = WordsForm(request.POST, initial=initial_words(found))
    rewrites = (
        "public_title" in request.POST and typed.is_other and request.POST.get("verdict") == Verdict.ENDORSE
    )
    context: dict[str, Any] = {}
    if form.is_valid() and (not rewrites or typed.is_valid()):
        try:
            decided = screening.give_verdict(
                found,
                form.opinion(),
                seen=form.cleaned_data["basis"],
                rewritten=typed.words() if rewrites else None,
                confirmed=rewrites and typed.cleaned_data["confirmed"],
                by=by,
            )
        except WordsChanged as error:
            now = typed_on(request, found)
            form, typed = VerdictForm(now, alike=queries.alike(found)), WordsForm(now)
            form.is_valid()
            form.add_error(None, error)
            context["changed"] = rewrites
        except ValidationError as error:
            if set(getattr(error, "error_dict", ())) & set(typed.fields) - set(form.fields):
                typed = asking_to_confirm(request, error)
            else:
                form.add_error(None, error)
        else:
            done = decided.status != found.status
            messages.success(
                request,
                _("Both of you say the same: it is done.")
                if done
                else _("Your verdict is kept. It happens when the second person says the same."),
            )
            return back(reference)
    if rewrites:
        context["words"] = typed
    return show(request, board, reference, verdict=form, **context)


@desk
@require_POST
def ask(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """A question to the nominator."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            screening.ask_nominator(found, form.cleaned_data["text"], by=by)
        except ValidationError as error:
            form.add_error("text", error)
        else:
            return back(reference)
    return show(request, board, reference, ask=form)


@desk
@require_POST
def reply(request: HttpRequest, board: Board, by: User, reference: str, pk: UUID) -> HttpResponse:
    """The board's answer to probation's question."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    question = (
        Question.objects.filter(nomination=found, pk=pk, asked=Asked.BOARD)
        .select_related("nomination")
        .first()
    )
    if question is None:
        raise Http404
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            screening.answer_probation(question, form.cleaned_data["answer"], by=by)
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") else "answer", error.messages)
        else:
            return back(reference)
    return show(request, board, reference, reply=form)


@desk
@require_POST
def dispute(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """The board's answer to the nominator's dispute."""
    found = nomination_or_404(board, reference, by, "payback.nomination.decide")
    raised = Dispute.objects.filter(nomination=found).select_related("nomination").first()
    if raised is None:
        raise Http404
    form = ReplyForm(request.POST, auto_id="dispute_%s")
    if form.is_valid():
        try:
            screening.answer_dispute(raised, form.cleaned_data["answer"], by=by)
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") else "answer", error.messages)
        else:
            return back(reference)
    return show(request, board, reference, dispute_reply=form)


@desk
def consultation(request: HttpRequest, board: Board, by: User) -> HttpResponse:
    """The yearly consultation as one PDF: figures, tasks, and the board's comments."""
    if not by.has_perm("payback.statistics.write", board):
        raise Http404
    today = timezone.localdate()
    form = ConsultationForm(request.POST if request.method == "POST" else None, initial={"year": today.year})
    if request.method == "POST" and form.is_valid():
        found = queries.consultation_of(board, form.cleaned_data["year"])
        title = _("Community Payback in %(borough)s, %(year)s") % {
            "borough": board.borough,
            "year": found.year,
        }
        html = render_to_string(
            "payback/consultation_pdf.html",
            {
                "found": found,
                "board": board,
                "title": title,
                "comments": form.cleaned_data["comments"],
                "made": today,
            },
        )
        try:
            pdf = render_pdf(html, title=title, lang="en-GB")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            response = HttpResponse(pdf, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="community-payback-{found.year}.pdf"'
            return response
    return render(request, "payback/consultation.html", {"form": form})
