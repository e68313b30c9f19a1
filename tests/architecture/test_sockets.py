"""Every socket goes through the same guards, and none is open that no room has made."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser

from portal.asgi import NothingHere, StrangerWithoutSecondFactor, application, websocket_urlpatterns


@pytest.mark.pure
def test_sockets_pass_origin_session_and_second_factor_in_this_order():
    names, layer = [], application.application_mapping["websocket"]
    while True:
        names.append(type(layer).__name__)
        if not hasattr(layer, "inner"):
            break
        layer = layer.inner
    assert names == [
        "OwnOriginOnly",
        "CookieMiddleware",
        "SessionMiddleware",
        "AuthMiddleware",
        "StrangerWithoutSecondFactor",
        "URLRouter",
    ]


@pytest.mark.pure
def test_only_rooms_have_sockets_and_every_other_one_is_closed():
    *rooms, rest = websocket_urlpatterns
    assert (rest.pattern.regex.pattern, rest.callback.consumer_class) == ("", NothingHere)
    for route in rooms:
        consumer = route.callback.consumer_class
        assert str(route.pattern).lstrip("^").startswith("ws/"), route
        assert consumer.__module__.endswith(".consumers"), consumer


@pytest.mark.parametrize(
    ("name", "used", "known"),
    [("chair", True, True), ("chair", False, False), ("resident", False, True), ("anonymous", False, True)],
)
def test_on_a_socket_nobody_is_a_chair_without_the_second_factor(
    cast, site_client, monkeypatch, name, used, known
):
    # Channels closes what it takes for a connection of its own; here it is the test's.
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    person = cast.by_name[name]
    found = []

    async def room(scope, receive, send):
        found.append(scope["user"])

    session = site_client(None, person, second_factor=used).session
    async_to_sync(StrangerWithoutSecondFactor(room))({"user": person, "session": session}, None, None)
    assert found == [person if known else AnonymousUser()]
