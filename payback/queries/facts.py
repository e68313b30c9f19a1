"""What was said about a place, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from payback.enums import Day, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payback.models import Nomination


def facts_of(nomination: Nomination) -> list[tuple[str, str]]:
    """Question and answer, from codes only: nothing here is in the nominator's words. Unanswered questions are left out."""
    return [(question, answer) for question, answer in _facts(nomination) if answer]


def _facts(nomination: Nomination) -> Iterator[tuple[str, str]]:
    yield _("Kind of work"), _label(nomination, "work")
    yield _("Who gains from it"), _label(nomination, "beneficiary")
    yield _("Whose the place is"), _label(nomination, "owner")
    yield _("Does the owner agree?"), _label(nomination, "permission")
    yield _("Toilets close by"), _label(nomination, "toilets")
    yield _("Hand washing close by"), _label(nomination, "washing")
    yield _("Step-free access"), _label(nomination, "step_free")
    yield _("Space for a van"), _label(nomination, "van_access")
    yield (
        _("Hazards"),
        ", ".join(str(Hazard(code).label) for code in nomination.hazards if code in Hazard.values),
    )
    yield _("Tools and materials"), _label(nomination, "tools")
    yield (
        _("When people can get there"),
        ", ".join(str(Day(code).label) for code in nomination.days if code in Day.values),
    )
    yield _("Not before"), format_date(nomination.not_before, "j F Y") if nomination.not_before else ""
    yield _("Not after"), format_date(nomination.not_after, "j F Y") if nomination.not_after else ""
    yield _("Person-hours, as the screeners guess"), str(nomination.hours_estimate or "")
    yield _("People at a time"), str(nomination.group_size or "")


def _label(nomination: Nomination, name: str) -> str:
    return str(getattr(nomination, f"get_{name}_display")()) if getattr(nomination, name) else ""
