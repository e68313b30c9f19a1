"""What happened in the room: who came, and what was decided, until the minutes are public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.boards.models import Body
from snb.meetings.enums import MINUTES_STATES, THERE, Capacity, Presence
from snb.meetings.models import AgendaItem, Attendance, Decision, Meeting
from snb.meetings.queries.room import NOT_HELD, Seat, decision_version, seats_of
from snb.people.models import User


# ---------------------------------------------------------------------------------------------- attendance
@transaction.atomic
def take_attendance(
    meeting: Meeting, rows: Sequence[Seat], *, by: User, seen: Sequence[Seat] | None = None
) -> list[Attendance]:
    """Write down who came: these and nobody else. Writing the same twice changes nothing.

    Args:
        rows: members by their account, guests by name. A row without a presence is not marked yet, and not kept.
            Only members vote: a member's `is_voting` is theirs, everybody else's is not looked at.
        seen: the rows as `by` saw them before. Two people mark at two doors: what `by` left as it was stays as
            somebody else has marked it since.
    Raises:
        PermissionDenied: `by` does not run the body.
        ValidationError: the minutes are public, the meeting does not take place, or a row is not of this meeting.
    """
    meeting = _locked(meeting)
    if not by.has_perm("meetings.attendance.take", meeting):
        raise PermissionDenied
    _still_open(meeting)
    marked = [row for row in rows if row.presence]
    _check_rows(meeting, marked)
    if seen is not None:
        marked = [row for row in _together(rows, seen, seats_of(meeting)) if row.presence]
    kept = {_key(row.person_id, row.name, row.capacity): row for row in meeting.attendance.all()}
    new: list[Attendance] = []
    changed: list[Attendance] = []
    for row in marked:
        key = _key_of(row)
        found = kept.pop(key, None)
        wanted = _fields(row)
        if found is None:
            new.append(Attendance(meeting=meeting, person=row.person, **wanted))
        elif any(getattr(found, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(found, name, value)
            found.taken_at = timezone.now()
            changed.append(found)
    gone = [row.pk for row in kept.values()]
    if new or changed or gone:
        meeting.attendance.filter(pk__in=gone).delete()
        Attendance.objects.bulk_create(new)
        Attendance.objects.bulk_update(changed, [*_fields(Seat("")), "taken_at"])
        record(
            Event.ATTENDANCE_TAKEN,
            meeting,
            by=by,
            board=meeting.board_code,
            rows=len(marked),
            there=sum(row.presence in THERE for row in marked),
        )
    return list(meeting.attendance.all())


def add_attendance(meeting: Meeting, rows: Sequence[Seat], *, by: User) -> list[Attendance]:
    """Add people whom a document names; whoever is marked already stays as marked, and a member's name finds their seat.

    Raises: as `take_attendance`.
    """
    named = {" ".join(row.name.split()).casefold(): row for row in reversed(rows) if row.name.strip()}
    seats = []
    for seat in seats_of(meeting):
        found = named.pop(seat.name.casefold(), None)
        seats.append(replace(seat, presence=found.presence) if found and not seat.presence else seat)
    new = [
        replace(row, name=" ".join(row.name.split()), person=None, is_voting=False) for row in named.values()
    ]
    return take_attendance(meeting, [*seats, *reversed(new)], by=by)


def _key(person_id: int | None, name: str, capacity: str) -> tuple[object, ...]:
    """What makes two rows the same person's."""
    return ("person", person_id) if person_id else ("name", name.casefold(), str(capacity))


def _key_of(row: Seat) -> tuple[object, ...]:
    return _key(row.person.pk if row.person else None, row.name.strip(), row.capacity)


def _together(rows: Sequence[Seat], seen: Sequence[Seat], now: Sequence[Seat]) -> list[Seat]:
    """What this person changed, and everything else as it stands now."""
    before = {_key_of(row): _fields(row) for row in seen}
    changed = {_key_of(row): row for row in rows if _fields(row) != before.get(_key_of(row))}
    gone = before.keys() - {_key_of(row) for row in rows}
    stand = [row for row in now if _key_of(row) not in gone]
    new = [row for key, row in changed.items() if key not in {_key_of(row) for row in now}]
    return [*(changed.get(_key_of(row), row) for row in stand), *new]


def _fields(row: Seat) -> dict[str, object]:
    capacity = Capacity(row.capacity)
    return {
        "name": row.name.strip(),
        "capacity": capacity.value,
        "organisation": row.organisation.strip(),
        "is_voting": bool(row.is_voting) and capacity == Capacity.MEMBER,
        "presence": Presence(row.presence).value if row.presence else "",
    }


def _check_rows(meeting: Meeting, rows: Sequence[Seat]) -> None:
    seated = {seat.person.pk for seat in seats_of(meeting) if seat.person}
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        if not row.name.strip():
            raise ValidationError(_("Write a name for everybody who came."))
        if row.person is not None and row.person.pk not in seated:
            raise ValidationError(_("%(name)s has no seat here: add them as a guest.") % {"name": row.name})
        key = _key_of(row)
        if key in seen:
            raise ValidationError(_("%(name)s is on the list twice.") % {"name": row.name})
        seen.add(key)


# ---------------------------------------------------------------------------------------------- decisions
@transaction.atomic
def record_decision(
    meeting: Meeting,
    *,
    text: str,
    by: User,
    item: AgendaItem | None = None,
    votes_for: int | None = None,
    votes_against: int | None = None,
    abstained: int | None = None,
    is_private: bool = False,
    once: UUID | None = None,
) -> Decision:
    """Write down what was decided, under the next number of the body's year, such as 2026/14.

    That it agreed the minutes of an earlier meeting is recorded with their approval (`actions.minutes.approve_minutes`).

    Args:
        once: the key that the form was shown with: the same words under the same key are one decision, however often they are
            sent. Other words are another one.
    Raises:
        PermissionDenied: `by` does not write the minutes.
        ValidationError: the minutes are public, or a field says what is missing.
    """
    decision = Decision(meeting=_may_write(meeting, by))
    _word(decision, text=text, item=item, votes=(votes_for, votes_against, abstained), is_private=is_private)
    taken = Decision.objects.filter(pk=once).first() if once else None
    if taken is not None and (taken.meeting_id, taken.text) == (meeting.pk, decision.text):
        return taken
    if once and taken is None:
        decision.pk = once
    return number_decision(decision, by=by)


def number_decision(decision: Decision, *, by: User) -> Decision:
    """Save a new decision under the next number of its body's year. The caller has asked who may, in its transaction."""
    meeting = decision.meeting
    year = timezone.localtime(meeting.starts_at).year
    _hold_numbers(meeting)
    taken = Decision.objects.filter(meeting__body=meeting.body_id, number__startswith=f"{year}/")
    last = max((_count(number) for number in taken.values_list("number", flat=True)), default=0)
    decision.number = f"{year}/{last + 1}"
    decision.save(force_insert=True)
    record(
        Event.DECISION_RECORDED,
        decision,
        by=by,
        board=meeting.board_code,
        public=meeting.has_minutes,
        number=decision.number,
        new=True,
    )
    return decision


def _hold_numbers(meeting: Meeting) -> None:
    """Until the transaction ends nobody else gives a number in this body's log of decisions.

    One row stands for the body: its own, or for London its first meeting. Never more than one, so nobody waits in a ring.
    """
    if meeting.body_id:
        Body.objects.select_for_update(no_key=True).get(pk=meeting.body_id)
    else:
        first = Meeting.objects.filter(body__isnull=True).order_by("created", "pk")
        Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=first.values("pk")[:1])


def _count(number: str) -> int:
    """14 of 2026/14; nought of what is no such number."""
    count = number.partition("/")[2]
    return int(count) if count.isdecimal() else 0


def _word(
    decision: Decision,
    *,
    text: str,
    item: AgendaItem | None,
    votes: tuple[int | None, int | None, int | None],
    is_private: bool,
) -> None:
    wrong: dict[str, str] = {}
    if not text.strip():
        wrong["text"] = _("Write what was decided.")
    if item is not None and item.meeting_id != decision.meeting_id:
        wrong["item"] = _("Choose an item of this meeting.")
    if any(vote is not None for vote in votes) and votes[0] is None:
        wrong["votes_for"] = _("Write how many voted for it.")
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})
    decision.text = text.strip()
    decision.item = item
    decision.is_private = is_private or bool(item and item.is_private)
    counted = votes if votes[0] is None else (votes[0], votes[1] or 0, votes[2] or 0)
    decision.votes_for, decision.votes_against, decision.abstained = counted


@transaction.atomic
def change_decision(
    decision: Decision,
    *,
    text: str,
    by: User,
    item: AgendaItem | None = None,
    votes_for: int | None = None,
    votes_against: int | None = None,
    abstained: int | None = None,
    is_private: bool = False,
    was: str = "",
) -> Decision:
    """Change the words or votes of a decision while the minutes are not public; its number stays.

    Args:
        was: the short name of the decision that `by` saw (`queries.room.decision_version`); what somebody else has changed
            since is not overwritten. Empty: nobody had it open.
    Raises:
        PermissionDenied: `by` does not write the minutes.
        ValidationError: the minutes are public, a field says what is missing, or somebody else was quicker.
    """
    meeting = _may_write(decision.meeting, by)
    decision = Decision.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=decision.pk)
    _agrees_nothing(decision)
    stands = decision_version(decision)
    _word(
        decision,
        text=text,
        item=item,
        votes=(votes_for, votes_against, abstained),
        is_private=is_private,
    )
    # The same sent twice is no contradiction.
    if was and was != stands and decision_version(decision) != stands:
        raise ValidationError(
            _(
                "Somebody else has changed this decision since you opened it. Look at it below before you save yours."
            )
        )
    decision.save()
    record(
        Event.DECISION_RECORDED, decision, by=by, board=meeting.board_code, number=decision.number, new=False
    )
    return decision


@transaction.atomic
def remove_decision(decision: Decision, *, by: User) -> None:
    """Take a decision out of minutes that are not public.

    Raises:
        PermissionDenied: `by` does not write the minutes.
        ValidationError: the minutes are public.
    """
    meeting = _may_write(decision.meeting, by)
    _agrees_nothing(decision)
    record(Event.DECISION_REMOVED, decision, by=by, board=meeting.board_code, number=decision.number)
    Decision.objects.filter(pk=decision.pk).delete()


# ---------------------------------------------------------------------------------------------- guards
def _agrees_nothing(decision: Decision) -> None:
    if decision.approves_id is not None:
        raise ValidationError(_("It agrees the minutes of an earlier meeting, so it stays as it is."))


def _locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",))
    return rows.select_related("body__ward", "board__borough").get(pk=meeting.pk)


def _may_write(meeting: Meeting, by: User) -> Meeting:
    meeting = _locked(meeting)
    if not by.has_perm("meetings.minutes.write", meeting):
        raise PermissionDenied
    _still_open(meeting)
    return meeting


def _still_open(meeting: Meeting) -> None:
    if meeting.status in MINUTES_STATES:
        raise ValidationError(
            _("The minutes are public: what happened in the room does not change any more.")
        )
    if meeting.status in NOT_HELD:
        raise ValidationError(_("This meeting does not take place on its date."))
