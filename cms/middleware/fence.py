"""Stands before every admin route: signed-out people go to our sign-in page, everything not one's own is *not found*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError

from cms.middleware.bodies import check_page_body
from cms.middleware.policy import apply_admin_policy
from cms.middleware.routes import Route, admit_request
from cms.middleware.territory import Territory, territory_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from snb.boards.models import Board


class AdminRequest(HttpRequest):
    """A request as it comes to the fence, and what the fence adds."""

    board: Board | None
    territory: Territory
    admitted: Route


class AdminFenceMiddleware:
    """The fence of threats.md §2.1: an allow-list of named routes, and an owner's check on every id.

    The admin is on the London host only. What an editor may not do or see gives the same 404 as what does not exist; Wagtail's own
    refusals (a redirect with a message, a 403) are turned into it too. A POST that passes runs in one transaction, so that a
    publication and its audit event stand or fall together.
    """

    def __init__(self, get_response: Callable[[AdminRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: AdminRequest) -> HttpResponse:
        """Ask who is there, then let the request in and look at what comes out."""
        if not is_admin(request):
            return self.get_response(request)
        if request.board is not None:
            raise Http404
        if not request.user.is_authenticated:
            return to_sign_in(request)
        territory = territory_of(request.user)
        if territory is None:
            raise Http404
        request.territory = territory
        response = self.get_response(request)
        route: Route | None = getattr(request, "admitted", None)
        if route is None:
            # The fence itself, or something in front of the view (a form without its CSRF token), has answered.
            return response
        if is_refusal(response):
            forget_what_wagtail_said(request)
            raise Http404
        return apply_admin_policy(response, preview=route.preview, editor=route.page_form)

    def process_view(
        self,
        request: AdminRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Check route, ids and body; run changes in a transaction."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name == "wagtailcore_login":
            return to_sign_in(request)
        if not is_admin(request):
            return None
        if request.path_info == "/admin/login/":
            return HttpResponseRedirect(reverse("wagtailadmin_home"))
        route = admit_request(request, request.territory, name, kwargs)
        if route.page_form and request.method == "POST":
            check_page_body(request, kwargs, request.territory)
        request.admitted = route
        if name == "wagtailadmin_choose_page":
            return _choose_from_home(request)
        if request.method != "POST" or route.preview:
            return None
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                if is_refusal(response):
                    transaction.set_rollback(True)
        except MultiValueDictKeyError as error:
            # Wagtail reads some fields without asking whether they are there: the body is no form of this page.
            raise Http404 from error
        return response


def is_admin(request: AdminRequest) -> bool:
    """Whether a request is for the Wagtail admin."""
    return request.path_info == "/admin" or request.path_info.startswith("/admin/")


def is_refusal(response: HttpResponse) -> bool:
    """Whether Wagtail has said no in one of its ways: 403, 404, or back to the dashboard with a message."""
    back_home = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    return response.status_code in {403, 404} or back_home


def forget_what_wagtail_said(request: AdminRequest) -> None:
    """Drop the message of a refusal, which would tell it from an address that does not exist."""
    said = get_messages(request)
    said._queued_messages = []  # type: ignore[union-attr]


def to_sign_in(request: AdminRequest) -> HttpResponse:
    """Our sign-in page, which leads back to the address that was asked for."""
    wanted = request.GET.get("next", "") if request.path_info.endswith("/login/") else request.get_full_path()
    back = wanted if wanted.startswith("/") and not wanted.startswith("//") else "/"
    origin = f"{request.scheme}://{request.get_host()}"
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': origin + back})}")


def _choose_from_home(request: AdminRequest) -> HttpResponse:
    """Open the page chooser at the person's own site: left alone it starts at the common ancestor of everybody's pages."""
    roots = request.territory.roots
    start = roots[0] if len(roots) == 1 else roots[0].get_root()
    query: QueryDict = request.GET.copy()
    query.pop("parent_page_id", None)
    return HttpResponseRedirect(
        f"{reverse('wagtailadmin_choose_page_child', args=[start.pk])}?{query.urlencode()}"
    )
