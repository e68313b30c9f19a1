"""The provider's sheet: one CSV format, out and in. A row is a task, or one session of it; a sheet counts whole or not at all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from payback.actions import probation
from payback.actions.events import RANK
from payback.enums import Refusal, Status
from payback.queries.probation import referrals_on_desk
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.exports import LEADS
from snb.files.exports import cell as as_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from payback.models import Referral, Session
    from snb.people.models import User

COLUMNS = (
    "reference", "title", "place", "ward", "state", "project_code", "starts_on", "expected_end_on", "reason",
    "reason_words", "session_id", "session_date", "session_people", "session_hours",
)  # fmt: skip
"""`title`, `place` and `ward` are for the reader and are not brought in."""
FREE = frozenset({"title", "place", "ward"})
STATES = tuple(str(status) for status, rank in RANK.items() if rank)
MOST_BYTES, MOST_ROWS = 1024 * 1024, 2000


@transaction.atomic
def give_sheet(*, by: User) -> str:
    """Every task on the person's desk that is not over, with its sessions, as CSV."""
    if not by.has_perm("payback.probation.desk"):
        raise PermissionDenied
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for referral in (
        referrals_on_desk(by).filter(ended="").prefetch_related("sessions").order_by("created_at", "pk")
    ):
        writer.writerows([as_cell(cell) for cell in row] for row in _rows_of(referral))
        count += 1
    record(Event.SHEET_GIVEN, None, by=by, tasks=count)
    return "\ufeff" + out.getvalue()


def _rows_of(referral: Referral) -> Iterator[list[object]]:
    nomination = referral.nomination
    task: list[object] = [
        referral.reference,
        nomination.public_title,
        nomination.public_place,
        str(nomination.ward),
        nomination.status,
        referral.project_code,
        referral.starts_on,
        referral.expected_end_on,
        referral.refusal,
        referral.refusal_words,
    ]
    sessions = list(referral.sessions.all())
    if not sessions:
        yield [*task, "", "", "", ""]
    for session in sessions:
        yield [
            *task,
            _id_of(session),
            session.date,
            session.people,
            f"{session.hours.normalize():f}",
        ]


def _id_of(session: Session) -> str:
    return session.source_id or f"row:{session.pk}"


@dataclass
class Worked:
    """A session as a row says it."""

    line: int
    session_id: str
    date: date
    people: int
    hours: Decimal


@dataclass
class Wanted:
    """What all rows of a task say together."""

    line: int
    reference: str
    values: dict[str, str] = field(default_factory=dict)
    sessions: list[Worked] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """What a sheet changed."""

    tasks: int
    sessions: int


@transaction.atomic
def take_sheet(data: bytes, *, by: User) -> Taken:
    """Bring a sheet in: all of it, or nothing. The same sheet again changes nothing.

    Raises:
        ValidationError: with one message for each line that is wrong.
    """
    if not by.has_perm("payback.probation.desk"):
        raise PermissionDenied
    wanted = list(read_sheet(data))
    found = {
        referral.reference: referral
        for referral in referrals_on_desk(by)
        .filter(reference__in=[task.reference for task in wanted])
        .prefetch_related("sessions")
    }
    wrong: list[tuple[int, str]] = []
    tasks = sessions = 0
    # One order for everybody who holds several tasks at once, whatever the order of their sheets.
    for task in sorted(wanted, key=lambda task: task.reference):
        referral = found.get(task.reference)
        if referral is None:
            nothing = _("Line %(line)s: there is no task %(reference)s on your desk.")
            wrong.append((task.line, nothing % {"line": task.line, "reference": task.reference[:40]}))
            continue
        try:
            with transaction.atomic():
                changed, logged = _carry_out(referral, task, by)
        except ValidationError as error:
            wrong += [
                (task.line, _("Line %(line)s: %(what)s") % {"line": task.line, "what": text})
                for text in error.messages
            ]
        else:
            tasks += changed
            sessions += logged
    if wrong:
        raise ValidationError([text for _line, text in sorted(wrong, key=lambda found: found[0])])
    record(Event.SHEET_TAKEN, None, by=by, tasks=tasks, sessions=sessions)
    return Taken(tasks, sessions)


def _carry_out(referral: Referral, task: Wanted, by: User) -> tuple[bool, int]:
    """Bring one task to what its rows say. Whether it changed, and how many sessions did."""
    here, values = referral.nomination.status, task.values
    to = values.get("state") or here
    if to not in {here, Status.ENDORSED, Status.SENT, *STATES}:
        raise ValidationError(
            _("“%(state)s” is no state. Use one of: %(states)s.")
            % {"state": to[:20], "states": ", ".join(STATES)}
        )
    if here == Status.IN_PROGRESS and to in {Status.ACCEPTED, Status.SCHEDULED} and task.sessions:
        to = here  # the first session of this very sheet, or of one like it, began the work
    if RANK[to] < RANK.get(here, 0):
        raise ValidationError(
            _(
                "This task is further on than your sheet says. Download the sheet again, and make your changes in that one."
            )
        )
    starts_on, ends_on = (_day(values.get(name, "")) for name in ("starts_on", "expected_end_on"))
    code, changed = values.get("project_code", "").upper(), False
    same = (referral.starts_on, referral.expected_end_on) == (starts_on, ends_on)
    if to == Status.REJECTED != here:
        reason = values.get("reason", "")
        if reason not in Refusal.values:
            raise ValidationError(
                _("A refusal needs a reason, one of: %(reasons)s.") % {"reasons": ", ".join(Refusal.values)}
            )
        probation.refuse(referral, reason=Refusal(reason), words=values.get("reason_words", ""), by=by)
        return True, 0
    if to == Status.MORE_INFO != here:
        raise ValidationError(_("Ask your question on the desk, where there is room for its words."))
    if to == Status.ACKNOWLEDGED != here:
        probation.acknowledge(referral, by=by)
        changed = True
    elif to == Status.ASSESSING != here:
        probation.begin_assessing(referral, by=by)
        changed = True
    elif RANK[to] >= RANK[Status.ACCEPTED] > RANK.get(here, 0):
        if not code:
            raise ValidationError(_("A task that is accepted needs its project code."))
        probation.accept(referral, project_code=code, starts_on=starts_on, expected_end_on=ends_on, by=by)
        changed = same = True
    elif code and code != referral.project_code:
        raise ValidationError(
            _("The project code was %(code)s and cannot be changed here.")
            % {"code": referral.project_code or "–"}
        )
    if to == Status.SCHEDULED != here or (not same and RANK[to] in {4, 5}):
        if starts_on is None:
            raise ValidationError(_("Work that is planned needs the day on which it begins."))
        probation.schedule(referral, starts_on=starts_on, expected_end_on=ends_on, by=by)
        changed = True
    elif not same and (starts_on or ends_on):
        probation.change_dates(referral, starts_on=starts_on, expected_end_on=ends_on, by=by)
        changed = True
    in_sheet = {worked.session_id for worked in task.sessions}
    logged = sum(_log(referral, worked, in_sheet, by) for worked in task.sessions)
    if to == Status.IN_PROGRESS != here and not logged:
        raise ValidationError(_("Work that is under way needs at least one session."))
    if to == Status.COMPLETED != here:
        probation.complete(referral, by=by)
        changed = True
    return changed or bool(logged), logged


def _log(referral: Referral, worked: Worked, in_sheet: set[str], by: User) -> bool:
    """Log one session, where it says anything new.

    Args:
        in_sheet: ids of all sessions that the sheet has of this task.
    """
    known = {_id_of(session): session for session in referral.sessions.all()}
    for key, session in known.items():
        there = (session.date, session.people, session.hours)
        if (
            worked.session_id in known
            or key in in_sheet
            or there != (worked.date, worked.people, worked.hours)
        ):
            continue
        # A spreadsheet makes 7 of 0007. Taken for another session, its hours would count twice.
        raise ValidationError(
            _(
                "the session of line %(line)s is here already under the id “%(id)s”. Give it that id. If it is another"
                " one, have both in your sheet."
            )
            % {"line": worked.line, "id": key}
        )
    for session in known.values():
        if _id_of(session) == worked.session_id:
            if (session.date, session.people, session.hours) == (worked.date, worked.people, worked.hours):
                return False
            if not session.source_id:
                session.source_id = worked.session_id
                session.save(update_fields=["source_id"])
    try:
        probation.log_session(
            referral,
            date=worked.date,
            people=worked.people,
            hours=worked.hours,
            source_id=worked.session_id,
            by=by,
        )
    except ValidationError as error:
        raise ValidationError(
            [
                _("the session of line %(line)s: %(what)s") % {"line": worked.line, "what": text}
                for text in error.messages
            ]
        ) from error
    return True


def read_sheet(data: bytes) -> list[Wanted]:
    """The tasks of a sheet, rows of one task together. Commas, semicolons and tabs all part columns.

    Raises:
        ValidationError: it is no such sheet, or cells cannot be read; one message for each line.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is too large: 1 MB at most."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\x00" in text:
        raise ValidationError(_("This is no CSV file. Save your sheet as CSV, and choose that file."))
    head = text.partition("\n")[0]
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
        )
    except csv.Error:
        raise ValidationError(
            _("This is no CSV file. Save your sheet as CSV, and choose that file.")
        ) from None
    names = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in names and name not in FREE]
    if missing:
        raise ValidationError(
            _("These columns are missing in the first line: %(names)s.") % {"names": ", ".join(missing)}
        )
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("These are too many rows: %(most)s at most.") % {"most": MOST_ROWS})
    found: dict[str, Wanted] = {}
    wrong: list[str] = []
    for line, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells[len(names) :]):
            over = _(
                "Line %(line)s: there are more cells than columns. A cell with a comma in it, such as 16,5, needs quotation"
                " marks, or write 16.5."
            )
            wrong.append(over % {"line": line})
            continue
        row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False)}
        if not any(row.values()):
            continue
        try:
            _add(found, line, row)
        except ValidationError as error:
            wrong += [_("Line %(line)s: %(what)s") % {"line": line, "what": text} for text in error.messages]
    if wrong:
        raise ValidationError(wrong)
    if not found:
        raise ValidationError(_("There is no task in this sheet."))
    return list(found.values())


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:].strip() if cell.startswith("'") and cell[1:].lstrip().startswith(LEADS) else cell


def _add(found: dict[str, Wanted], line: int, row: dict[str, str]) -> None:
    reference = row.get("reference", "").upper()
    if not reference:
        raise ValidationError(_("The reference is missing."))
    task = found.setdefault(reference, Wanted(line, reference))
    for name in ("state", "project_code", "starts_on", "expected_end_on", "reason", "reason_words"):
        value = row.get(name, "")
        if name in {"state", "reason"}:
            value = value.lower()
        if value and task.values.setdefault(name, value) != value:
            raise ValidationError(
                _("Two rows of one task differ in “%(column)s”. Write the same in both.") % {"column": name}
            )
    _day(row.get("starts_on", ""))
    _day(row.get("expected_end_on", ""))
    worked = _worked(line, row)
    if worked is None:
        return
    if any(other.session_id == worked.session_id for other in task.sessions):
        raise ValidationError(_("This session is there twice. Give each session a session_id of its own."))
    task.sessions.append(worked)


def _worked(line: int, row: dict[str, str]) -> Worked | None:
    cells = [row.get(name, "") for name in ("session_date", "session_people", "session_hours")]
    if not any(cells):
        return None
    day = _day(cells[0])
    try:
        people, hours = int(cells[1]), Decimal(cells[2].replace(",", "."))
        if not hours.is_finite() or abs(hours) > 9999 or abs(people) > 9999:
            raise ValueError
    except (ValueError, InvalidOperation):
        day = None
    if day is None:
        raise ValidationError(_("A session needs its date, the number of people, and their hours together."))
    hours = round(hours, 2)
    # Without an id of its own a session is known by what it says.
    key = row.get("session_id") or f"sheet:{day}:{people}:{hours}"
    return Worked(line, key[:80], day, people, hours)


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValidationError(
        _("“%(text)s” is no day. Write it as 2027-01-31 or 31/01/2027.") % {"text": text[:20]}
    )


def lines_of(error: ValidationError) -> Iterable[str]:
    """The messages, a hundred at most."""
    return error.messages[:100]
