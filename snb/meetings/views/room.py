"""Attendance taken in the room, decisions, and a year at a glance."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from snb.boards.queries import board_of
from snb.meetings.actions import room as actions
from snb.meetings.calculations import quorum_sentence
from snb.meetings.enums import MINUTES_STATES
from snb.meetings.forms.room import AttendanceForm, DecisionForm
from snb.meetings.models import Decision, Meeting
from snb.meetings.queries import room as queries
from snb.meetings.views.log import attempt
from snb.people.views.deeds import act, user_of


# ---------------------------------------------------------------------------------------------- a year at a glance
def year_asked(request: HttpRequest, years: list[int]) -> int:
    """The year of the address; this one where there is none. Raises Http404 for a year in which nothing met."""
    asked = request.GET.get("year", "")
    if not asked:
        return timezone.localdate().year
    if asked not in {str(year) for year in years}:
        raise Http404
    return int(asked)


@require_safe
def attendance_year(request: HttpRequest) -> HttpResponse:
    """Who came to the meetings of a year: members of the board by name, panels by number."""
    board = board_of(request)
    years = queries.years_with_meetings(board)
    year = year_asked(request, years)
    bodies = queries.year_at_a_glance(board, year)
    return render(request, "meetings/attendance_year.html", {"bodies": bodies, "years": years, "year": year})


@login_required
@never_cache
@require_safe
def desk_attendance_year(request: HttpRequest) -> HttpResponse:
    """The same with every name, for who runs the body."""
    board = board_of(request)
    if not queries.runs_anything(request.user, board):
        raise Http404
    years = queries.years_with_meetings(board)
    year = year_asked(request, years)
    return render(
        request,
        "meetings/desk_attendance_year.html",
        {"bodies": queries.year_for_desk(request.user, board, year), "years": years, "year": year},
    )


# ---------------------------------------------------------------------------------------------- in the room
def meeting_required(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Hand a view the meeting its address names: signed out, to sign in; without the permission, not found."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            meeting = queries.meeting_for_desk(request.user, board_of(request), slug, permission)
            if meeting is None:
                raise Http404
            return view(request, meeting, **kwargs)

        return wrapped

    return decorate


@meeting_required("meetings.attendance.take")
def desk_attendance(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Mark who is there, on a phone: one row a member, guests below, one button."""
    seats = queries.seats_of(meeting)
    form = AttendanceForm(request.POST or None, seats=seats)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_attendance(meeting, form.seats(), by=user_of(request), seen=form.seen())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."), extra_tags="saved")
            return redirect("attendance_desk", meeting.slug)
    return render(
        request,
        "meetings/desk_attendance.html",
        {
            "meeting": meeting,
            "form": form,
            "quorum": queries.quorum_of(meeting, seats),
            "needed": queries.quorum_needed(meeting),
            "sentences": {
                "met": quorum_sentence(True),
                "few": quorum_sentence(False),
                "none": quorum_sentence(None),
            },
            "unmarked": sum(not seat.presence for seat in seats),
            "is_closed": meeting.status in (*MINUTES_STATES, *queries.NOT_HELD),
        },
    )


@meeting_required("meetings.minutes.write")
def desk_decisions(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """What was decided, and the form for one more."""
    form = DecisionForm(request.POST or None, meeting=meeting)
    if request.method == "POST":
        done = attempt(form, partial(actions.record_decision, meeting, by=user_of(request)))
        if done is not None:
            said = _("Decision %(number)s is recorded.") % {"number": done.number}
            messages.success(request, said, extra_tags="saved")
            return redirect("decision_desk", meeting.slug)
    return render(
        request,
        "meetings/desk_decisions.html",
        {
            "meeting": meeting,
            "form": form,
            "decisions": queries.decisions_of(meeting),
            "is_closed": meeting.status in (*MINUTES_STATES, *queries.NOT_HELD),
        },
    )


def decision_or_404(meeting: Meeting, pk: UUID) -> Decision:
    """A decision of this meeting."""
    found = queries.decisions_of(meeting).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@meeting_required("meetings.minutes.write")
def desk_decision_change(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """Change the words of a decision while the minutes are not public."""
    decision = decision_or_404(meeting, pk)
    form = DecisionForm(request.POST or None, meeting=meeting, decision=decision)
    if request.method == "POST":
        done = attempt(form, partial(actions.change_decision, decision, by=user_of(request)))
        if done is not None:
            said = _("Decision %(number)s is changed.") % {"number": done.number}
            messages.success(request, said, extra_tags="saved")
            return redirect("decision_desk", meeting.slug)
        if form.non_field_errors():
            decision = decision_or_404(meeting, pk)
            form.now_seen(queries.decision_version(decision))
    return render(
        request,
        "meetings/desk_decision_change.html",
        {"meeting": meeting, "decision": decision, "form": form},
    )


@require_POST
@meeting_required("meetings.minutes.write")
def desk_decision_remove(request: HttpRequest, meeting: Meeting, pk: UUID) -> HttpResponse:
    """Take a decision out while the minutes are not public."""
    decision = decision_or_404(meeting, pk)
    return act(
        request,
        partial(actions.remove_decision, decision),
        _("Decision %(number)s is removed.") % {"number": decision.number},
        to="decision_desk",
        slug=meeting.slug,
    )
