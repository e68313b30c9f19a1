"""What a nominator still has to answer, and what was endorsed near the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from payback.calculations import cell_at
from payback.enums import Day, Harmed, Hazard, Status
from payback.models import Nomination, Photo
from snb.files.calculations import Picture, reencode
from snb.files.errors import FileRefused

AGREED = "agreed"
"""Among the sealed answers: that what may be shared was asked and answered."""
NEAR = 2
"""How many cells away still counts as near: some 400 to 600 metres."""
MOST_NEAR = 4
PREVIEW = 600
"""Longest edge of a nominator's own photo on their pages, in pixels: enough to know it again, and little to load on a phone."""


def first_unanswered(nomination: Nomination) -> str:
    """The first question without which a board can do nothing; empty where all of them are answered."""
    if nomination.ward_id is None:
        return "ward"
    if not nomination.work or not nomination.answers.get("what"):
        return "what"
    if not nomination.answers.get(AGREED):
        return "sharing"
    return ""


def tasks_near(nomination: Nomination) -> Sequence[Nomination]:
    """Public tasks close to the place that are not over, nearest ward first; none where we have no point."""
    point = nomination.point
    if point.get("latitude") is None:
        return []
    cell = cell_at(point["latitude"], point["longitude"])
    return list(
        Nomination.objects.for_board(nomination.board)
        .public()
        .filter(
            ended_at__isnull=True,
            cell_x__range=(cell.x - NEAR, cell.x + NEAR),
            cell_y__range=(cell.y - NEAR, cell.y + NEAR),
        )
        .select_related("ward")
        .order_by("-endorsed_at")[:MOST_NEAR]
    )


def preview_of(photo: Photo) -> Picture | None:
    """A photo made small on the spot and kept nowhere; None where it is gone or cannot be read just now."""
    if photo.original is None:
        return None
    try:
        with photo.original.file.open("rb") as original:
            return reencode(original, max_edge=PREVIEW)
    except (FileNotFoundError, FileRefused):
        return None


def way_back(nomination: Nomination) -> str:
    """Where a receipt leads: on with a draft, else to where it stands."""
    return reverse("nominate" if nomination.status == Status.DRAFT else "payback_status")


def sealed_in_words(
    contact: Mapping[str, str], victim: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """How to reach a nominator, and what they said of harm, each with its question in words; what was left empty is left out."""
    victim = victim or {}
    harmed = victim.get("harmed", "")
    pairs = [
        (_("Call them"), contact.get("name", "")),
        (_("Email address"), contact.get("email", "")),
        (_("Telephone number"), contact.get("phone", "")),
        (_("Safe times and ways"), contact.get("safe", "")),
        (_("Has crime there harmed them?"), str(Harmed(harmed).label) if harmed in Harmed.values else ""),
        (_("What you should know"), victim.get("wishes", "")),
    ]
    return [(question, answer) for question, answer in pairs if answer]


@dataclass(frozen=True)
class Row:
    """A question and its answer on the page that shows all of them."""

    key: str
    value: str
    step: str
    missing: bool = False


def answers_in_words(nomination: Nomination) -> list[Row]:
    """Everything the nominator said, with the page that asks for it; nothing of it is ever shown elsewhere like this."""
    said, point, contact, victim = nomination.answers, nomination.point, nomination.contact, nomination.victim
    missing = first_unanswered(nomination)
    marked = _("A point on the map") if point.get("marked_latitude") is not None else ""

    def label(name: str) -> str:
        return str(getattr(nomination, f"get_{name}_display")()) if getattr(nomination, name) else ""

    def several(codes: Sequence[str], kind: type[Hazard] | type[Day]) -> str:
        return ", ".join(str(kind(code).label) for code in codes if code in kind.values)

    days = [
        several(nomination.days, Day),
        _("not before %(day)s") % {"day": format_date(nomination.not_before, "j F Y")}
        if nomination.not_before
        else "",
        _("not after %(day)s") % {"day": format_date(nomination.not_after, "j F Y")}
        if nomination.not_after
        else "",
        said.get("when_words", ""),
    ]
    photos = nomination.photos.count()
    harmed = Harmed(victim["harmed"]).label if victim.get("harmed") in Harmed.values else ""
    pairs = [
        (_("Where"), [said.get("place", ""), point.get("postcode", ""), marked], "where"),
        (_("Ward"), [str(nomination.ward or "")], "ward"),
        (_("What"), [label("work"), said.get("what", "")], "what"),
        (_("Who gains from it"), [label("beneficiary"), said.get("beneficiary_words", "")], "who"),
        (_("Owner"), [label("owner"), label("permission"), said.get("owner_words", "")], "owner"),
        (
            _("Toilets and washing"),
            [
                _("Toilet: %(answer)s") % {"answer": label("toilets")} if nomination.toilets else "",
                _("Hand washing: %(answer)s") % {"answer": label("washing")} if nomination.washing else "",
                said.get("welfare_words", ""),
            ],
            "welfare",
        ),
        (
            _("Getting there"),
            [
                _("Without steps: %(answer)s") % {"answer": label("step_free")}
                if nomination.step_free
                else "",
                _("Van: %(answer)s") % {"answer": label("van_access")} if nomination.van_access else "",
            ],
            "access",
        ),
        (_("Hazards"), [several(nomination.hazards, Hazard), said.get("hazards_words", "")], "hazards"),
        (_("Tools and materials"), [label("tools"), said.get("tools_words", "")], "tools"),
        (_("When"), days, "when"),
        (_("Photos"), [str(photos) if photos else ""], "photos"),
        (
            _("How to reach you"),
            [label("tell"), *(contact.get(name, "") for name in ("name", "email", "phone", "safe"))],
            "contact",
        ),
        (_("Whether it harmed you"), [str(harmed), victim.get("wishes", "")], "harmed"),
        (
            _("What may be shared"),
            [
                label("show"),
                _("Photos on this site") if nomination.may_show_photos else "",
                _("Photos to probation") if nomination.may_pass_photos else "",
                _("Contact to one probation officer") if nomination.may_pass_contact else "",
                _("Ask me four weeks afterwards") if nomination.may_ask_after else "",
                _("Screened by %(board)s") % {"board": nomination.screening_board},
            ],
            "sharing",
        ),
    ]
    return [
        Row(str(key), "\n".join(filter(None, parts)), step, step == missing) for key, parts, step in pairs
    ]
