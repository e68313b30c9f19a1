"""The probation desk on the London-wide site. Another provider's task is not found, and so is the desk for everybody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from payback import importers
from payback.actions import probation as actions
from payback.enums import TRANSITIONS, WITH_PROBATION, Status
from payback.forms import probation as forms
from payback.models import Session
from payback.queries import probation as queries
from payback.queries import sealed_in_words
from snb.files.adapters import serve_private
from snb.files.enums import Kind
from snb.people.views import deeds
from snb.people.views.deeds import user_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form

    from payback.models import Referral
    from snb.people.models import User

A_PAGE = 50


def desk_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Signed out, to sign in; works for no provider, not found. Nothing of it is kept anywhere."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("payback.probation.desk"):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def task_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hand a view the task its address names, if it is on this person's desk."""

    @desk_required
    @wraps(view)
    def wrapped(request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponseBase:
        referral = queries.referrals_on_desk(user_of(request)).filter(pk=pk).first()
        if referral is None or not request.user.has_perm("payback.referral.view", referral):
            raise Http404
        return view(request, referral, **kwargs)

    return wrapped


@desk_required
def probation_desk(request: HttpRequest) -> HttpResponse:
    """The tasks of the person's provider: what waits for an answer first."""
    state = request.GET.get("state", "")
    state = state if state in Status.values else ""
    referrals = queries.referrals_on_desk(user_of(request))
    rows = queries.desk_rows(referrals, state=state)
    return render(
        request,
        "payback/probation_desk.html",
        {
            "providers": queries.providers_of(user_of(request)),
            "page_obj": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "states": [(status.value, status.label) for status in WITH_PROBATION],
            "state": state,
            "query": f"state={state}&" if state else "",
        },
    )


@dataclass(frozen=True)
class Act:
    """Something a provider can do with a task by one form."""

    form: Callable[..., Form]
    do: Callable[..., Any]
    title: Any
    button: Any
    said: Any
    lead: Any = ""
    danger: bool = False


ACTS: dict[str, Act] = {
    "ask": Act(
        forms.AskForm,
        actions.ask,
        gettext_lazy("Ask the board"),
        gettext_lazy("Send the question"),
        gettext_lazy("The board has your question. Its answer appears here."),
    ),
    "accept": Act(
        forms.AcceptForm,
        actions.accept,
        gettext_lazy("Accept this task"),
        gettext_lazy("Accept it"),
        gettext_lazy("The task is accepted. Everybody can see that now."),
    ),
    "refuse": Act(
        forms.RefuseForm,
        actions.refuse,
        gettext_lazy("Refuse this task"),
        gettext_lazy("Refuse it"),
        gettext_lazy("The task is refused. The board and whoever nominated it are told why."),
        danger=True,
    ),
    "schedule": Act(
        forms.ScheduleForm,
        actions.schedule,
        gettext_lazy("Plan the work"),
        gettext_lazy("Save the dates"),
        gettext_lazy("The dates are saved."),
    ),
    "session": Act(
        forms.SessionForm,
        actions.log_session,
        gettext_lazy("Log a session"),
        gettext_lazy("Log it"),
        gettext_lazy("The session is logged."),
        lead=gettext_lazy("A day, how many people and how many hours. Names have no place here."),
    ),
    "photo": Act(
        forms.WorkPhotoForm,
        actions.add_work_photo,
        gettext_lazy("Add a photo"),
        gettext_lazy("Add it"),
        gettext_lazy("The photo is with the board, which looks at it before it is shown."),
    ),
}
LEADS_TO = {
    "ask": Status.MORE_INFO,
    "accept": Status.ACCEPTED,
    "refuse": Status.REJECTED,
    "schedule": Status.SCHEDULED,
}
WORKING = frozenset({Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS})


def acts_open(referral: Referral) -> list[tuple[str, Act]]:
    """What can be done by a form just now."""
    if referral.ended:
        done = referral.nomination.status == Status.COMPLETED
        return [(name, ACTS[name]) for name in ("session", "photo") if done]
    here = Status(referral.nomination.status)
    found = {name for name, to in LEADS_TO.items() if to in TRANSITIONS[here]}
    if here == Status.MORE_INFO:
        found.add("ask")
    if here in {Status.SCHEDULED, Status.IN_PROGRESS}:
        found.add("schedule")
    if here in WORKING:
        found |= {"session", "photo"}
    return [(name, act) for name, act in ACTS.items() if name in found]


@task_required
def probation_task(request: HttpRequest, referral: Referral) -> HttpResponse:
    """One task: what is to be done, what was said, what comes next."""
    here = referral.nomination.status
    user = user_of(request)
    sessions = list(referral.sessions.all())
    return render(
        request,
        "payback/probation_task.html",
        {
            "referral": referral,
            "nomination": referral.nomination,
            "task": queries.task_shown(referral),
            "photos": queries.photos_for_provider(referral),
            "questions": queries.questions_of(referral),
            "sessions": sessions,
            "hours": sum(session.hours for session in sessions),
            "label": queries.label_for_provider(referral),
            "acts": acts_open(referral),
            "may_acknowledge": not referral.ended and here in {Status.ENDORSED, Status.SENT},
            "may_assess": not referral.ended and here in {Status.ACKNOWLEDGED, Status.MORE_INFO},
            "may_complete": not referral.ended and here == Status.IN_PROGRESS,
            "may_name": not referral.ended
            and referral.nomination.may_pass_contact
            and user.has_perm("payback.provider.staff", referral.provider),
            "may_read_contact": user.has_perm("payback.referral.contact", referral),
        },
    )


def act_now(request: HttpRequest, referral: Referral, do: Callable[..., Any], said: str) -> HttpResponse:
    """Do one thing without a form, say that it was done or why not, and go back to the task."""
    return deeds.act(request, do, said, referral.pk, to="probation_task")


@task_required
@require_POST
def task_acknowledge(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Say that it has arrived."""
    return act_now(
        request,
        referral,
        partial(actions.acknowledge, referral),
        _("Thank you. The board knows that you have it."),
    )


@task_required
@require_POST
def task_assess(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Say that somebody looks at it."""
    return act_now(
        request,
        referral,
        partial(actions.begin_assessing, referral),
        _("Everybody can see that you are looking at it."),
    )


@task_required
@require_POST
def task_complete(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Say that it is done."""
    return act_now(request, referral, partial(actions.complete, referral), _("Done. Thank you for the work."))


@task_required
@require_POST
def session_remove(request: HttpRequest, referral: Referral, session: UUID) -> HttpResponse:
    """Take away a session that was logged by mistake."""
    found = Session.objects.filter(referral=referral, pk=session).first()
    if found is None:
        raise Http404
    return act_now(request, referral, partial(actions.remove_session, found), _("The session is removed."))


@task_required
@require_safe
def task_photo(request: HttpRequest, referral: Referral, photo: UUID) -> HttpResponseBase:
    """A photo of this task: files are served on their board's site, and this desk stands on another."""
    found = next((one for one in queries.photos_for_provider(referral) if one.pk == photo), None)
    if found is None or found.original is None or not request.user.has_perm("payback.photo.view", found):
        raise Http404
    return serve_private(
        str(found.original.file),
        filename=found.original.public_name,
        content_type=Kind(found.original.kind).content_type,
        inline=True,
        published=False,
    )


@task_required
def task_act(request: HttpRequest, referral: Referral, name: str) -> HttpResponse:
    """A page with one form that does one thing; errors at the field with what was typed still there."""
    act = ACTS.get(name)
    if act is None:
        raise Http404
    initial = {
        "project_code": referral.project_code,
        "starts_on": referral.starts_on,
        "expected_end_on": referral.expected_end_on,
        "seen": referral.planned,
        "asked_for": queries.times_asked_for(referral),
    }
    posted = request.method == "POST"
    form = act.form(request.POST if posted else None, request.FILES if posted else None, initial=initial)
    if posted and form.is_valid() and done(form, partial(act.do, referral), by=user_of(request)):
        messages.success(request, str(act.said))
        return redirect("probation_task", referral.pk)
    return render(request, "payback/probation_form.html", {"referral": referral, "form": form, "act": act})


def done(form: Form, do: Callable[..., Any], *, by: User) -> bool:
    """Do it with the form's fields; what the action refuses is said in the form."""
    try:
        do(**form.cleaned_data, by=by)
    except ValidationError as error:
        fields = error.error_dict if hasattr(error, "error_dict") else {}
        for name, found in fields.items():
            form.add_error(name if name in form.fields else None, found)
        if not fields:
            form.add_error(None, error)
        return False
    return True


@task_required
def task_officer(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Name the officer who may see how to reach the nominator; the provider's lead does that, where the nominator agreed."""
    user = user_of(request)
    if not referral.nomination.may_pass_contact or not user.has_perm(
        "payback.provider.staff", referral.provider
    ):
        raise Http404
    form = forms.OfficerForm(request.POST or None, officers=queries.officers_of(referral.provider))
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, partial(actions.name_officer, referral), by=user)
    ):
        messages.success(request, _("The officer is named."))
        return redirect("probation_task", referral.pk)
    act = Act(forms.OfficerForm, actions.name_officer, _("Name an officer"), _("Name them"), "")
    return render(request, "payback/probation_form.html", {"referral": referral, "form": form, "act": act})


@task_required
@require_POST
def task_contact(request: HttpRequest, referral: Referral) -> HttpResponse:
    """How to reach the nominator, once for each press; every look is on the record."""
    try:
        contact = actions.read_contact(referral, by=user_of(request))
    except PermissionDenied:
        raise Http404 from None
    shown = {"referral": referral, "contact": sealed_in_words(contact)}
    return render(request, "payback/probation_contact.html", shown)


@desk_required
def probation_sheet(request: HttpRequest) -> HttpResponse:
    """Bring a sheet in: whole, or not at all with a message for each line."""
    posted = request.method == "POST"
    form = forms.SheetForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = importers.take_sheet(file.read(importers.MOST_BYTES + 1), by=user_of(request))
        except ValidationError as error:
            form.add_error("file", list(importers.lines_of(error)))
        else:
            messages.success(
                request,
                _("Your sheet is in: %(tasks)s tasks changed, with %(sessions)s sessions.")
                % {"tasks": taken.tasks, "sessions": taken.sessions},
            )
            return redirect("probation_desk")
    return render(
        request,
        "payback/probation_sheet.html",
        {"form": form, "columns": importers.COLUMNS, "states": importers.STATES},
    )


@desk_required
@require_POST
def probation_sheet_download(request: HttpRequest) -> HttpResponse:
    """The tasks on the person's desk, as a sheet."""
    response = HttpResponse(importers.give_sheet(by=user_of(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payback-tasks.csv"'
    return response
