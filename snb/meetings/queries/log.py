"""The action log as it is read: rows with their colour and the sentence why, counts, history, and what a desk may work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from snb.boards.models import Board, BoardRole, Body, PanelRole
from snb.meetings.calculations import answer_words, rag_of
from snb.meetings.enums import Answer, LogKind, LogStatus, Rag
from snb.meetings.models import ActionItem, ActionItemQuerySet, ActionUpdate, Meeting
from snb.people.models import User
from snb.places.models import Ward

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

TONES = {Rag.RED: "trouble", Rag.AMBER: "due", Rag.GREEN: "good"}
RELATED = ("body__ward", "body__board__borough", "meeting", "owner")
SHOWN = {
    "status": gettext_lazy("Status"),
    "rag": gettext_lazy("How it goes"),
    "rag_reason": gettext_lazy("Why"),
    "due_on": gettext_lazy("Due"),
    "owner_name": gettext_lazy("Owner"),
    "answer": gettext_lazy("Answer"),
    "answer_text": gettext_lazy("What they said"),
    "answered_on": gettext_lazy("Answered on"),
    "done_on": gettext_lazy("Done on"),
    "evidence": gettext_lazy("Evidence"),
    "evidence_url": gettext_lazy("See for yourself"),
}
"""What of an entry its history shows, in this order."""
DAYS = frozenset({"due_on", "answered_on", "done_on"})


@dataclass(frozen=True)
class LogRow:
    """An entry ready to show.

    Attributes:
        state: in a word or two: overdue, on track, done, accepted.
        tone: of its tag.
        why: the sentence beside it.
        says: the owner's own sentence, where the date says otherwise.
        answer: how long an answer is due; empty for actions and once there is one.
    """

    entry: ActionItem
    state: str
    tone: str
    why: str
    says: str
    answer: str

    @property
    def body(self) -> str:
        """Whose log it stands in."""
        return body_name(self.entry.body)


def body_name(body: Body | None) -> str:
    """A body's name on its own board's site."""
    return str(body) if body else _("London-wide")


def row_of(entry: ActionItem, *, today: date) -> LogRow:
    """An entry with its colour. `entry.reported` comes from `with_reports`."""
    reported = bool(getattr(entry, "reported", False))
    published = timezone.localdate(entry.published_at) if entry.published_at else None
    answer = (
        answer_words(entry.answer, published, today)
        if entry.is_recommendation and entry.status == LogStatus.OPEN
        else ""
    )
    if entry.status != LogStatus.OPEN:
        day = entry.done_on
        why = _("Done on %(day)s.") % {"day": date_format(day, "j F Y")} if day else ""
        tone = "good" if entry.status == LogStatus.DONE else "quiet"
        return LogRow(entry, str(entry.get_status_display()), tone, why, "", answer)
    rag, why = rag_of(entry.status, entry.due_on, entry.rag, entry.rag_reason, today, reported=reported)
    if entry.is_recommendation and entry.due_on is None and not entry.rag:
        answered = entry.answer != Answer.NONE
        state = str(entry.get_answer_display())
        said = "" if answer == f"{state}." else answer
        return LogRow(entry, state, "quiet" if answered else "due", "", "", said)
    overdue = entry.due_on is not None and entry.due_on < today
    state = _("Overdue") if overdue else str(Rag(rag).label) if rag else ""
    says = entry.rag_reason if overdue else ""
    return LogRow(entry, state, TONES[rag] if rag else "quiet", why, says, answer)


def with_reports(entries: QuerySet[ActionItem]) -> QuerySet[ActionItem]:
    """With what a row needs, and whether anybody has reported on each."""
    updates = ActionUpdate.objects.filter(entry=OuterRef("pk"), undone_at__isnull=True)
    return entries.select_related(*RELATED).annotate(reported=Exists(updates))


def in_order(entries: QuerySet[ActionItem], *, today: date) -> QuerySet[ActionItem]:
    """Overdue first, longest overdue on top; then what is open by its date; then what is over, latest first."""
    place = Case(
        When(status=LogStatus.OPEN, due_on__lt=today, then=Value(0)),
        When(status=LogStatus.OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    open_by = Case(When(status=LogStatus.OPEN, then=F("due_on")), default=None)
    return entries.annotate(place=place, open_by=open_by).order_by(
        "place", F("open_by").asc(nulls_last=True), F("done_on").desc(nulls_last=True), "-number", "pk"
    )


def rows_of(entries: Iterable[ActionItem], *, today: date | None = None) -> list[LogRow]:
    """Entries of `with_reports` as rows, in their order."""
    today = today or timezone.localdate()
    return [row_of(entry, today=today) for entry in entries]


def row_by_key(pk: Any) -> LogRow:
    """One entry as a row, wherever it stands."""
    return rows_of(with_reports(ActionItem.objects.filter(pk=pk)))[0]


def public_entries(board: Board | None) -> QuerySet[ActionItem]:
    """What everybody may read on a site, in order; for London (None) its own."""
    found = with_reports(ActionItem.objects.for_board(board).public())
    return in_order(found, today=timezone.localdate())


def public_entry(board: Board | None, pk: Any) -> ActionItem | None:
    """One of them."""
    return public_entries(board).filter(pk=pk).first()


@dataclass(frozen=True)
class LogCounts:
    """How a log stands."""

    outstanding: int
    overdue: int
    done: int
    unanswered: int

    @property
    def sentence(self) -> str:
        """In words, for the top of the page."""
        if not self.outstanding and not self.done and not self.unanswered:
            return ""
        parts = [ngettext("%(n)d is open", "%(n)d are open", self.outstanding) % {"n": self.outstanding}]
        parts.append(
            ngettext("%(n)d of them overdue", "%(n)d of them overdue", self.overdue) % {"n": self.overdue}
            if self.overdue
            else _("none of them overdue")
        )
        first = _("%(open)s, %(overdue)s.") % {"open": parts[0], "overdue": parts[1]}
        done = ngettext("%(n)d is done.", "%(n)d are done.", self.done) % {"n": self.done}
        waits = (
            ngettext(
                "%(n)d recommendation waits for an answer.",
                "%(n)d recommendations wait for an answer.",
                self.unanswered,
            )
            % {"n": self.unanswered}
            if self.unanswered
            else ""
        )
        return " ".join(part for part in (first, done, waits) if part)


def counts_of(entries: QuerySet[ActionItem], *, today: date | None = None) -> LogCounts:
    """Counts of entries, in one query."""
    today = today or timezone.localdate()
    still = Q(status=LogStatus.OPEN)
    counted = entries.order_by().aggregate(
        outstanding=Count("pk", filter=still),
        overdue=Count("pk", filter=still & Q(due_on__lt=today)),
        done=Count("pk", filter=Q(status=LogStatus.DONE)),
        unanswered=Count("pk", filter=still & Q(kind=LogKind.RECOMMENDATION, answer=Answer.NONE)),
    )
    return LogCounts(**counted)


def next_midnight(*, now: datetime | None = None) -> datetime:
    """When days are counted anew."""
    day = timezone.localdate(now) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min))


# ---------------------------------------------------------------------------------------------- bodies
def body_key(body: Body | None) -> str:
    """A body in an address: a ward's slug, or what kind of body it is; `london` for none."""
    if body is None:
        return "london"
    return body.ward.slug if body.ward else slugify(body.kind.replace("_", "-"))


def bodies_in_log(board: Board | None) -> list[Body]:
    """Bodies with something public in the log of a site."""
    logged = ActionItem.objects.for_board(board).public().values("body")
    found = Body.objects.filter(board=board, pk__in=logged).select_related("ward", "board__borough")
    return list(found.order_by("kind", "ward__name"))


def bodies_run_by(user: User | AnonymousUser, board: Board | None) -> list[Body | None]:
    """Bodies of a board whose log this person keeps; on the London site None, for oversight."""
    if board is None:
        return [None] if user.has_perm("meetings.log.manage", ActionItem()) else []
    found = Body.objects.filter(board=board).select_related("ward", "board__borough")
    ordered = sorted(found, key=lambda body: (body.kind != "board", body.kind, str(body)))
    return [body for body in ordered if user.has_perm("meetings.log.manage", body)]


def entries_kept_by(user: User | AnonymousUser, board: Board | None) -> QuerySet[ActionItem]:
    """Entries on a site that this person may change, unpublished and private ones included, in order."""
    bodies = bodies_run_by(user, board)
    entries: ActionItemQuerySet = ActionItem.objects.for_board(board)
    mine = entries.filter(body__isnull=True) if None in bodies else entries.filter(body__in=bodies)
    return in_order(with_reports(mine), today=timezone.localdate())


def entry_kept_by(user: User | AnonymousUser, board: Board | None, pk: Any) -> ActionItem | None:
    """One of them."""
    entry = with_reports(ActionItem.objects.for_board(board)).filter(pk=pk).first()
    return entry if entry is not None and user.has_perm("meetings.log.manage", entry) else None


def possible_owners(body: Body | None) -> QuerySet[User]:
    """People who hold a role on a body or its board today, by name: who an entry is likely to go to."""
    if body is None:
        return User.objects.none()
    members = BoardRole.objects.current().filter(board=body.board_id).values("person")
    panel = PanelRole.objects.current().filter(body=body).values("person")
    held = Q(pk__in=members) | Q(pk__in=panel)
    return User.objects.filter(held, is_active=True).exclude(name="").order_by("name", "pk")


def meetings_to_enter_for(body: Body | None) -> QuerySet[Meeting]:
    """Meetings of a body that an entry may come from: begun within the last year, latest first."""
    now = timezone.now()
    found = Meeting.objects.filter(body=body, starts_at__lte=now, starts_at__gt=now - timedelta(days=400))
    return found.order_by("-starts_at")


def open_actions_of(ward: Ward) -> list[LogRow]:
    """What a ward's panel has open, for its page; `meetings/_open_actions.html` shows them."""
    found = with_reports(ActionItem.objects.public().outstanding().of_ward(ward))
    return rows_of(in_order(found, today=timezone.localdate()))


# ---------------------------------------------------------------------------------------------- history
@dataclass(frozen=True)
class LogStep:
    """One update as it is read.

    Attributes:
        facts: what changed, each as a name and what it became.
        is_undone: taken back; only its day is shown then.
        can_undo: it is the newest that stands.
    """

    update: ActionUpdate
    facts: list[tuple[str, str]]
    is_undone: bool
    can_undo: bool


def history_of(entry: ActionItem) -> list[LogStep]:
    """The updates of an entry, newest first, with what each one changed: read back from how the entry stands now."""
    stands: dict[str, Any] = {name: getattr(entry, name) for name in SHOWN}
    steps: list[LogStep] = []
    newest = True
    for step in entry.updates.order_by("-at", "-pk"):
        if step.undone_at is not None:
            steps.append(LogStep(step, [], is_undone=True, can_undo=False))
            continue
        facts = [
            (str(SHOWN[name]), _shown(entry, name, stands[name])) for name in SHOWN if name in step.before
        ]
        steps.append(LogStep(step, facts, is_undone=False, can_undo=newest))
        newest = False
        for name in SHOWN:
            if name in step.before:
                value = step.before[name]
                stands[name] = parse_date(value) if name in DAYS and value else value
    return steps


def _shown(entry: ActionItem, name: str, value: Any) -> str:
    """A value in words."""
    if name in DAYS:
        return date_format(value, "j F Y") if value else _("no date")
    choices: dict[str, type[LogStatus] | type[Rag] | type[Answer]] = {
        "status": LogStatus,
        "rag": Rag,
        "answer": Answer,
    }
    if name in choices and value:
        return str(choices[name](value).label)
    return str(value) or _("taken away")
