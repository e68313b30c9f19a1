"""Signed events of a provider's system: each id once for ever, and the same end in whatever order they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from payback.actions.reports import (
    check_code,
    check_dates,
    drop_session,
    keep_session,
    step,
    take_in,
)
from payback.actions.sending import locked_with_task
from payback.enums import TRANSITIONS, Ended, Refusal, Status
from payback.errors import EventReused, InvalidTransition, UnknownTask
from payback.models import Milestone, Nomination, Provider, ProviderEvent, Referral
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from datetime import datetime

RANK: dict[str, int] = {
    Status.ENDORSED: 0,
    Status.SENT: 0,
    Status.ACKNOWLEDGED: 1,
    Status.ASSESSING: 2,
    Status.MORE_INFO: 2,
    Status.ACCEPTED: 3,
    Status.SCHEDULED: 4,
    Status.IN_PROGRESS: 5,
    Status.REJECTED: 6,
    Status.COMPLETED: 6,
}
"""How far on a state is. An event never moves a task back; between equals the later one counts."""
SESSION, SESSION_REMOVED = "session", "session_removed"
KINDS: tuple[str, ...] = (
    *[status.value for status, rank in zip(map(Status, RANK), RANK.values(), strict=True) if rank],
    SESSION,
    SESSION_REMOVED,
)
DATED = ("project_code", "starts_on", "expected_end_on")
"""What the latest event that mentions it decides, whenever that one comes."""


@dataclass(frozen=True)
class Said:
    """An event as it came, checked for its form."""

    event_id: str
    kind: str
    reference: str
    occurred_at: datetime
    sha256: str
    project_code: str = ""
    starts_on: date | None = None
    expected_end_on: date | None = None
    reason: str = ""
    session_id: str = ""
    date: date | None = None
    people: int = 0
    hours: Decimal = field(default_factory=Decimal)

    @property
    def kept(self) -> dict[str, str | int]:
        """What of it stays on record: codes, dates and counts."""
        values: dict[str, str | int] = {"sha256": self.sha256}
        for name in (*DATED, "reason", "session_id", "date", "people", "hours"):
            value = getattr(self, name)
            if value:
                values[name] = value if isinstance(value, int) else str(value)
        return values


@transaction.atomic
def take_event(provider: Provider, said: Said) -> ProviderEvent:
    """Take an event in. The same one again is answered as before and changes nothing.

    Raises:
        EventReused: the id was used for something else.
        UnknownTask: this provider has no such task.
        ValidationError: what it says cannot be.
    """
    before = _before(provider, said)
    if before is not None:
        return before
    found = (
        Referral.objects.filter(provider=provider)
        .filter(Q(reference=said.reference) | (Q(project_code=said.reference) & ~Q(project_code="")))
        .first()
    )
    if found is None:
        raise UnknownTask(said.reference)
    nomination, referral = locked_with_task(found)
    try:
        with transaction.atomic():
            event = ProviderEvent.objects.create(
                provider=provider,
                event_id=said.event_id,
                kind=said.kind,
                # Ours, whichever it named: all events of a task are found by one name.
                reference=referral.reference,
                occurred_at=said.occurred_at,
                data=said.kept,
            )
    except IntegrityError:
        before = _before(provider, said)
        if before is None:
            raise
        return before
    event.applied = _apply(nomination, referral, said)
    event.save(update_fields=["applied"])
    record(
        Event.PROVIDER_EVENT_TAKEN,
        referral,
        by=None,
        board=nomination.board_id,
        provider=provider.slug,
        kind=said.kind,
        applied=event.applied,
    )
    return event


def _before(provider: Provider, said: Said) -> ProviderEvent | None:
    event = ProviderEvent.objects.filter(provider=provider, event_id=said.event_id).first()
    if event is not None and event.data.get("sha256") != said.sha256:
        raise EventReused(said.event_id)
    return event


def _apply(nomination: Nomination, referral: Referral, said: Said) -> bool:
    """Let it count; False where later ones had said more already, or the task has left the provider."""
    if referral.ended in {Ended.WITHDRAWN, Ended.CONTRACT, Ended.REPLACED}:
        # Work that was done before is counted; nothing else moves a task that has gone elsewhere.
        return said.kind in {SESSION, SESSION_REMOVED} and _session(nomination, referral, said)
    if said.kind in {SESSION, SESSION_REMOVED}:
        applied = _session(nomination, referral, said)
        if said.kind == SESSION:
            _reach(nomination, referral, Status.IN_PROGRESS, said.occurred_at)
        return applied
    applied = _fields(referral, said)
    if said.kind == Status.REJECTED:
        applied = _reason(nomination, referral, said) or applied
    return _reach(nomination, referral, Status(said.kind), said.occurred_at) or applied


def _fields(referral: Referral, said: Said) -> bool:
    """Project code and dates, each from the latest event that mentions it."""
    changed = []
    for name in DATED:
        value = getattr(said, name)
        if value and not _later(referral, said, **{f"data__{name}__isnull": False}):
            setattr(referral, name, check_code(referral, value) if name == "project_code" else value)
            changed.append(name)
    check_dates(said.starts_on, said.expected_end_on)
    if {"starts_on", "expected_end_on"} & set(changed):
        referral.expected_end_on = _end_that_counts(referral)
        changed.append("expected_end_on")
    if changed:
        referral.save(update_fields=changed)
    return bool(changed)


def _end_that_counts(referral: Referral) -> date | None:
    """The expected end, unless another event moved the start beyond it: then nobody has said one yet."""
    end = referral.expected_end_on
    if end is None:
        known = {"provider": referral.provider_id, "reference": referral.reference}
        told = ProviderEvent.objects.filter(**known, data__expected_end_on__isnull=False)
        latest = told.order_by("-occurred_at", "-event_id").first()
        end = date.fromisoformat(latest.data["expected_end_on"]) if latest else None
    return None if end and referral.starts_on and end < referral.starts_on else end


def _reason(nomination: Nomination, referral: Referral, said: Said) -> bool:
    """Why it was refused, from the latest event that refuses; only where the task ends so, or has ended so by an event."""
    if said.reason not in Refusal.values:
        raise ValidationError({"reason": "Unknown reason."})
    if referral.ended:
        ends_so = referral.ended == Ended.REJECTED and not referral.refusal_words
    else:
        ends_so = Status.REJECTED in TRANSITIONS[Status(nomination.status)]
    if not ends_so or _later(referral, said, kind=Status.REJECTED.value):
        return False
    referral.refusal = said.reason
    referral.save(update_fields=["refusal"])
    return True


def _later(referral: Referral, said: Said, **filters: object) -> bool:
    """Whether an event that happened later, or at the same time with a greater id, is here already."""
    return (
        ProviderEvent.objects.filter(
            Q(occurred_at__gt=said.occurred_at) | Q(occurred_at=said.occurred_at, event_id__gt=said.event_id),
            provider=referral.provider_id,
            reference=referral.reference,
        )
        .filter(**filters)
        .exists()
    )


def _session(nomination: Nomination, referral: Referral, said: Said) -> bool:
    if not said.session_id:
        raise ValidationError({"session_id": "Each session needs the id your system gave it."})
    if _later(referral, said, data__session_id=said.session_id):
        return False
    if said.kind == SESSION_REMOVED:
        session = referral.sessions.filter(source_id=said.session_id).first()
        if session is not None:
            drop_session(nomination, session, by=None)
        return session is not None
    if said.date is None:
        raise ValidationError({"date": "Each session needs its date."})
    keep_session(
        nomination,
        referral,
        date=said.date,
        people=said.people,
        hours=said.hours,
        source_id=said.session_id,
        by=None,
    )
    return True


def _reach(nomination: Nomination, referral: Referral, to: Status, at: datetime) -> bool:
    """Move the task on, or add what it went through before to its timeline. Whether it moved."""
    here, there = RANK.get(nomination.status, 0), RANK[to]
    # Not before there was anything to be done: a wrong year must not end what the nominator wrote.
    when = max(min(at, timezone.now()), nomination.endorsed_at or referral.created_at)
    on = there > here or (
        there == here == RANK[Status.ASSESSING] and nomination.status != to and when > nomination.changed_at
    )
    if on and not referral.ended:
        try:
            with transaction.atomic():
                step(nomination, referral, to, by=None, at=when)
        except InvalidTransition:
            return False
        referral.refresh_from_db()
        return True
    take_in(referral, by=None, at=when)
    _passed_through(nomination, to, when)
    return False


def _passed_through(nomination: Nomination, status: Status, at: datetime) -> None:
    """A state that was reached earlier: a milestone at its time; where there is one, the earliest counts."""
    if RANK[status] == 6 and nomination.status != status:
        return  # two ends that contradict each other: the first that came stands
    milestones = nomination.milestones.filter(status=status).order_by("at")
    first = milestones.first()
    if first is None or (RANK[status] == RANK[Status.ASSESSING] and not milestones.filter(at=at).exists()):
        Milestone.objects.create(nomination=nomination, status=status, at=at)
    elif at < first.at and RANK[status] != RANK[Status.ASSESSING]:
        first.at = at
        first.save(update_fields=["at"])
        if nomination.status == status:
            nomination.changed_at = at
            nomination.ended_at = at if nomination.ended_at else None
            nomination.save(update_fields=["changed_at", "ended_at"])
    else:
        return
    record(
        Event.NOMINATION_CHANGED,
        nomination,
        by=None,
        board=nomination.board_id,
        public=True,
        passed=status.value,
    )
