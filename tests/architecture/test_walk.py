"""Every address of every site, walked as another board's chair: exactly what a stranger gets, and on desks nothing."""

from __future__ import annotations

import re
import uuid

import pytest
from django.conf import settings
from django.urls import get_resolver

from tests import factories as make
from tests.architecture.test_house import walk_paths

MARKERS = ("marker-invited@example.org", "chair@example.org", "panel.chair@example.org", "marker-draft")
OWN_PLACES = re.compile(r"^(accounts|admin|static|media|exit)/")
"""Each person's own pages, walked in tests/people, the Wagtail admin, walked in tests/cms, and the way out, which signs out."""


@pytest.fixture
def planted(cast, camden, highgate):
    """Things of Camden's that another board's chair must not see."""
    from snb.people.actions import invite
    from tests.wardpanels.conftest import make_round
    from wardpanels.enums import RoundStatus

    invite(
        make.BoardRole(board=camden, kind=make.BoardRoleKind.MEMBER),
        email="marker-invited@example.org",
        by=cast.chair,
    )
    make_round(
        highgate, status=RoundStatus.DRAFT, title="marker-draft", slug="marker-draft", announced_at=None
    )
    return cast


def filled(route: str) -> str:
    """An address with the keys of Camden's things in it."""
    values = {
        "slug": "highgate",
        "round_slug": "marker-draft",
        "code": "drugs",
        "pk": "1",
        "name": "ballots.txt",
        "filename": "x.pdf",
        "token": "x" * 40,
        "model": "boards.boardrole",
        "uuid": str(uuid.UUID(int=1)),
    }

    def value(found: re.Match[str]) -> str:
        kind, name = found["kind"] or "str", found["name"]
        return values["uuid"] if kind == "uuid" else values.get(name, "1")

    return "/" + re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", value, route)


def test_another_boards_chair_gets_what_a_stranger_gets(planted, camden, site_client):
    chair = site_client(camden, planted.other_chair)
    make.use_second_factor(chair, planted.other_chair)
    stranger = site_client(camden)
    wrong = []
    routes = [
        route
        for route in walk_paths(settings.BOARD_URLCONF)
        if not OWN_PLACES.match(route) and "(?P" not in route
    ]
    assert len(routes) > 30
    for route in routes:
        path = filled(route)
        for method in ("get", "post"):
            theirs = getattr(chair, method)(path)
            text = theirs.content.decode(errors="replace") if not theirs.streaming else ""
            if any(marker in text for marker in MARKERS):
                wrong.append(f"{method} {path} shows a marker")
            if path.startswith("/desk/") and path != "/desk/" and theirs.status_code not in {404, 405}:
                wrong.append(f"{method} {path} answers {theirs.status_code}")
            if not path.startswith("/desk/"):
                public = getattr(stranger, method)(path)
                if theirs.status_code != public.status_code and not (
                    theirs.status_code == 302 and public.status_code == 302
                ):
                    wrong.append(
                        f"{method} {path} answers {theirs.status_code}, a stranger {public.status_code}"
                    )
    assert wrong == []


def test_oversight_is_not_found_for_a_chair(planted, site_client):
    client = site_client(None, planted.other_chair)
    make.use_second_factor(client, planted.other_chair)
    paths = [filled(route) for route in walk_paths(settings.ROOT_URLCONF) if route.startswith("oversight/")]
    assert len(paths) > 3
    found = {
        (path, method): getattr(client, method)(path).status_code
        for path in paths
        for method in ("get", "post")
    }
    assert {key: status for key, status in found.items() if status not in {404, 405}} == {}


def test_desks_answer_on_their_own_boards_host_only(planted, camden, brent, site_client):
    """A chair finds their desk at home, nothing on another board's site, and no board desk on the London site."""
    home = site_client(camden, planted.chair)
    make.use_second_factor(home, planted.chair)
    assert home.get("/desk/people/").status_code == 200
    for board in (brent, None):
        away = site_client(board, planted.chair)
        make.use_second_factor(away, planted.chair)
        assert away.get("/desk/people/").status_code == 404


def test_resolvers_are_the_ones_in_use():
    assert get_resolver(settings.BOARD_URLCONF).url_patterns
    assert get_resolver(settings.ROOT_URLCONF).url_patterns
