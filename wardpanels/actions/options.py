"""What residents may choose: the survey's list, their own suggestions, and moderation with a reason."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.notices.actions import tell
from snb.notices.enums import Topic
from snb.people.models import User
from wardpanels.enums import OPTION_TRANSITIONS, Concern, OptionStatus, RoundStatus
from wardpanels.errors import InvalidTransition
from wardpanels.models import Option, Round

MOST_OPTIONS = 20
MOST_SUGGESTIONS = 3
"""Suggestions one person may make in a round."""


def add_option(round_: Round, *, concern: str, text: str, why: str = "", by: User) -> Option:
    """Put an option on the ballot, by the panel. Only before voting opens."""
    with transaction.atomic():
        round_ = unfrozen(round_.pk)
        if not by.has_perm("wardpanels.round.moderate", round_):
            raise PermissionDenied
        option = new_option(round_, concern=concern, text=text, why=why, status=OptionStatus.OFFERED)
        record(Event.OPTION_OFFERED, option, by=by, board=round_.board_code, public=True)
    return option


def suggest_option(round_: Round, *, concern: str, text: str, why: str, by: User) -> Option:
    """Suggest an option as a resident, while the round collects.

    Raises:
        PermissionDenied: `by` does not live in the ward.
        ValidationError: keyed by field.
    """
    with transaction.atomic():
        round_ = unfrozen(round_.pk)
        if not by.has_perm("wardpanels.option.suggest", round_):
            raise PermissionDenied
        if Option.objects.filter(round=round_, author=by).count() >= MOST_SUGGESTIONS:
            raise ValidationError(
                _("You have made three suggestions in this round; that is the most one person can make.")
            )
        option = new_option(
            round_, concern=concern, text=text, why=why, status=OptionStatus.SUGGESTED, author=by
        )
        record(Event.OPTION_SUGGESTED, option, by=None, board=round_.board_code)
    return option


def unfrozen(round_id: UUID) -> Round:
    """The round, locked, if its options may still change. Raises InvalidTransition."""
    round_ = Round.objects.select_for_update().get(pk=round_id)
    if round_.status not in {RoundStatus.DRAFT, RoundStatus.COLLECTING}:
        raise InvalidTransition(_("Voting has opened, so the options stay as they are."))
    return round_


def new_option(
    round_: Round, *, concern: str, text: str, why: str, status: OptionStatus, author: User | None = None
) -> Option:
    """An option with a free code. Raises ValidationError keyed by field."""
    text, why = " ".join(text.split()), why.strip()
    wrong = {}
    if not text:
        wrong["text"] = _("Say in a few words what the police should work on.")
    elif len(text) > 120:
        wrong["text"] = _("Use 120 letters at most.")
    if concern not in Concern.values:
        wrong["concern"] = _("Choose what it is about.")
    if (
        text
        and Option.objects.filter(round=round_, text__iexact=text)
        .exclude(status=OptionStatus.REJECTED)
        .exists()
    ):
        wrong["text"] = _("That is on the list already.")
    if (
        Option.objects.filter(round=round_, status=OptionStatus.OFFERED).count() >= MOST_OPTIONS
        and status == OptionStatus.OFFERED
    ):
        wrong["text"] = _("A ballot has twenty options at most.")
    if wrong:
        raise ValidationError(wrong)
    base = slugify(text)[:20].strip("-") or concern
    taken = {
        "other",
        *Option.objects.filter(round=round_, code__startswith=base).values_list("code", flat=True),
    }
    code = next(
        slug
        for slug in [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
        if slug not in taken
    )
    return Option.objects.create(
        round=round_, code=code, concern=concern, text=text, why=why[:500], status=status, author=author
    )


def moderate(option: Option, to: OptionStatus, *, by: User, event: Event, **changes: object) -> Option:
    """Move an option along its workflow and tell its author, in one transaction."""
    with transaction.atomic():
        round_ = unfrozen(option.round_id)
        option = Option.objects.select_for_update().get(pk=option.pk)
        if not by.has_perm("wardpanels.round.moderate", round_):
            raise PermissionDenied
        if to not in OPTION_TRANSITIONS[OptionStatus(option.status)]:
            raise InvalidTransition(_("That was decided already."))
        if (
            to == OptionStatus.OFFERED
            and Option.objects.filter(round=round_, status=to).count() >= MOST_OPTIONS
        ):
            raise ValidationError(_("A ballot has twenty options at most."))
        option.status = to
        for name, value in changes.items():
            setattr(option, name, value)
        option.save()
        if option.author:
            tell(
                option.author,
                Topic.SUGGESTION_DECIDED,
                f"{option.pk}:{to}",
                context={
                    "status": to.value,
                    "url": f"{round_.ward.borough.url()}wards/{round_.ward.slug}/options/{round_.slug}/",
                },
            )
        record(event, option, by=by, board=round_.board_code, public=True)
    return option


def offer_option(option: Option, *, by: User) -> Option:
    """Put a suggestion on the ballot."""
    return moderate(
        option,
        OptionStatus.OFFERED,
        by=by,
        event=Event.OPTION_OFFERED,
        reason="",
        withheld=False,
        merged_into=None,
    )


def reject_option(option: Option, *, reason: str, withheld: bool = False, by: User) -> Option:
    """Leave a suggestion off the ballot. It stays listed with the reason, without its words where they name or abuse somebody."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the author and everybody else will read it.")})
    return moderate(
        option,
        OptionStatus.REJECTED,
        by=by,
        event=Event.OPTION_REJECTED,
        reason=reason.strip(),
        withheld=withheld,
    )


def merge_option(option: Option, *, into: Option, by: User) -> Option:
    """Merge a twin into another option of the round."""
    if into.pk == option.pk or into.round_id != option.round_id or into.status != OptionStatus.OFFERED:
        raise ValidationError({"into": _("Choose an option that is on this ballot.")})
    return moderate(option, OptionStatus.MERGED, by=by, event=Event.OPTION_MERGED, merged_into=into)


def remove_option(option: Option, *, by: User) -> None:
    """Take away an option the panel itself put on a ballot that was not announced."""
    with transaction.atomic():
        round_ = unfrozen(option.round_id)
        if not by.has_perm("wardpanels.round.moderate", round_):
            raise PermissionDenied
        if round_.announced_at or option.author_id or option.twins.exists():
            raise InvalidTransition(_("Residents have seen it: leave it off with a reason instead."))
        record(Event.OPTION_REMOVED, option, by=by, board=round_.board_code)
        option.delete()
