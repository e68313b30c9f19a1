"""Planning, opening, extending, cancelling and annulling a round. A chair alone is not an election."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Body
from snb.people.models import User
from wardpanels import calculations as count
from wardpanels.actions.closing import clean_closed_rounds, close_round, destroy_roll_and_box, move
from wardpanels.adapters import database_now, hold_round
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.errors import InvalidTransition
from wardpanels.models import Extension, Option, Round

PLANNED = (
    "title",
    "collects_at",
    "opens_at",
    "closes_at",
    "picks",
    "slots_vote",
    "slots_panel",
    "slots_police",
    "methods",
    "minimum_age",
    "paper",
)
LEAST_OPTIONS = 2


def plan_round(panel: Body, *, by: User, **plan: Any) -> Round:
    """Plan a round as a draft.

    Args:
        plan: the fields of PLANNED.

    Raises:
        PermissionDenied: `by` does not chair the panel.
        ValidationError: keyed by field.
    """
    round_ = Round(panel=panel, ward=panel.ward, **plan)
    if not by.has_perm("wardpanels.round.plan", round_):
        raise PermissionDenied
    check_plan(round_)
    round_.slug = free_slug(round_)
    with transaction.atomic():
        round_.save()
        record(Event.ROUND_PLANNED, round_, by=by, board=round_.board_code)
    return round_


def change_round(round_: Round, *, by: User, **plan: Any) -> Round:
    """Change a draft's plan; nothing changes once it was announced. Raises as `plan_round`, and InvalidTransition."""
    with transaction.atomic():
        round_ = locked(round_.pk, by, "wardpanels.round.plan")
        if round_.status != RoundStatus.DRAFT or round_.announced_at:
            raise InvalidTransition(_("This round has been announced, so its plan stays as it is."))
        for name, value in plan.items():
            setattr(round_, name, value)
        check_plan(round_)
        round_.slug = free_slug(round_)
        round_.save()
        record(Event.ROUND_PLANNED, round_, by=by, board=round_.board_code)
    return round_


def check_plan(round_: Round) -> None:
    """Refuse a plan that could not run. Raises ValidationError keyed by field."""
    wrong = wrong_in_plan(round_)
    if wrong:
        raise ValidationError(wrong)


def wrong_in_plan(round_: Round) -> dict[str, str]:
    """What would keep a plan from running, by field, in words."""
    wrong: dict[str, str] = {}
    if round_.closes_at <= round_.opens_at:
        wrong["closes_at"] = _("Voting must close after it opens.")
    elif round_.closes_at - round_.opens_at < timedelta(days=1):
        wrong["closes_at"] = _("Give people at least one day to vote.")
    if round_.collects_at and round_.collects_at >= round_.opens_at:
        wrong["collects_at"] = _("Suggestions must start before voting opens.")
    if round_.opens_at <= timezone.now():
        wrong["opens_at"] = _("Voting must open in the future.")
    if not round_.methods:
        wrong["methods"] = _(
            "Choose at least one way to show who lives in the ward; without one the round cannot open."
        )
    if not 1 <= round_.picks <= 10:
        wrong["picks"] = _("People can choose from 1 to 10.")
    if not 1 <= round_.slots_vote <= 10:
        wrong["slots_vote"] = _("The vote sets from 1 to 10 priorities.")
    return wrong


def free_slug(round_: Round) -> str:
    """A slug no other round of the ward has."""
    base = slugify(round_.title)[:70] or "round"
    taken = set(
        Round.objects.filter(ward=round_.ward, slug__startswith=base)
        .exclude(pk=round_.pk)
        .values_list("slug", flat=True)
    )
    return next(
        slug
        for slug in [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
        if slug not in taken
    )


def locked(round_id: UUID, by: User, permission: str) -> Round:
    """The round, locked for this transaction, if `by` has the permission. Raises PermissionDenied."""
    round_ = Round.objects.select_for_update().get(pk=round_id)
    if not by.has_perm(permission, round_):
        raise PermissionDenied
    return round_


def announce_round(round_: Round, *, by: User) -> Round:
    """Hand a draft to the timetable: from now on it collects, opens and closes at its published times.

    Raises:
        ValidationError: the plan could not run, or there is nothing to vote on and nobody may suggest.
    """
    with transaction.atomic():
        round_ = locked(round_.pk, by, "wardpanels.round.plan")
        if round_.status != RoundStatus.DRAFT or round_.announced_at:
            raise InvalidTransition(_("This round has been announced already."))
        check_plan(round_)
        if not round_.collects_at and offered(round_) < LEAST_OPTIONS:
            raise ValidationError(
                _("Put at least two options on the ballot, or let residents suggest some first.")
            )
        round_.announced_at = timezone.now()
        round_.save(update_fields=["announced_at"])
        record(Event.ROUND_ANNOUNCED, round_, by=by, board=round_.board_code, public=True)
    return round_


def offered(round_: Round) -> int:
    """Number of options on the ballot."""
    return Option.objects.filter(round=round_, status=OptionStatus.OFFERED).count()


def start_collecting(round_id: UUID) -> Round:
    """Take suggestions from the published time on."""
    with transaction.atomic():
        round_ = Round.objects.select_for_update().get(pk=round_id)
        move(round_, RoundStatus.COLLECTING)
        round_.save(update_fields=["status"])
        record(Event.ROUND_COLLECTING, round_, by=None, board=round_.board_code, public=True)
    return round_


def open_round(round_id: UUID) -> Round:
    """Open voting and freeze options, slots, picks, methods and times.

    Raises:
        InvalidTransition: its time has not come, it has no eligibility method, or fewer than two options.
    """
    with transaction.atomic():
        hold_round(round_id, closing=True)
        round_ = Round.objects.select_for_update().get(pk=round_id)
        if not round_.announced_at or database_now() < round_.opens_at:
            raise InvalidTransition(_("Its time has not come."))
        if not round_.methods or offered(round_) < LEAST_OPTIONS:
            raise InvalidTransition(_("A round needs a way to show who lives in the ward, and two options."))
        if database_now() >= round_.closes_at:
            raise InvalidTransition(_("Its time has passed."))
        move(round_, RoundStatus.VOTING)
        round_.secret = count.new_secret()
        round_.opened_at = timezone.now()
        round_.frozen_sha256 = frozen(round_)
        round_.save()
        record(
            Event.ROUND_OPENED,
            round_,
            by=None,
            board=round_.board_code,
            public=True,
            sha256=round_.frozen_sha256,
        )
    return round_


def frozen(round_: Round) -> str:
    """SHA-256 of everything that opening freezes."""
    plan = {name: str(getattr(round_, name)) for name in PLANNED}
    plan["options"] = str(
        sorted(Option.objects.filter(round=round_, status=OptionStatus.OFFERED).values_list("code", "text"))
    )
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


def ask_extension(round_: Round, *, closes_at: datetime, reason: str, by: User) -> Extension:
    """Ask for a later end, once a round and before its end. Another person must agree.

    Raises:
        ValidationError: keyed by field.
    """
    with transaction.atomic():
        round_ = locked(round_.pk, by, "wardpanels.round.plan")
        if round_.status != RoundStatus.VOTING or database_now() >= round_.closes_at:
            raise InvalidTransition(_("Only a round that is open can be extended."))
        wrong = {}
        if closes_at <= round_.closes_at:
            wrong["closes_at"] = _("Choose a later end than the present one.")
        if not reason.strip():
            wrong["reason"] = _("Say why; residents will read it.")
        if wrong:
            raise ValidationError(wrong)
        previous = Extension.objects.filter(round=round_).first()
        if previous and previous.agreed_at:
            raise InvalidTransition(_("A round is extended once at most."))
        extension, _made = Extension.objects.update_or_create(
            round=round_,
            defaults={
                "closes_at": closes_at,
                "reason": reason.strip(),
                "asked_by": by,
                "agreed_by": None,
                "agreed_at": None,
            },
        )
        record(Event.ROUND_EXTENSION_ASKED, round_, by=by, board=round_.board_code)
    return extension


def agree_extension(round_: Round, *, by: User) -> Round:
    """Agree to an extension somebody else asked for."""
    with transaction.atomic():
        hold_round(round_.pk, closing=True)
        round_ = locked(round_.pk, by, "wardpanels.round.plan")
        extension = Extension.objects.select_for_update().filter(round=round_, agreed_at__isnull=True).first()
        if extension is None or round_.status != RoundStatus.VOTING or database_now() >= round_.closes_at:
            raise InvalidTransition(_("There is no extension to agree to."))
        if extension.asked_by_id in {None, by.pk}:
            raise ValidationError(_("Somebody else has to agree: two people extend a round."))
        extension.agreed_by, extension.agreed_at = by, timezone.now()
        extension.save()
        round_.closes_at = extension.closes_at
        round_.save(update_fields=["closes_at"])
        record(Event.ROUND_EXTENDED, round_, by=by, board=round_.board_code, public=True)
    return round_


def cancel_round(round_: Round, *, reason: str, by: User) -> Round:
    """Cancel before a tally exists; ballots are destroyed uncounted. The reason is public."""
    with transaction.atomic(durable=True):
        hold_round(round_.pk, closing=True)
        round_ = locked(round_.pk, by, "wardpanels.round.plan")
        if not reason.strip():
            raise ValidationError({"reason": _("Say why; residents will read it.")})
        move(round_, RoundStatus.CANCELLED)
        destroy_roll_and_box(round_)
        round_.reason = reason.strip()
        round_.save()
        record(Event.ROUND_CANCELLED, round_, by=by, board=round_.board_code, public=True)
        transaction.on_commit(clean_closed_rounds)
    return round_


def ask_annulment(round_: Round, *, reason: str, by: User) -> Round:
    """Ask to annul a counted round; another person must agree. The files stay."""
    with transaction.atomic():
        round_ = locked(round_.pk, by, "wardpanels.round.annul")
        if round_.status not in {RoundStatus.CLOSED, RoundStatus.ADOPTED}:
            raise InvalidTransition(_("Only a counted round can be annulled."))
        if not reason.strip():
            raise ValidationError({"reason": _("Say why; residents will read it.")})
        round_.annul_reason, round_.annul_asked_by = reason.strip(), by.public_id
        round_.save(update_fields=["annul_reason", "annul_asked_by"])
        record(Event.ROUND_ANNULMENT_ASKED, round_, by=by, board=round_.board_code)
    return round_


def agree_annulment(round_: Round, *, by: User) -> Round:
    """Agree to annul a round somebody else asked to annul."""
    with transaction.atomic():
        round_ = locked(round_.pk, by, "wardpanels.round.annul")
        if not round_.annul_asked_by:
            raise InvalidTransition(_("Nobody has asked to annul this round."))
        if round_.annul_asked_by == by.public_id:
            raise ValidationError(_("Somebody else has to agree: two people annul a round."))
        move(round_, RoundStatus.ANNULLED)
        round_.save(update_fields=["status"])
        record(Event.ROUND_ANNULLED, round_, by=by, board=round_.board_code, public=True)
    return round_


def keep_time() -> dict[str, int]:
    """Do what is due by the published times: collect, open, close, clean. Late, twice or side by side does no harm.

    Returns:
        Number of rounds moved, by what was done.
    """
    now = database_now()
    waiting = Round.objects.filter(announced_at__isnull=False)
    due = {
        start_collecting: waiting.filter(status=RoundStatus.DRAFT, collects_at__lte=now, opens_at__gt=now),
        open_round: waiting.filter(
            status__in=[RoundStatus.DRAFT, RoundStatus.COLLECTING], opens_at__lte=now, closes_at__gt=now
        ),
        close_round: Round.objects.filter(status=RoundStatus.VOTING, closes_at__lte=now),
    }
    done = {}
    for act, rounds in due.items():
        moved = 0
        for pk in rounds.values_list("pk", flat=True):
            try:
                act(pk)
                moved += 1
            except InvalidTransition:
                continue
        done[act.__name__] = moved
    done["clean_closed_rounds"] = clean_closed_rounds()
    return done
