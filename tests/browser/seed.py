"""Fills the browser tests' database; `python -m tests.browser.seed FILE` writes people's sessions and printed codes to FILE."""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.mail import send_mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from payback import demo as payback_demo  # noqa: E402
from payback.actions import photos  # noqa: E402
from payback.actions.screening import ask_nominator  # noqa: E402
from payback.enums import Status  # noqa: E402
from payback.models import ScreenerRole  # noqa: E402
from snb.boards.models import Board, OversightRole  # noqa: E402
from snb.people.actions import confirm_batch, confirm_by_postcode, make_batch, print_batch  # noqa: E402
from snb.people.models import User  # noqa: E402
from snb.places.demo import load_sample_postcodes  # noqa: E402
from snb.places.models import Postcode, Ward  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.browser.pages import RECEIPTS  # noqa: E402
from tests.payback import making  # noqa: E402
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
    "leaver@example.org": "Lee Leaver",
    "screener@example.org": "Sam Screener",
    "screener2@example.org": "Sylvie Screener",
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


def fill_payback(people: dict[str, User]) -> None:
    """A provider, two who screen, a task in the list with a photo, one that is being screened, and one with a question to its nominator."""
    ward = Ward.objects.current().get(borough__slug="camden", slug="highgate")
    making.make_provider(board=ward.borough.board)
    pair = [people[f"{name}@example.org"] for name in ("screener", "screener2")]
    for person in pair:
        make.give(ScreenerRole, person, scope=ward.borough.board)
    done = making.make_nomination(ward, Status.DRAFT, reference="CP-DONE234", may_show_photos=True)
    photos.add_photo(done, payback_demo.picture(1, done=False))
    shown = making.make_nomination(
        ward, Status.COMPLETED, reference="CP-SHOWN23", screeners=tuple(pair), receipt=RECEIPTS["done"]
    )
    photo = done.photos.get()
    photo.nomination = shown
    photo.save()
    shown.may_show_photos = True
    shown.save()
    photos.publish_photo(photo, boxes=[[0.1, 0.1, 0.2, 0.2]], alt="The alley before the work.", by=pair[0])
    done.delete()
    making.make_referral(ward, Status.SENT, reference="CP-SENT234", screeners=tuple(pair))
    making.make_nomination(ward, Status.SUBMITTED, reference="CP-WAJTS23")
    screening = making.make_nomination(
        ward, Status.SCREENING, reference="CP-SCREEN2", screeners=tuple(pair), receipt=RECEIPTS["asked"]
    )
    draft = making.make_nomination(ward, Status.DRAFT, may_show_photos=True)
    photos.add_photo(draft, payback_demo.picture(2, done=False))
    draft.photos.update(nomination=screening)
    screening.may_show_photos = True
    screening.save()
    ask_nominator(screening, "Is the gate locked?", by=pair[0])
    draft.delete()


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
    fill_payback(people)
    make.give(OversightRole, people["oversight@example.org"])
    for number in (1, 2):
        send_mail(f"Letter {number}", f"Look at {camden.url()} {'f' * 64}", None, ["resident@example.org"])
    return {
        "sessions": {email: cookie_for(person) for email, person in people.items()},
        "codes": print_codes(people),
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(fill()))
