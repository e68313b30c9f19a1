"""Where a nomination stands, for whoever has its receipt: answer, take back, say how it is, dispute once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from payback import queries
from payback.actions import drafts, nominators
from payback.enums import Asked, Status, Still
from payback.errors import DoorClosed
from payback.forms.status import AnswerForm, DisputeForm, ReceiptForm
from payback.models import Nomination
from payback.views.doors import give_key, kept_nowhere, key_of, open_by_receipt, opened, take_key
from payback.views.nominating import board_or_404, uuid_or_none


@kept_nowhere
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponseBase:
    """Ask for the receipt; with one, show where it stands and take what the nominator says."""
    board = board_or_404(request)
    nomination = opened(request)
    if request.method == "POST" and "receipt_back" in request.POST:
        form = ReceiptForm({"receipt": request.POST["receipt_back"]})
        if form.is_valid():
            try:
                nomination, key = open_by_receipt(request, board, form.cleaned_data["receipt"])
            except ValidationError as error:
                form.add_error("receipt", error)
            else:
                if held_words(request) and nomination.status != Status.DRAFT:
                    return give_key(take_word(request, nomination), key)
                return give_key(redirect(queries.way_back(nomination)), key)
        return ask_receipt(request, form)
    if nomination is None:
        return ask_receipt(request, ReceiptForm())
    if nomination.status == Status.DRAFT:
        return redirect("nominate")
    if request.method == "POST":
        return take_word(request, nomination)
    return status_page(request, nomination)


def ask_receipt(request: HttpRequest, form: ReceiptForm) -> HttpResponse:
    """The receipt, and for a signed-in person what they keep under their account."""
    own = queries.kept_under_account(request.user, board_or_404(request))
    return render(request, "payback/status_ask.html", {"form": form, "own": own, "held": held_words(request)})


def held_words(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed on the page when its twenty minutes were over: it waits on the page that asks for the receipt."""
    if request.POST.get("say") not in {"answer", "dispute"}:
        return []
    names = ("say", "question", "answer", "words")
    return [(name, request.POST[name]) for name in names if request.POST.get(name)]


def status_page(
    request: HttpRequest,
    nomination: Nomination,
    *,
    answer: AnswerForm | None = None,
    dispute: DisputeForm | None = None,
    asked: str = "",
) -> HttpResponse:
    """Where it stands."""
    return render(
        request,
        "payback/status.html",
        {
            "nomination": nomination,
            "state": queries.state_for_nominator(nomination),
            "answer": answer or AnswerForm(),
            "asked": asked,
            "dispute_form": dispute or DisputeForm(),
            "form": answer or dispute,
            "rows": queries.answers_in_words(nomination),
        },
    )


def take_word(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """What the nominator says on the page: one of five things."""
    say = request.POST.get("say", "")
    try:
        if say == "withdraw":
            nominators.withdraw(nomination)
            return take_key(render(request, "payback/status_withdrawn.html"))
        if say == "stop_writing":
            nominators.stop_writing(nomination)
            messages.success(request, _("Nobody writes to you any more."))
        elif say in {"still_yes", "still_no"}:
            nominators.say_how_it_is(nomination, Still.YES if say == "still_yes" else Still.NO)
            messages.success(
                request,
                _("Thank you.")
                if say == "still_yes"
                else _("Say below what is not as it should be, and the board answers."),
            )
        elif say == "answer":
            return take_answer(request, nomination)
        elif say == "dispute":
            form = DisputeForm(request.POST)
            if not form.is_valid():
                return status_page(request, nomination, dispute=form)
            nominators.raise_dispute(nomination, form.cleaned_data["words"])
            messages.success(request, _("The board has it. Its answer appears here."))
    except DoorClosed as error:
        messages.error(request, " ".join(error.messages))
        return take_key(redirect("payback_status"))
    except ValidationError as error:
        if say != "dispute":
            messages.error(request, " ".join(error.messages))
            return redirect("payback_status")
        form = DisputeForm(request.POST)
        form.is_valid()
        form.add_error(None, error)
        return status_page(request, nomination, dispute=form)
    return redirect("payback_status")


def take_answer(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """An answer to the screeners."""
    pk = uuid_or_none(request.POST.get("question", ""))
    question = nomination.questions.filter(pk=pk, asked=Asked.NOMINATOR).first() if pk else None
    if question is None:
        return redirect("payback_status")
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            nominators.answer_question(question, form.cleaned_data["answer"])
        except DoorClosed:
            raise
        except ValidationError as error:
            form.add_error("answer", error)
        else:
            messages.success(request, _("Your answer is with the two people who screen it."))
            return redirect("payback_status")
    return status_page(request, nomination, answer=form, asked=str(question.pk))


@kept_nowhere
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Finish: this browser has nothing open any more."""
    drafts.close_door(key_of(request))
    messages.success(request, _("It is closed."))
    return take_key(redirect("/"))
