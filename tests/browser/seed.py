"""Fills the browser tests' database; `python -m tests.browser.seed FILE` writes people's sessions to FILE."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.mail import send_mail  # noqa: E402
from django.core.management import call_command  # noqa: E402

from snb.boards.models import Board, OversightRole  # noqa: E402
from tests import factories as make  # noqa: E402

PEOPLE = {
    "resident@example.org": "Rosa Resident",
    "chair@example.org": "Chidi Chair",
    "oversight@example.org": "Orla Oversight",
}


def cookie_for(person) -> str:
    """A session as signing in would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def fill() -> dict[str, str]:
    """Open boards with people, and two letters in the inbox; return each person's session key by email."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_places", verbosity=0)
    call_command("open_boards", borough=["camden", "brent", "lewisham"], verbosity=0)
    camden = Board.objects.get(borough__slug="camden")
    people = {email: make.UserFactory(email=email, name=name) for email, name in PEOPLE.items()}
    make.give(make.BoardRole, people["chair@example.org"], scope=camden, kind=make.BoardRoleKind.CHAIR)
    make.give(OversightRole, people["oversight@example.org"])
    for number in (1, 2):
        send_mail(f"Letter {number}", f"Look at {camden.url()} {'f' * 64}", None, ["resident@example.org"])
    return {email: cookie_for(person) for email, person in people.items()}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(fill()))
