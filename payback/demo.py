"""Fictional providers, screeners and officers, and tasks in every state, of the demo."""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from payback.actions import photos, screening
from payback.actions.drafts import begin
from payback.actions.nominators import raise_dispute, withdraw
from payback.actions.progress import move
from payback.actions.screening import Opinion, Words
from payback.calculations import receipt_hash
from payback.enums import (
    Asked,
    Check,
    Criterion,
    Decline,
    Ended,
    PhotoKind,
    Refusal,
    Status,
    Transport,
    Verdict,
)
from payback.models import (
    Contract,
    Dispute,
    Milestone,
    Nomination,
    Provider,
    ProviderRole,
    Question,
    Referral,
    ScreenerRole,
    Session,
    Support,
)
from snb.boards.demo import FULL_BOROUGHS, Crowd
from snb.boards.models import Board
from snb.outbox.actions import acknowledge
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from snb.people.models import Residency, User
from snb.places.models import Ward

ALL_YES = {criterion.value: Check.YES.value for criterion in Criterion}
DEMO_RECEIPT = "DEMA-2345-6789-ABCDE"
"""Opens one nomination of `nominator@demo.example` on the Camden site."""

TASKS: list[tuple[str, str, str, str, str]] = [
    ("clearing", "Clear the alley behind the shops", "Rubbish has piled up along the whole alley.", "Alley off {ward} Parade", "Start at the green gate; two bays for a skip by the corner."),
    ("graffiti", "Clean the underpass walls", "Both walls of the underpass are covered in tags.", "Underpass at {ward} station", "About 60 square metres of tiles; water from the station office."),
    ("gardening", "Bring the memorial garden back", "The beds are overgrown and the benches are green.", "{ward} memorial garden", "Cut back, weed and mulch. Tools can be stored in the lodge."),
    ("painting", "Repaint the youth club hall", "The hall has not been painted for twelve years.", "{ward} youth club", "Two rooms, magnolia; paint is paid for by the club."),
    ("litter", "Pick litter along the towpath", "Bottles and bags lie along the water.", "Towpath at {ward} lock", "Stay two metres from the edge; life ring at the lock."),
    ("planting", "Plant a hedge along the school fence", "A hedge would keep the exhaust off the playground.", "{ward} primary school", "Forty metres, hawthorn and hazel; plants are given by the council."),
    ("paths", "Mend the path across the common", "The path floods, and prams cannot pass.", "{ward} common, south side", "Thirty metres of gravel; edging is on site."),
]  # fmt: skip
STATES = [
    Status.SUBMITTED, Status.SCREENING, Status.ENDORSED, Status.DECLINED, Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING,
    Status.MORE_INFO, Status.ACCEPTED, Status.REJECTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED, Status.COMPLETED,
    Status.WITHDRAWN, Status.COMPLETED, Status.SENT,
]  # fmt: skip
"""One nomination in each, in Camden; half of them in the other full boroughs."""
WAY = [
    Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING, Status.MORE_INFO, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS,
    Status.COMPLETED,
]  # fmt: skip


def load_payback() -> None:
    """Providers, people and tasks in every state. Running it twice changes nothing."""
    if Nomination.objects.exists():
        return
    boards = {
        board.borough.slug: board
        for board in Board.objects.filter(borough__slug__in=FULL_BOROUGHS).select_related("borough")
    }
    named = {
        user.email.partition("@")[0]: user
        for user in User.objects.filter(is_demo=True, email__contains="probation")
    }
    load_providers(boards, named)
    crowd = Crowd()
    draw = random.Random(41)  # noqa: S311  demo data, the same each time
    for slug, board in boards.items():
        pair = screeners_of(board, crowd)
        states = STATES if slug == "camden" else STATES[::2]
        wards = list(Ward.objects.current().filter(borough=board.borough).order_by("name"))
        for number, status in enumerate(states):
            ward = wards[number % len(wards)]
            if (
                slug == "camden" and status == Status.SENT
            ):  # where the demo's resident lives, so that support can be tried
                ward = next((one for one in wards if one.slug == "highgate"), ward)
            load_task(board, ward, status, pair, number, draw)
    of_nominator(boards["camden"])


def load_providers(boards: dict[str, Board], named: dict[str, User]) -> None:
    """One provider for Camden and Lewisham, another one for Brent; both work on the desk."""
    first, _made = Provider.objects.get_or_create(
        slug="north-london",
        defaults={"name": "North London Community Payback (demo)", "transport": Transport.DESK},
    )
    other, _made = Provider.objects.get_or_create(
        slug="west-london",
        defaults={"name": "West London Community Payback (demo)", "transport": Transport.DESK},
    )
    since = timezone.localdate() - timedelta(days=500)
    for slug, board in boards.items():
        provider = other if slug == "brent" else first
        Contract.objects.get_or_create(provider=provider, board=board, defaults={"since": since})
    for account, provider in (("probation", first), ("probation.other", other)):
        ProviderRole.objects.get_or_create(
            person=named[account], provider=provider, until=None, defaults={"since": since, "kind": "lead"}
        )


def screeners_of(board: Board, crowd: Crowd) -> tuple[User, User]:
    """The two who screen for a board; in Camden they are named accounts."""
    camden = board.borough.slug == "camden"
    found = []
    for number, account in enumerate(("screener", "screener2")):
        if camden:
            person = User.objects.get(email=f"{account}@demo.example")
        else:
            person = crowd.person(f"screener{number + 1}.{board.borough.slug}")
        ScreenerRole.objects.get_or_create(
            person=person,
            board=board,
            until=None,
            defaults={"since": timezone.localdate() - timedelta(days=300)},
        )
        found.append(person)
    return found[0], found[1]


def load_task(
    board: Board, ward: Ward, status: Status, pair: tuple[User, User], number: int, draw: random.Random
) -> Nomination:
    """A nomination brought to a state by the room's own actions, then dated back."""
    row = nominated(board, ward, number)
    _work, title, words, place, brief = TASKS[number % len(TASKS)]
    if status not in {Status.SUBMITTED, Status.WITHDRAWN}:
        for person in pair:
            screening.take_on(row, by=person)
    if status == Status.SCREENING:
        screening.ask_nominator(row, "Is the gate locked at night?", by=pair[0])
    if status == Status.DECLINED:
        for person in pair:
            screening.give_verdict(
                row,
                Opinion(
                    Verdict.DECLINE,
                    {},
                    Decline.DUTY,
                    "The council is paid to do this. Ask them at the town hall.",
                ),
                by=person,
            )
    if status == Status.WITHDRAWN:
        withdraw(row)
    if status == Status.ENDORSED or status in WAY or status == Status.REJECTED:
        screening.rewrite(
            row,
            Words(title, words, place.format(ward=ward.name), brief, hours_estimate=60, group_size=6),
            by=pair[0],
        )
        for person in pair:
            screening.give_verdict(row, Opinion(Verdict.ENDORSE, ALL_YES), by=person)
        row.refresh_from_db()
        with_probation(row, status, draw)
    row.refresh_from_db()
    date_back(row, days=20 + number * 7)
    return row


def nominated(board: Board, ward: Ward, number: int, *, receipt: str = "", **fields: Any) -> Nomination:
    """Something somebody nominated, as sending leaves it."""
    work, _title, words, place, _brief = TASKS[number % len(TASKS)]
    row = begin(board, first_step="where").nomination
    row.ward, row.work, row.beneficiary = ward, work, "street"
    row.owner, row.permission, row.toilets, row.washing, row.step_free, row.tools = (
        "council",
        "asked",
        "yes",
        "yes",
        "no",
        "probation",
    )
    row.hazards, row.days, row.may_show_photos, row.may_pass_photos = (
        ["glass"],
        ["weekdays", "saturday"],
        True,
        True,
    )
    row.answers = {"place": place.format(ward=ward.name), "what": words}
    row.point = {"latitude": ward.latitude, "longitude": ward.longitude}
    row.contact = {"email": "somebody@demo.example"}
    if receipt:
        row.receipt_hash = receipt_hash(receipt)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    photos.add_photo(row, picture(number, done=False))
    row.refresh_from_db()
    row.submitted_at = timezone.now()
    return move(row, Status.SUBMITTED, by=None)


def with_probation(row: Nomination, status: Status, draw: random.Random) -> None:
    """What the provider did with it, up to its state."""
    referral = row.referrals.get()
    if status == Status.REJECTED:
        for step in (Status.SENT, Status.ACKNOWLEDGED, Status.REJECTED):
            move(row, step, by=None)
        referral.sent_at = referral.acknowledged_at = timezone.now()
        if referral.message is not None:
            acknowledge(referral.message)
        referral.refusal, referral.refusal_words = (
            Refusal.CAPACITY,
            "No group is free before the summer. Please ask again then.",
        )
        referral.ended, referral.ended_at = Ended.REJECTED, timezone.now()
        referral.save()
        return
    for step in WAY[: WAY.index(status) + 1] if status in WAY else []:
        if step == Status.MORE_INFO and status != Status.MORE_INFO:
            continue
        move(row, step, by=None)
    if status == Status.MORE_INFO:
        Question.objects.create(
            nomination=row, referral=referral, asked=Asked.BOARD, text="Is there water on site?"
        )
    if status in WAY:
        referral.sent_at = timezone.now()
    if status in WAY[1:]:
        referral.acknowledged_at = timezone.now()
    if status == Status.SENT and referral.message is not None:
        OutboxMessage.objects.filter(pk=referral.message.pk).update(
            state=State.SENT
        )  # on the desk, and no word yet
    elif status in WAY and referral.message is not None:
        acknowledge(referral.message)  # nothing of the demo waits to be sent
    today = timezone.localdate()
    if status in {Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED}:
        referral.starts_on, referral.expected_end_on = today - timedelta(days=30), today + timedelta(days=20)
        referral.project_code = f"N07{row.reference.removeprefix('CP-')}"
    if status in {Status.IN_PROGRESS, Status.COMPLETED}:
        for number in range(3 if status == Status.COMPLETED else 1):
            people = draw.randint(4, 9)
            Session.objects.create(
                referral=referral,
                date=today - timedelta(days=28 - 7 * number),
                people=people,
                hours=Decimal(people) * 6,
            )
    if status == Status.COMPLETED:
        referral.ended, referral.ended_at = Ended.COMPLETED, timezone.now()
        screener = row.reviews.order_by("taken_at")[0].person
        assert screener is not None
        after = photos.add_photo(row, picture(row.submitted_at.second, done=True), kind=PhotoKind.AFTER)  # type: ignore[union-attr]
        before = row.photos.get(kind=PhotoKind.PLACE)
        photos.publish_photo(
            before,
            boxes=[[0.62, 0.55, 0.12, 0.2]],
            alt="The place before the work, with rubbish on the ground.",
            by=screener,
        )
        photos.publish_photo(after, boxes=[], alt="The same place after the work, clean.", by=screener)
        if not Dispute.objects.filter(nomination__board=row.board).exists():
            raise_dispute(row, "Half of it was left.")
    referral.save()
    supporters = (
        Residency.objects.current().filter(ward=row.ward).values_list("user", flat=True)[: draw.randint(0, 9)]
    )
    Support.objects.bulk_create(Support(nomination=row, person_id=person) for person in supporters)


def of_nominator(board: Board) -> None:
    """What `nominator@demo.example` keeps under their account; the receipt is known, so that its page can be tried."""
    person = User.objects.get(email="nominator@demo.example")
    ward = Ward.objects.current().get(borough=board.borough, slug="highgate")
    row = nominated(board, ward, 2, receipt=DEMO_RECEIPT, nominator=person, tell="email", may_ask_after=True)
    row.contact = {"email": person.email}
    row.save()
    pair = screeners_of(board, Crowd())
    for screener in pair:
        screening.take_on(row, by=screener)
    screening.ask_nominator(row, "Which of the two gardens do you mean?", by=pair[0])


def date_back(row: Nomination, *, days: int) -> None:
    """Spread the story over the days before today, with probation silent since its last word."""
    now = timezone.now()
    steps = list(Milestone.objects.filter(nomination=row).order_by("pk"))
    start = now - timedelta(days=days + 3 * len(steps))
    work = timedelta(days=21 if row.status == Status.COMPLETED else 0)
    moments = [start + timedelta(days=3 * number) for number in range(len(steps))]
    moments = [at - work for at in moments[:-1]] + moments[-1:]
    start -= work
    for step, at in zip(steps, moments, strict=True):
        Milestone.objects.filter(pk=step.pk).update(at=at)
    changed = moments[-1] if moments else now
    fields: dict[str, Any] = {"changed_at": changed, "submitted_at": start}
    if row.endorsed_at:
        fields["endorsed_at"] = next(
            (at for step, at in zip(steps, moments, strict=True) if step.status == Status.ENDORSED), changed
        )
    if row.ended_at:
        fields["ended_at"] = changed
    Nomination.objects.filter(pk=row.pk).update(**fields)
    referral = row.referrals.first()
    if referral is not None:
        date_referral_back(
            referral, {step.status: at for step, at in zip(steps, moments, strict=True)}, changed
        )


def date_referral_back(referral: Referral, at: dict[str, datetime], changed: datetime) -> None:
    """The referral's own days, and its sessions, between the beginning of the work and its end."""
    referral.created_at = at.get(Status.ENDORSED, changed)
    referral.sent_at = at.get(Status.SENT)
    referral.acknowledged_at = at.get(Status.ACKNOWLEDGED) or (changed if referral.acknowledged_at else None)
    referral.ended_at = changed if referral.ended else None
    if referral.starts_on is not None:
        began = timezone.localdate(at[Status.IN_PROGRESS]) if Status.IN_PROGRESS in at else None
        referral.starts_on = began or timezone.localdate() + timedelta(days=14)
        referral.expected_end_on = referral.starts_on + timedelta(days=28)
        for number, session in enumerate(referral.sessions.order_by("date")):
            session.date = referral.starts_on + timedelta(days=1 + 7 * number)
            session.save(update_fields=["date"])
    referral.save()


def picture(seed: int, *, done: bool) -> io.BytesIO:
    """A drawn place: a wall, a path, and rubbish until it is done."""
    draw = random.Random(seed)  # noqa: S311
    made = Image.new("RGB", (1200, 800), (196, 214, 224))
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, 250, 1200, 800), fill=(120, 140, 104))
    pen.rectangle((0, 180, 1200, 330), fill=(158, 122, 100))
    pen.polygon([(480, 800), (720, 800), (640, 330), (560, 330)], fill=(186, 180, 168))
    for _heap in range(0 if done else 40):
        left, top = draw.randint(0, 1150), draw.randint(380, 760)
        colour = (draw.randint(40, 220), draw.randint(40, 220), draw.randint(40, 220))
        pen.ellipse((left, top, left + draw.randint(20, 60), top + draw.randint(12, 36)), fill=colour)
    for _plant in range(24 if done else 0):
        left, top = draw.randint(0, 1150), draw.randint(360, 440)
        pen.ellipse((left, top, left + 40, top + 60), fill=(60, 120, 60))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=80)
    out.seek(0)
    return out
