"""Demo meetings: two years of them in the full boroughs, in every state, with minutes, decisions, actions and questions. All made up."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from cms.actions.meetings import keep_meeting_page, publish_agenda
from cms.actions.minutes import write_minutes
from cms.models import MinutesPage
from snb.audit.actions import move_epoch
from snb.boards.demo import Crowd, give
from snb.boards.enums import BoardRoleKind, BodyKind, PanelRoleKind
from snb.boards.models import Board, BoardRole, Body, OversightRole, PanelRole
from snb.meetings.actions import agenda as agendas
from snb.meetings.actions import meetings as acts
from snb.meetings.actions import minutes as rows
from snb.meetings.actions.agenda import ItemDraft
from snb.meetings.actions.templates import TEMPLATES
from snb.meetings.enums import (
    Addressee,
    Answer,
    Capacity,
    ItemKind,
    LogKind,
    LogStatus,
    MeetingKind,
    MeetingStatus,
    Openness,
    Presence,
    Provision,
    QuestionStatus,
    Rag,
    VersionKind,
)
from snb.meetings.models import (
    ActionItem,
    ActionUpdate,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MinutesVersion,
    Question,
)
from snb.meetings.queries.agenda import draft_agenda
from snb.people.models import User

PANELS = 6
"""Ward panels of each full borough whose meetings are told of."""
PLACES = (
    ("Town hall, committee room 2", "Ask at the front desk.", Provision.YES, Provision.YES, Provision.YES),
    ("Central library, first floor", "There is a lift.", Provision.YES, Provision.YES, Provision.UNKNOWN),
    (
        "St Mark’s community hall",
        "One step at the door; ring and we bring the ramp.",
        Provision.NO,
        Provision.YES,
        Provision.NO,
    ),
    (
        "Elm Road primary school, main hall",
        "Use the gate on Elm Road.",
        Provision.YES,
        Provision.YES,
        Provision.UNKNOWN,
    ),
)
STREETS = ("Elm Road", "Station Parade", "Mill Lane", "Garden Terrace", "Canal Walk", "Albert Street")
SAID: dict[ItemKind, tuple[str, ...]] = {
    ItemKind.APOLOGIES: ("The chair welcomed everybody. Apologies are listed above.",),
    ItemKind.MINUTES: ("The minutes of the last meeting were read and agreed, with no changes.",),
    ItemKind.ACTIONS: (
        "The action log was gone through line by line. Two actions were closed; one stays open because the council has not answered.",
        "Each open action was read out with its owner. Nobody objected to the new dates.",
    ),
    ItemKind.FIGURES: (
        "The inspector gave the figures of the last quarter. Residential burglary fell; theft from vehicles rose on {street} and around the station.",
        "The sergeant reported on the quarter. Calls about anti-social behaviour fell by about a tenth; shoplifting on {street} did not.",
    ),
    ItemKind.PRIORITIES: (
        "The ward team reported what was done. Members asked how it would be seen that {street} is safer; the answer is a second count in spring.",
        "Progress was mixed. The patrols took place; the lights on {street} are mended; parking outside the school is not better.",
    ),
    ItemKind.PANELS: (
        "Two wards still have no working panel. The secretary writes to the residents’ associations there.",
    ),
    ItemKind.STOP_SEARCH: (
        "The group watched eight recordings and discussed three. In one the grounds were not explained well; the inspector speaks with the officer.",
    ),
    ItemKind.CUSTODY: ("Visitors made all their visits of the quarter. Nothing had to be raised at once.",),
    ItemKind.PAYBACK: ("Three tasks were done: two alleys cleared and a playground fence painted.",),
    ItemKind.QUESTIONS: (
        "A resident asked when {street} will be lit again. The council’s officer answered that the work is ordered for next month.",
        "A shopkeeper asked who to ring about begging outside the shop. The sergeant gave the team’s number, which is on the ward page.",
    ),
    ItemKind.AOB: ("There was none.", "The chair thanked the library for the room."),
    ItemKind.NEXT: ("The date of the next meeting is on the website.",),
    ItemKind.PLAIN: (
        "A short report was given and discussed. Members thanked the volunteers.",
        "Members agreed to come back to this at the next meeting.",
    ),
}
DECISIONS = (
    "The patrols after school on {street} go on for another three months.",
    "The board asks the council to mend the lamps on {street} before the clocks change.",
    "£900 of the fund is recommended for a cycle-marking day on {street}.",
    "The panel meets in the library from now on, because it has no steps.",
)


ASKED = (
    (
        "When will somebody be on foot on Station Parade after school again?",
        "A shopkeeper",
        QuestionStatus.OPEN,
        14,
    ),
    ("How many wards have no dedicated officer today, and since when?", "", QuestionStatus.OPEN, 9),
    ("Could the minutes say what became of last quarter’s promises?", "Devika", QuestionStatus.OPEN, 6),
    ("Is the path to the station lit all night now?", "", QuestionStatus.WAITING, 0),
    ("What happened about the case of my neighbour?", "", QuestionStatus.REJECTED, 0),
)


@dataclass(frozen=True)
class Deed:
    """An action of the demo's log: what, who, due how many days after its meeting, and how it stands."""

    text: str
    owner: str
    due: int
    state: str = "open"
    note: str = ""
    kind: LogKind = LogKind.ACTION
    to: str = ""
    answer: Answer = Answer.NONE


DEEDS: tuple[Deed, ...] = (
    Deed(
        "Walk {street} with the lighting engineer and list the broken lamps.",
        "Sergeant, {place}",
        40,
        "done",
        "Fourteen lamps listed and reported.",
    ),
    Deed(
        "Send the quarter’s figures a week before the meeting.",
        "Neighbourhood inspector",
        80,
        "done",
        "Sent.",
    ),
    Deed(
        "Ask the school to keep the gate on {street} shut after nine.",
        "Chair",
        30,
        "done",
        "The head teacher agreed.",
    ),
    Deed(
        "Find two more members under 25.", "Secretary", 120, "late", "One has come to a meeting and liked it."
    ),
    Deed(
        "Report on theft from vehicles around the station.",
        "Sergeant, {place}",
        95,
        "amber",
        "The analyst is on leave until the 4th.",
    ),
    Deed(
        "Put the dates of all panel meetings on the noticeboard in {street}.",
        "Secretary",
        150,
        "green",
        "Three of five are up.",
    ),
    Deed(
        "Light the path between {street} and the station all night.",
        "Council, street lighting",
        60,
        "open",
        kind=LogKind.RECOMMENDATION,
        to=Addressee.COUNCIL,
        answer=Answer.PARTLY,
        note="Until one in the morning, from April.",
    ),
    Deed(
        "Name a dedicated officer for each ward that has none.",
        "Neighbourhood superintendent",
        60,
        "open",
        kind=LogKind.RECOMMENDATION,
        to=Addressee.POLICE,
    ),
    Deed(
        "Publish response times by ward.",
        "Neighbourhood superintendent",
        45,
        "open",
        kind=LogKind.RECOMMENDATION,
        to=Addressee.POLICE,
        answer=Answer.REFUSED,
        note="The figures of single wards are too small to say anything.",
    ),
)


@dataclass
class Cast:
    """Who runs a body and who sits on it."""

    writer: User
    publisher: User
    members: list[tuple[User, bool]] = field(default_factory=list)


@transaction.atomic
def load_meetings(board: Board | None) -> None:
    """Two years of meetings of a full borough; four public meetings for London. Running it twice changes nothing."""
    if Meeting.objects.for_board(board).exists():
        return
    chance = random.Random(f"meetings {board.code if board else 'london'}")  # noqa: S311 - demo data, the same each time
    if board is None:
        cast = Cast(*_oversight())
        for quarter in range(4, 0, -1):
            _past(None, MeetingKind.PUBLIC, cast, chance, quarter, title="Mayor’s public meeting on policing")
        _coming(None, MeetingKind.PUBLIC, cast, chance, days=23, title="Mayor’s public meeting on policing")
        move_epoch("")
        return
    body = Body.objects.get(board=board, kind=BodyKind.BOARD)
    cast = _cast_of_board(board)
    _year(body, MeetingKind.BOARD, cast, chance, title="Board meeting")
    group, _made = Body.objects.get_or_create(board=board, kind=BodyKind.MONITORING_GROUP)
    for quarter in range(8, 0, -1):
        _past(
            group,
            MeetingKind.MONITORING_GROUP,
            cast,
            chance,
            quarter,
            title="Stop and search monitoring group",
        )
    _coming(
        group,
        MeetingKind.MONITORING_GROUP,
        cast,
        chance,
        days=31,
        title="Stop and search monitoring group",
        draft=True,
    )
    panels = Body.objects.filter(board=board, kind=BodyKind.WARD_PANEL).select_related("ward__borough")
    chosen = sorted(panels, key=lambda panel: (str(panel.ward) != "Highgate", str(panel.ward)))[:PANELS]
    for place, panel in enumerate(chosen):
        own = _cast_of_panel(panel, board)
        for quarter in range(8, 0, -1):
            _past(
                panel,
                MeetingKind.WARD_PANEL,
                own,
                chance,
                quarter,
                title="Ward panel meeting",
                shift=place * 3 + 5,
            )
        _coming(
            panel,
            MeetingKind.WARD_PANEL,
            own,
            chance,
            days=12 + 4 * place,
            title="Ward panel meeting",
            draft=bool(place % 2),
        )
        if place < 3:
            _contact_session(panel, own, chance, days=4 + 3 * place)
    _called_off(board, chosen, cast, chance)
    move_epoch(board.code)


def _year(body: Body, kind: MeetingKind, cast: Cast, chance: random.Random, *, title: str) -> None:
    """The board's own meetings: eight approved or waiting, one whose minutes are being written, one that comes with its agenda."""
    for quarter in range(8, 1, -1):
        _past(body, kind, cast, chance, quarter, title=title)
    recent = _past(body, kind, cast, chance, 1, title=title, state=MeetingStatus.MINUTES_PUBLISHED)
    extra = _past(
        body, kind, cast, chance, 0, title="Extraordinary board meeting", shift=42, state=MeetingStatus.HELD
    )
    write_minutes(extra, _text(extra, chance), by=cast.writer)
    rows.comment(
        extra, text="Item 4: it was the library, not the school, that offered the room.", by=cast.publisher
    )
    _ask(_coming(body, kind, cast, chance, days=9, title=title))
    _coming(body, kind, cast, chance, days=100, title=title, draft=True)
    _correct(recent, cast)


def _oversight() -> tuple[User, User]:
    first = OversightRole.objects.current().select_related("person").order_by("pk")[0].person
    second = Crowd().person("oversight2", "Tunde Bakare")
    give(OversightRole, second)
    return first, second


def _cast_of_board(board: Board) -> Cast:
    held = BoardRole.objects.current().filter(board=board).select_related("person").order_by("pk")
    by_kind: dict[str, list[User]] = {}
    for role in held:
        by_kind.setdefault(role.kind, []).append(role.person)
    secretary, chair = by_kind[BoardRoleKind.SECRETARY][0], by_kind[BoardRoleKind.CHAIR][0]
    members = [secretary, chair, *by_kind.get(BoardRoleKind.MEMBER, [])]
    return Cast(secretary, chair, [(person, True) for person in members])


def _cast_of_panel(panel: Body, board: Board) -> Cast:
    held = PanelRole.objects.current().filter(body=panel).select_related("person").order_by("pk")
    chairs = [role.person for role in held if role.kind == PanelRoleKind.CHAIR]
    secretary = BoardRole.objects.current().filter(board=board, kind=BoardRoleKind.SECRETARY).first()
    assert secretary is not None
    return Cast(chairs[-1], secretary.person, [(role.person, True) for role in held])


def _hour(day: date, hour: int = 19) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _weekday(day: date) -> date:
    """The nearest weekday: nobody meets on a Sunday."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def _meeting(
    body: Body | None, kind: MeetingKind, day: date, chance: random.Random, *, title: str, **fields: Any
) -> Meeting:
    place, note, steps, toilets, loop = chance.choice(PLACES)
    begins = _hour(_weekday(day), chance.choice((18, 19)))
    slug = f"{begins:%Y-%m-%d}-{title.lower().replace('’', '').replace(' ', '-')}"
    if body and body.ward:
        slug = f"{slug}-{body.ward.slug}"
    return Meeting.objects.create(
        board=body.board if body else None,
        body=body,
        kind=kind,
        title=title,
        slug=slug[:120],
        starts_at=begins,
        ends_at=begins + timedelta(hours=2 if kind != MeetingKind.CONTACT_SESSION else 1),
        place=place if body else "City Hall, London’s Living Room",
        address=f"{chance.randint(2, 180)} {chance.choice(STREETS)}"
        if body
        else "Kamal Chunchie Way, E16 1ZE",
        step_free=steps,
        toilets=toilets,
        hearing_loop=loop,
        access_note=note,
        openness=chance.choice((Openness.PUBLIC, Openness.PUBLIC, Openness.PART_PRIVATE))
        if kind == MeetingKind.BOARD
        else Openness.PUBLIC,
        quorum=body.quorum or {MeetingKind.BOARD: 5, MeetingKind.WARD_PANEL: 3}.get(kind) if body else None,
        **{"announced_at": begins - timedelta(days=56), **fields},
    )


def _items(meeting: Meeting) -> list[AgendaItem]:
    lines = TEMPLATES[MeetingKind(meeting.kind)]
    return AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=position, kind=kind, title=str(title), minutes=minutes)
        for position, (kind, title, minutes) in enumerate(lines, 1)
    )


def _past(
    body: Body | None,
    kind: MeetingKind,
    cast: Cast,
    chance: random.Random,
    quarter: int,
    *,
    title: str,
    shift: int = 0,
    state: MeetingStatus = MeetingStatus.APPROVED,
) -> Meeting:
    """A meeting so many quarters ago, with its agenda as published, who came, what was decided, and its minutes."""
    day = timezone.localdate() - timedelta(days=91 * quarter - 30 + shift)
    meeting = _meeting(body, kind, day, chance, title=title, chair_name=str(cast.publisher))
    items = _items(meeting)
    meeting.agenda_published = [agendas.as_published(item) for item in draft_agenda(meeting)]
    meeting.agenda_published_at = meeting.starts_at - timedelta(days=8)
    meeting.status, meeting.changed, meeting.told_at = state, meeting.ends_at, timezone.now()
    meeting.minutes_chased_at = timezone.now()
    meeting.members_told_at = meeting.agenda_published_at
    meeting.save()
    keep_meeting_page(meeting)
    _attend(meeting, cast, chance)
    if state == MeetingStatus.HELD:
        return meeting
    _decide(meeting, items, chance)
    _log(meeting, items, chance)
    _minute(meeting, cast, chance, items)
    return meeting


def _attend(meeting: Meeting, cast: Cast, chance: random.Random) -> None:
    told = []
    for person, votes in cast.members:
        presence = chance.choices([Presence.PRESENT, Presence.REMOTE, Presence.APOLOGIES], [8, 2, 2])[0]
        told.append(
            Attendance(
                meeting=meeting,
                person=person,
                name=str(person),
                is_voting=votes,
                presence=presence,
                taken_at=meeting.starts_at,
            )
        )
    told.append(
        Attendance(
            meeting=meeting,
            name="Sergeant of the ward team",
            capacity=Capacity.POLICE,
            presence=Presence.PRESENT,
            taken_at=meeting.starts_at,
        )
    )
    told += [
        Attendance(
            meeting=meeting,
            name=f"Visitor {number}",
            capacity=Capacity.PUBLIC,
            presence=Presence.PRESENT,
            taken_at=meeting.starts_at,
        )
        for number in range(1, chance.randint(2, 9))
    ]
    Attendance.objects.bulk_create(told)


def _decide(meeting: Meeting, items: list[AgendaItem], chance: random.Random) -> None:
    year = meeting.starts_at.year
    start = Decision.objects.filter(meeting__body=meeting.body, number__startswith=f"{year}/").count()
    for place, text in enumerate(chance.sample(DECISIONS, chance.choice((1, 2))), 1):
        Decision.objects.create(
            meeting=meeting,
            item=chance.choice(items),
            number=f"{year}/{start + place}",
            text=text.format(street=chance.choice(STREETS)),
            votes_for=chance.randint(4, 9),
            votes_against=chance.choice((0, 0, 1)),
            abstained=chance.choice((0, 1)),
        )


def _log(meeting: Meeting, items: list[AgendaItem], chance: random.Random) -> None:
    """Two or three entries a meeting: old ones are done, recent ones stand as they may."""
    day = timezone.localdate(meeting.starts_at)
    number = ActionItem.objects.filter(body=meeting.body).count()
    old = day < timezone.localdate() - timedelta(days=200)
    place = meeting.ward.name if meeting.ward else str(meeting.board.borough if meeting.board else "London")
    for deed in chance.sample(DEEDS, 3 if meeting.kind == MeetingKind.BOARD else 2):
        number += 1
        due = day + timedelta(days=deed.due)
        asks = deed.kind == LogKind.RECOMMENDATION
        done = deed.state == "done" or (old and chance.random() < 0.9)
        answer = Answer.ACCEPTED if done and asks and deed.answer == Answer.NONE else deed.answer
        said = deed.note or "It has been done."
        entry = ActionItem.objects.create(
            board=meeting.board,
            body=meeting.body,
            meeting=meeting,
            item=chance.choice(items),
            kind=deed.kind,
            number=number,
            text=deed.text.format(street=chance.choice(STREETS), place=place),
            owner_name=deed.owner.format(place=place),
            addressee=deed.to,
            due_on=due,
            status=LogStatus.DONE if done else LogStatus.OPEN,
            done_on=min(due - timedelta(days=chance.randint(0, 12)), timezone.localdate()) if done else None,
            rag={"amber": Rag.AMBER, "green": Rag.GREEN}.get(deed.state, "") if not done else "",
            rag_reason=deed.note if deed.state in {"amber", "green"} and not done else "",
            evidence=said if done else "",
            answer=answer,
            answer_text=said if answer != Answer.NONE else "",
            answered_on=day + timedelta(days=35) if answer != Answer.NONE else None,
            published_at=meeting.ends_at + timedelta(days=10),
            created=meeting.ends_at,
        )
        if done or deed.note:
            ActionUpdate.objects.create(
                entry=entry,
                at=timezone.make_aware(datetime.combine(entry.done_on or day + timedelta(days=35), time(10))),
                by=None,
                by_link=True,
                status=entry.status,
                rag=entry.rag,
                answer=entry.answer,
                due_on=due,
                note=deed.note or "Done.",
            )


def _text(meeting: Meeting, chance: random.Random) -> list[tuple[str, Any]]:
    """What was said, item by item."""
    blocks: list[tuple[str, Any]] = []
    street = chance.choice(STREETS)
    for number, (kind, title, _minutes) in enumerate(TEMPLATES[MeetingKind(meeting.kind)], 1):
        blocks.append(("heading", {"text": f"{number}. {title}", "level": "2", "language": ""}))
        blocks.append(("text", f"<p>{chance.choice(SAID[kind]).format(street=street)}</p>"))
    return blocks


def _minute(meeting: Meeting, cast: Cast, chance: random.Random, items: list[AgendaItem]) -> None:
    """The minutes as published, and approved at the next meeting where they are."""
    parent = keep_meeting_page(meeting)
    page = MinutesPage(
        title=f"Minutes: {parent.title}", slug="minutes", meeting=meeting, body=_text(meeting, chance)
    )
    page.first_published_at = page.last_published_at = meeting.ends_at + timedelta(days=10)
    parent.add_child(instance=page)
    page = MinutesPage.objects.get(pk=page.pk)
    body = page.spelled_out()
    version = MinutesVersion(
        meeting=meeting,
        number=1,
        kind=VersionKind.DRAFT,
        body=body,
        html=str(page.body.render_as_block()),
        sha256=rows.digest(body),
        published_at=page.first_published_at,
        published_by=cast.publisher.public_id,
    )
    version.save()
    meeting.minutes_published_at = page.first_published_at
    meeting.save(update_fields=["minutes_published_at"])
    before = (
        Meeting.objects.filter(
            body=meeting.body, board=meeting.board, kind=meeting.kind, starts_at__lt=meeting.starts_at
        )
        .exclude(minutes_published_at=None)
        .order_by("-starts_at")
        .first()
    )
    if before is not None:
        _approve(before, meeting, cast)


def _approve(meeting: Meeting, later: Meeting, cast: Cast) -> None:
    last = meeting.versions.order_by("-number").first()
    if last is None or last.kind != VersionKind.DRAFT:
        return
    day = date_format(timezone.localdate(meeting.starts_at), "j F Y")
    year = later.starts_at.year
    number = Decision.objects.filter(meeting__body=later.body, number__startswith=f"{year}/").count() + 1
    Decision.objects.create(
        meeting=later,
        item=later.items.filter(kind=ItemKind.MINUTES).first(),
        number=f"{year}/{number}",
        text=f"The minutes of the meeting of {day} were agreed as a true record.",
        approves=meeting,
    )
    MinutesVersion.objects.create(
        meeting=meeting,
        number=last.number + 1,
        kind=VersionKind.APPROVED,
        body=last.body,
        html=last.html,
        sha256=last.sha256,
        published_at=later.ends_at,
        published_by=cast.publisher.public_id,
        revision=last.revision,
    )
    Meeting.objects.filter(pk=meeting.pk).update(
        status=MeetingStatus.APPROVED, approved_at=later.ends_at, approved_in=later
    )


def _correct(recent: Meeting, cast: Cast) -> None:
    """One earlier meeting's minutes were corrected after approval, so that this can be seen."""
    meeting = (
        Meeting.objects.filter(body=recent.body, status=MeetingStatus.APPROVED).order_by("-starts_at").first()
    )
    if meeting is None:
        return
    page = MinutesPage.objects.get(meeting=meeting)
    blocks = page.spelled_out().replace("The chair welcomed everybody.", "The vice-chair welcomed everybody.")
    page.body = [(block["type"], block["value"]) for block in json.loads(blocks)]
    page.save()
    page = MinutesPage.objects.get(pk=page.pk)
    body = page.spelled_out()
    last = meeting.versions.order_by("-number")[0]
    MinutesVersion.objects.create(
        meeting=meeting,
        number=last.number + 1,
        kind=VersionKind.CORRECTED,
        body=body,
        html=str(page.body.render_as_block()),
        sha256=rows.digest(body),
        reason="The vice-chair, not the chair, opened the meeting.",
        published_at=timezone.now() - timedelta(days=6),
        published_by=cast.publisher.public_id,
    )


def _coming(
    body: Body | None,
    kind: MeetingKind,
    cast: Cast,
    chance: random.Random,
    *,
    days: int,
    title: str,
    draft: bool = False,
) -> Meeting:
    """A meeting to come: with its agenda published by the actions themselves, or still in preparation."""
    day = timezone.localdate() + timedelta(days=days)
    meeting = _meeting(
        body,
        kind,
        day,
        chance,
        title=title,
        chair_name=str(cast.publisher),
        announced_at=timezone.now() - timedelta(days=20),
    )
    keep_meeting_page(meeting)
    items = [ItemDraft(str(name), item_kind, minutes) for item_kind, name, minutes in TEMPLATES[kind]]
    agendas.write_agenda(meeting, items, by=cast.writer)
    if not draft:
        publish_agenda(meeting, by=cast.publisher)
        Meeting.objects.filter(pk=meeting.pk).update(members_told_at=timezone.now())
    return _told(meeting)


def _told(meeting: Meeting) -> Meeting:
    """Nobody is mailed about what the demo has always known."""
    Meeting.objects.filter(pk=meeting.pk).update(told_at=timezone.now(), told_starts_at=meeting.starts_at)
    return meeting


def _ask(meeting: Meeting) -> None:
    """What the public has asked already: on the list, one waiting for the chair, one left out with its reason."""
    now = timezone.now()
    for place, (text, name, status, supports) in enumerate(ASKED):
        Question.objects.create(
            meeting=meeting,
            text=text,
            name=name,
            status=status,
            supports=supports,
            reason="The police answer questions about single cases by telephone: 101."
            if status == QuestionStatus.REJECTED
            else "",
            asked_at=now - timedelta(days=3, hours=place),
            admitted_at=now - timedelta(days=2) if status == QuestionStatus.OPEN else None,
        )


def _contact_session(panel: Body, cast: Cast, chance: random.Random, *, days: int) -> None:
    day = timezone.localdate() + timedelta(days=days)
    meeting = _meeting(panel, MeetingKind.CONTACT_SESSION, day, chance, title="Contact session")
    keep_meeting_page(_told(meeting))


def _called_off(board: Board, panels: list[Body], cast: Cast, chance: random.Random) -> None:
    """One cancelled, one postponed, one moved: each says why."""
    title = "Ward panel meeting"
    for place, act in enumerate((acts.cancel_meeting, acts.postpone_meeting)):
        if len(panels) <= place + 3:
            return
        meeting = _coming(
            panels[place + 3],
            MeetingKind.WARD_PANEL,
            cast,
            chance,
            days=40 + 7 * place,
            title=title,
            draft=True,
        )
        act(
            meeting,
            reason=("The hall has been flooded.", "Both ward officers are at a court hearing that day.")[
                place
            ],
            by=cast.publisher,
        )
        _told(meeting)
    moved = _coming(panels[0], MeetingKind.WARD_PANEL, cast, chance, days=58, title=title, draft=True)
    starts = moved.starts_at + timedelta(days=7)
    acts.move_meeting(
        moved,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        reason="The library closes early that week.",
        by=cast.publisher,
    )
    _told(moved)
