"""The ballot under load: people who may vote, boxes to close, and three years of rounds. Run by `tests.bench`."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

VOTERS = int(os.environ.get("BENCH_VOTERS", "4000"))
ROUNDS_A_WARD = int(os.environ.get("BENCH_ROUNDS", "12"))
"""Quarterly for three years."""
COUNTED = int(os.environ.get("BENCH_COUNTED", "1000000"))
BATCH = 5_000
CHOICES = ("drugs", "asb", "burglary", "traffic", "knife")


def open_round(*, days: float = 5) -> Any:
    """An open round in a ward of Camden that has none under way, as the timetable would leave it."""
    from django.utils import timezone

    from snb.boards.enums import BodyKind
    from snb.boards.models import Body
    from wardpanels.actions import open_round as open_it
    from wardpanels.enums import OptionStatus, RoundStatus
    from wardpanels.models import Option, Round

    now = timezone.now()
    under_way = Round.objects.filter(
        status__in=[RoundStatus.COLLECTING, RoundStatus.VOTING, RoundStatus.COUNTING]
    )
    panels = Body.objects.filter(kind=BodyKind.WARD_PANEL, ward__borough__slug="camden")
    panel = panels.exclude(ward__in=under_way.values("ward")).order_by("ward__name")[0]
    round_ = Round.objects.create(
        ward=panel.ward, panel=panel, title="Bench", slug=f"bench-{uuid4().hex[:8]}", status=RoundStatus.COLLECTING,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=days), announced_at=now - timedelta(days=3),
        methods=["postcode", "code"],
    )  # fmt: skip
    Option.objects.bulk_create(
        Option(round=round_, code=code, concern="other", text=code.title(), status=OptionStatus.OFFERED)
        for code in CHOICES
    )
    return open_it(round_.pk)


def voting() -> dict[str, Any]:
    """Residents with a session each and printed codes, all of one ward with an open round; where to send their votes."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from snb.people.calculations import new_code
    from snb.people.enums import ResidencyMethod
    from snb.people.models import CodeBatch, PrintedCode, Residency, User
    from snb.people.queries import code_marks, postcode_mark

    round_ = open_round()
    ward, now, today = round_.ward, timezone.now(), timezone.localdate()
    sessions = import_module(settings.SESSION_ENGINE).SessionStore()
    keys: list[str] = []
    for start in range(0, VOTERS, BATCH):
        numbers = range(start, min(start + BATCH, VOTERS))
        emails = [f"voter@v{number}.{round_.pk.hex}.example" for number in numbers]
        User.objects.bulk_create([User(email=email, name="Voter", password="!") for email in emails])
        people = list(User.objects.filter(email__in=emails).order_by("pk"))
        Residency.objects.bulk_create(
            Residency(
                user=person, ward=ward, method=ResidencyMethod.POSTCODE, since=now - timedelta(days=9), confirmed_on=today,
                proof_hash=postcode_mark(f"ZZ{number % 90 + 10}{number // 90 % 10}AA"), expires_on=today + timedelta(days=730),
            )
            for number, person in zip(numbers, people, strict=True)
        )  # fmt: skip
        rows = []
        for person in people:
            data = {
                "_auth_user_id": str(person.pk),
                "_auth_user_backend": "snb.people.adapters.SignInBackend",
                "_auth_user_hash": person.get_session_auth_hash(),
            }
            keys.append(uuid4().hex)
            rows.append(
                Session(
                    session_key=keys[-1],
                    session_data=sessions.encode(data),
                    expire_date=now + timedelta(days=1),
                )
            )
        Session.objects.bulk_create(rows)
    makers = list(User.objects.order_by("pk")[:2])
    codes: list[str] = []
    for start in range(0, VOTERS, CodeBatch.MOST):
        batch = CodeBatch.objects.create(
            ward=ward, count=min(CodeBatch.MOST, VOTERS - start), made_by=makers[0], confirmed_by=makers[1], confirmed_at=now,
            printed_at=now, expires_on=today + timedelta(days=180),
        )  # fmt: skip
        made = [new_code() for _ in range(batch.count)]
        PrintedCode.objects.bulk_create(
            PrintedCode(batch=batch, code_hash=next(iter(code_marks(code)))) for code in made
        )
        codes += made
    return {
        "round": round_.pk.hex, "path": f"{ward.get_absolute_url()}vote/", "page": ward.get_absolute_url(),
        "host": ward.borough.url("/").split("//")[1].strip("/"), "cookie": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME,
        "sessions": keys, "codes": codes, "choices": list(CHOICES),
    }  # fmt: skip


def roll(round_id: str) -> dict[str, int]:
    """How many people and ballots a round has."""
    from wardpanels.models import Ballot, RollEntry

    return {
        "people": RollEntry.objects.filter(round=round_id).count(),
        "ballots": Ballot.objects.filter(round=round_id).count(),
    }


def closing(ballots: int) -> dict[str, float]:
    """Fill a box as casting would, and close it by the closing action: seconds, and peak memory of this process in MB."""
    import resource

    from django.utils import timezone

    from wardpanels import calculations as count
    from wardpanels.actions import close_round
    from wardpanels.models import Ballot, RollEntry, RollMark, Round

    round_ = open_round()
    draw = random.Random(3)
    numbers = iter(range(ballots))
    while part := list(islice(numbers, BATCH)):
        entries = [RollEntry(pk=uuid4(), round=round_, method="postcode") for _ in part]
        RollEntry.objects.bulk_create(entries)
        RollMark.objects.bulk_create(
            RollMark(round=round_, entry=entry, mark=count.mark(round_.secret, kind, entry.pk.hex))
            for entry in entries
            for kind in ("account", "email")
        )
        box = []
        for entry in entries:
            key = count.mark(round_.secret, "ballot", entry.pk.hex)
            picked = draw.sample(CHOICES, draw.choice((1, 2, 3)))
            box.append(Ballot(key=key, round=round_, sealed=count.seal(round_.secret, key, picked)))
        Ballot.objects.bulk_create(box)
    now = timezone.now()
    Round.objects.filter(pk=round_.pk).update(
        opens_at=now - timedelta(days=2), closes_at=now - timedelta(seconds=1)
    )
    began = time.perf_counter()
    closed = close_round(round_.pk)
    took = time.perf_counter() - began
    if closed.turnout != ballots:
        raise SystemExit(f"{closed.turnout} of {ballots} ballots were counted.")
    return {
        "ballots": ballots,
        "seconds": round(took, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def history() -> dict[str, int]:
    """Three years of quarterly rounds in every ward, closed, with their counted ballots and receipts."""
    from django.db import connection
    from django.utils import timezone

    from snb.boards.enums import BodyKind
    from snb.boards.models import Board, Body
    from snb.places.models import Ward
    from wardpanels import calculations as count
    from wardpanels.enums import OptionStatus, RoundStatus
    from wardpanels.models import CountedBallot, Option, Receipt, Round

    wards = list(Ward.objects.current().order_by("code"))
    boards = {board.code: board for board in Board.objects.all()}
    have = set(Body.objects.filter(kind=BodyKind.WARD_PANEL).values_list("ward_id", flat=True))
    Body.objects.bulk_create(
        Body(board=boards[ward.borough_id], kind=BodyKind.WARD_PANEL, ward=ward)
        for ward in wards
        if ward.pk not in have
    )
    panels = {panel.ward_id: panel for panel in Body.objects.filter(kind=BodyKind.WARD_PANEL)}
    a_round = max(10, COUNTED // (ROUNDS_A_WARD * len(wards)))
    draw = random.Random(4)
    box = [tuple(sorted(draw.sample(CHOICES, 2))) for _ in range(a_round)]
    counts, lines = count.tally(box, slots=2), count.publishable(box)
    texts = {code: code.title() for code in CHOICES}
    now = timezone.now()
    for number in range(ROUNDS_A_WARD):
        closes = now - timedelta(days=91 * (number + 8))
        rounds = [
            Round(
                ward=ward, panel=panels[ward.pk], title=f"Quarter {number}", slug=f"bench-quarter-{number}", status=RoundStatus.CLOSED,
                opens_at=closes - timedelta(days=14), closes_at=closes, announced_at=closes - timedelta(days=40), methods=["postcode"],
                opened_at=closes - timedelta(days=14), closed_at=closes, cleaned_at=closes, told_opened_at=closes, told_closed_at=closes,
                turnout=a_round, turnout_by_method={"postcode": a_round},
            )
            for ward in wards
        ]  # fmt: skip
        Round.objects.bulk_create(rounds, batch_size=500)
        Option.objects.bulk_create(
            (
                Option(round=round_, code=code, concern="other", text=text, status=OptionStatus.OFFERED)
                for round_ in rounds
                for code, text in texts.items()
            ),
            batch_size=BATCH,
        )
        for start in range(0, len(rounds), 40):
            part = rounds[start : start + 40]
            receipts = {
                round_.pk: sorted(
                    count.receipt_code("00" * 32, f"{round_.pk.hex}{place}") for place in range(a_round)
                )
                for round_ in part
            }
            CountedBallot.objects.bulk_create(
                (CountedBallot(round=round_, choices=line) for round_ in part for line in lines),
                batch_size=BATCH,
            )
            Receipt.objects.bulk_create(
                (Receipt(round=round_, code=code) for round_ in part for code in receipts[round_.pk]),
                batch_size=BATCH,
            )
            for round_ in part:
                result = count.result_file(
                    title=round_.title, ward=str(round_.ward), options=texts, picks=3, slots=2, paper=0, counted=counts,
                    ballots=count.as_file(lines), receipts=count.as_file(receipts[round_.pk]),
                )  # fmt: skip
                round_.result, round_.result_sha256 = result.decode(), count.sha256(result)
            Round.objects.bulk_update(part, ["result", "result_sha256"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"rounds": Round.objects.count(), "counted ballots": CountedBallot.objects.count()}


if __name__ == "__main__":
    import django

    django.setup()
    name, *words = sys.argv[1:]
    done: Any
    if name == "closing":
        done = closing(int(words[0]))
    elif name == "roll":
        done = roll(words[0])
    else:
        done = {"voting": voting, "history": history}[name]()
    json.dump(done, sys.stdout)
