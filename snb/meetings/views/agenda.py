"""The desk of an agenda: its rows, and the papers of each item."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from snb.meetings.actions import agenda as actions
from snb.meetings.adapters import facts_for
from snb.meetings.enums import OPEN_STATES, ItemKind
from snb.meetings.forms.agenda import AgendaForm
from snb.meetings.forms.desk import PaperForm
from snb.meetings.models import Meeting, Paper
from snb.meetings.queries import desk as queries
from snb.meetings.queries.agenda import draft_agenda, public_papers
from snb.meetings.views.desk import act, meeting_required
from snb.people.views.deeds import user_of


def open_or_404(meeting: Meeting) -> None:
    """An agenda is written until the meeting is over."""
    if meeting.status not in OPEN_STATES:
        raise Http404


@meeting_required("meetings.agenda.write")
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_edit(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The rows of the agenda. Every button sends the whole form, so nothing typed is lost; only "Save" saves."""
    open_or_404(meeting)
    if request.method != "POST":
        form = AgendaForm.of(draft_agenda(meeting), meeting)
    elif request.POST.get("do", "save") != "save":
        form = AgendaForm.moved(request.POST, meeting)
    else:
        form = AgendaForm.sent(request.POST, meeting)
        if form.is_valid():
            try:
                actions.write_agenda(meeting, form.drafts(), by=user_of(request), seen=form.seen)
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, _("The agenda is saved. Everybody reads it once it is published."))
                return redirect("meeting_desk", meeting.slug)
    kinds = {row: row["kind"].value() for row in form.rows}
    live = facts_for(meeting, [ItemKind(kind) for kind in kinds.values() if kind in ItemKind.values])
    for row, kind in kinds.items():
        row.live = live.get(kind, ())
    return render(
        request,
        "meetings/desk_agenda.html",
        {"meeting": meeting, "form": form, "pages": queries.desk_pages(meeting, request.user)},
    )


@meeting_required("meetings.agenda.write")
@require_POST
def agenda_start(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Begin with the standing agenda."""
    try:
        actions.start_from_template(meeting, by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("This is the standing agenda. Change what is different this time."))
    return redirect("agenda_edit", meeting.slug)


@meeting_required("meetings.agenda.write")
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The papers of every item, and one more; once the meeting is over, what everybody can read, to be withdrawn."""
    public = public_papers(meeting)
    if request.method == "POST" or not public:
        open_or_404(meeting)
    items = draft_agenda(meeting)
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        items=items,
        initial={"item": request.GET.get("item", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        item = next(item.row for item in items if str(item.row.pk) == data["item"])
        try:
            actions.add_paper(item, title=data["title"], file=data["file"], by=user_of(request))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("The paper is added. It stays private until the agenda is published.")
            )
            return redirect("meeting_papers", meeting.slug)
    return render(
        request,
        "meetings/desk_papers.html",
        {
            "meeting": meeting,
            "form": form,
            "items": items,
            "public": public,
            "is_open": meeting.status in OPEN_STATES,
            "pages": queries.desk_pages(meeting, request.user),
        },
    )


@meeting_required("meetings.agenda.write")
@require_POST
def paper_remove(request: HttpRequest, meeting: Meeting, paper: UUID) -> HttpResponse:
    """Take a paper off."""
    found = Paper.objects.filter(pk=paper, item__meeting=meeting).select_related("item", "file").first()
    if found is None:
        raise Http404
    published = meeting.agenda_published_at is not None
    act(
        request,
        meeting,
        lambda by: actions.remove_paper(found, by=by),
        _("The paper is off the agenda. What is published stays in reach until you publish again.")
        if published
        else _("The paper is removed."),
    )
    return redirect("meeting_papers", meeting.slug)


@meeting_required("meetings.agenda.write")
@require_POST
def paper_withdraw(request: HttpRequest, meeting: Meeting, paper: UUID) -> HttpResponse:
    """Take a published paper off the site at once."""
    of_meeting = Q(item__meeting=meeting) | Q(taken_off=meeting)
    found = Paper.objects.filter(of_meeting, pk=paper).select_related("item__meeting", "taken_off").first()
    if found is None:
        raise Http404
    act(
        request,
        meeting,
        lambda by: actions.withdraw_paper(found, by=by),
        _(
            "The paper is withdrawn. Nobody outside can open it any more; the agenda says that one was withdrawn."
        ),
    )
    return redirect("meeting_desk", meeting.slug)
