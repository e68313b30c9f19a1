"""What is read about questions to a meeting and about who wants to speak."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.models import Board
from snb.meetings.enums import UPCOMING_STATES, Openness, QuestionStatus, SpeakerStatus
from snb.meetings.models import Meeting, MeetingRules, Question, QuestionSupport, Speaker
from snb.meetings.models.meetings import clock
from snb.privacy.calculations import lookup_hashes

OPEN_TO_ALL = (Openness.PUBLIC, Openness.PART_PRIVATE)
PURPOSE = "meetings.question"


# ------------------------------------------------------------------------------------------------ which meeting
def open_meeting(board: Board | None, slug: str) -> Meeting | None:
    """An announced meeting of a site that everybody may come to; with None for the board, of the London-wide site."""
    return _meetings(board).filter(slug=slug, openness__in=OPEN_TO_ALL).public().first()


def open_meeting_by_id(board: Board | None, meeting_id: UUID) -> Meeting | None:
    """The same, by its id: sockets name it so."""
    return _meetings(board).filter(pk=meeting_id, openness__in=OPEN_TO_ALL).public().first()


def meeting_for_desk(board: Board | None, slug: str) -> Meeting | None:
    """A meeting of a site whose questions somebody may moderate: the caller asks for the permission."""
    return _meetings(board).filter(slug=slug, openness__in=OPEN_TO_ALL).first()


def _meetings(board: Board | None):  # type: ignore[no-untyped-def]
    return Meeting.objects.for_board(board).select_related(
        "board__borough", "body__ward", "body__meeting_rules"
    )


def rules_of(meeting: Meeting) -> MeetingRules:
    """What the meeting's body has agreed; the defaults where it has agreed nothing, and for London."""
    rules = getattr(meeting.body, "meeting_rules", None) if meeting.body else None
    return rules or MeetingRules()


def takes_questions(meeting: Meeting) -> bool:
    """Whether anybody may put a question now: announced, for everybody, not over, and the body takes them."""
    return is_to_come(meeting) and rules_of(meeting).takes_questions


def is_to_come(meeting: Meeting) -> bool:
    """Whether it is an announced meeting for everybody that is not over."""
    return (
        meeting.announced_at is not None
        and meeting.openness in OPEN_TO_ALL
        and meeting.status in UPCOMING_STATES
        and meeting.ends_at > timezone.now()
    )


def speaking_closes_at(meeting: Meeting) -> datetime:
    """Until when somebody may ask to speak, by the body's own rule."""
    return meeting.starts_at - timedelta(hours=rules_of(meeting).speak_hours)


def takes_speakers(meeting: Meeting) -> bool:
    """Whether somebody may ask to speak now."""
    return is_to_come(meeting) and timezone.now() < speaking_closes_at(meeting)


def in_words(moment: datetime) -> str:
    """For example: 7pm on Wednesday 11 November 2026."""
    local = timezone.localtime(moment)
    return _("%(time)s on %(day)s") % {"time": clock(local), "day": date_format(local, "l j F Y")}


# ------------------------------------------------------------------------------------------------ whose
def viewer_keys(meeting: Meeting, marks: Sequence[str]) -> list[str]:
    """What a visitor's marks are kept under, at this meeting alone; the first is the one to store.

    Args:
        marks: of the account where somebody is signed in, and of the browser where it has one. Whoever supports before
            and after signing in has supported once.
    """
    return [key for mark in marks for key in lookup_hashes(f"{meeting.pk}:{mark}", PURPOSE)]


# ------------------------------------------------------------------------------------------------ the list
_BEING_ANSWERED_FIRST = Case(
    When(status=QuestionStatus.TAKEN, then=Value(0)), default=Value(1), output_field=IntegerField()
)


@dataclass(frozen=True)
class QuestionList:
    """The questions of a meeting as one visitor sees them."""

    meeting: Meeting
    is_open: bool
    current: list[Question]
    """What is being answered, then the rest: most supported first, ties by time."""
    answered: list[Question]
    supported: frozenset[UUID] = frozenset()
    own: list[Question] = field(default_factory=list)
    """The visitor's own questions in every state."""

    @property
    def listed(self) -> list[Question]:
        """Everything that everybody may read."""
        return [*self.current, *self.answered]

    @property
    def own_ids(self) -> frozenset[UUID]:
        """Ids of the visitor's own."""
        return frozenset(question.pk for question in self.own)

    @property
    def awaits(self) -> bool:
        """Whether something of the visitor's own may still change."""
        return any(
            question.status in {QuestionStatus.WAITING, QuestionStatus.REJECTED} for question in self.own
        )

    @property
    def version(self) -> str:
        """Changes whenever anything that everybody may read changes."""
        return version_of([revision(question, is_open=self.is_open) for question in self.listed])


def revision(question: Question, *, is_open: bool) -> tuple[str, ...]:
    """What the look of a listed question depends on."""
    return (
        str(question.pk),
        question.status,
        str(question.supports),
        question.changed.isoformat(),
        "open" if is_open else "",
    )


def version_of(revisions: Sequence[tuple[str, ...]]) -> str:
    """A short name of a list in this order."""
    return hashlib.blake2b(repr(revisions).encode(), digest_size=9).hexdigest()


def answer_version(answer: str) -> str:
    """A short name of an answer, by which its next writer says what they saw; empty where there is none yet."""
    return version_of([(answer,)]) if answer else ""


def public_list(meeting: Meeting) -> QuestionList:
    """What everybody may read, in one query."""
    rows = list(
        Question.objects.listed()
        .filter(meeting=meeting)
        .order_by(_BEING_ANSWERED_FIRST, F("supports").desc(), "asked_at", "pk")
    )
    answered = [row for row in rows if row.status == QuestionStatus.ANSWERED]
    answered.sort(key=lambda row: (row.answered_at or row.asked_at, row.pk))
    current = [row for row in rows if row.status != QuestionStatus.ANSWERED]
    return QuestionList(meeting, takes_questions(meeting), current, answered)


def questions_for(meeting: Meeting, keys: Sequence[str] = ()) -> QuestionList:
    """The questions as the visitor with these keys sees them, in three queries; a stranger's in one.

    Nobody but its author sees a question that waits or was not taken up; the words of a withheld one nobody sees.
    """
    shown = public_list(meeting)
    if not keys:
        return shown
    marks = QuestionSupport.objects.filter(question__meeting=meeting, supporter_hash__in=keys)
    supported = frozenset(marks.values_list("question_id", flat=True))
    rows = Question.objects.filter(meeting=meeting, asker_hash__in=keys)
    own = list(rows.exclude(status=QuestionStatus.WITHDRAWN).order_by("asked_at"))
    mine = {question.pk for question in own}
    for question in shown.listed:
        question.is_supported, question.is_own = question.pk in supported, question.pk in mine
    return replace(shown, supported=supported, own=own)


@dataclass(frozen=True)
class MinutedQuestion:
    """A question as the minutes tell it."""

    question: str
    name: str
    answer: str


def answers_for_minutes(meeting: Meeting) -> list[MinutedQuestion]:
    """Questions that were answered, in the order of their answers."""
    rows = Question.objects.filter(meeting=meeting, status=QuestionStatus.ANSWERED)
    return [MinutedQuestion(row.text, row.asker, row.answer) for row in rows.order_by("answered_at", "pk")]


# ------------------------------------------------------------------------------------------------ the desk
@dataclass(frozen=True)
class Moderation:
    """The questions of a meeting at the table."""

    waiting: list[Question]
    current: list[Question]
    answered: list[Question]
    left_out: list[Question]


def questions_for_desk(meeting: Meeting) -> Moderation:
    """All questions by what is to do: what waits in the order it came, the rest as everybody sees it; in one query."""
    rows = list(
        Question.objects.filter(meeting=meeting)
        .exclude(status=QuestionStatus.WITHDRAWN)
        .order_by(_BEING_ANSWERED_FIRST, F("supports").desc(), "asked_at", "pk")
    )

    def those(*states: QuestionStatus) -> list[Question]:
        return [row for row in rows if row.status in states]

    return Moderation(
        sorted(those(QuestionStatus.WAITING), key=lambda row: row.asked_at),
        those(QuestionStatus.TAKEN, QuestionStatus.OPEN),
        those(QuestionStatus.ANSWERED),
        those(QuestionStatus.REJECTED, QuestionStatus.WITHHELD),
    )


def speakers_of(meeting: Meeting) -> QuerySet[Speaker]:
    """Who asked to speak, in the order they asked; whoever took it back is gone."""
    return (
        Speaker.objects.filter(meeting=meeting).exclude(status=SpeakerStatus.WITHDRAWN).order_by("asked_at")
    )


def desk_version(shown: Moderation, speakers: Sequence[Speaker]) -> str:
    """Changes whenever anything on the desk changes."""
    questions = [*shown.waiting, *shown.current, *shown.answered, *shown.left_out]
    rows = [revision(question, is_open=True) for question in questions]
    return version_of([*rows, *((str(wish.pk), wish.status) for wish in speakers)])


def own_wishes_to_speak(meeting: Meeting, keys: Sequence[str]) -> list[Speaker]:
    """The visitor's own, in every state but taken back."""
    return list(speakers_of(meeting).filter(asker_hash__in=keys)) if keys else []
