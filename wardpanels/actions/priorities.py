"""Adopting a round's priorities at the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people.models import User
from wardpanels.actions.closing import move
from wardpanels.enums import Concern, RoundStatus, SetBy
from wardpanels.models import Option, Priority, Round
from wardpanels.queries import winners_of

REVIEW_DAYS = 91


@dataclass(frozen=True)
class Adopted:
    """One priority to adopt: an option of the round, or the panel's or police's own words."""

    set_by: SetBy
    text: str
    concern: Concern
    option: Option | None = None


def adopt_priorities(
    round_: Round, adopted: Sequence[Adopted], *, reason: str = "", on: date | None = None, by: User
) -> list[Priority]:
    """Turn a round's result into the ward's priorities. Anything but the winners needs a public reason.

    Raises:
        PermissionDenied: `by` does not chair the panel.
        ValidationError: nothing adopted, more than the round's slots, or other than the winners without a reason.
    """
    with transaction.atomic():
        round_ = Round.objects.select_for_update().select_related("ward").get(pk=round_.pk)
        if not by.has_perm("wardpanels.priority.adopt", round_):
            raise PermissionDenied
        check_adoption(round_, adopted, reason)
        move(round_, RoundStatus.ADOPTED)
        round_.reason = reason.strip()
        round_.save(update_fields=["status", "reason"])
        day = on or timezone.localdate()
        priorities = [
            Priority.objects.create(
                ward=round_.ward,
                round=round_,
                option=item.option,
                concern=item.concern,
                text=item.text,
                set_by=item.set_by,
                reason=reason.strip() if item.set_by != SetBy.VOTE else "",
                adopted_on=day,
                review_by=day + timedelta(days=REVIEW_DAYS),
            )
            for item in adopted
        ]
        record(
            Event.PRIORITIES_ADOPTED,
            round_,
            by=by,
            board=round_.board_code,
            public=True,
            number=len(priorities),
        )
    return priorities


def check_adoption(round_: Round, adopted: Sequence[Adopted], reason: str) -> None:
    """Refuse more than the slots, and silence about leaving a winner out. Raises ValidationError."""
    if not adopted:
        raise ValidationError(_("Choose at least one priority."))
    slots = round_.slots_vote + round_.slots_panel + round_.slots_police
    if len(adopted) > slots:
        raise ValidationError(
            _("This round sets %(slots)s priorities; you chose %(chosen)s.")
            % {"slots": slots, "chosen": len(adopted)}
        )
    if len({item.text.lower() for item in adopted}) < len(adopted):
        raise ValidationError(_("A priority is on the list twice."))
    winners = set(winners_of(round_))
    by_vote = {item.option.code for item in adopted if item.option and item.set_by == SetBy.VOTE}
    if by_vote - winners:
        raise ValidationError(_("Only a winner of the vote can be adopted as set by the vote."))
    if winners - {item.option.code for item in adopted if item.option} and not reason.strip():
        raise ValidationError(
            {"reason": _("You are leaving out a winner of the vote. Say why; residents will read it.")}
        )
