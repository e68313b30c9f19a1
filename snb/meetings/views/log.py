"""The public action log, and the desk that keeps it. Another board's chair finds nothing on the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from snb.boards.models import Body
from snb.boards.queries import board_of
from snb.meetings.actions import log as actions
from snb.meetings.actions.owners import send_link
from snb.meetings.exports.log import log_csv
from snb.meetings.filters import LogFilter
from snb.meetings.forms.log import EntryForm, UpdateForm
from snb.meetings.models import ActionItem
from snb.meetings.queries import log as queries
from snb.people.forms import attach
from snb.people.views.deeds import act, user_of

PAGE = 20


# ---------------------------------------------------------------------------------------------- public
def chosen(request: HttpRequest) -> LogFilter:
    """The public log of this site, as far as it is asked for."""
    board = board_of(request)
    return LogFilter(request.GET, queryset=queries.public_entries(board), bodies=queries.bodies_in_log(board))


def changes_at_midnight(response: HttpResponse) -> HttpResponse:
    """Days are counted on it."""
    response.page_changes_at = queries.next_midnight()  # type: ignore[attr-defined]
    return response


@require_safe
def log_list(request: HttpRequest) -> HttpResponse:
    """What this board and its panels asked for, and what became of it: overdue on top."""
    board = board_of(request)
    found = chosen(request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    asked = any(query.values())
    return changes_at_midnight(
        render(
            request,
            "meetings/log.html",
            {
                "form": found.form,
                "page_obj": page,
                "rows": queries.rows_of(page),
                "query": f"{query.urlencode()}&" if query else "",
                "counts": queries.counts_of(queries.public_entries(board)),
                "asked": asked,
                "found": page.paginator.count,
            },
        )
    )


@require_safe
def log_entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One action or recommendation with its history, evidence and answer."""
    entry = queries.public_entry(board_of(request), pk)
    if entry is None:
        raise Http404
    return changes_at_midnight(
        render(
            request,
            "meetings/log_entry.html",
            {
                "entry": entry,
                "row": queries.rows_of([entry])[0],
                "history": queries.history_of(entry),
            },
        )
    )


@require_safe
def log_file(request: HttpRequest) -> HttpResponse:
    """The log as it is chosen, as CSV."""
    response = HttpResponse(log_csv(chosen(request).qs), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="actions.csv"'
    response["X-Robots-Tag"] = "noindex"
    return changes_at_midnight(response)


# ---------------------------------------------------------------------------------------------- desk
def keeper_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed out, to sign in; who keeps no log on this site finds nothing. The view gets the bodies whose log they keep."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        bodies = queries.bodies_run_by(request.user, board_of(request))
        if not bodies:
            raise Http404
        try:
            return view(request, bodies, **kwargs)
        except PermissionDenied as refused:
            raise Http404 from refused

    return wrapped


def entry_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view the entry its address names: signed out, to sign in; not this person's to keep, not found."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        entry = queries.entry_kept_by(request.user, board_of(request), pk)
        if entry is None:
            raise Http404
        return view(request, entry, **kwargs)

    return wrapped


@keeper_required
def desk_log(request: HttpRequest, bodies: list[Body | None]) -> HttpResponse:
    """Everything this person keeps: overdue on top, what is not public yet marked."""
    entries = queries.entries_kept_by(request.user, board_of(request))
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "meetings/desk_log.html",
        {
            "page_obj": page,
            "rows": queries.rows_of(page),
            "counts": queries.counts_of(entries),
            "bodies": [(queries.body_key(body), queries.body_name(body)) for body in bodies],
        },
    )


@keeper_required
def desk_enter(request: HttpRequest, bodies: list[Body | None], key: str) -> HttpResponse:
    """Enter an action or a recommendation in one body's log."""
    found = [body for body in bodies if queries.body_key(body) == key]
    if not found:
        raise Http404
    body = found[0]
    form = EntryForm(request.POST or None, body=body)
    if request.method == "POST":
        entry = attempt(form, partial(actions.enter, body, by=user_of(request)))
        if entry is not None:
            messages.success(request, _("%(label)s is in the log.") % {"label": entry.label})
            return redirect("log_desk_entry", pk=entry.pk)
    return render(
        request,
        "meetings/desk_log_form.html",
        {
            "form": form,
            "caption": queries.body_name(body),
            "title": _("Enter an action or recommendation"),
            "button": _("Enter it"),
        },
    )


def attempt(form: Form, do: Callable[..., Any]) -> Any:
    """Do it with the form's clean data; None where the form or the action says what is wrong, at its field."""
    if not form.is_valid():
        return None
    try:
        return do(**form.cleaned_data)
    except ValidationError as error:
        attach(form, error)
    return None


@entry_required
def desk_entry(request: HttpRequest, entry: ActionItem) -> HttpResponse:
    """How an entry stands, its history, and the form that updates it."""
    form = UpdateForm(request.POST or None, obj=entry)
    if request.method == "POST":
        done = attempt(form, partial(actions.update, entry, by=user_of(request)))
        if done is not None:
            messages.success(request, _("%(label)s is updated.") % {"label": entry.label})
            return redirect("log_desk_entry", pk=entry.pk)
        entry = queries.entry_kept_by(request.user, board_of(request), entry.pk) or entry
    return render(
        request,
        "meetings/desk_log_entry.html",
        {
            "entry": entry,
            "row": queries.rows_of([entry])[0],
            "history": queries.history_of(entry),
            "form": form,
            "may_send": entry.is_public and entry.status == "open" and entry.owner_id is not None,
        },
    )


@entry_required
def desk_change(request: HttpRequest, entry: ActionItem) -> HttpResponse:
    """Change the words of an entry that is not public."""
    form = EntryForm(request.POST or None, body=entry.body, entry=entry)
    if request.method == "POST":
        changed = attempt(form, partial(actions.change, entry, item=entry.item, by=user_of(request)))
        if changed is not None:
            messages.success(request, _("%(label)s is changed.") % {"label": entry.label})
            return redirect("log_desk_entry", pk=entry.pk)
    return render(
        request,
        "meetings/desk_log_form.html",
        {
            "form": form,
            "caption": f"{entry.label}, {queries.body_name(entry.body)}",
            "title": _("Change it before it is public"),
            "button": _("Change it"),
            "entry": entry,
        },
    )


@require_POST
@entry_required
def desk_remove(request: HttpRequest, entry: ActionItem) -> HttpResponse:
    """Take away an entry that is not public."""
    if entry.published_at is not None:
        messages.error(request, _("Everybody can read it already: drop it instead."))
        return redirect("log_desk_entry", pk=entry.pk)
    return act(
        request,
        partial(actions.remove, entry),
        _("%(label)s is removed.") % {"label": entry.label},
        to="log_desk",
    )


@require_POST
@entry_required
def desk_send_link(request: HttpRequest, entry: ActionItem) -> HttpResponse:
    """Send the owner their link."""
    said = _("The link is on its way to %(owner)s.") % {"owner": entry.owner_name}
    return act(request, partial(send_link, entry), said, to="log_desk_entry", pk=entry.pk)


@require_POST
@entry_required
def desk_undo(request: HttpRequest, entry: ActionItem, step: UUID) -> HttpResponse:
    """Take the newest update back."""
    found = entry.updates.filter(pk=step).first()
    if found is None:
        raise Http404
    return act(
        request,
        partial(actions.undo_update, found),
        _("The update is taken back."),
        to="log_desk_entry",
        pk=entry.pk,
    )
