"""The desk of meetings: plan, announce, change, move, call off. What is not this person's is not found.

The same pages serve a board's site and, for oversight's own meetings, the London-wide one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from snb.boards.models import Body
from snb.boards.queries import board_of
from snb.meetings.actions import meetings as actions
from snb.meetings.adapters import facts_for, introduction_of
from snb.meetings.enums import OPEN_STATES, ItemKind, MeetingStatus
from snb.meetings.forms.desk import (
    DetailsForm,
    MoveForm,
    OfferForm,
    PlanForm,
    ReasonForm,
    RulesForm,
    SectionedForm,
)
from snb.meetings.models import Meeting, MeetingRules
from snb.meetings.queries import desk as queries
from snb.meetings.queries.agenda import DraftItem, draft_agenda, facts_from, reading_of
from snb.meetings.queries.desk import Offer
from snb.meetings.queries.steps import next_step, state_of
from snb.people.views import deeds
from snb.people.views.deeds import user_of

View = Callable[..., HttpResponse]


def on_the_desk(view: View) -> View:
    """Signed out: to sign in. What an action refuses to this person is not found. Nothing of it is kept anywhere."""

    @wraps(view)
    @never_cache
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as refused:
            raise Http404 from refused

    return wrapped


def meeting_required(permission: str = "meetings.meeting.plan") -> Callable[[View], View]:
    """Hand a view the meeting its address names, on this site, to somebody with the permission; else it is not found."""

    def decorate(view: View) -> View:
        @on_the_desk
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            meeting = queries.meeting_for_desk(board_of(request), slug)
            if meeting is None or not request.user.has_perm(permission, meeting):
                raise Http404
            return view(request, meeting, **kwargs)

        return wrapped

    return decorate


# ------------------------------------------------------------------------------------------------ lists and planning
@on_the_desk
@require_safe
def meetings_desk(request: HttpRequest) -> HttpResponse:
    """The meetings this person runs or sits in, and what is to do."""
    found = queries.desk_of(request.user, board_of(request), page=request.GET.get("page", 1))
    if found is None:
        raise Http404
    return render(request, "meetings/desk_list.html", {"desk": found})


@on_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_plan(request: HttpRequest) -> HttpResponse:
    """Choose what to plan, where there is a choice; then one form, filled in like the last time."""
    board = board_of(request)
    offers = queries.offers_for(request.user, board)
    if not offers:
        raise Http404
    what = request.GET.get("what", offers[0].value if len(offers) == 1 else "")
    offer = next((offer for offer in offers if offer.value == what), None)
    if offer is None:
        form = OfferForm(request.GET if "what" in request.GET else None, offers=offers)
        return render(request, "meetings/desk_what.html", {"form": form})
    plan = PlanForm(request.POST or None, initial=queries.plan_like_last(board, offer))
    if request.method == "POST" and plan.is_valid():
        try:
            meeting = plan_it(request, offer, plan.cleaned_data)
        except ValidationError as error:
            plan.refuse(error)
        else:
            messages.success(
                request, _("The meeting is planned. Nobody else knows of it before you announce it.")
            )
            return redirect("meeting_desk", meeting.slug)
    return render(
        request,
        "meetings/desk_form.html",
        {
            "form": plan,
            "title": _("Plan a meeting"),
            "caption": offer.label,
            "button": _("Save the plan"),
            "back": "/desk/meetings/",
            "back_text": _("Meetings"),
        },
    )


def plan_it(request: HttpRequest, offer: Offer, plan: dict[str, Any]) -> Meeting:
    """Plan what was offered; its body is formed where this is its first meeting."""
    board, by = board_of(request), user_of(request)
    body = (
        actions.ensure_body(board, offer.body_kind, ward=offer.ward, by=by)
        if board is not None and offer.body_kind is not None
        else None
    )
    return actions.plan_meeting(body, offer.kind, by=by, **plan)


# ------------------------------------------------------------------------------------------------ one meeting
@meeting_required("meetings.draft.read")
@require_safe
def meeting_desk(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """One meeting: where it stands, the one next thing to do, its agenda as it is being written, and its other pages."""
    state, tone = state_of(meeting)
    items = with_facts(meeting, draft_agenda(meeting))
    runs = request.user.has_perm("meetings.meeting.plan", meeting)
    introduction = introduction_of(meeting)
    return render(
        request,
        "meetings/desk_meeting.html",
        {
            "meeting": meeting,
            "body_name": queries.body_name(meeting),
            "state": state,
            "tone": tone,
            "step": next_step(meeting, request.user),
            "items": items,
            "introduction": introduction,
            "seen": reading_of(items, introduction),
            "pages": queries.desk_pages(meeting, request.user),
            "runs": runs,
            "is_open": meeting.status in OPEN_STATES,
            "is_postponed": meeting.status == MeetingStatus.POSTPONED,
        },
    )


def with_facts(meeting: Meeting, items: list[DraftItem]) -> list[DraftItem]:
    """The items with what the portal knows: as it was published, or where that is to come, as it is today."""
    if meeting.agenda_published_at and not meeting.agenda_changed:
        return [replace(item, live=facts_from(item.row.facts)) for item in items]
    shown = [item for item in items if not item.row.is_private]
    known = facts_for(meeting, [ItemKind(item.row.kind) for item in shown])
    return [
        replace(item, live=() if item.row.is_private else known[ItemKind(item.row.kind)]) for item in items
    ]


def act(request: HttpRequest, meeting: Meeting, do: Callable[..., Any], said: str) -> HttpResponse:
    """Do one thing in the person's name, say that it was done or why not, and go back to the meeting."""
    return deeds.act(request, do, said, meeting.slug, to="meeting_desk")


@meeting_required()
@require_POST
def meeting_announce(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Let everybody know of it."""
    return act(
        request,
        meeting,
        partial(actions.announce_meeting, meeting),
        _("The meeting is announced. It is on the site and in the calendar; followers are told."),
    )


@meeting_required()
@require_POST
def meeting_held(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say that it took place."""
    return act(request, meeting, partial(actions.mark_held, meeting), _("The meeting is marked as held."))


def form_page(
    request: HttpRequest, meeting: Meeting, form: SectionedForm | Form, do: Callable[..., Any], **context: Any
) -> HttpResponse:
    """A page with one form that does one thing with its fields; errors at the field with what was typed still there."""
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data, by=user_of(request))
        except ValidationError as error:
            cast("SectionedForm", form).refuse(error)
        else:
            messages.success(request, context["said"])
            return redirect(context.get("then") or queries.desk_url(meeting))
    return render(
        request,
        "meetings/desk_form.html",
        {
            "meeting": meeting,
            "form": form,
            "caption": str(meeting),
            "back": queries.desk_url(meeting),
            "back_text": meeting.title,
            **context,
        },
    )


@meeting_required()
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_change(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Change the plan; once it is announced only what moves nothing."""
    kind = DetailsForm if meeting.announced_at else PlanForm
    return form_page(
        request,
        meeting,
        kind(request.POST or None, meeting=meeting),
        partial(actions.change_meeting, meeting),
        title=_("Change the details") if meeting.announced_at else _("Change the plan"),
        lead=_("Everybody sees what you change here. To change its day, time or place, move the meeting.")
        if meeting.announced_at
        else "",
        button=_("Save"),
        said=_("Saved."),
    )


@meeting_required()
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_move(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Give it another time or place."""
    postponed = meeting.status == MeetingStatus.POSTPONED
    return form_page(
        request,
        meeting,
        MoveForm(request.POST or None, meeting=meeting),
        partial(actions.move_meeting, meeting),
        title=_("Give it a new date") if postponed else _("Move this meeting"),
        lead=_("It stays in people's calendars at its new time, and followers are told. Was: %(when)s.")
        % {"when": meeting.when},
        button=_("Move the meeting"),
        said=_("The meeting is moved, and followers are told."),
    )


@meeting_required()
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_postpone(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say that it does not take place on its date."""
    return form_page(
        request,
        meeting,
        ReasonForm(request.POST or None),
        partial(actions.postpone_meeting, meeting),
        title=_("Postpone this meeting"),
        lead=_("It stays listed as postponed, and followers are told. Give it a new date when you know it."),
        button=_("Postpone the meeting"),
        said=_("The meeting is postponed, and followers are told."),
    )


@meeting_required()
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say that it does not take place at all, or that it did not."""
    over = meeting.status == MeetingStatus.HELD
    return form_page(
        request,
        meeting,
        ReasonForm(request.POST or None),
        partial(actions.cancel_meeting, meeting),
        danger=True,
        title=_("It did not take place") if over else _("Cancel this meeting"),
        lead=_("It is listed as cancelled with your reason. You cannot take this back.")
        if over
        else _(
            "It stays listed as cancelled with your reason, and followers are told. You cannot take this back."
        ),
        button=_("It did not take place") if over else _("Cancel the meeting"),
        said=_("The meeting is listed as cancelled.")
        if over
        else _("The meeting is cancelled, and followers are told."),
    )


@meeting_required()
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_remove(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Take away a plan nobody else knows of."""
    form = SectionedForm(request.POST if request.method == "POST" else None)
    return form_page(
        request,
        meeting,
        form,
        partial(actions.remove_meeting, meeting),
        danger=True,
        title=_("Remove this plan"),
        lead=_("Nobody else knows of this meeting. Its agenda and papers go with it."),
        button=_("Remove the plan"),
        said=_("The plan is removed."),
        then="meetings_desk",
    )


# ------------------------------------------------------------------------------------------------ rules
def bodies_or_404(request: HttpRequest) -> list[Body]:
    """The bodies of this board whose meetings this person runs."""
    board = board_of(request)
    bodies = queries.bodies_of(request.user, board, "meetings.meeting.plan") if board else []
    if not bodies:
        raise Http404
    return bodies


@on_the_desk
@require_safe
def meeting_rules_list(request: HttpRequest) -> HttpResponse:
    """The bodies this person runs, and what each has agreed."""
    rows = [
        (body, getattr(body, "meeting_rules", None) or MeetingRules(body=body))
        for body in bodies_or_404(request)
    ]
    return render(request, "meetings/desk_rules.html", {"rows": rows})


@on_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what one body has agreed."""
    body = next((body for body in bodies_or_404(request) if body.pk == pk), None)
    if body is None:
        raise Http404
    rules = getattr(body, "meeting_rules", None) or MeetingRules(body=body)
    names = ("papers_days", "takes_questions", "speak_hours")
    initial = {name: getattr(rules, name) for name in names} | {"quorum": body.quorum}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rules(body, **form.cleaned_data, by=user_of(request))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("meeting_rules_list")
    return render(
        request,
        "meetings/desk_form.html",
        {
            "form": form,
            "title": _("Rules of its meetings"),
            "caption": str(body),
            "button": _("Save"),
            "back": "/desk/meetings/rules/",
            "back_text": _("Rules"),
        },
    )
