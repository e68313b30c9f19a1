"""The screening desk: the queue, one nomination as one of the two sees it, and what it might be the same as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from payback.enums import Asked, PhotoKind, Redacted, Status
from payback.models import Dispute, Nomination, Photo, Question, Redaction, Referral, Review
from payback.queries.journey import Row, answers_in_words
from payback.queries.pace import silence_of
from payback.queries.wording import is_on_other_words

if TYPE_CHECKING:
    from snb.boards.models import Board
    from snb.people.models import User


def queue_of(board: Board, *, user: User) -> QuerySet[Nomination]:
    """What the board screens, with who has it in numbers; nothing anybody wrote. One query.

    First what waits for the board (to be screened, a question of probation's, a dispute, words to be taken off), then what waits for the nominator, then what
    is with probation, each longest waiting first; at the end what is over, latest first.
    """
    current = Review.objects.current().filter(nomination=OuterRef("pk"))
    screeners = current.order_by().values("nomination").annotate(n=Count("pk")).values("n")
    asked = open_questions().filter(nomination=OuterRef("pk"))
    hidden = Redaction.objects.filter(nomination=OuterRef("pk"), state=Redacted.ASKED)
    photos = Photo.objects.filter(
        nomination=OuterRef("pk"), published_at__isnull=True, original__isnull=False
    )
    photos = photos.exclude(kind=PhotoKind.PLACE)
    return (
        Nomination.objects.screened_by(board)
        .exclude(status=Status.DRAFT)
        .select_related("ward", "board__borough")
        .defer("answers", "point", "contact", "victim")
        .annotate(
            screeners=Coalesce(Subquery(screeners), 0),
            is_mine=Exists(current.filter(person=user)),
            asks_nominator=Exists(asked.filter(asked=Asked.NOMINATOR)),
            probation_asks=Exists(asked.filter(asked=Asked.BOARD)),
            disputed=Exists(open_disputes().filter(nomination=OuterRef("pk"))),
            words_hidden=Exists(hidden),
            photo_waits=Exists(photos),
        )
        .annotate(
            turn=Case(
                When(
                    Q(probation_asks=True) | Q(disputed=True) | Q(words_hidden=True) | Q(photo_waits=True),
                    then=0,
                ),
                When(ended_at__isnull=False, then=3),
                When(Q(status__in=[Status.SUBMITTED, Status.SCREENING], asks_nominator=False), then=0),
                When(status__in=[Status.SUBMITTED, Status.SCREENING], then=1),
                default=2,
            )
        )
        .order_by(
            "turn", F("ended_at").desc(nulls_last=True), F("submitted_at").asc(nulls_last=True), "reference"
        )
    )


def open_questions() -> QuerySet[Question]:
    """Questions that wait for an answer; one whose words are deleted waits for nobody."""
    return Question.objects.filter(answered_at__isnull=True, nomination__forgotten_at__isnull=True)


def open_disputes() -> QuerySet[Dispute]:
    """Disputes that wait for the board's answer; one whose words are deleted waits for nobody."""
    return Dispute.objects.filter(answered_at__isnull=True, nomination__forgotten_at__isnull=True)


def waits_for_board(nomination: Nomination) -> bool:
    """Whether a question of probation's or a dispute waits for an answer of those who screen."""
    return (
        open_questions().filter(nomination=nomination, asked=Asked.BOARD).exists()
        or open_disputes().filter(nomination=nomination).exists()
    )


def nomination_on_desk(board: Board | None, reference: str) -> Nomination | None:
    """A nomination this board screens, by its reference; None for anybody else's."""
    return (
        Nomination.objects.screened_by(board)
        .exclude(status=Status.DRAFT)
        .select_related("ward", "board__borough", "screening_board__borough", "merged_into")
        .filter(reference=reference)
        .first()
    )


@dataclass(frozen=True)
class Desk:
    """One nomination for one of the two who screen it."""

    rows: list[Row]
    mine: Review | None
    other: Review | None
    read_again: bool
    """The words to the nominator are not those of one's own verdict to decline."""
    other_reads_again: bool
    """They are not those of the other's."""
    questions: list[Question]
    photos: list[Photo]
    referral: Referral | None
    dispute: Dispute | None
    alike: Sequence[Nomination]
    silence: str

    @property
    def to_answer(self) -> Question | None:
        """The oldest question of probation's that waits for the board."""
        waiting = (
            question
            for question in self.questions
            if question.asked == Asked.BOARD and question.answered_at is None
        )
        return next(waiting, None)


HIDDEN = frozenset({"contact", "harmed"})
"""Answers that are shown by a deed of their own, which is on the record."""


def desk_of(nomination: Nomination, *, user: User) -> Desk:
    """Everything but contact and harm; eight queries."""
    reviews = list(nomination.reviews.current())
    forgotten = nomination.forgotten_at is not None
    mine = next((review for review in reviews if review.person_id == user.pk), None)
    other = next((review for review in reviews if review.person_id != user.pk), None)
    dispute = Dispute.objects.filter(nomination=nomination).first()
    return Desk(
        rows=[row for row in answers_in_words(nomination) if row.step not in HIDDEN],
        mine=mine,
        other=other,
        read_again=is_on_other_words(mine, nomination),
        other_reads_again=is_on_other_words(other, nomination),
        questions=[] if forgotten else list(nomination.questions.all()),
        photos=list(nomination.photos.select_related("original", "large", "small")),
        referral=nomination.referrals.select_related("provider").first(),
        dispute=None if forgotten and dispute and not dispute.answered_at else dispute,
        alike=alike(nomination),
        silence=silence_of(nomination),
    )


def alike(nomination: Nomination) -> list[Nomination]:
    """What it might be the same as: near it or of the same kind in the same ward, not over before it was sent; screened by the same board."""
    near = Q(ward=nomination.ward_id, work=nomination.work)
    if nomination.cell_x is not None and nomination.cell_y is not None:
        x, y = nomination.cell_x, nomination.cell_y
        near |= Q(cell_x__range=(x - 1, x + 1), cell_y__range=(y - 1, y + 1))
    return list(
        Nomination.objects.filter(
            near, board=nomination.board_id, screening_board=nomination.screening_board_id
        )
        .exclude(pk=nomination.pk)
        .exclude(status__in=[Status.DRAFT, Status.WITHDRAWN, Status.DECLINED])
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=nomination.submitted_at))
        .select_related("ward")
        .defer("answers", "point", "contact", "victim")
        .order_by("-submitted_at")[:10]
    )
