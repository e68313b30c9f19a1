"""What every desk does with a press: one thing in the person's name, then back to where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from snb.people.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in person; a desk has let nobody else through."""
    return cast("User", request.user)


def act(
    request: HttpRequest, do: Callable[..., Any], done: str, *back: Any, to: str, **kwargs: Any
) -> HttpResponse:
    """Do one thing in the person's name, say that it was done or why not, and go back.

    Args:
        do: an action that still needs `by`.
        done: what to say when it is done.
        to: the name of the address to go to, with `back` and `kwargs`.
    """
    try:
        do(by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(to, *back, **kwargs)
