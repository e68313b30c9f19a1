"""Who screens, what each of the two found, and public words that two took off again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from payback.enums import Decline, Offence, Redacted, Verdict
from payback.models.nominations import Nomination
from payback.models.providers import ProviderRole
from snb.boards.models import Board
from snb.people.models import Role
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedJSONField

if TYPE_CHECKING:
    from snb.people.models import User


class ScreenerRole(Role):
    """Screens nominations for a board. A role of its own: a chair is not a screener by being chair."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="screeners")

    SCOPE: ClassVar[str] = "board"
    BOARD_PATH: ClassVar[str] = "board_id"
    RELATED: ClassVar[tuple[str, ...]] = ("board__borough",)

    privacy = Privacy(board="person since until board", keep="As board roles.")

    class Meta:
        verbose_name = "payback screener"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "board"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Payback screener, {self.board}"

    @property
    def label(self) -> str:
        """For example: Payback screener, Camden Safer Neighbourhood Board."""
        return str(self)

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.board_id

    @property
    def desk_url(self) -> str:
        """The screening desk of this board."""
        return self.board.url("/desk/payback/")

    @property
    def people_url(self) -> str:
        """The board's page of roles."""
        return self.board.url("/desk/people/")

    def may_be_given_by(self, user: User) -> bool:
        """The board's chair and secretary."""
        return user.has_perm("boards.roles.manage", self.board)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Filters on reviews."""

    def standing(self) -> ReviewQuerySet:
        """Of those who took it on, and not of those who stepped back."""
        return self.filter(stepped_back_at__isnull=True)

    def current(self) -> ReviewQuerySet:
        """Of those who screen now: standing, and holding the role for its board today. Whoever left or works for probation does not count."""
        role = ScreenerRole.objects.current().filter(
            person=OuterRef("person"), board=OuterRef("nomination__screening_board")
        )
        of_probation = ProviderRole.objects.current().filter(person=OuterRef("person"))
        return self.standing().filter(Exists(role), ~Exists(of_probation))


class Review(models.Model):
    """One person's screening of one nomination, from the moment they declared that they have no interest in it."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="reviews")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now, help_text="When they declared to have no interest.")
    stepped_back_at = models.DateTimeField(null=True, blank=True)
    criteria = models.JSONField(default=dict, blank=True, help_text="`enums.Criterion` to `enums.Check`.")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=16, choices=Decline.choices, blank=True)
    merge_with = models.ForeignKey(Nomination, models.CASCADE, null=True, blank=True, related_name="+")
    wording = models.CharField(
        max_length=64,
        blank=True,
        help_text="Hash of the words agreed to, for everybody and probation or to the nominator: other words need a new verdict.",
    )
    given_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        board="nomination person taken_at stepped_back_at criteria verdict reason merge_with wording given_at",
        keep="As its nomination.",
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "person"], name="%(app_label)s_%(class)s_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(given_at__isnull=False),
                name="%(app_label)s_%(class)s_verdict_dated",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.DECLINE) | ~Q(reason=""),
                name="%(app_label)s_%(class)s_decline_reason",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.MERGE)
                | (Q(merge_with__isnull=False) & ~Q(merge_with=F("nomination"))),
                name="%(app_label)s_%(class)s_merge_with_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.nomination_id}"


class Redaction(models.Model):
    """Public words of a task taken off: hidden as soon as one asks, gone with a dated note when a second agrees, or put back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="redactions")
    state = models.CharField(max_length=8, choices=Redacted.choices, default=Redacted.ASKED)
    reason = models.CharField(max_length=8, choices=Offence.choices)
    kept = EncryptedJSONField(
        default=dict, help_text="The words as they were; emptied when a second person has looked."
    )
    instead = models.JSONField(
        default=dict,
        blank=True,
        help_text="The words in their place; emptied when a second person has looked.",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        public="nomination state reason answered_at",
        board="id instead asked_by asked_at answered_by",
        special="kept",
        keep="As its nomination; the words that were taken off go when the second person agrees.",
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination"],
                condition=Q(state=Redacted.ASKED),
                name="%(app_label)s_%(class)s_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=Redacted.ASKED, answered_at__isnull=True)
                | Q(answered_at__isnull=False) & ~Q(state=Redacted.ASKED),
                name="%(app_label)s_%(class)s_answered_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=Redacted.AGREED)
                | Q(asked_by__isnull=True)
                | Q(answered_by__isnull=True)
                | ~Q(asked_by=F("answered_by")),
                name="%(app_label)s_%(class)s_agreed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Redaction of {self.nomination_id}"
