"""Questions to a public meeting and asking to speak: plain pages with small forms, for everybody, without an account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from snb.boards.queries import board_of
from snb.meetings.actions import questions as actions
from snb.meetings.consumers import Look
from snb.meetings.forms.questions import QuestionForm, SpeakerForm
from snb.meetings.models import Meeting, Question, Speaker
from snb.meetings.queries import questions as queries
from snb.people.models import User

SALT = "meetings.questions"
KEPT_LIST = timedelta(seconds=5)
"""How long the list as data may be kept: supports move no epoch."""
TOO_MANY = gettext_lazy("Too much came from here in a short time. Wait a minute and try again.")


def meeting_or_404(request: HttpRequest, slug: str) -> Meeting:
    """An announced meeting of this site that everybody may come to."""
    meeting = queries.open_meeting(board_of(request), slug)
    if meeting is None:
        raise Http404
    return meeting


def person_of(request: HttpRequest) -> User | None:
    """Who is signed in."""
    return request.user if isinstance(request.user, User) else None


# ------------------------------------------------------------------------------------------------ whose browser
class Visitor:
    """A visitor's marks: the account where somebody is signed in, else a random one that this browser keeps for us.

    A browser gets one only when somebody asks, supports or asks to speak: reading sets nothing.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.person = request, person_of(request)
        self.kept = request.get_signed_cookie(
            settings.QUESTIONS_COOKIE_NAME, default="", salt=SALT, max_age=settings.QUESTIONS_COOKIE_AGE
        )
        self.new = ""

    def keys(self, meeting: Meeting) -> list[str]:
        """What the visitor's things are found by at this meeting."""
        marks = [f"person:{self.person.public_id}"] if self.person else []
        marks += [f"browser:{token}" for token in (self.kept, self.new) if token]
        return queries.viewer_keys(meeting, marks)

    def may(self, action: str) -> bool:
        """Whether this is not too often; gives a browser without a mark its own. A new mark is what somebody who
        presses again and again would come for, so that new ones have a limit of their own.
        """
        known = str(self.person.public_id) if self.person else self.kept
        if not known:
            known = self.new = self._new_mark()
            if not ratelimit.consume(self.request, action="question_new_browser"):
                self.new = ""
                return False
        return ratelimit.consume(self.request, action=action, key=known)

    def _new_mark(self) -> str:
        """A mark for a browser without one, made from the secret that its forms come with: two taps before the first
        answer is back are one visitor's.
        """
        secret = self.request.META.get("CSRF_COOKIE")
        return (
            salted_hmac(SALT, secret, algorithm="sha256").hexdigest() if secret else secrets.token_urlsafe(16)
        )

    def mark(self, response: HttpResponse) -> HttpResponse:
        """Leave a new mark with the browser."""
        if self.new:
            response.set_signed_cookie(
                settings.QUESTIONS_COOKIE_NAME,
                self.new,
                salt=SALT,
                max_age=settings.QUESTIONS_COOKIE_AGE,
                httponly=True,
                secure=not settings.LOCAL,
                samesite="Lax",
            )
        return response


# ------------------------------------------------------------------------------------------------ questions
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def question_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a meeting, and the form to put one."""
    meeting = meeting_or_404(request, slug)
    if request.method != "POST":
        return question_page(request, meeting, QuestionForm())
    form, visitor = QuestionForm(request.POST), Visitor(request)
    if not form.is_valid():
        return question_page(request, meeting, form)
    if form.findings:
        return question_page(request, meeting, form.shown_again(), findings=form.findings)
    try:
        if not visitor.may("question"):
            raise ValidationError(TOO_MANY)
        actions.put_question(
            meeting,
            text=form.cleaned_data["text"],
            name=form.cleaned_data["name"],
            keys=visitor.keys(meeting),
            by=visitor.person,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return question_page(request, meeting, form)
    messages.success(request, _("Your question is in. The chair looks at it before others can see it."))
    return visitor.mark(redirect("meeting_questions", slug))


def question_page(
    request: HttpRequest, meeting: Meeting, form: QuestionForm, *, findings: object = ()
) -> HttpResponse:
    """The page; kept for everybody only where it has neither a form nor anything of the visitor's own."""
    keys = Visitor(request).keys(meeting)
    shown = queries.questions_for(meeting, keys)
    response = render(
        request,
        "meetings/question_list.html",
        {
            "meeting": meeting,
            "shown": shown,
            "form": form,
            "findings": findings,
            "takes_speakers": queries.takes_speakers(meeting),
        },
    )
    if shown.is_open or keys:
        add_never_cache_headers(response)
    return response


@require_safe
def question_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as data, the same for everybody, for pages whose socket does not answer. They ask without cookies."""
    meeting = meeting_or_404(request, slug)
    response = JsonResponse(Look.at(meeting).whole())
    response.page_changes_at = timezone.now() + KEPT_LIST  # type: ignore[attr-defined]
    return response


@never_cache
@require_safe
def question_mine(request: HttpRequest, slug: str) -> HttpResponse:
    """What is the visitor's own."""
    return mine(request, meeting_or_404(request, slug), Visitor(request))


def mine(request: HttpRequest, meeting: Meeting, visitor: Visitor) -> JsonResponse:
    """What the visitor supports, and their own questions as the page shows them."""
    shown = queries.questions_for(meeting, visitor.keys(meeting))
    return JsonResponse(
        {
            "supported": [str(pk) for pk in shown.supported],
            "own": [str(pk) for pk in shown.own_ids],
            "awaits": shown.awaits,
            "html": render_to_string(
                "meetings/_own_questions.html", {"meeting": meeting, "shown": shown}, request=request
            ),
        }
    )


def question_or_404(request: HttpRequest, slug: str, pk: UUID, *, own: bool = False) -> Question:
    """A question of this meeting: one that everybody may read, or the visitor's own."""
    meeting = meeting_or_404(request, slug)
    rows = Question.objects.filter(meeting=meeting)
    rows = rows.filter(asker_hash__in=Visitor(request).keys(meeting)) if own else rows.listed()
    question = rows.filter(pk=pk).first()
    if question is None:
        raise Http404
    question.meeting = meeting
    return question


@require_POST
def question_support(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Support a question or take that back; to the page's script the answer is the visitor's own marks, or why not."""
    question, visitor = question_or_404(request, slug, pk), Visitor(request)
    wanted = request.POST.get("support") != "no"
    error = ""
    if not visitor.may("question_support"):
        error = str(TOO_MANY)
    else:
        try:
            actions.support_question(question, keys=visitor.keys(question.meeting), wanted=wanted)
        except ValidationError as refused:
            error = refused.messages[0]
    if request.headers.get("Accept") == "application/json":
        if error:
            return visitor.mark(JsonResponse({"error": error}, status=422))
        return visitor.mark(mine(request, question.meeting, visitor))
    if error:
        messages.error(request, error)
    elif wanted:
        messages.success(request, _("You support this question."))
    else:
        messages.success(request, _("You no longer support this question."))
    return visitor.mark(redirect("meeting_questions", slug))


@require_POST
def question_withdraw(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take one's own question back."""
    question = question_or_404(request, slug, pk, own=True)
    return done(
        request,
        "meeting_questions",
        question.meeting,
        lambda keys: actions.withdraw_question(question, keys=keys),
        _("Your question is taken back."),
    )


def done(
    request: HttpRequest, back: str, meeting: Meeting, do: Callable[[list[str]], object], said: str
) -> HttpResponse:
    """Do one thing with the visitor's own, say that it was done or why not, and go back."""
    try:
        do(Visitor(request).keys(meeting))
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    return redirect(back, meeting.slug)


# ------------------------------------------------------------------------------------------------ speaking
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to speak. Nobody needs an account; the browser keeps a mark, by which it can be taken back."""
    meeting, visitor = meeting_or_404(request, slug), Visitor(request)
    form = SpeakerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if not visitor.may("speaker"):
                raise ValidationError(TOO_MANY)
            actions.register_speaker(meeting, **form.cleaned_data, keys=visitor.keys(meeting))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return visitor.mark(redirect("meeting_speak_asked", slug))
    return render(
        request,
        "meetings/speak.html",
        {
            "meeting": meeting,
            "form": form,
            "wishes": queries.own_wishes_to_speak(meeting, visitor.keys(meeting)),
            "is_to_come": queries.is_to_come(meeting),
            "takes_speakers": queries.takes_speakers(meeting),
            "closes": queries.in_words(queries.speaking_closes_at(meeting)),
        },
    )


@never_cache
@require_safe
def speak_asked(request: HttpRequest, slug: str) -> HttpResponse:
    """That it was asked, and what comes next."""
    meeting = meeting_or_404(request, slug)
    wishes = queries.own_wishes_to_speak(meeting, Visitor(request).keys(meeting))
    if not wishes:
        return redirect("meeting_speak", slug)
    return render(request, "meetings/speak_asked.html", {"meeting": meeting, "wish": wishes[-1]})


@require_POST
def speak_withdraw(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take one's own wish to speak back."""
    meeting = meeting_or_404(request, slug)
    speaker = Speaker.objects.filter(meeting=meeting, pk=pk).first()
    if speaker is None:
        raise Http404
    return done(
        request,
        "meeting_speak",
        meeting,
        lambda keys: actions.withdraw_speaker(speaker, keys=keys),
        _("You no longer ask to speak."),
    )
