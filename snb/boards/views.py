"""The people of a board: who holds which role, inviting, handing over, ending; and printed codes. The same for oversight."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from snb.boards import queries
from snb.boards.actions import invite_to_role
from snb.boards.forms import HandOverForm, InviteForm, OversightInviteForm
from snb.people import actions
from snb.people.forms import BatchForm, attach
from snb.people.models import CodeBatch, FactorReset, Invitation, Role
from snb.people.queries import batches_of_borough, role_or_none
from snb.places.models import Ward

if TYPE_CHECKING:
    from snb.people.models import User

View = Callable[..., HttpResponse]


def desk_required(permission: str) -> Callable[[View], View]:
    """A desk of the board whose host this is (of London where there is none): signed out, to sign in; without the permission, not found."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                back = request.build_absolute_uri() if request.method == "GET" else ""
                return HttpResponseRedirect(
                    f"{settings.LOGIN_URL}?{urlencode({'next': back})}" if back else settings.LOGIN_URL
                )
            board = getattr(request, "board", None)
            if not request.user.has_perm(permission, board):
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied as refused:
                raise Http404 from refused

        return wrapped

    return decorate


def _user(request: HttpRequest) -> User:
    """Whoever is signed in; a desk has let nobody else through."""
    return cast("User", request.user)


def _permission(request: HttpRequest) -> str:
    return "boards.roles.manage" if getattr(request, "board", None) else "boards.oversight.manage"


def people_desk(view: View) -> View:
    """The people page's own guard: the board's officers on a board's host, oversight on London's."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return desk_required(_permission(request))(view)(request, *args, **kwargs)

    return wrapped


def _invite_form(request: HttpRequest, data: Any = None) -> InviteForm | OversightInviteForm:
    board = request.board  # type: ignore[attr-defined]
    return InviteForm(data, board=board) if board else OversightInviteForm(data)


@people_desk
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """People by role, open invitations, lost second factors; the form invites."""
    user, board = _user(request), request.board  # type: ignore[attr-defined]
    form = _invite_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            invite_to_role(
                found["role"],
                email=found["email"],
                board=board or found.get("board"),
                ward=found.get("ward"),
                by=user,
            )
        except ValidationError as error:
            attach(form, error)
        else:
            messages.success(
                request, _("We have sent an invitation to %(email)s.") % {"email": found["email"]}
            )
            return redirect("board_people")
    return render(
        request,
        "boards/people.html",
        {
            "form": form,
            "groups": queries.people_of(board),
            "invitations": queries.open_invitations(board, user=user),
            "resets": queries.resets_to_confirm(user=user),
        },
    )


@people_desk
@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again, with a new link."""
    return _act(
        request,
        actions.resend_invitation,
        _invitation(request, pk),
        _("Sent again. The earlier link no longer works."),
    )


@people_desk
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    return _act(
        request, actions.withdraw_invitation, _invitation(request, pk), _("The invitation is withdrawn.")
    )


def _invitation(request: HttpRequest, pk: int) -> Invitation:
    board = request.board  # type: ignore[attr-defined]
    return get_object_or_404(Invitation.objects.filter(**({"board": board.code} if board else {})), pk=pk)


def _act(request: HttpRequest, action: Callable[..., Any], record: Any, done: str) -> HttpResponse:
    try:
        action(record, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("board_people")


def _role(request: HttpRequest, model: str, pk: int) -> Role:
    """A current role this person may end or hand over, of this board."""
    role = role_or_none(model, pk)
    board = request.board  # type: ignore[attr-defined]
    if role is None or not role.is_current or not request.user.has_perm("people.role.give", role):
        raise Http404
    if board is not None and role.board_code != board.code:
        raise Http404
    return role


@people_desk
@require_http_methods(["GET", "POST"])
def role_end(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """Ask once more, then end it."""
    role = _role(request, model, pk)
    if request.method == "POST":
        actions.end_role(role, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Ended: %(role)s, %(name)s.") % {"role": role.label, "name": role.person})
        return redirect("/desk/" if role.person == request.user else "board_people")
    return render(request, "boards/role_end.html", {"role": role})


@people_desk
@require_http_methods(["GET", "POST"])
def role_hand_over(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """Invite the next holder; the role ends here when they accept."""
    role = _role(request, model, pk)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(role, email=form.cleaned_data["email"], by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            attach(form, error)
        else:
            messages.success(request, _("Invited. The role passes on when the invitation is accepted."))
            return redirect("board_people")
    return render(request, "boards/role_hand_over.html", {"role": role, "form": form})


@people_desk
@require_POST
def reset_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """I have spoken with them: the day of waiting begins."""
    return _act(
        request,
        actions.confirm_reset,
        get_object_or_404(FactorReset, pk=pk),
        _("Confirmed. It takes effect in 24 hours."),
    )


@people_desk
@require_POST
def reset_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """I do not believe it, or it is no longer needed."""
    return _act(request, actions.stop_reset, get_object_or_404(FactorReset, pk=pk), _("Stopped."))


@desk_required("boards.codes.confirm")
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Batches of printed codes; the form asks for one."""
    user, board = _user(request), request.board  # type: ignore[attr-defined]
    form = BatchForm(request.POST or None, wards=Ward.objects.current().filter(borough=board.borough))
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_batch(form.cleaned_data["ward"], count=form.cleaned_data["count"], by=user)
        except ValidationError as error:
            attach(form, error)
        else:
            messages.success(request, _("Asked for. Now a second person confirms it."))
            return redirect("board_codes")
    may_make = user.has_perm("boards.codes.make", board)
    batches = batches_of_borough(board.code)
    return render(
        request,
        "boards/codes.html",
        {"form": form if may_make else None, "may_make": may_make, "batches": batches},
    )


def _batch(request: HttpRequest, pk: int) -> CodeBatch:
    return get_object_or_404(batches_of_borough(request.board.code), pk=pk)  # type: ignore[attr-defined]


def _act_on_batch(request: HttpRequest, action: Callable[..., Any], pk: int, done: str) -> HttpResponse:
    try:
        action(_batch(request, pk), by=request.user)
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("board_codes")


@desk_required("boards.codes.confirm")
@require_POST
def codes_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees."""
    return _act_on_batch(request, actions.confirm_batch, pk, _("Confirmed. The codes can be printed once."))


@desk_required("boards.codes.confirm")
@require_POST
def codes_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End the unused codes."""
    return _act_on_batch(request, actions.withdraw_batch, pk, _("Withdrawn. Unused codes no longer work."))


@desk_required("boards.codes.make")
@require_POST
def codes_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of codes: shown this once, never stored, so it is the answer to the POST itself."""
    batch = _batch(request, pk)
    try:
        made = actions.print_batch(batch, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("board_codes")
    return render(
        request, "boards/codes_sheet.html", {"batch": batch, "codes": made, "address": settings.PORTAL_NETLOC}
    )
