"""Fictional ward officers, and rounds in every state, of the demo."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from snb.boards.demo import FULL_BOROUGHS, Crowd, ward_of
from snb.boards.enums import BodyKind
from snb.boards.models import Body
from snb.people.enums import ResidencyMethod
from snb.people.models import User
from snb.places.models import Ward
from wardpanels import calculations as count
from wardpanels.actions import adopt_priorities, agree_annulment, ask_annulment, cancel_round, close_round
from wardpanels.actions.priorities import Adopted
from wardpanels.actions.rounds import frozen
from wardpanels.enums import Concern, OptionStatus, PriorityStatus, RoundStatus, SetBy
from wardpanels.models import Ballot, Option, RollEntry, RollMark, Round, WardOfficer
from wardpanels.queries import winners_of


def load_officers() -> None:
    """One officer in each ward of the full boroughs, but for a vacancy here and there; `officer@demo.example` in Highgate."""
    crowd = Crowd()
    since = timezone.localdate() - timedelta(days=300)
    pairs = [(User.objects.get(email="officer@demo.example"), ward_of("camden", "highgate"))]
    wards = (
        Ward.objects.current()
        .filter(borough__slug__in=FULL_BOROUGHS)
        .exclude(pk=pairs[0][1].pk)
        .select_related("borough")
        .order_by("code")
    )
    for place, ward in enumerate(wards):
        if place % 9 != 8:
            pairs.append((crowd.person(f"officer.{ward.slug}.{ward.borough.slug}"), ward))
    for person, ward in pairs:
        WardOfficer.objects.get_or_create(person=person, ward=ward, until=None, defaults={"since": since})


CHOICES = [
    ("mopeds", Concern.TRAFFIC, "Mopeds speeding on the high street"),
    ("bike-theft", Concern.STREET, "Bike theft outside the station"),
    ("open-drug-dealing", Concern.DRUGS, "Open drug dealing by the garages"),
    ("fireworks", Concern.ASB, "Fireworks and shouting late at night"),
    ("car-break-ins", Concern.VEHICLE, "Car break-ins around the park"),
    ("phone-snatching", Concern.STREET, "Phone snatching at bus stops"),
    ("seen-on-foot", Concern.VISIBILITY, "Officers seen on foot after school"),
    ("burglary", Concern.BURGLARY, "Burglary of flats and sheds"),
]
WEIGHTS = [30, 26, 22, 15, 12, 9, 7, 2]


def load_rounds() -> None:
    """Rounds in every state in the full boroughs; closed ones with about 200 ballots. Running it twice changes nothing."""
    if Round.objects.exists():
        return
    rng = random.Random(2026)  # noqa: S311  demo data, the same each time
    for borough in FULL_BOROUGHS:
        panels = list(
            Body.objects.filter(kind=BodyKind.WARD_PANEL, ward__borough__slug=borough)
            .select_related("ward__borough")
            .order_by("ward__name")
        )
        panels.sort(key=lambda panel: str(panel.ward) != "Highgate")
        for place, panel in enumerate(panels[:12]):
            past_round(panel, rng, ballots=rng.randint(160, 240), months=4, adopt=True)
            if place < 3:
                older = past_round(panel, rng, ballots=rng.randint(160, 240), months=8, adopt=True)
                older.priorities.update(status=PriorityStatus.CONTINUED)
        states = [
            RoundStatus.VOTING,
            RoundStatus.COLLECTING,
            RoundStatus.DRAFT,
            RoundStatus.COUNTING,
            RoundStatus.CANCELLED,
            RoundStatus.ANNULLED,
            RoundStatus.CLOSED,
        ]
        for panel, state in zip(panels[:7], states, strict=False):
            present_round(panel, rng, state)


def season(moment: datetime) -> str:
    """A round's usual name."""
    return f"{['Winter', 'Spring', 'Summer', 'Autumn'][moment.month % 12 // 3]} {moment.year}"


def new_round(panel: Body, opens: datetime, closes: datetime, **fields: object) -> Round:
    """A round with the demo's options, as a draft."""
    title = season(opens)
    assert panel.ward is not None
    round_ = Round.objects.create(
        panel=panel,
        ward=panel.ward,
        title=title,
        slug=title.lower().replace(" ", "-"),
        opens_at=opens,
        closes_at=closes,
        methods=[ResidencyMethod.POSTCODE, ResidencyMethod.CODE],
        **{"announced_at": opens - timedelta(days=21), **fields},
    )
    Option.objects.bulk_create(
        [
            Option(round=round_, code=code, concern=concern, text=text, status=OptionStatus.OFFERED)
            for code, concern, text in CHOICES
        ]
    )
    Option.objects.create(
        round=round_,
        code="the-man-at",
        concern=Concern.OTHER,
        text="A suggestion that named a neighbour",
        status=OptionStatus.REJECTED,
        reason="It names a person. Tell the police in confidence instead: 101, or Crimestoppers.",
        withheld=True,
    )
    return round_


def fill_box(round_: Round, rng: random.Random, ballots: int) -> None:
    """Open the round and put sealed ballots in, as casting would leave them."""
    round_.status, round_.secret, round_.opened_at = RoundStatus.VOTING, count.new_secret(), round_.opens_at
    round_.frozen_sha256 = frozen(round_)
    round_.save()
    entries, marks, box = [], [], []
    codes = [code for code, _concern, _text in CHOICES]
    for _number in range(ballots):
        method = ResidencyMethod.CODE if rng.random() < 0.2 else ResidencyMethod.POSTCODE
        entry = RollEntry(pk=uuid4(), round=round_, method=method)
        entries.append(entry)
        marks.append(
            RollMark(round=round_, entry=entry, mark=count.mark(round_.secret, "account", entry.pk.hex))
        )
        picked = set(rng.choices(codes, WEIGHTS, k=rng.choice([1, 2, 3, 3])))
        key = count.mark(round_.secret, "ballot", entry.pk.hex)
        box.append(Ballot(key=key, round=round_, sealed=count.seal(round_.secret, key, sorted(picked))))
    RollEntry.objects.bulk_create(entries)
    RollMark.objects.bulk_create(marks)
    Ballot.objects.bulk_create(box)


def past_round(panel: Body, rng: random.Random, *, ballots: int, months: int, adopt: bool) -> Round:
    """A round that was counted some months ago by the closing action itself, and adopted by its panel's chair."""
    closes = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=30 * months - 20)
    round_ = new_round(panel, closes - timedelta(days=14), closes)
    fill_box(round_, rng, ballots)
    round_ = close_round(round_.pk)
    if adopt:
        options = {option.code: option for option in round_.options.all()}
        chosen = [
            Adopted(SetBy.VOTE, options[code].text, Concern(options[code].concern), options[code])
            for code in winners_of(round_)
        ]
        chosen.append(Adopted(SetBy.POLICE, "Repeat shoplifting on the parade", Concern.OTHER))
        adopt_priorities(
            round_, chosen, on=timezone.localdate(closes) + timedelta(days=20), by=chair_of(panel)
        )
    Round.objects.filter(pk=round_.pk).update(closed_at=closes, told_opened_at=closes, told_closed_at=closes)
    return round_


def present_round(panel: Body, rng: random.Random, state: RoundStatus) -> Round:
    """A round of this season, in the state asked for."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    if state in {RoundStatus.DRAFT, RoundStatus.COLLECTING}:
        announced = {} if state == RoundStatus.COLLECTING else {"announced_at": None}
        round_ = new_round(
            panel,
            now + timedelta(days=9),
            now + timedelta(days=23),
            collects_at=now - timedelta(days=5),
            **announced,
        )
        if state == RoundStatus.COLLECTING:
            Round.objects.filter(pk=round_.pk).update(status=state)
            Option.objects.create(
                round=round_,
                code="lights",
                concern=Concern.ASB,
                text="Broken lights in the underpass",
                status=OptionStatus.SUGGESTED,
            )
        return round_
    ended = state in {RoundStatus.COUNTING, RoundStatus.CLOSED, RoundStatus.ANNULLED}
    closes = now - timedelta(hours=2) if ended else now + timedelta(days=10)
    round_ = new_round(panel, now - timedelta(days=6), closes, paper=state == RoundStatus.COUNTING)
    fill_box(round_, rng, 46 if state == RoundStatus.VOTING else 180)
    by = chair_of(panel)
    if ended:
        round_ = close_round(round_.pk)
    if state == RoundStatus.CANCELLED:
        cancel_round(
            round_,
            reason="The ballot papers were delivered to the wrong ward. A new round opens next month.",
            by=by,
        )
    if state == RoundStatus.ANNULLED:
        ask_annulment(
            round_,
            reason="A batch of printed codes was lost in the post and may have been used by others.",
            by=by,
        )
        agree_annulment(round_, by=panel.board.roles.get(kind="chair", until=None).person)
    return round_


def chair_of(panel: Body) -> User:
    """The first chair of a panel."""
    return panel.roles.filter(kind="chair", until=None).select_related("person").order_by("pk")[0].person
