"""The fixed cast, two boards, and the address of each site."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass, fields

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from hypothesis import settings

from snb.people.models import User
from tests import factories as make

# Looking for rings of garbage took about a tenth of the suite's time.
gc.set_threshold(50_000, 50, 50)

settings.register_profile("suite", derandomize=True, database=None)
if "FUZZ_ROUNDS" not in os.environ:
    # The same examples each time: the suite proves a change, `make fuzz` goes hunting.
    settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def quick_passwords():
    """Hash passwords in microseconds: the cast has twelve, and hashing them as in life took most of a test's time."""
    from django.conf import settings as portal
    from django.contrib.auth import hashers

    portal.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Two boards are open before the first test.

    A test whose transactions really commit takes them away at its end; whoever asks for a board then gets it opened anew.
    """
    from tests.committed import open_two_boards

    with django_db_blocker.unblock():
        open_two_boards()


@pytest.fixture
def nothing_open(db):
    """A database without boards, sites and boroughs, for tests of what opens or loads them."""
    from tests.committed import take_boards_away

    take_boards_away()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """A test whose transactions really commit ends with a flush, which takes away what migrations left: put it back before the next."""
    from pytest_django.plugin import blocking_manager_key

    if item.config.stash.get(FLUSHED, False):
        from tests.committed import ground

        with item.config.stash[blocking_manager_key].unblock():
            ground()
    marker = item.get_closest_marker("django_db")
    item.config.stash[FLUSHED] = "transactional_db" in item.fixturenames or (
        marker is not None and bool(marker.kwargs.get("transaction"))
    )


FLUSHED = pytest.StashKey[bool]()


@pytest.fixture(autouse=True)
def no_kept_pages():
    """Each test starts without kept pages: their epochs are rolled back with the database."""
    from portal.middleware import pages

    pages.clear()


@pytest.fixture
def camden(db):
    """Camden's board, opened."""
    return make.make_board(make.CAMDEN)


@pytest.fixture
def brent(db):
    """Brent's board, opened."""
    return make.make_board(make.BRENT)


@pytest.fixture
def highgate(camden):
    """A ward of Camden."""
    return make.WardFactory(borough=camden.borough)


@pytest.fixture
def kilburn_brent(brent):
    """A ward of Brent; Camden has a Kilburn too."""
    return make.WardFactory(
        code="E05013504",
        name="Kilburn",
        slug="kilburn",
        borough=brent.borough,
        latitude=51.5353,
        longitude=-0.1977,
    )


@dataclass
class Cast:
    """Everybody the tests speak of."""

    resident: User
    neighbour: User
    chair: User
    secretary: User
    member: User
    editor: User
    panel_chair: User
    panel_member: User
    officer: User
    oversight: User
    other_chair: User
    other_editor: User
    anonymous: AnonymousUser

    @property
    def everyone(self) -> list[User | AnonymousUser]:
        """All of them, the anonymous visitor included."""
        return [getattr(self, field.name) for field in fields(self)]

    @property
    def by_name(self) -> dict[str, User | AnonymousUser]:
        """Name in the cast to person."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@pytest.fixture
def cast(camden, brent, highgate) -> Cast:
    """The fixed cast: Camden's people, Brent's chair and editor, oversight, and strangers."""
    people = {
        name: make.UserFactory(
            email=f"{name.replace('_', '.')}@example.org", name=name.replace("_", " ").title()
        )
        for name in (field.name for field in fields(Cast) if field.name != "anonymous")
    }
    kind = make.BoardRoleKind
    for name, role in {
        "chair": kind.CHAIR,
        "secretary": kind.SECRETARY,
        "member": kind.MEMBER,
        "editor": kind.EDITOR,
    }.items():
        make.give(make.BoardRole, people[name], scope=camden, kind=role)
    make.give(make.BoardRole, people["other_chair"], scope=brent, kind=kind.CHAIR)
    make.give(make.BoardRole, people["other_editor"], scope=brent, kind=kind.EDITOR)
    panel = make.make_panel(highgate)
    make.give(make.PanelRole, people["panel_chair"], scope=panel, kind=make.PanelRoleKind.CHAIR)
    make.give(make.PanelRole, people["panel_member"], scope=panel, kind=make.PanelRoleKind.MEMBER)
    make.give(make.WardOfficer, people["officer"], scope=highgate)
    make.give(make.OversightRole, people["oversight"])
    return Cast(**people, anonymous=AnonymousUser())


@pytest.fixture
def site_client(db):
    """`site_client(board, user)`: a test client on a board's host, or on the London host with board=None.

    Whoever needs a second factor has one and used it, unless `second_factor=False`.
    """

    def client(board=None, user=None, second_factor=True, **kwargs) -> Client:
        from django.conf import settings as portal

        host = board.borough.hostname if board else portal.PORTAL_DOMAIN
        made = Client(headers={"host": f"{host}:{portal.PORTAL_PORT}"}, **kwargs)
        made.defaults["SERVER_NAME"] = host
        if user is not None and user.is_authenticated:
            made.force_login(user, backend="snb.people.adapters.SignInBackend")
            if second_factor and make.needs_second_factor(user):
                make.use_second_factor(made, user)
        return made

    return client


@pytest.fixture(scope="session", autouse=True)
def audit_tables_can_be_flushed():
    """Transactional tests empty every table at their end, which the triggers of the audit record refuse: lift them for that only."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from tests.committed import append_only, triggers

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self, sql_list):
        triggers(append_only.remove)
        flush(self, sql_list)
        triggers(append_only.install)

    BaseDatabaseOperations.execute_sql_flush = flush_without_triggers
    yield
    BaseDatabaseOperations.execute_sql_flush = flush
