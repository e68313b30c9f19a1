"""HTTP and /ws/ in the embedded default; /ws/ alone in production."""

from __future__ import annotations

import os
from types import SimpleNamespace
from urllib.parse import urlsplit

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - after the apps are ready
from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.urls import re_path  # noqa: E402

from snb.boards.models import Board  # noqa: E402
from snb.meetings.routing import websocket_urlpatterns as meetings_sockets  # noqa: E402
from snb.people.middleware import lacks_second_factor  # noqa: E402


class NothingHere(AsyncWebsocketConsumer):
    """Closes a socket that no room listens on."""

    async def connect(self) -> None:
        """Say no."""
        await self.close(code=4404)


async def lifespan(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """Tell the server that we are ready, and that we have ended."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a socket was opened by a page of the very site it asks for, and that site is one of ours.

    A page of one borough opens no socket on another's host, although the cookie would travel.
    """
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018 - raises ValueError where it is not a number
    except ValueError:
        return False
    if parts.scheme != settings.PORTAL_SCHEME or not parts.netloc or parts.netloc != host.lower():
        return False
    name = parts.hostname or ""
    return name == settings.PORTAL_DOMAIN or Board.objects.filter(site__hostname=name).exists()


class OwnOriginOnly:
    """Refuses a socket whose Origin is not the Site it asks for."""

    def __init__(self, inner) -> None:  # type: ignore[no-untyped-def]
        self.inner = inner

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        headers = {
            name: value.decode("latin1") for name, value in scope["headers"] if name in {b"origin", b"host"}
        }
        if await database_sync_to_async(is_own_origin)(headers.get(b"origin", ""), headers.get(b"host", "")):
            await self.inner(scope, receive, send)
        else:
            await NothingHere.as_asgi()(scope, receive, send)


class StrangerWithoutSecondFactor:
    """On a socket, whoever needs a second factor and has not used it is nobody. The guard of HTTP never sees a socket.

    It stands before every room's consumer, so that none has to think of it: public sockets still open.
    """

    def __init__(self, inner) -> None:  # type: ignore[no-untyped-def]
        self.inner = inner

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        visit = SimpleNamespace(user=scope["user"], session=scope["session"])
        if await database_sync_to_async(lacks_second_factor)(visit):
            scope = {**scope, "user": AnonymousUser()}
        await self.inner(scope, receive, send)


websocket_urlpatterns = [*meetings_sockets, re_path("", NothingHere.as_asgi())]
"""Sockets of the rooms come before the last line, which closes every other one."""

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OwnOriginOnly(
            AuthMiddlewareStack(StrangerWithoutSecondFactor(URLRouter(websocket_urlpatterns)))
        ),
        "lifespan": lifespan,
    }
)
