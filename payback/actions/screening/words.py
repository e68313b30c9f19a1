"""The words that leave the board: for everybody and for probation, asked about where they may tell who somebody is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from payback.actions.screening.places import held
from payback.calculations import cell_at
from payback.enums import Status, Verdict
from payback.errors import WordsChanged
from payback.models import Nomination
from payback.queries import wording_of
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.privacy.calculations import find_identifiers

if TYPE_CHECKING:
    from snb.people.models import User

HOUSE_NUMBER = re.compile(r"\b\d+[a-z]?\s+[A-Z][\w'’-]*", re.ASCII)
"""As in "12 Swains Lane": a question to the writer, since "20 Trees" looks the same."""


@dataclass(frozen=True)
class Words:
    """What leaves the board about a task: the screeners' own words."""

    public_title: str
    public_words: str
    public_place: str
    brief: str
    show_cell: bool = True
    hours_estimate: int | None = None
    group_size: int | None = None


def identifiers_in(words: Words) -> dict[str, list[str]]:
    """What in the words looks like a person or a number of one, by field. It helps to notice, and finds not everything."""
    found = {}
    for name in ("public_title", "public_words", "public_place", "brief"):
        texts = [finding.text for finding in find_identifiers(getattr(words, name))]
        if name in {"public_title", "public_place"}:
            texts += HOUSE_NUMBER.findall(getattr(words, name))
        if texts:
            found[name] = texts
    return found


def refuse_identifiers(found: Mapping[str, list[str]]) -> None:
    """Ask at each field about what looks like an identifier.

    Raises:
        ValidationError: there is something to ask about.
    """
    if found:
        raise ValidationError(
            {
                name: _(
                    "This may tell who somebody is: %(texts)s. Change it, or confirm below that it does not."
                )
                % {"texts": ", ".join(texts)}
                for name, texts in found.items()
            }
        )


@transaction.atomic
def rewrite(
    nomination: Nomination, words: Words, *, seen: str | None = None, confirmed: bool = False, by: User
) -> Nomination:
    """Write the words for the public and for probation. A verdict on other words than these falls.

    Args:
        seen: `wording_of` what the screener had before them; None where no page stands between reading and writing.
        confirmed: the screener looked at what seems to tell who somebody is, and says it does not.
    Raises:
        PermissionDenied: `by` is not one of the two.
        WordsChanged: somebody else wrote words that this screener has not seen.
        ValidationError: it is decided, or something looks like an identifier, said at its field.
    """
    nomination = held(nomination, by)
    if nomination.status != Status.SCREENING:
        raise ValidationError(_("It is decided already, so its words stand."))
    if seen is not None and seen != wording_of(nomination):
        raise WordsChanged(
            _(
                "The words have changed since you opened this page. Read them first; what you typed is still below."
            )
        )
    found = identifiers_in(words)
    if not confirmed:
        refuse_identifiers(found)
    nomination.public_title, nomination.public_words = words.public_title.strip(), words.public_words.strip()
    nomination.public_place, nomination.brief = words.public_place.strip(), words.brief.strip()
    nomination.hours_estimate, nomination.group_size = words.hours_estimate, words.group_size
    _place(nomination, show=words.show_cell)
    nomination.save()
    nomination.reviews.standing().filter(verdict=Verdict.ENDORSE).exclude(
        wording=wording_of(nomination)
    ).update(verdict="", given_at=None, wording="")
    record(Event.NOMINATION_REWRITTEN, nomination, by=by, board=nomination.board_id, confirmed=bool(found))
    return nomination


def _place(nomination: Nomination, *, show: bool) -> None:
    """The fixed cell of the place, or none where it would tell who asked."""
    point = nomination.point
    if not show or point.get("latitude") is None:
        nomination.cell_x = nomination.cell_y = nomination.latitude = nomination.longitude = None
        return
    cell = cell_at(point["latitude"], point["longitude"])
    nomination.cell_x, nomination.cell_y = cell.x, cell.y
    nomination.latitude, nomination.longitude = cell.latitude, cell.longitude
