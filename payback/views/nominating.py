"""The journey: one neutral address for all questions, one thing per page, saved as it goes, left at once by *exit this page*."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from payback import queries
from payback.actions import drafts, photos
from payback.enums import RETENTION_MONTHS, Status
from payback.errors import DoorClosed
from payback.forms.journey import (
    FIRST,
    LAST,
    STEPS,
    CheckForm,
    ContactForm,
    QuestionForm,
    SelfCheckForm,
    SharingForm,
)
from payback.forms.status import ReceiptForm
from payback.models import Nomination
from payback.views.doors import give_key, just_begun, kept_nowhere, key_of, open_by_receipt, opened, take_key
from snb.boards.models import Board
from snb.boards.queries import board_of, boards

HELD = 60
"""Fields of a page that are carried past a receipt typed in between."""


def board_or_404(request: HttpRequest) -> Board:
    """The board of this site; the London-wide site has no journey of its own."""
    board = board_of(request)
    if board is None:
        raise Http404
    return board


@kept_nowhere
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def nominate(request: HttpRequest) -> HttpResponseBase:
    """Every page of the journey. Without a key: the first page. With one: the question to go on with, or what was sent."""
    board = board_or_404(request)
    nomination = opened(request)
    if request.method != "POST":
        if nomination is None:
            return start_page(request, board)
        return current_page(request, nomination)
    step = request.POST.get("step", "")
    if step == "start":
        return self_check_page(request, SelfCheckForm())
    if step == "self_check":
        return begin(request, board)
    if "receipt_back" in request.POST:
        return come_back(request, board)
    if nomination is None:
        if step in STEPS or step == LAST:
            return time_is_over(request)
        return redirect("nominate")
    return answer(request, nomination, step)


# ------------------------------------------------------------------------------------------ before anything is kept
def start_page(request: HttpRequest, board: Board, form: ReceiptForm | None = None) -> HttpResponse:
    """What this is, what we cannot do, who screens, how long it is kept."""
    return render(
        request,
        "payback/nominate_start.html",
        {
            "screeners": queries.screeners_of(board),
            "pace": queries.pace_of(board),
            "months": RETENTION_MONTHS,
            "form": form or ReceiptForm(),
        },
    )


def self_check_page(request: HttpRequest, form: SelfCheckForm) -> HttpResponse:
    """Whether it can be a task at all."""
    return render(request, "payback/nominate_self_check.html", {"form": form})


def begin(request: HttpRequest, board: Board) -> HttpResponse:
    """The self-check is right: a draft, and its receipt on this one page."""
    form = SelfCheckForm(request.POST)
    if not form.is_valid():
        return self_check_page(request, form)
    if not ratelimit.consume(request, action="payback_begin"):
        form.add_error(None, _("Many people are doing this from here just now. Wait a minute and try again."))
        return self_check_page(request, form)
    begun = drafts.begin(board, first_step=FIRST)
    return render(
        request,
        "payback/nominate_receipt.html",
        {"receipt": begun.receipt, "begun": just_begun(begun.nomination)},
    )


def come_back(request: HttpRequest, board: Board) -> HttpResponse:
    """A receipt was typed, or stands on the page that showed it: open what it belongs to."""
    held = held_fields(request)
    form = ReceiptForm({"receipt": request.POST["receipt_back"]})
    if form.is_valid():
        try:
            nomination, key = open_by_receipt(request, board, form.cleaned_data["receipt"])
        except ValidationError as error:
            form.add_error("receipt", error)
        else:
            if held and nomination.status == Status.DRAFT:
                return give_key(answer(request, nomination, request.POST.get("step", "")), key)
            return give_key(redirect(queries.way_back(nomination)), key)
    if held:
        return render(request, "payback/nominate_return.html", {"form": form, "held": held}, status=200)
    return start_page(request, board, form)


def time_is_over(request: HttpRequest) -> HttpResponse:
    """Twenty minutes have passed, or it was left: the receipt opens it, and what was typed is kept on the page meanwhile."""
    return render(
        request, "payback/nominate_return.html", {"form": ReceiptForm(), "held": held_fields(request)}
    )


def held_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a page said, to be sent again with the receipt; nothing where no question was answered."""
    if request.POST.get("step") not in STEPS:
        return []
    skip = {"csrfmiddlewaretoken", "receipt_back", "receipt"}
    pairs = [(name, value) for name, values in request.POST.lists() if name not in skip for value in values]
    return [(name, str(value)) for name, value in pairs][:HELD]


# ------------------------------------------------------------------------------------------ the questions
def current_page(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """The question to go on with; once sent, what happens next."""
    if nomination.status != Status.DRAFT:
        return render(
            request,
            "payback/nominate_done.html",
            {"nomination": nomination, "pace": queries.pace_of(nomination.screening_board)},
        )
    step = nomination.step.partition(":")[0]
    if step == LAST:
        return check_page(request, nomination)
    return question_page(request, nomination, form_for(request, nomination, STEPS.get(step, STEPS[FIRST])))


def form_for(
    request: HttpRequest, nomination: Nomination, kind: type[QuestionForm], data: Any = None
) -> QuestionForm:
    """The form of a question."""
    more: dict[str, Any] = {}
    if kind is ContactForm:
        more["user"] = request.user
    if kind is SharingForm:
        more["boards"] = boards()
    return kind(data, nomination=nomination, **more)


def question_page(request: HttpRequest, nomination: Nomination, form: QuestionForm) -> HttpResponse:
    """One question."""
    names = list(STEPS)
    context: dict[str, Any] = {
        "nomination": nomination,
        "form": form,
        "number": names.index(form.step) + 1,
        "total": len(names),
        "changing": nomination.step.endswith(f":{LAST}"),
    }
    if form.step == "nearby":
        context["tasks"] = queries.tasks_near(nomination)
    if form.step == "photos":
        context["photos"] = list(nomination.photos.all())
        context["full"] = len(context["photos"]) >= photos.MOST_PHOTOS
    return render(
        request,
        f"payback/nominate_{form.step if form.step in {'where', 'nearby', 'photos'} else 'question'}.html",
        context,
    )


def check_page(
    request: HttpRequest, nomination: Nomination, form: CheckForm | None = None, missing: str = ""
) -> HttpResponse:
    """Everything on one page, each with a way to change it; then the receipt, typed again."""
    return render(
        request,
        "payback/nominate_check.html",
        {
            "nomination": nomination,
            "form": form or CheckForm(),
            "rows": queries.answers_in_words(nomination),
            "missing": missing,
            "screeners": queries.screeners_of(nomination.screening_board),
            "photos": list(nomination.photos.select_related("original")),
        },
    )


def answer(request: HttpRequest, nomination: Nomination, step: str) -> HttpResponse:
    """Take what a page says, and go on."""
    if nomination.status != Status.DRAFT:
        return redirect("nominate")
    go = request.POST.get("go", "")
    if go.startswith("change:") and go.removeprefix("change:") in STEPS:
        drafts.go_to(nomination, f"{go.removeprefix('change:')}:{LAST}")
        return redirect("nominate")
    if go == "back":
        drafts.go_to(nomination, step_before(nomination, step))
        return redirect("nominate")
    if go == "give_up":
        drafts.delete_draft(nomination)
        return take_key(redirect("task_list"))
    if step == LAST:
        return send(request, nomination)
    kind = STEPS.get(step)
    if kind is None:
        return redirect("nominate")
    try:
        if step == "photos" and (go != "next" or "photo" in request.FILES):
            return change_photos(request, nomination, go)
        if step == "nearby" and go.startswith("support:"):
            return support_instead(request, nomination, go.removeprefix("support:"))
        form = form_for(request, nomination, kind, request.POST)
        if not form.is_valid():
            return question_page(request, nomination, form)
        changes = form.changes()
        nomination = drafts.save_answers(nomination, changes, next_step="")
        go_on(request, nomination, step)
    except DoorClosed:
        return redirect("nominate")
    return redirect("nominate")


def go_on(request: HttpRequest, nomination: Nomination, step: str) -> None:
    """To the next question; back to the check of the answers where one was changed there, past the ward where the place is another."""
    if not request.POST.get("changing"):
        following = step_after(nomination, step)
    else:
        following = f"ward:{LAST}" if step == "where" and nomination.ward is None else LAST
    drafts.go_to(nomination, following)


def step_after(nomination: Nomination, step: str) -> str:
    """The next question; tasks nearby only where there are some."""
    names = [*STEPS, LAST]
    following = names[names.index(step) + 1]
    if following == "nearby" and not queries.tasks_near(nomination):
        return step_after(nomination, following)
    return following


def step_before(nomination: Nomination, step: str) -> str:
    """The question before."""
    names = [*STEPS, LAST]
    place = names.index(step) if step in names else 0
    before = names[max(0, place - 1)]
    if before == "nearby" and not queries.tasks_near(nomination):
        return step_before(nomination, before)
    return before


def change_photos(request: HttpRequest, nomination: Nomination, go: str) -> HttpResponse:
    """Add a photo, or take one away."""
    form = form_for(request, nomination, STEPS["photos"], request.POST)
    if go.startswith("remove:"):
        pk = uuid_or_none(go.removeprefix("remove:"))
        photo = nomination.photos.filter(pk=pk).first() if pk else None
        if photo is not None:
            photos.remove_photo(photo, by=None)
        return redirect("nominate")
    form.is_valid()
    file = request.FILES.get("photo")
    if file is None:
        form.add_error("photo", _("Choose a photo first, or go on without one."))
    elif not ratelimit.consume(request, action="payback_photo"):
        form.add_error("photo", _("Many photos have come from here just now. Wait a minute and try again."))
    else:
        try:
            photos.add_photo(nomination, file)
        except DoorClosed:
            raise
        except ValidationError as error:
            form.add_error("photo", error)
        else:
            if go == "next":  # chosen and not added: it is added on the way
                go_on(request, nomination, "photos")
            return redirect("nominate")
    return question_page(request, nomination, form)


def support_instead(request: HttpRequest, nomination: Nomination, reference: str) -> HttpResponse:
    """It is one of those: what was written goes, and the task's page is next."""
    task = next((task for task in queries.tasks_near(nomination) if task.reference == reference), None)
    if task is None:
        return redirect("nominate")
    drafts.delete_draft(nomination)
    return take_key(HttpResponseRedirect(task.get_absolute_url()))


def send(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """The last button. Pressed twice, it has been sent once."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        return check_page(request, nomination, form)
    try:
        drafts.submit(nomination, receipt=form.cleaned_data["receipt"])
    except ValidationError as error:
        form.add_error(
            None if not hasattr(error, "error_dict") else "receipt",
            error if not hasattr(error, "error_dict") else error.messages,
        )
        return check_page(request, nomination, form, getattr(error, "code", "") or "")
    return redirect("nominate")


def uuid_or_none(text: str) -> UUID | None:
    """A UUID, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


@kept_nowhere
@require_safe
def own_photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A photo on the nominator's own pages, small, for whoever has the nomination open."""
    nomination = opened(request)
    photo = (
        nomination.photos.select_related("original").filter(pk=pk, kind="place").first()
        if nomination
        else None
    )
    shown = queries.preview_of(photo) if photo is not None else None
    if shown is None:
        raise Http404
    return HttpResponse(shown.data, content_type=shown.kind.content_type)


# ------------------------------------------------------------------------------------------ away from here
@require_safe
def exit_page(request: HttpRequest) -> HttpResponse:
    """Leave at once: nothing stays open, nobody stays signed in, the browser forgets this site's data, and another page is shown.

    It works by a plain link. What it cannot do is clear the browser's history; the first page says so.
    """
    drafts.close_door(key_of(request))
    if request.user.is_authenticated:
        logout(request)
    response = HttpResponseRedirect(settings.EXIT_ADDRESS)
    response.status_code = 303
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return take_key(response)
