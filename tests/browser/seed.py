"""Fills the browser tests' database; `python -m tests.browser.seed FILE` writes people's sessions and printed codes to FILE."""

from __future__ import annotations

import itertools
import json
import random
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.core.mail import send_mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from cms.actions import minutes, redaction  # noqa: E402
from cms.actions.meetings import keep_meeting_page  # noqa: E402
from cms.calculations import Part, parts_to_blocks  # noqa: E402
from cms.models import MinutesPage  # noqa: E402
from payback import demo as payback_demo  # noqa: E402
from payback.actions import photos, probation  # noqa: E402
from payback.actions.redaction import Instead, answer_redaction, ask_redaction  # noqa: E402
from payback.actions.screening import answer_probation, ask_nominator  # noqa: E402
from payback.enums import Offence, ProviderRoleKind, Status  # noqa: E402
from payback.models import ProviderRole, Referral, ScreenerRole  # noqa: E402
from snb.boards.enums import BodyKind  # noqa: E402
from snb.boards.models import Board, Body, OversightRole  # noqa: E402
from snb.files.enums import Kind  # noqa: E402
from snb.meetings.actions import agenda, log, meetings, questions, room  # noqa: E402
from snb.meetings.actions.minutes import approve_minutes, keep_intake  # noqa: E402
from snb.meetings.enums import (  # noqa: E402
    Addressee,
    Answer,
    LogKind,
    LogStatus,
    MeetingKind,
    MeetingStatus,
    Presence,
    Provision,
    Rag,
)
from snb.meetings.enums import Offence as MinutesOffence  # noqa: E402
from snb.meetings.importers import convert  # noqa: E402
from snb.meetings.models import ActionItem, AgendaItem, Meeting  # noqa: E402
from snb.meetings.queries.questions import viewer_keys  # noqa: E402
from snb.meetings.queries.room import seats_of  # noqa: E402
from snb.notices.actions import follow_place  # noqa: E402
from snb.notices.enums import Interest  # noqa: E402
from snb.people.actions import confirm_batch, confirm_by_postcode, make_batch, print_batch  # noqa: E402
from snb.people.models import SignedLink, User  # noqa: E402
from snb.people.queries import link_url  # noqa: E402
from snb.places.demo import load_sample_postcodes  # noqa: E402
from snb.places.models import Postcode, Ward  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.browser.pages import NEW_TO_SCREEN, RECEIPTS  # noqa: E402
from tests.meetings.conftest import board_body, make_meeting  # noqa: E402
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
    "officer@example.org": "Ola Officer",
}
BALLOTS = 200
WORD = Path(__file__).parent.parent / "meetings" / "word" / "files"
CODES = 3


def cookie_for(person) -> str:
    """A session as signing in would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def make_a_pack(chair: User) -> None:
    """A pack of the meeting whose agenda is published."""
    from snb.meetings.actions.packs import make_pack
    from snb.meetings.models import Meeting

    make_pack(Meeting.objects.get(slug="published"), by=chair)


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


def fill_questions(camden: Board, chair: User) -> None:
    """Two meetings that take questions, with some in every state and a speaker, and one that is over."""
    body = Body.objects.get_or_create(board=camden, kind=BodyKind.BOARD)[0]
    starts = (timezone.localtime() + timedelta(days=9)).replace(hour=19, minute=0, second=0, microsecond=0)

    def meeting(slug: str, title: str) -> Meeting:
        return Meeting.objects.create(
            board=camden,
            body=body,
            kind=MeetingKind.BOARD,
            title=title,
            slug=slug,
            status=MeetingStatus.AGENDA_PUBLISHED,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            announced_at=timezone.now() - timedelta(days=9),
        )

    def ask(to: Meeting, text: str, name: str = "", *, supports: int = -1) -> questions.Question:
        question = questions.put_question(to, text=text, name=name, keys=viewer_keys(to, [text]))
        if supports >= 0:
            questions.admit(question, by=chair)
        for number in range(supports):
            questions.support_question(question, keys=viewer_keys(to, [str(number)]))
        return question

    for slug in ("questions-night", "questions-held"):
        shown = meeting(slug, "Board meeting")
        ask(
            shown,
            "When will the broken lights in the underpass at Camden Road be mended?",
            "Ana",
            supports=14,
        )
        ask(shown, "How often is the ward team taken away to other duties, and who decides that?", supports=9)
        questions.mark_taken(
            ask(
                shown,
                "What came of the promise to patrol the canal path after dark?",
                "Towpath walker",
                supports=11,
            ),
            by=chair,
        )
        questions.answer_question(
            ask(shown, "Can the panel meet on a Saturday for once?", supports=3),
            answer="Yes. The March meeting is on a Saturday morning, with children welcome.",
            by=chair,
        )
        ask(shown, "Why did PC 1234 not come to the last street surgery?", "Jo")
        ask(shown, "Could the minutes say who was asked to do what?")
        questions.reject(ask(shown, "When is bin day in Brent?"), reason="That is for Brent.", by=chair)
        questions.register_speaker(
            shown,
            name="Sam Speaker",
            email="sam@demo.example",
            topic="Cycling on the pavement",
            keys=viewer_keys(shown, ["s"]),
        )
    shown.status = MeetingStatus.HELD
    shown.save()
    for name in ("phone", "plain", "keyboard"):
        meeting(f"live-{name}", "Public meeting")


def review_link(secretary: User) -> str:
    """The path that a reader of draft minutes is sent."""
    minutes.ask_reviewer(Meeting.objects.get(slug="drafted"), email="reader@demo.example", by=secretary)
    link = SignedLink.objects.get(purpose=minutes.REVIEW)
    return urlsplit(link_url(link)).path


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
    for reference in ("CP-WAJTS23", *NEW_TO_SCREEN):
        making.make_nomination(ward, Status.SUBMITTED, reference=reference)
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
    take_words_off(Ward.objects.current().get(borough__slug="camden", slug="frognal"), pair)


def take_words_off(ward: Ward, pair: list[User]) -> None:
    """A task of long ago whose words were taken off by two, and one whose words wait for the second."""
    far = {"postcode": "", "latitude": 51.5545, "longitude": -0.1790}
    clean = Instead("Clear the alley behind the shops", "Rubbish has piled up.", "Alley off Finchley Road")
    for reference, agreed in (("CP-NXTED23", True), ("CP-HDDEN23", False)):
        task = making.make_nomination(
            ward,
            Status.COMPLETED,
            reference=reference,
            screeners=tuple(pair) if agreed else (),
            point=far,
            public_words="As Mary Brown of number 9 said, rubbish has piled up.",
        )
        asked = ask_redaction(task, Offence.PERSON, clean, by=pair[1])
        if agreed:
            answer_redaction(asked, agree=True, by=pair[0])


def fill_probation(people: dict[str, User]) -> None:
    """A task in progress with a session and an answered question, and one that waits for probation's word."""
    ward = Ward.objects.current().get(borough__slug="camden", slug="gospel-oak")
    officer, screener = people["officer@example.org"], people["screener@example.org"]
    for number, status, reference in (
        (0xB1, Status.ASSESSING, "CP-WMRK234"),
        (0xB2, Status.ASSESSING, "CP-ASK2345"),
        (0xB3, Status.SENT, "CP-NEW2345"),
        (0xB4, Status.SENT, "CP-NEW3456"),
    ):
        made = making.make_referral(
            ward,
            status,
            reference=reference,
            screeners=(screener, people["screener2@example.org"]),
            may_pass_contact=True,
        )
        Referral.objects.filter(pk=made.pk).update(id=UUID(int=number))
    work = Referral.objects.get(pk=UUID(int=0xB1))
    make.give(ProviderRole, officer, scope=work.provider, kind=ProviderRoleKind.LEAD)
    question = probation.ask(work, text="Is there a tap on the site?", by=officer)
    answer_probation(question, "Yes, behind the shed.", by=screener)
    today = timezone.localdate()
    probation.accept(work, project_code="N07ABC", starts_on=today, expected_end_on=None, by=officer)
    probation.log_session(work, date=today, people=6, hours=Decimal("30.5"), by=officer)


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


def a_meeting(camden: Board, slug: str, days: int, by: User, **fields) -> Meeting:
    """A board meeting of Camden, announced, so many days from now at seven in the evening."""
    starts = timezone.localtime().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=days)
    plan = {
        "title": "Board meeting",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "place": "Town hall, committee room 2",
        "address": "Judd Street, WC1H 9JE",
        "step_free": Provision.YES,
        "hearing_loop": Provision.NO,
        "chair_name": "Chidi Chair",
        "quorum": 5,
    } | fields
    body = Body.objects.get(board=camden, kind=BodyKind.BOARD)
    meeting = meetings.plan_meeting(body, MeetingKind.BOARD, by=by, **plan)
    meetings.announce_meeting(meeting, by=by)
    return under(meeting, slug)


def under(meeting: Meeting, slug: str) -> Meeting:
    """The meeting with an address that tests can name, and its page with it."""
    Meeting.objects.filter(pk=meeting.pk).update(slug=slug)
    meeting = Meeting.objects.get(pk=meeting.pk)
    page = keep_meeting_page(meeting)
    page.slug = slug
    page.save()
    return meeting


def held_meeting(camden: Board, slug: str, days: int) -> Meeting:
    """A board meeting that was held so many days ago."""
    ends = timezone.localtime().replace(hour=21, minute=0, second=0, microsecond=0) - timedelta(days=days)
    meeting = Meeting.objects.create(
        board=camden,
        body=Body.objects.get(board=camden, kind=BodyKind.BOARD),
        kind=MeetingKind.BOARD,
        title="Board meeting",
        slug=f"{slug}-",
        status=MeetingStatus.HELD,
        starts_at=ends - timedelta(hours=2),
        ends_at=ends,
        place="Town hall",
        announced_at=ends - timedelta(days=30),
        told_at=timezone.now(),
    )
    for position, title in enumerate(("Welcome", "Police report", "Questions from the public"), 1):
        AgendaItem.objects.create(meeting=meeting, position=position, title=title)
    return under(meeting, slug)


def fill_minutes(camden: Board, people: dict[str, User]) -> None:
    """Minutes that are due, drafted, waiting to be agreed, and approved and corrected; a Word file that waits to be used."""
    chair, secretary = people["chair@example.org"], people["secretary@example.org"]
    approved, waiting = held_meeting(camden, "approved", 90), held_meeting(camden, "waiting", 40)
    agree = held_meeting(camden, "agree", 60)
    drafted, due = held_meeting(camden, "drafted", 20), held_meeting(camden, "due", 6)
    for name in ("keys", "plain", "typed"):
        held_meeting(camden, f"word-{name}", 3)
    for name in ("left", "two", "desk", "room"):
        held_meeting(camden, f"keep-{name}", 3)
    for meeting in (approved, agree, waiting, drafted):
        parts = [
            Part("1. Welcome", "The chair welcomed everybody."),
            Part("2. Police report", "- Fewer burglaries\n- More thefts"),
        ]
        minutes.write_minutes(meeting, parts_to_blocks(parts), by=secretary)
    for meeting in (approved, agree, waiting):
        minutes.publish_minutes(meeting, by=chair)
    approve_minutes(approved, in_meeting=waiting, by=chair)
    page = MinutesPage.objects.get(meeting=approved)
    page.body = parts_to_blocks([Part("1. Welcome", "The vice-chair welcomed everybody.")])
    page.save_revision(user=secretary)
    minutes.publish_minutes(approved, reason="The vice-chair opened the meeting.", by=chair)
    take_minutes_off(held_meeting(camden, "taken-off", 200), chair, secretary)
    with (WORD / "action-table.docx").open("rb") as file:
        made = convert(file)
        intake = keep_intake(
            due,
            file,
            kind=Kind.DOCX,
            blocks=made.blocks,
            html=made.html,
            report=made.report.as_json(),
            proposals=made.proposals.as_json(),
            pictures=made.pictures,
            by=secretary,
        )
    type(intake).objects.filter(pk=intake.pk).update(id=UUID(int=1))


def take_minutes_off(meeting: Meeting, chair: User, secretary: User) -> None:
    """Four drafts came out: the first is gone, the second waits for somebody to agree, the third may be taken off, too."""
    for text in (
        "Mary Brown was robbed.",
        "Ms Brown was robbed.",
        "Somebody was robbed.",
        "A theft was reported.",
    ):
        minutes.write_minutes(meeting, parts_to_blocks([Part("1. Police report", text)]), by=secretary)
        minutes.publish_minutes(meeting, by=chair)
    first, second = meeting.versions.order_by("number")[:2]
    asked = redaction.take_version_off(first, MinutesOffence.PERSON, by=secretary)
    redaction.answer_redaction(asked, agree=True, by=chair)
    redaction.take_version_off(second, MinutesOffence.PERSON, by=secretary)


def fill_meetings(camden: Board, people: dict[str, User]) -> None:
    """A meeting with its agenda published, papers, a private item and an open action; one in draft; one cancelled."""
    chair, secretary = people["chair@example.org"], people["secretary@example.org"]
    published = a_meeting(camden, "published", 20, secretary)
    ActionItem.objects.create(
        board=camden,
        body=published.body,
        number=101,
        text="Write to the council about the lamps in the underpass",
        owner_name="Sal Secretary",
        due_on=timezone.localdate() - timedelta(days=6),
        published_at=timezone.now(),
    )
    items = agenda.start_from_template(published, by=secretary)
    report = ContentFile(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", name="report.pdf")
    agenda.add_paper(items[4], title="Police report, autumn", file=report, by=secretary)
    AgendaItem.objects.filter(pk=items[10].pk).update(is_private=True, note="Bids for this year's fund.")
    agenda.freeze_agenda(published, by=chair)
    draft = a_meeting(camden, "draft", 90, secretary, title="Extra board meeting")
    agenda.start_from_template(draft, by=secretary)
    meetings.cancel_meeting(
        a_meeting(camden, "cancelled", 40, secretary), reason="The hall is flooded.", by=chair
    )


def fill() -> dict[str, object]:
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
    follow_place(people["highgate@example.org"], camden, interests=[Interest.MEETINGS])
    fill_questions(camden, people["chair@example.org"])
    fill_payback(people)
    fill_probation(people)
    fill_log(people)
    make.give(OversightRole, people["oversight@example.org"])
    fill_meetings(camden, people)
    fill_minutes(camden, people)
    for number in (1, 2):
        send_mail(f"Letter {number}", f"Look at {camden.url()} {'f' * 64}", None, ["resident@example.org"])
    make_a_pack(people["chair@example.org"])
    return {
        "sessions": {email: cookie_for(person) for email, person in people.items()},
        "codes": print_codes(people),
        "links": {"review": review_link(people["secretary@example.org"])},
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(fill()))
