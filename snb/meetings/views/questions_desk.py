"""The table's desk for questions: what waits first, one press each. Another board's chair finds nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from snb.boards.queries import board_of
from snb.meetings.actions import questions as actions
from snb.meetings.enums import QuestionStatus
from snb.meetings.forms.questions import AnswerForm, LeaveOutForm
from snb.meetings.models import Meeting, Question, Speaker
from snb.meetings.queries import questions as queries


def meeting_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view the meeting its address names: signed out, to sign in; not this person's to moderate, not found."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        meeting = queries.meeting_for_desk(board_of(request), slug)
        if meeting is None or not request.user.has_perm("meetings.question.moderate", meeting):
            raise Http404
        return view(request, meeting, **kwargs)

    return wrapped


def of_meeting(model: Any, meeting: Meeting, pk: UUID) -> Any:
    """A question or speaker of this meeting, with the meeting at hand."""
    found = model.objects.filter(meeting=meeting, pk=pk).first()
    if found is None:
        raise Http404
    found.meeting = meeting
    return found


def _context(meeting: Meeting) -> dict[str, Any]:
    shown = queries.questions_for_desk(meeting)
    speakers = list(queries.speakers_of(meeting))
    return {
        "meeting": meeting,
        "shown": shown,
        "speakers": speakers,
        "version": queries.desk_version(shown, speakers),
        "is_fixed": meeting.has_minutes,
    }


@never_cache
@meeting_required
@require_safe
def desk(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """All questions and everybody who asked to speak."""
    return render(request, "meetings/question_desk.html", _context(meeting))


@never_cache
@meeting_required
@require_safe
def desk_part(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The same without its page, for the open desk to bring itself up to date."""
    return render(request, "meetings/_question_desk.html", _context(meeting))


def _done(request: HttpRequest, meeting: Meeting, do: Callable[..., object], said: object) -> HttpResponse:
    """Do one thing in the person's name, say that it was done or why not, and go back to the desk."""
    try:
        do(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, str(said))
    return redirect("question_desk", meeting.slug)


PRESSES: dict[str, tuple[Callable[..., object], object]] = {
    "admit": (actions.admit, gettext_lazy("The question is on the list.")),
    "withhold": (actions.withhold, gettext_lazy("The question is withheld: nobody else sees it.")),
    "take": (actions.mark_taken, gettext_lazy("The question is being answered now.")),
}
"""Last part of an address to what it does."""


@meeting_required
@require_POST
def question_press(request: HttpRequest, meeting: Meeting, pk: UUID, press: str) -> HttpResponse:
    """Admit, withhold or take a question."""
    question = of_meeting(Question, meeting, pk)
    do, said = PRESSES[press]
    return _done(request, meeting, partial(do, question), said)


def _form_page(
    request: HttpRequest, question: Question, form: Form, do: Callable[..., object], **words: str
) -> HttpResponse:
    """A page with one form about one question; errors at the field with what was typed still there."""
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            question.refresh_from_db(fields=["answer"])
            if isinstance(form, AnswerForm):
                form.now_seen(queries.answer_version(question.answer))
        else:
            messages.success(request, words["said"], extra_tags="saved")
            return redirect("question_desk", question.meeting.slug)
    return render(
        request,
        "meetings/question_form.html",
        {"meeting": question.meeting, "question": question, "form": form, **words},
    )


@never_cache
@meeting_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_answer(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """Write down what was answered, or mend it."""
    question = of_meeting(Question, meeting, pk)
    answered = question.status == QuestionStatus.ANSWERED
    return _form_page(
        request,
        question,
        AnswerForm(
            request.POST if request.method == "POST" else None,
            initial={"answer": question.answer, "was": queries.answer_version(question.answer)},
        ),
        partial(actions.answer_question, question),
        title=_("Mend the answer") if answered else _("Write the answer"),
        button=_("Keep the answer"),
        said=_("The answer is kept, and everybody can read it."),
    )


@never_cache
@meeting_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_reject(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """Leave a question out, with a reason."""
    question = of_meeting(Question, meeting, pk)
    return _form_page(
        request,
        question,
        LeaveOutForm(request.POST if request.method == "POST" else None),
        partial(actions.reject, question),
        title=_("Leave the question out"),
        button=_("Leave it out"),
        said=_("The question is left out; whoever asked can read why."),
    )


@meeting_required
@require_POST
def speaker_press(request: HttpRequest, meeting: Meeting, pk: UUID, press: str) -> HttpResponse:
    """Accept or decline somebody who wants to speak."""
    speaker = of_meeting(Speaker, meeting, pk)
    if press == "accept":
        return _done(
            request, meeting, partial(actions.accept_speaker, speaker), _("The speaker is on the list.")
        )
    return _done(request, meeting, partial(actions.decline_speaker, speaker), _("The speaker is declined."))
