"""Following a board or a ward by email, and stopping it, with or without an account."""

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
from snb.notices.forms import FollowForm
from snb.notices.models import Follow
from snb.people.models import User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Choose what to hear of; without an account, an email with a link confirms it. The answer is the same for every address."""
    board = board_of(request)
    if board is None:
        raise Http404
    person = request.user if isinstance(request.user, User) else None
    form = FollowForm(
        request.POST if request.method == "POST" else None,
        board=board,
        person=person,
        initial={"ward": request.GET.get("ward", "")},
    )
    if request.method == "POST" and form.is_valid():
        ward = form.cleaned_data["ward"]
        if person is not None:
            begun = actions.follow_place(person, board, ward)
            # Sent again by a reload, it is the same.
            messages.success(request, _("You will hear about %(place)s.") % {"place": begun.place})
            return followed_page(request, board, person, FollowForm(board=board, person=person))
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="email_proof", key=email.lower()):
            actions.ask_to_follow(email, board, ward)
            return render(request, "notices/follow_sent.html", {"email": email, "ward": ward})
        form.add_error(
            "email", _("You have asked for many emails. Wait an hour, or use the newest one we sent.")
        )
    return followed_page(request, board, person, form)


def followed_page(request: HttpRequest, board: Board, person: User | None, form: FollowForm) -> HttpResponse:
    """What a person follows here, and the form for more."""
    follows = queries.follows_of(person, board) if person else Follow.objects.none()
    return render(request, "notices/follow.html", {"form": form, "follows": follows})


@require_POST
def unfollow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop one's own, signed in."""
    board = board_of(request)
    person = request.user
    if board is None or not isinstance(person, User):
        raise Http404
    mine = queries.follows_of(person, board).filter(pk=pk).first()
    if mine is None:
        raise Http404
    actions.stop_following(person, board, mine.ward)
    messages.success(request, _("You will hear no more about %(place)s.") % {"place": mine.place})
    return redirect("follow")


@csrf_exempt  # a mail program's own button posts here, from nowhere (RFC 8058); the address itself is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, pk: UUID, seal: str) -> HttpResponse:
    """From an email: GET shows a button and changes nothing, because mail scanners open every address; POST stops."""
    told = queries.told_by_seal(pk, seal)
    if told is None or told.board is None or told.board != board_of(request):
        raise Http404
    if request.method == "POST":
        actions.stop_following(told.person, told.board, told.ward)
    response = render(request, "notices/follow_stop.html", {"told": told, "done": request.method == "POST"})
    response["X-Robots-Tag"] = "noindex"
    return response
