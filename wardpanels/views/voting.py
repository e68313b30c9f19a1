"""Choose first, prove after: the voter's screens. Choices travel as POST fields; nothing is kept between screens."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from snb.boards.queries import board_of
from snb.people.actions import (
    check_email_code,
    confirm_by_code,
    confirm_by_postcode,
    send_email_code,
    spend_email_code,
)
from snb.people.models import User
from snb.places.models import Ward
from snb.places.queries import ward_by_slug
from wardpanels import queries
from wardpanels.actions import cast_vote, confirm_held_vote, suggest_option
from wardpanels.calculations import Voter
from wardpanels.enums import RoundStatus
from wardpanels.errors import VoteRefused
from wardpanels.forms import BallotForm, EmailForm, ProofForm, SuggestionForm
from wardpanels.models import Round


def ward_or_404(request: HttpRequest, slug: str) -> Ward:
    """The ward on this board's site."""
    board = board_of(request)
    ward = ward_by_slug(board.borough, slug) if board else None
    if ward is None:
        raise Http404
    return ward


@never_cache
@sensitive_post_parameters()
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """The ballot. A POST with choices goes on to whatever is still needed, and ends with the receipt."""
    ward = ward_or_404(request, slug)
    round_ = queries.open_round_of(ward)
    if round_ is None:
        return render(
            request,
            "wardpanels/vote_closed.html",
            {"ward": ward, "vote": queries.vote_of_ward(ward), "late": "choices" in request.POST},
            status=200 if request.method == "GET" else 409,
        )
    options = queries.options_of(round_)
    if request.method != "POST" or "choose_again" in request.POST:
        chosen = {"choices": request.POST.getlist("choices")}
        form = BallotForm(round_=round_, options=options, initial=chosen)
        return render(
            request,
            "wardpanels/vote.html",
            {
                "ward": ward,
                "round": round_,
                "form": form,
                "voted": queries.has_user_voted(round_, request.user),
            },
        )
    form = BallotForm(request.POST, round_=round_, options=options)
    if not form.is_valid():
        return render(
            request,
            "wardpanels/vote.html",
            {
                "ward": ward,
                "round": round_,
                "form": form,
                "voted": queries.has_user_voted(round_, request.user),
            },
        )
    choices = form.cleaned_data["choices"]
    return go_on(request, {"ward": ward, "round": round_, "options": options, "choices": choices})


def go_on(request: HttpRequest, context: dict) -> HttpResponse:
    """Ask for what is still needed, keeping the choices on the page; cast once nothing is."""
    user = request.user if isinstance(request.user, User) else None
    if "change_email" in request.POST:
        return render(
            request,
            "wardpanels/vote_email.html",
            {**context, "form": EmailForm(initial={"email": request.POST.get("email", "")})},
        )
    if user is None and "email_code" not in request.POST:
        return ask_email(request, context)
    return prove(request, context, user)


def ask_email(request: HttpRequest, context: dict) -> HttpResponse:
    """The address, or a printed code that is enough by itself."""
    if "email" not in request.POST:
        return render(request, "wardpanels/vote_email.html", {**context, "form": EmailForm()})
    form = EmailForm(request.POST)
    if form.is_valid():
        try:
            if form.cleaned_data["printed"]:
                if not ratelimit.consume(request, action="printed_vote"):
                    raise ValidationError(
                        _("Too many codes were tried from here. Wait a while and try again.")
                    )
                voter = queries.voter_by_code(context["round"], form.cleaned_data["printed"])
                return cast(request, context, voter)
            if not ratelimit.consume(request, action="email_proof", key=form.cleaned_data["email"].lower()):
                raise ValidationError(
                    _("You have asked for many codes. Wait an hour, or use the newest code we sent.")
                )
            send_email_code(form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error("printed" if form.cleaned_data["printed"] else "email", error)
        else:
            return prove_page(request, context, None, form.cleaned_data["email"])
    return render(request, "wardpanels/vote_email.html", {**context, "form": form})


def prove_page(
    request: HttpRequest, context: dict, user: User | None, email: str, form: ProofForm | None = None
) -> HttpResponse:
    """The emailed code and the postcode, on one screen."""
    round_: Round = context["round"]
    state = queries.eligibility(round_, user) if user else None
    if state and state.is_final:
        return elsewhere_page(request, context, state)
    known = state is not None and state.may_vote
    form = form or ProofForm(signed_in=user is not None, methods=round_.methods, known=known)
    return render(
        request,
        "wardpanels/vote_prove.html",
        {
            **context,
            "form": form,
            "email": email,
            "why": state.why if state else "",
        },
    )


def elsewhere_page(request: HttpRequest, context: dict, state: queries.Eligibility) -> HttpResponse:
    """Why this person cannot vote in this round whatever they prove, and the ward where they can."""
    return render(
        request,
        "wardpanels/vote_elsewhere.html",
        {**context, "why": state.why, "elsewhere": state.elsewhere},
    )


def prove(request: HttpRequest, context: dict, user: User | None) -> HttpResponse:
    """Check the emailed code and where the person lives; then cast."""
    round_: Round = context["round"]
    email = request.POST.get("email", "")[:254]
    if user is not None:
        state = queries.eligibility(round_, user)
        if state.may_vote:
            return cast(request, context, queries.voter_of(round_, user, residency=state.residency))
        if state.is_final or not {"postcode", "printed"} & request.POST.keys():
            return prove_page(request, context, user, email)
    form = ProofForm(request.POST, signed_in=user is not None, methods=round_.methods)
    if not form.is_valid():
        return prove_page(request, context, user, email, form)
    signed_in = user is not None
    try:
        if user is None:
            user = check_email_code(email, form.cleaned_data["email_code"])
            state = queries.eligibility(round_, user)
            if state.is_final:  # said before anything is written: where they live stays as it is
                return elsewhere_page(request, context, state)
        confirm_where(user, round_, form)
        state = queries.eligibility(round_, user)
        if not state.may_vote:
            raise ValidationError(state.why)
    except ValidationError as error:
        for name, messages in (
            error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        ).items():
            form.add_error(
                {"code": "printed"}.get(name, name)
                if {"code": "printed"}.get(name, name) in form.fields
                else None,
                messages,
            )
        return prove_page(request, context, user if signed_in else None, email, form)
    if not signed_in:
        spend_email_code(email)
        if not queries.must_sign_in_fully(user):
            login(request, user, backend="snb.people.adapters.SignInBackend")
    return cast(request, context, queries.voter_of(round_, user, residency=state.residency))


def confirm_where(user: User, round_: Round, form: ProofForm) -> None:
    """Confirm residency by what was typed, unless the person is eligible already. Raises ValidationError."""
    if queries.eligibility(round_, user).may_vote:
        return
    if form.cleaned_data.get("printed"):
        queries.refuse_code_of_another_ward(round_, form.cleaned_data["printed"])
        confirm_by_code(user, form.cleaned_data["printed"], by=user)
    else:
        queries.refuse_postcode_of_another_ward(round_, form.cleaned_data["postcode"])
        confirm_by_postcode(user, form.cleaned_data["postcode"], by=user)


def cast(request: HttpRequest, context: dict, voter: Voter) -> HttpResponse:
    """Cast, and show the receipt. A reload sends the same vote again and gives the same receipt."""
    round_: Round = context["round"]
    try:
        done = cast_vote(round_.pk, context["choices"], voter=voter)
    except VoteRefused as error:
        form = BallotForm({"choices": context["choices"]}, round_=round_, options=queries.options_of(round_))
        form.is_valid()
        form.add_error(None, error)
        return render(request, "wardpanels/vote.html", {**context, "form": form, "voted": False}, status=409)
    names = {option.code: option.text for option in context["options"]}
    return render(
        request,
        "wardpanels/vote_done.html",
        {**context, "done": done, "names": [names.get(code, code) for code in context["choices"]]},
    )


@never_cache
@sensitive_post_parameters()
@require_POST
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """My receipt again, while signed in and the round is open; or a held vote confirmed with a printed code."""
    ward = ward_or_404(request, slug)
    round_ = queries.open_round_of(ward)
    if round_ is None or not isinstance(request.user, User):
        raise Http404
    context = {"ward": ward, "round": round_, "choices": []}
    typed = request.POST.get("printed", "")
    if typed:
        try:
            voter = queries.voter_of(round_, request.user, printed=typed)
            return render(
                request,
                "wardpanels/vote_done.html",
                {**context, "done": confirm_held_vote(round_.pk, voter=voter)},
            )
        except ValidationError as error:
            return render(
                request,
                "wardpanels/vote_done.html",
                {
                    **context,
                    "done": queries.receipt_of(round_, request.user),
                    "error": error.messages[0],
                    "typed": typed,
                },
            )
    done = queries.receipt_of(round_, request.user)
    if done is None:
        raise Http404
    return render(request, "wardpanels/vote_done.html", {**context, "done": done})


@never_cache
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    """Suggest an option while the round collects."""
    ward = ward_or_404(request, slug)
    round_ = queries.vote_of_ward(ward).round
    if round_ is None or round_.status != RoundStatus.COLLECTING:
        raise Http404
    person = request.user if isinstance(request.user, User) else None
    may = person is not None and person.has_perm("wardpanels.option.suggest", round_)
    form = SuggestionForm(request.POST if request.method == "POST" and may else None)
    if request.method == "POST" and may and person is not None and form.is_valid():
        try:
            suggest_option(round_, **form.cleaned_data, by=person)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "wardpanels/option_suggested.html", {"ward": ward, "round": round_})
    return render(
        request,
        "wardpanels/option_suggest.html",
        {
            "ward": ward,
            "round": round_,
            "form": form,
            "may": may,
            "options": queries.options_by_state(round_),
        },
    )


def options(request: HttpRequest, slug: str, round_slug: str) -> HttpResponse:
    """What is on the ballot, and what was not taken and why."""
    ward = ward_or_404(request, slug)
    round_ = (
        Round.objects.for_board(board_of(request))
        .filter(ward=ward, slug=round_slug)
        .select_related("ward__borough")
        .first()
    )
    if round_ is None or not request.user.has_perm("wardpanels.round.view", round_):
        raise Http404
    return render(
        request,
        "wardpanels/option_list.html",
        {"ward": ward, "round": round_, "options": queries.options_by_state(round_)},
    )
