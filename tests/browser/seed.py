"""Fills the browser tests' database; `python -m tests.browser.seed FILE` writes people's sessions and printed codes to FILE."""

from __future__ import annotations

import itertools
import json
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.mail import send_mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from snb.boards.models import Board, Body, OversightRole  # noqa: E402
from snb.meetings.actions import log, room  # noqa: E402
from snb.meetings.enums import (  # noqa: E402
    Addressee,
    Answer,
    LogKind,
    LogStatus,
    MeetingStatus,
    Presence,
    Rag,
)
from snb.meetings.models import ActionItem, Meeting  # noqa: E402
from snb.meetings.queries.room import seats_of  # noqa: E402
from snb.people.actions import confirm_batch, confirm_by_postcode, make_batch, print_batch  # noqa: E402
from snb.people.models import User  # noqa: E402
from snb.places.demo import load_sample_postcodes  # noqa: E402
from snb.places.models import Postcode, Ward  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.meetings.conftest import board_body, make_meeting  # noqa: E402
from wardpanels import actions  # noqa: E402
from wardpanels.demo import fill_box, new_round  # noqa: E402
from wardpanels.enums import Concern, OptionStatus, RoundStatus  # noqa: E402
from wardpanels.models import Option, Round  # noqa: E402

PEOPLE = {
    "resident@example.org": "Rosa Resident",
    "chair@example.org": "Chidi Chair",
    "secretary@example.org": "Sal Secretary",
    "panel@example.org": "Paula Panel",
    "belsize@example.org": "Bela Belsize",
    "highgate@example.org": "Hana Highgate",
    "oversight@example.org": "Orla Oversight",
}
BALLOTS = 200
CODES = 3


def cookie_for(person) -> str:
    """A session as signing in would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def a_round(
    slug: str, people: dict[str, User], *, opens: int, closes: int, ballots: int = 0, **fields
) -> Round:
    """A round of a Camden ward, opening and closing so many days from now; with ballots it has opened."""
    ward = Ward.objects.current().get(borough__slug="camden", slug=slug)
    panel = make.make_panel(ward)
    make.give(make.PanelRole, people["panel@example.org"], scope=panel, kind=make.PanelRoleKind.CHAIR)
    now = timezone.now()
    round_ = new_round(panel, now + timedelta(days=opens), now + timedelta(days=closes), **fields)
    round_.slug = "now"
    round_.save(update_fields=["slug"])
    if ballots:
        fill_box(round_, random.Random(7), ballots)
    return round_


def fill_rounds(people: dict[str, User]) -> None:
    """An open round, one that collects with a suggestion that waits, a counted one, and a cancelled one."""
    a_round("highgate", people, opens=-2, closes=5, ballots=24)
    collecting = a_round(
        "belsize",
        people,
        opens=5,
        closes=15,
        collects_at=timezone.now() - timedelta(days=1),
        status=RoundStatus.COLLECTING,
    )
    Option.objects.create(
        round=collecting,
        code="lights",
        concern=Concern.ASB,
        text="Broken lights in the underpass",
        status=OptionStatus.SUGGESTED,
    )
    actions.close_round(a_round("frognal", people, opens=-9, closes=-1, ballots=BALLOTS).pk)
    actions.cancel_round(
        a_round("camden-town", people, opens=-2, closes=5, ballots=4),
        reason="The leaflets named the wrong ward.",
        by=people["panel@example.org"],
    )


def fill_log(people: dict[str, User]) -> None:
    """Camden's action log, a meeting that is in the room now, and two with minutes."""
    board = board_body(Board.objects.get(borough__slug="camden"))
    board.quorum = 2
    board.save()
    chair, secretary = people["chair@example.org"], people["secretary@example.org"]
    for number, name in enumerate(("Mina Member", "Moses Member", "Mei-Ling Featherstonehaugh"), 1):
        person = make.UserFactory(email=f"member{number}@example.org", name=name)
        make.give(make.BoardRole, person, scope=board.board, kind=make.BoardRoleKind.MEMBER)
    for days, status in ((-300, MeetingStatus.APPROVED), (-2, MeetingStatus.MINUTES_PUBLISHED)):
        meeting = make_meeting(board, days=days, status=MeetingStatus.HELD, quorum=2)
        answers = itertools.cycle((Presence.PRESENT, Presence.REMOTE, Presence.APOLOGIES, Presence.ABSENT))
        seats = [replace(seat, presence=next(answers)) for seat in seats_of(meeting)]
        room.take_attendance(meeting, seats, by=chair)
        Meeting.objects.filter(pk=meeting.pk).update(status=status)
    now = make_meeting(board, days=0, slug="in-the-room", status=MeetingStatus.HELD)
    room.record_decision(
        now, text="Ask the council for brighter lamps in the underpass.", votes_for=4, by=chair
    )
    late = log.enter(
        board,
        text="Get the lamps in the underpass at Gospel Oak mended, and say when.",
        owner=secretary,
        due_on=timezone.localdate() + timedelta(days=3),
        by=chair,
    )
    ActionItem.objects.filter(pk=late.pk).update(
        id=UUID(int=0xA1), due_on=timezone.localdate() - timedelta(days=12)
    )
    late = ActionItem.objects.get(pk=UUID(int=0xA1))
    log.update(late, by=chair, rag=Rag.AMBER, rag_reason="The council waits for the part.", note="Ordered.")
    log.enter(board, text="Invite the new superintendent.", owner_name="The secretary", by=chair)
    asked = log.enter(
        board,
        kind=LogKind.RECOMMENDATION,
        addressee=Addressee.POLICE,
        text="Walk the canal path on Friday and Saturday nights.",
        owner_name="Chief Inspector, neighbourhoods",
        by=chair,
    )
    log.update(asked, by=chair, answer=Answer.PARTLY, answer_text="On Fridays from January on.")
    log.enter(
        board,
        kind=LogKind.RECOMMENDATION,
        addressee=Addressee.COUNCIL,
        text="Publish which cameras work.",
        owner_name="Head of community safety",
        by=chair,
    )
    done = log.enter(board, text="Write to the bus company.", owner=secretary, by=chair)
    log.update(done, by=secretary, status=LogStatus.DONE, evidence="Their answer is on the news page.")
    panel = Body.objects.get(ward__slug="frognal", kind="ward_panel")
    log.enter(panel, text="Count the street lamps.", owner_name="The panel chair", by=chair)


def print_codes(people: dict[str, User]) -> list[str]:
    """Printed codes of Highgate, made by two people."""
    ward = Ward.objects.current().get(borough__slug="camden", slug="highgate")
    asked = make_batch(ward, count=CODES, by=people["chair@example.org"])
    confirmed = confirm_batch(asked, by=people["secretary@example.org"])
    return print_batch(confirmed, by=people["chair@example.org"])


def fill() -> dict[str, dict[str, str] | list[str]]:
    """Open three boards with people, rounds and two letters in the inbox; return each person's session key by email, and printed codes."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_places", verbosity=0)
    call_command("open_boards", borough=["camden", "brent", "lewisham"], verbosity=0)
    camden = Board.objects.get(borough__slug="camden")
    people = {email: make.UserFactory(email=email, name=name) for email, name in PEOPLE.items()}
    for email, kind in (
        ("chair@example.org", make.BoardRoleKind.CHAIR),
        ("secretary@example.org", make.BoardRoleKind.SECRETARY),
    ):
        make.give(make.BoardRole, people[email], scope=camden, kind=kind)
    load_sample_postcodes()
    for email in ("belsize@example.org", "highgate@example.org"):
        person = people[email]
        postcode = Postcode.objects.filter(
            ward__borough=camden.borough, ward__slug=email.partition("@")[0]
        ).first()
        confirm_by_postcode(person, postcode.pk, by=person)
    fill_rounds(people)
    fill_log(people)
    make.give(OversightRole, people["oversight@example.org"])
    for number in (1, 2):
        send_mail(f"Letter {number}", f"Look at {camden.url()} {'f' * 64}", None, ["resident@example.org"])
    return {
        "sessions": {email: cookie_for(person) for email, person in people.items()},
        "codes": print_codes(people),
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(fill()))
