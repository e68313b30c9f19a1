"""Following a board, a ward or London by email, and stopping it, with or without an account."""

from __future__ import annotations

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from snb.boards.models import Board
from snb.boards.queries import board_of
from snb.notices import actions, queries
from snb.notices.enums import Interest
from snb.notices.forms import ChangeForm, FollowForm
from snb.notices.models import place_name
from snb.people.models import User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Choose what to hear of; without an account, an email with a link confirms it. The answer is the same for every address."""
    board = board_of(request)
    person = request.user if isinstance(request.user, User) else None
    form = FollowForm(
        request.POST if request.method == "POST" else None,
        board=board,
        person=person,
        initial={"ward": request.GET.get("ward", "")},
    )
    if request.method == "POST" and form.is_valid():
        ward = form.ward_chosen
        if person is not None:
            actions.follow_place(person, board, ward, interests=form.chosen)
            # Sent again by a reload, it is the same.
            messages.success(
                request, _("You will hear about %(place)s.") % {"place": place_name(board, ward)}
            )
            return followed_page(request, board, person, FollowForm(board=board, person=person))
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="email_proof", key=email.lower()):
            actions.ask_to_follow(email, board, ward, interests=form.chosen)
            return render(request, "notices/follow_sent.html", {"email": email, "ward": ward})
        form.add_error(
            "email", _("You have asked for many emails. Wait an hour, or use the newest one we sent.")
        )
    return followed_page(request, board, person, form)


def followed_page(
    request: HttpRequest, board: Board | None, person: User | None, form: FollowForm
) -> HttpResponse:
    """What a person hears of here, each to be changed in its place, and the form for more."""
    heard = queries.heard_by(person, board) if person else []
    places = [(place, ChangeForm.of(place)) for place in heard]
    return render(request, "notices/follow.html", {"form": form, "places": places})


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Hear of exactly these about a place, signed in; nothing ticked, or the button to stop, is stop. Twice does no harm."""
    board, person = board_of(request), request.user
    if not isinstance(person, User):
        raise Http404
    form = ChangeForm(request.POST, board=board)
    if not form.is_valid():
        raise Http404
    ward = form.cleaned_data["place"]
    interests = () if "stop" in request.POST else form.chosen
    actions.choose_interests(person, board, ward, interests=interests)
    said = (
        _("Saved. You will hear about %(place)s.")
        if interests
        else _("You will hear no more about %(place)s.")
    )
    messages.success(request, said % {"place": place_name(board, ward)})
    return redirect("follow")


@csrf_exempt  # a mail program's own button posts here, from nowhere (RFC 8058); the address itself is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, pk: UUID, seal: str) -> HttpResponse:
    """From an email: GET shows a button and changes nothing, because mail scanners open every address; POST stops.

    It stops what the email was about; the page then offers to stop everything from that site by a second press.
    """
    told = queries.told_by_seal(pk, seal)
    if told is None or told.board != board_of(request):
        raise Http404
    everything = "everything" in request.POST
    if everything:
        actions.stop_everything(told.person, told.board)
    elif request.method == "POST":
        actions.stop_following(told.person, told.board, told.ward, interest=Interest(told.interest))
    response = render(
        request,
        "notices/follow_stop.html",
        {
            "told": told,
            "place": told.ward or place_name(told.board, None),
            "site": place_name(told.board, None),
            "done": request.method == "POST",
            "everything": everything,
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response
