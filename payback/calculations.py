"""Pure reckoning: the fixed 200 m cell, receipts, and the payload of a referral as bytes."""

from __future__ import annotations

import calendar
import hashlib
import json
import math
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

CELL_METRES = 200
_LATITUDE_STEP = CELL_METRES / 111_320
"""Degrees of latitude in 200 metres."""
_LONGITUDE_STEP = CELL_METRES / (111_320 * math.cos(math.radians(51.5)))
"""Degrees of longitude in 200 metres at London's latitude; the grid is the same everywhere, so it can give no point away."""


@dataclass(frozen=True)
class Cell:
    """A cell of the fixed grid over London, 200 metres on each side, and its centre in degrees (WGS84)."""

    x: int
    y: int

    @property
    def latitude(self) -> float:
        """Of the centre."""
        return round((self.y + 0.5) * _LATITUDE_STEP, 6)

    @property
    def longitude(self) -> float:
        """Of the centre."""
        return round((self.x + 0.5) * _LONGITUDE_STEP, 6)


def cell_at(latitude: float, longitude: float) -> Cell:
    """The cell a point lies in. Degrees, WGS84."""
    return Cell(math.floor(longitude / _LONGITUDE_STEP), math.floor(latitude / _LATITUDE_STEP))


LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty figures and capitals that nobody takes for one another: 17 of them hold 83 bits."""
RECEIPT_LENGTH = 17


def new_reference() -> str:
    """A reference that says nothing about when it was given, such as `CP-7K3MQ9H`."""
    return "CP-" + "".join(secrets.choice(LETTERS) for _ in range(7))


def new_receipt() -> str:
    """A receipt of 83 random bits, in groups that can be copied by hand: `7K3M-Q9HT-2VWX-4BCDE`."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(RECEIPT_LENGTH)))


def grouped(bare: str) -> str:
    """A receipt's letters in groups: four, four, four, five."""
    return "-".join((bare[:4], bare[4:8], bare[8:12], bare[12:]))


def receipt_hash(typed: str) -> str:
    """What is stored of a receipt, from the way somebody typed it: case, blanks and hyphens do not matter."""
    bare = "".join(letter for letter in typed.upper()[:80] if letter.isalnum())
    return hashlib.sha256(f"payback.receipt:{bare}".encode("utf-8", "surrogatepass")).hexdigest()


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Task:
    """An endorsed task as it leaves the board: codes and the screeners' words; nothing of the nominator.

    There is no field for a person, an email address or a telephone number of anybody but the board.
    """

    reference: str
    title: str
    words: str
    place: str
    brief: str
    board: str
    board_email: str
    ward: str
    endorsed_on: date
    start_on: date
    hi_vis: bool
    facts: tuple[tuple[str, str], ...]
    """What was said about the place, as question and answer in words: toilets, hazards, days."""


@dataclass(frozen=True)
class ProviderCodes:
    """What a provider's own system asks for; empty where only probation can fill it in."""

    provider: str = ""
    team: str = ""
    pdu: str = ""
    lau: str = ""
    project_type: str = ""
    pickup_point: str = ""
    project: str = ""


ONLY_PROBATION = {
    "providerCode": "provider",
    "teamCode": "team",
    "projectTypeCode": "project_type",
    "code": "project",
    "defaultPickupPointCode": "pickup_point",
}
"""Fields of the project-creation call that only probation can fill, and where we keep what was agreed."""


def create_project(task: Task, codes: ProviderCodes) -> dict[str, Any]:
    """A task in the shape of probation's project-creation call; fields without an agreed code are left out.

    Source: community-payback-and-delius, `CreateProjectsRequest` at abab2068.
    """
    notes = [task.brief, *(f"{question}: {answer}" for question, answer in task.facts)]
    project: dict[str, Any] = {
        "providerCode": codes.provider,
        "pduCode": codes.pdu,
        "localAdminUnitCode": codes.lau,
        "teamCode": codes.team,
        "projectTypeCode": codes.project_type,
        "code": codes.project,
        "name": f"{task.title} ({task.reference})",
        "defaultPickupPointCode": codes.pickup_point,
        "hiVisRequired": task.hi_vis,
        "reportToSite": False,
        "startDate": task.start_on.isoformat(),
        "beneficiaryDetails": {
            "beneficiary": task.board,
            "emailAddress": task.board_email,
            "townCity": "London",
            "additionalDetails": f"Reference {task.reference}; endorsed {task.endorsed_on.isoformat()}; {task.ward}",
        },
        "placementDetails": {
            "locationDescription": task.place,
            "townCity": "London",
            "placementNotes": "\n".join(filter(None, notes)),
        },
    }
    details = project["beneficiaryDetails"]
    details |= {"serviceLevelAgreement": False, "contribution": False}
    for part in (project, details):
        for name in [name for name, value in part.items() if value == ""]:
            del part[name]
    return project


def frozen(data: object) -> bytes:
    """JSON as bytes that are the same each time."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def https_payload(task: Task, codes: ProviderCodes) -> bytes:
    """The body of `POST /projects`, exactly as it is sent."""
    return frozen({"projects": [create_project(task, codes)]})


def desk_payload(task: Task, codes: ProviderCodes) -> bytes:
    """What the probation desk shows and the email's PDF prints: the task in words, the same call, and what is missing in it."""
    project = create_project(task, codes)
    return frozen(
        {
            "reference": task.reference,
            "title": task.title,
            "words": task.words,
            "place": task.place,
            "ward": task.ward,
            "brief": task.brief,
            "board": task.board,
            "endorsed_on": task.endorsed_on.isoformat(),
            "facts": [list(fact) for fact in task.facts],
            "project": project,
            "only_probation": [name for name in ONLY_PROBATION if name not in project],
        }
    )
