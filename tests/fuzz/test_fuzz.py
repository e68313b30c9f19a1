"""No 500 on hostile input (threats §8.7), on either database.

The sample in the suite is small and seeded; `make fuzz` runs FUZZ_ROUNDS rounds for each visitor and site. A failure prints the
request; the same FUZZ_SEED draws it again.
"""

from __future__ import annotations

import os
import traceback

import pytest
from django.core.signals import got_request_exception
from django.db import transaction

from portal.middleware import pages
from tests.fuzz.attacks import Attack, Generator, routes

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "120"))
SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
NOT_PUBLIC = ("admin/", "_util/")
"""The Wagtail admin behind the fence has walks of its own."""


@pytest.fixture
def errors():
    """What broke on the server, as text."""
    found: list[str] = []

    def note(sender, **kwargs):
        found.append("".join(traceback.format_exc().splitlines(keepends=True)[-12:]))

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def send(client, attack: Attack) -> int:
    """Send one request, undo what it changed, and return the status."""
    cookies = client.cookies.copy()
    pages.clear()
    headers = dict(attack.headers)
    if "HTTP_COOKIE" in headers and cookies:
        headers.pop("HTTP_COOKIE")
    try:
        with transaction.atomic():
            response = client.generic(
                attack.method,
                attack.path,
                attack.body,
                content_type=attack.content_type,
                QUERY_STRING=attack.query,
                **headers,
            )
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    return response.status_code


@pytest.mark.parametrize("who", ["anonymous", "resident", "chair"])
@pytest.mark.parametrize("where", ["board", "London"])
def test_no_hostile_request_is_answered_500(cast, camden, highgate, site_client, errors, who, where):
    board = camden if where == "board" else None
    urlconf = "portal.board_urls" if board else "portal.urls"
    extra = [("/", []), ("/news/", []), ("/wards/highgate/", []), ("/health/", [])]
    places = [*routes(urlconf, without=NOT_PUBLIC), *extra]
    client = site_client(board, cast.by_name[who], raise_request_exception=False)
    client.get("/")
    draw = Generator(SEED + len(who + where), places).draw
    broken = []
    for number in range(ROUNDS):
        attack = draw()
        status = send(client, attack)
        if status >= 500 or errors:
            broken.append(f"round {number}, {status}: {attack}\n{''.join(errors[-1:])}")
            errors.clear()
    assert not broken, "\n".join(broken[:10]) + f"\n{len(broken)} of {ROUNDS} (FUZZ_SEED={SEED})"


def test_every_public_route_is_walked():
    """A new route is attacked from the day it exists: the list comes from the address lists themselves."""
    board = dict(routes("portal.board_urls", without=NOT_PUBLIC))
    london = dict(routes("portal.urls", without=NOT_PUBLIC))
    assert {"/desk/", "/robots.txt", "/wards/%(slug)s/"} <= board.keys()
    assert {"/accounts/login/", "/oversight/", "/demo/inbox/"} <= london.keys()


def test_the_same_seed_draws_the_same_attacks():
    places = [("/", []), ("/wards/%(slug)s/", ["slug"])]
    one, two = Generator(1, places), Generator(1, places)
    assert [str(one.draw()) for _ in range(50)] == [str(two.draw()) for _ in range(50)]


@pytest.mark.parametrize("charset", ["idna", "utf-16", "utf-7", "\x00", "utf-8", "nonsense"])
def test_content_type_cannot_break_the_reading_of_the_query(camden, site_client, charset):
    """Django reads the query while it builds a request with a charset: an error there was answered by nobody."""
    client = site_client(camden, raise_request_exception=False)
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    many = "&".join(f"f{number}=1" for number in range(1001))
    for query in ("page=1", many, "a=%FF"):
        assert client.generic(
            "POST", "/robots.txt", b"a=b", content_type=kind, QUERY_STRING=query
        ).status_code in {400, 405}
