"""The panel desk: plan, moderate, watch, adopt. Another board's chair finds nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from snb.boards.enums import BodyKind
from snb.boards.models import Body
from snb.boards.queries import board_of
from snb.people.models import User
from snb.people.views import deeds
from snb.people.views.deeds import user_of
from wardpanels import actions, queries
from wardpanels.actions.priorities import Adopted
from wardpanels.enums import Concern, RoundStatus, SetBy
from wardpanels.errors import InvalidTransition
from wardpanels.forms import (
    AdoptForm,
    ExtensionForm,
    MergeForm,
    ReasonForm,
    RejectForm,
    RoundForm,
    SuggestionForm,
)
from wardpanels.models import Option, Round


def panel_or_404(request: HttpRequest, slug: str) -> Body:
    """The ward's panel, for somebody who may plan its rounds."""
    board = board_of(request)
    panel = (
        Body.objects.filter(board=board, kind=BodyKind.WARD_PANEL, ward__slug=slug)
        .select_related("ward__borough")
        .first()
        if board
        else None
    )
    if panel is None or not request.user.has_perm(
        "wardpanels.round.plan", Round(panel=panel, ward=panel.ward)
    ):
        raise Http404
    return panel


def round_or_404(request: HttpRequest, slug: str, round_slug: str) -> Round:
    """A round on this board's site, for somebody who may plan it."""
    board = board_of(request)
    round_ = queries.round_for_desk(board, slug, round_slug) if board else None
    if round_ is None or not request.user.has_perm("wardpanels.round.plan", round_):
        raise Http404
    return round_


def round_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view the round its address names: signed out, to sign in; not this person's to plan, not found."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, round_slug: str, **kwargs: Any) -> HttpResponse:
        return view(request, round_or_404(request, slug, round_slug), **kwargs)

    return wrapped


@login_required
def panel_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The rounds of one panel, and what is to do."""
    panel = panel_or_404(request, slug)
    return render(
        request,
        "wardpanels/desk.html",
        {"panel": panel, "ward": panel.ward, "rounds": queries.rounds_of_panel(panel)},
    )


@login_required
def round_plan(request: HttpRequest, slug: str, round_slug: str = "") -> HttpResponse:
    """Plan a round, or change a draft."""
    panel = panel_or_404(request, slug)
    round_ = round_or_404(request, slug, round_slug) if round_slug else None
    form = RoundForm(request.POST or None, instance=round_)
    if request.method == "POST" and form.is_valid():
        try:
            if round_ is None:
                round_ = actions.plan_round(panel, **form.cleaned_data, by=user_of(request))
            else:
                round_ = actions.change_round(round_, **form.cleaned_data, by=user_of(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("round_desk", slug, round_.slug)
    return render(
        request,
        "wardpanels/round_plan.html",
        {"panel": panel, "ward": panel.ward, "form": form, "round": round_},
    )


@round_required
def round_desk(request: HttpRequest, round_: Round) -> HttpResponse:
    """One round: what is on the ballot, what waits, what comes next."""
    return render(
        request,
        "wardpanels/round_desk.html",
        {
            "round": round_,
            "ward": round_.ward,
            "options": queries.options_by_state(round_),
            "turnout": queries.turnout_words(round_),
            "extension": getattr(round_, "extension", None),
            "is_drafting": round_.status in {RoundStatus.DRAFT, RoundStatus.COLLECTING},
            "may_moderate": request.user.has_perm("wardpanels.round.moderate", round_),
            "may_adopt": request.user.has_perm("wardpanels.priority.adopt", round_)
            and round_.status == RoundStatus.CLOSED,
            "asked_me": getattr(round_, "extension", None)
            and round_.extension.asked_by_id == request.user.pk,
        },
    )


def act(request: HttpRequest, round_: Round, do: Callable[..., Any], said: str) -> HttpResponse:
    """Do one thing in the person's name, say that it was done or why not, and go back to the round."""
    return deeds.act(request, do, said, round_.ward.slug, round_.slug, to="round_desk")


@round_required
@require_POST
def round_announce(request: HttpRequest, round_: Round) -> HttpResponse:
    """Hand the round to the timetable."""
    return act(
        request,
        round_,
        partial(actions.announce_round, round_),
        _("The round is announced. It opens and closes by itself."),
    )


@round_required
@require_POST
def round_agree(request: HttpRequest, round_: Round) -> HttpResponse:
    """Agree to an extension, or to an annulment, that somebody else asked for."""
    if round_.status == RoundStatus.VOTING:
        return act(
            request,
            round_,
            partial(actions.agree_extension, round_),
            _("Voting closes later now."),
        )
    return act(
        request,
        round_,
        partial(actions.agree_annulment, round_),
        _("The round is annulled."),
    )


@round_required
@require_POST
def round_count(request: HttpRequest, round_: Round) -> HttpResponse:
    """Close a round that waited for paper."""
    return act(
        request,
        round_,
        partial(actions.confirm_count, round_.pk),
        _("The round is counted and its result is published."),
    )


def form_page(
    request: HttpRequest, round_: Round, form: Form, do: Callable[..., Any], **context: Any
) -> HttpResponse:
    """A page with one form that does one thing with its fields; errors at the field with what was typed still there."""
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data, by=user_of(request))
        except InvalidTransition as error:
            form.add_error(None, error)
        except ValidationError as error:
            fields = error.error_dict if hasattr(error, "error_dict") else {}
            form.add_error(
                None, error if set(fields) <= set(form.fields) else ValidationError(error.messages)
            )
        else:
            messages.success(request, context["said"])
            return redirect("round_desk", round_.ward.slug, round_.slug)
    return render(
        request, "wardpanels/round_form.html", {"round": round_, "ward": round_.ward, "form": form, **context}
    )


@round_required
def option_add(request: HttpRequest, round_: Round) -> HttpResponse:
    """Put an option on the ballot."""
    form = SuggestionForm(request.POST or None)
    return form_page(
        request,
        round_,
        form,
        partial(actions.add_option, round_),
        title=_("Add an option"),
        button=_("Put it on the ballot"),
        said=_("It is on the ballot."),
    )


def option_or_404(round_: Round, code: str) -> Option:
    """An option of this round."""
    option = next((option for option in round_.options.all() if option.code == code), None)
    if option is None:
        raise Http404
    return option


@round_required
@require_POST
def option_offer(request: HttpRequest, round_: Round, code: str) -> HttpResponse:
    """Put a suggestion on the ballot."""
    option = option_or_404(round_, code)
    return act(request, round_, partial(actions.offer_option, option), _("It is on the ballot."))


@round_required
@require_POST
def option_remove(request: HttpRequest, round_: Round, code: str) -> HttpResponse:
    """Take away an option nobody else has seen."""
    option = option_or_404(round_, code)
    return act(
        request,
        round_,
        partial(actions.remove_option, option),
        _("It is off the ballot."),
    )


@round_required
def option_reject(request: HttpRequest, round_: Round, code: str) -> HttpResponse:
    """Leave a suggestion off the ballot, with a public reason."""
    option = option_or_404(round_, code)
    form = RejectForm(request.POST or None)
    return form_page(
        request,
        round_,
        form,
        partial(actions.reject_option, option),
        subject=option.text,
        title=_("Leave this off the ballot"),
        button=_("Leave it off"),
        said=_("It stays listed with your reason, and its author is told."),
    )


@round_required
def option_merge(request: HttpRequest, round_: Round, code: str) -> HttpResponse:
    """Merge a twin."""
    option = option_or_404(round_, code)
    form = MergeForm(request.POST or None, option=option, options=queries.options_of(round_))
    return form_page(
        request,
        round_,
        form,
        partial(actions.merge_option, option),
        subject=option.text,
        title=_("Merge with another option"),
        button=_("Merge"),
        said=_("Merged; its author is told."),
    )


@round_required
def round_extend(request: HttpRequest, round_: Round) -> HttpResponse:
    """Ask for a later end."""
    form = ExtensionForm(request.POST or None, initial={"closes_at": round_.closes_at})
    return form_page(
        request,
        round_,
        form,
        partial(actions.ask_extension, round_),
        title=_("Ask for a later end"),
        lead=_("Voting can be extended once. A second person has to agree before it ends."),
        button=_("Ask a second person"),
        said=_("Now a second person has to agree."),
    )


@round_required
def round_cancel(request: HttpRequest, round_: Round) -> HttpResponse:
    """Cancel a round that has no tally; its ballots are destroyed uncounted."""
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        round_,
        form,
        partial(actions.cancel_round, round_),
        danger=True,
        title=_("Cancel this round"),
        lead=_("Every vote is destroyed uncounted. Nobody can take this back."),
        button=_("Cancel the round"),
        said=_("The round is cancelled. No ballot was counted."),
    )


@round_required
def round_annul(request: HttpRequest, round_: Round) -> HttpResponse:
    """Ask to annul a counted round."""
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        round_,
        form,
        partial(actions.ask_annulment, round_),
        danger=True,
        title=_("Ask to annul this round"),
        lead=_("A second person has to agree. The figures and files stay for checking, marked as annulled."),
        button=_("Ask a second person"),
        said=_("Now a second person has to agree."),
    )


@round_required
def round_adopt(request: HttpRequest, round_: Round) -> HttpResponse:
    """Turn the result into the ward's priorities."""
    if round_.status != RoundStatus.CLOSED or not request.user.has_perm("wardpanels.priority.adopt", round_):
        raise Http404
    result = queries.result_of(round_)
    form = AdoptForm(
        request.POST or None,
        round_=round_,
        winners=[(row.code, row.text) for row in result.rows if row.won],
        tied=[(row.code, row.text) for row in result.rows if row.tied],
    )

    def adopt(*, by: User, reason: str, **data: Any) -> None:
        actions.adopt_priorities(round_, adopted_from(round_, form, data), reason=reason, by=by)

    return form_page(
        request,
        round_,
        form,
        adopt,
        title=_("Adopt the priorities"),
        lead=_("They are on the ward page at once, each to be reviewed within three months."),
        either=True,
        button=_("Adopt"),
        said=_("The priorities are on the ward page."),
    )


def adopted_from(round_: Round, form: AdoptForm, data: dict) -> list[Adopted]:
    """The ticked winners and tied options, and what was written in."""
    options = {option.code: option for option in round_.options.all()}
    chosen = [
        Adopted(SetBy.VOTE, options[code].text, Concern(options[code].concern), options[code])
        for code in data.get("winners", [])
    ]
    chosen += [
        Adopted(SetBy.PANEL, options[code].text, Concern(options[code].concern), options[code])
        for code in data.get("tied", [])
    ]
    return chosen + [
        Adopted(SetBy(set_by), data[name].strip(), Concern(data[f"{name}_concern"] or Concern.OTHER))
        for set_by, name in form.rows
        if data.get(name, "").strip()
    ]
