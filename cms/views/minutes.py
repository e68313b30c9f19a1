"""The desk of a meeting's minutes: bring in a Word file or write here, see the draft, ask readers, publish, approve, correct."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cms import queries
from cms.actions import meetings as pages
from cms.actions import minutes as text
from cms.actions import redaction
from cms.calculations import parts_to_blocks
from cms.forms.minutes import (
    ActionFormSet,
    ApproveForm,
    CorrectForm,
    DecisionFormSet,
    PartsForm,
    PeopleFormSet,
    RedactForm,
    ReviewerForm,
    WordForm,
)
from cms.importers import minutes_body
from snb.boards.queries import board_of
from snb.meetings.actions import minutes as rows
from snb.meetings.enums import MeetingStatus, Offence, Redacted
from snb.meetings.importers import convert
from snb.meetings.models import Meeting, MinutesIntake, MinutesRedaction, ReviewComment
from snb.meetings.queries.public import meetings_that_may_approve, newest_version
from snb.people.forms import attach
from snb.people.models import SignedLink
from snb.people.views import deeds
from snb.people.views.deeds import user_of

View = Callable[..., HttpResponse]


def meeting_required(permission: str) -> Callable[[View], View]:
    """Hand a view the meeting its address names on this site: signed out, to sign in; without the permission, not found."""

    def decorate(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            meeting = (
                Meeting.objects.for_board(board_of(request))
                .select_related("board__borough", "body__ward", "body__board__borough")
                .filter(slug=slug)
                .first()
            )
            if meeting is None or not request.user.has_perm(permission, meeting):
                raise Http404
            try:
                return view(request, meeting, **kwargs)
            except PermissionDenied as refused:
                raise Http404 from refused

        return wrapped

    return decorate


def said(error: ValidationError) -> str:
    """What a refusal says, on one line."""
    return " ".join(error.messages)


@meeting_required("meetings.draft.read")
@require_http_methods(["GET", "HEAD"])
def minutes_desk(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Where the minutes stand, the draft, and the one thing to do next."""
    return render(request, "cms/minutes_desk.html", desk_context(request, meeting))


def desk_context(request: HttpRequest, meeting: Meeting, **more: Any) -> dict[str, Any]:
    """What the desk of minutes shows."""
    state = queries.minutes_state(meeting, user_of(request))
    return {
        "meeting": meeting,
        "state": state,
        "may_write": request.user.has_perm("meetings.minutes.write", meeting),
        "word_form": WordForm(),
        "reviewer_form": ReviewerForm(),
        "correct_form": CorrectForm(),
        "may_publish": request.user.has_perm("meetings.minutes.publish", meeting),
        "redact_form": RedactForm(versions=state.may_be_taken_off),
        "editor_url": f"{settings.PORTAL_BASE_URL}/admin/pages/{state.page.pk}/edit/"
        if state.page and queries.edits_in_wagtail(user_of(request), meeting)
        else "",
        **more,
    }


# ---------------------------------------------------------------------------------------------- from Word
@meeting_required("meetings.minutes.write")
@require_POST
def minutes_word(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Take a Word file, turn it into a page, and show both."""
    form = WordForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = convert(file, name=file.name)
            intake = rows.keep_intake(
                meeting,
                file,
                kind=form.kind,
                blocks=made.blocks,
                html=made.html,
                report=made.report.as_json(),
                proposals=made.proposals.as_json(),
                pictures=made.pictures,
                by=user_of(request),
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("minutes_intake", meeting.slug, intake.pk)
    return render(
        request,
        "cms/minutes_desk.html",
        desk_context(request, meeting, word_form=form, form=form),
        status=422,
    )


@meeting_required("meetings.minutes.write")
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_intake(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """The page that the file becomes, the report beside it, and the records it proposes; the button uses it."""
    intake = get_object_or_404(MinutesIntake, pk=pk, meeting=meeting)
    data = request.POST if request.method == "POST" else None
    initial = queries.proposed(intake)
    people = PeopleFormSet(data, initial=initial.attendance, prefix="people")
    decisions = DecisionFormSet(data, initial=initial.decisions, prefix="decisions")
    actions = ActionFormSet(data, initial=initial.actions, prefix="actions")
    sets = (people, decisions, actions)
    checked = [one.is_valid() for one in sets]  # each of them, so that every mistake is shown at once
    if data is not None and all(checked):
        kept = [
            [
                {name: value for name, value in row.items() if name != "keep"}
                for row in one.cleaned_data
                if row.get("keep")
            ]
            for one in sets
        ]
        try:
            text.use_word_file(
                intake,
                text.Records(*kept),
                body_of=minutes_body,
                by=user_of(request),
                seen=request.POST.get("seen"),
            )
        except ValidationError as error:
            messages.error(request, said(error))
        else:
            messages.success(
                request,
                _("This is the draft now. Read it once more, then somebody else publishes it."),
                extra_tags="saved",
            )
            return redirect("minutes_desk", meeting.slug)
    context = {
        "meeting": meeting,
        "intake": intake,
        "report": queries.report_of(intake),
        "proposed": initial,
        "people": people,
        "decisions": decisions,
        "actions": actions,
        "has_errors": data is not None and not all(checked),
        "sets": sets,
        "seen": request.POST.get("seen") or queries.writing_of(meeting),
        "replaces": meeting.status != MeetingStatus.HELD,
    }
    return render(request, "cms/minutes_intake.html", context)


# ---------------------------------------------------------------------------------------------- written here
@meeting_required("meetings.minutes.write")
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_write(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """One box for each item of the agenda. A text that the editor has done more with is edited there."""
    sent = request.POST if request.method == "POST" else None
    # What was typed stays on the page under its own headings, whatever became of the text meanwhile.
    parts = PartsForm.parts_in(sent) if sent and "seen" in sent else queries.parts_of_minutes(meeting)
    if parts is None:
        messages.error(request, _("This text has tables or pictures, so it is changed in the editor."))
        return redirect("minutes_desk", meeting.slug)
    form = PartsForm(sent, parts=parts, initial={"seen": queries.writing_of(meeting)})
    if sent is not None and form.is_valid():
        try:
            text.write_minutes(
                meeting, parts_to_blocks(form.written), by=user_of(request), seen=sent.get("seen")
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved. Nothing is public yet."), extra_tags="saved")
            return redirect("minutes_desk", meeting.slug)
    return render(request, "cms/minutes_write.html", {"meeting": meeting, "form": form})


# ---------------------------------------------------------------------------------------------- to the public
def act(request: HttpRequest, meeting: Meeting, do: Callable[..., Any], done: str) -> HttpResponse:
    """Do one thing, say that it was done or why not, and go back to the desk of the minutes."""
    return deeds.act(request, do, done, meeting.slug, to="minutes_desk")


@meeting_required("meetings.agenda.publish")
@require_POST
def agenda_publish(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Publish the agenda: the second person's press."""
    return deeds.act(
        request,
        partial(pages.publish_agenda, meeting, seen=request.POST.get("seen", "")),
        _("The agenda and its papers are public. Followers hear of it by email."),
        meeting.slug,
        to="meeting_desk",
    )


@meeting_required("meetings.minutes.publish")
@require_POST
def minutes_publish(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Publish the draft, or a correction after approval; or put the published text back on a page that says something else."""
    seen = request.POST.get("seen", "")
    if queries.minutes_state(meeting, user_of(request)).is_mended:
        return act(
            request,
            meeting,
            partial(text.publish_minutes, meeting, seen=seen),
            _("The published text is back."),
        )
    if meeting.status == MeetingStatus.APPROVED:
        form = CorrectForm(request.POST)

        def correct(*, reason: str) -> object:
            return text.publish_minutes(meeting, reason=reason, by=user_of(request), seen=seen)

        return form_on_desk(
            request,
            meeting,
            form,
            correct,
            _("Corrected. The reason stands above the minutes."),
            "correct_form",
        )
    return act(
        request,
        meeting,
        partial(text.publish_minutes, meeting, seen=seen),
        _("Published as a draft, to be agreed at a later meeting."),
    )


def form_on_desk(
    request: HttpRequest, meeting: Meeting, form: Form, do: Callable[..., object], done: str, name: str
) -> HttpResponse:
    """Do what a form of the desk is for; what is wrong stands at its field, with what was typed."""
    if form.is_valid():
        try:
            do(**form.cleaned_data)
        except ValidationError as error:
            attach(form, error)
        else:
            messages.success(request, done)
            return redirect("minutes_desk", meeting.slug)
    context = desk_context(request, meeting, **{name: form, "form": form})
    return render(request, "cms/minutes_desk.html", context, status=422)


@meeting_required("meetings.minutes.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_approve(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Record at which later meeting they were agreed."""
    later = meetings_that_may_approve(meeting)
    last = newest_version(meeting)
    form = ApproveForm(
        request.POST if request.method == "POST" else None,
        meetings=later,
        initial={"version": last.number if last else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            rows.approve_minutes(meeting, **form.cleaned_data, by=user_of(request))
        except ValidationError as error:
            attach(form, error)
        else:
            messages.success(
                request, _("Approved. The text is frozen; corrections are shown with their reason.")
            )
            return redirect("minutes_desk", meeting.slug)
    return render(
        request, "cms/minutes_approve.html", {"meeting": meeting, "form": form, "has_later": later.exists()}
    )


# ---------------------------------------------------------------------------------------------- off again
@meeting_required("meetings.minutes.publish")
@require_POST
def minutes_redact(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Hide an earlier version until a second person looks."""
    state = queries.minutes_state(meeting, user_of(request))
    form = RedactForm(request.POST, versions=state.may_be_taken_off)

    def take_off(*, version: int, reason: Offence) -> object:
        found = meeting.versions.get(number=version)
        return redaction.take_version_off(found, reason, by=user_of(request))

    done = _("Nobody reads this version any more. A second person has to look.")
    return form_on_desk(request, meeting, form, take_off, done, "redact_form")


@meeting_required("meetings.minutes.publish")
@require_POST
def minutes_redaction(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """Agree that a version stays off, or put it back."""
    row = get_object_or_404(MinutesRedaction, pk=pk, meeting=meeting)
    try:
        answered = redaction.answer_redaction(row, agree="agree" in request.POST, by=user_of(request))
    except ValidationError as error:
        messages.error(request, said(error))
    else:
        outcome = {
            Redacted.ASKED: _("It now stands on your word. A second person has to look."),
            Redacted.AGREED: _("The words are gone. A dated note stands in their place."),
            Redacted.REFUSED: _("The version is back."),
        }
        messages.success(request, outcome[Redacted(answered.state)])
    return redirect("minutes_desk", meeting.slug)


# ---------------------------------------------------------------------------------------------- readers
@meeting_required("meetings.minutes.write")
@require_POST
def minutes_review(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Send somebody a link to read the draft and comment."""
    form = ReviewerForm(request.POST)

    def ask(*, email: str) -> object:
        return text.ask_reviewer(meeting, email=email, by=user_of(request))

    return form_on_desk(
        request, meeting, form, ask, _("Sent. Their comments will stand here."), "reviewer_form"
    )


@meeting_required("meetings.minutes.write")
@require_POST
def review_end(request: HttpRequest, meeting: Meeting, pk: int) -> HttpResponse:
    """End a reader's link before its time."""
    link = get_object_or_404(SignedLink, pk=pk, purpose=queries.REVIEW)
    return act(request, meeting, partial(text.end_review, meeting, link), _("The link is ended."))


@meeting_required("meetings.minutes.write")
@require_POST
def comment_settle(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """A comment has been dealt with."""
    made = get_object_or_404(ReviewComment, pk=pk, meeting=meeting)
    return act(request, meeting, partial(rows.settle_comment, made), _("Dealt with."))
