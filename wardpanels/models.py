"""Ward officers, rounds, options, the roll and the box, what is published of them, and the priorities that follow."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from snb.boards.models import Board, Body
from snb.people.models import Role
from snb.places.models import Ward
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedTextField
from wardpanels.enums import Concern, OptionStatus, PriorityStatus, RoundStatus, SetBy

PUBLIC_STATES = [
    RoundStatus.COLLECTING,
    RoundStatus.VOTING,
    RoundStatus.COUNTING,
    RoundStatus.CLOSED,
    RoundStatus.ADOPTED,
    RoundStatus.CANCELLED,
    RoundStatus.ANNULLED,
]
"""Everything but a draft: a stranger may see that the round exists."""
RESULT_STATES = [RoundStatus.CLOSED, RoundStatus.ADOPTED, RoundStatus.ANNULLED]
"""A tally exists."""

if TYPE_CHECKING:
    from snb.people.models import User


class WardOfficer(Role):
    """A sergeant, dedicated ward officer or PCSO who serves a ward."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="officers")

    SCOPE: ClassVar[str] = "ward"
    BOARD_PATH: ClassVar[str] = "ward__borough_id"
    RELATED: ClassVar[tuple[str, ...]] = ("ward__borough",)

    privacy = Privacy(board="person since until ward", keep="As board roles.")

    class Meta:
        verbose_name = "ward officer"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ward"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Ward officer, {self.ward}"

    @property
    def label(self) -> str:
        """For example: Ward officer, Highgate."""
        return str(self)

    @property
    def board_code(self) -> str:
        """GSS code of the board of the ward's borough."""
        return self.ward.borough_id

    @property
    def desk_url(self) -> str:
        """The desks of the ward's board."""
        return self.ward.borough.url("/desk/")

    def may_be_given_by(self, user: User) -> bool:
        """The chair and secretary of the borough's board, until the police give these roles themselves."""
        return user.has_perm("boards.roles.manage", self.ward)


class RoundQuerySet(models.QuerySet["Round"]):
    """Filters on rounds."""

    def for_board(self, board: Board | None) -> RoundQuerySet:
        """Rounds of the board's wards; none on the London-wide site."""
        return self.filter(ward__borough_id=board.code) if board else self.none()

    def public(self) -> RoundQuerySet:
        """Rounds a stranger may see."""
        return self.filter(status__in=PUBLIC_STATES)

    def with_result(self) -> RoundQuerySet:
        """Rounds with a tally."""
        return self.filter(status__in=RESULT_STATES)


class Round(models.Model):
    """A ward's vote on its policing priorities. Times are instants; people read and write them in London time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="rounds")
    panel = models.ForeignKey(Body, models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    status = models.CharField(max_length=12, choices=RoundStatus.choices, default=RoundStatus.DRAFT)
    collects_at = models.DateTimeField(
        null=True, blank=True, help_text="From when residents may suggest; empty where they may not."
    )
    opens_at = models.DateTimeField(help_text="Voting opens.")
    closes_at = models.DateTimeField(help_text="Voting closes; a vote at or after this moment is refused.")
    picks = models.PositiveSmallIntegerField(default=3, help_text="Options a person may choose.")
    slots_vote = models.PositiveSmallIntegerField(
        default=2, help_text="Priorities set by the residents' vote."
    )
    slots_panel = models.PositiveSmallIntegerField(default=0, help_text="Priorities set by the ward panel.")
    slots_police = models.PositiveSmallIntegerField(default=1, help_text="Priorities set by the police.")
    methods = models.JSONField(
        default=list, help_text="Ways in which a person may show that they live in the ward."
    )
    minimum_age = models.PositiveSmallIntegerField(default=13)
    paper = models.BooleanField(
        default=False, help_text="Paper ballots are counted at the panel after web voting ends."
    )
    frozen_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of options, slots, picks, methods and times, at opening."
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    secret = EncryptedTextField(blank=True, help_text="Keys the roll and the box; gone at the close.")
    turnout = models.PositiveIntegerField(
        null=True, blank=True, help_text="Ballots counted; empty before the close."
    )
    turnout_by_method = models.JSONField(default=dict, blank=True)
    held = models.PositiveIntegerField(
        default=0, help_text="Votes taken but never confirmed by printed code, so not counted."
    )
    result = models.TextField(
        blank=True, help_text="result.json as published; empty where the box was too small."
    )
    result_sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField(
        blank=True,
        help_text="Public: why it was cancelled, or why other priorities were adopted.",
    )
    annul_reason = models.TextField(
        blank=True, help_text="Public once two people agreed: why it was annulled."
    )
    annul_asked_by = models.UUIDField(null=True, blank=True)
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on the timetable moves it."
    )
    told_opened_at = models.DateTimeField(
        null=True, blank=True, help_text="When residents were told that voting opened."
    )
    told_closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When residents were told of the result."
    )
    cleaned_at = models.DateTimeField(
        null=True, blank=True, help_text="When the tables were rewritten after the close."
    )

    privacy = Privacy(
        public="id ward panel title slug status collects_at opens_at closes_at picks slots_vote slots_panel slots_police methods "
        "minimum_age paper frozen_sha256 opened_at closed_at turnout turnout_by_method held result result_sha256 reason annul_reason announced_at told_opened_at told_closed_at cleaned_at",
        board="annul_asked_by",
        secret="secret",  # noqa: S106  a field's name
        keep="Kept: the public record of a vote. Its secret is deleted at the close.",
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["ward", "slug"], name="%(app_label)s_%(class)s_slug_once_a_ward"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="%(app_label)s_%(class)s_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(collects_at__isnull=True) | Q(collects_at__lt=F("opens_at")),
                name="%(app_label)s_%(class)s_collects_before_opening",
            ),
            models.CheckConstraint(
                condition=Q(picks__gte=1, picks__lte=10), name="%(app_label)s_%(class)s_some_picks"
            ),
            models.UniqueConstraint(
                fields=["ward"],
                condition=Q(status__in=[RoundStatus.VOTING, RoundStatus.COUNTING]),
                name="%(app_label)s_%(class)s_one_open_a_ward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.ward}"

    def get_absolute_url(self) -> str:
        """The results page once there is a tally, else the ward page."""
        if self.status in RESULT_STATES:
            return f"/wards/{self.ward.slug}/results/{self.slug}/"
        return self.ward.get_absolute_url()

    @property
    def board_code(self) -> str:
        """GSS code of the board of the ward's borough."""
        return self.ward.borough_id

    @property
    def is_open(self) -> bool:
        """Whether a vote sent now would be taken; the database's clock has the last word."""
        return self.status == RoundStatus.VOTING and self.opens_at <= timezone.now() < self.closes_at


class Extension(models.Model):
    """A later end of voting, asked for by one person and agreed by another; once a round, before its end."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="extension")
    closes_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        public="round closes_at reason agreed_at", board="asked_by agreed_by", keep="As its round."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: until {self.closes_at}"


class Option(models.Model):
    """Something residents may choose, from the survey's list or in a resident's words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="options")
    code = models.SlugField(max_length=24, help_text="Its name in the ballot file.")
    concern = models.CharField(max_length=12, choices=Concern.choices)
    text = models.CharField(max_length=120, help_text="What is on the ballot.")
    why = models.CharField(max_length=500, blank=True, help_text="Where and when, in the author's words.")
    status = models.CharField(max_length=10, choices=OptionStatus.choices, default=OptionStatus.OFFERED)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="suggestions",
        help_text="Unlinked at the close.",
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Public: why it was not taken.")
    withheld = models.BooleanField(
        default=False, help_text="Its words name or abuse somebody, so only the reason is shown."
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="twins")

    privacy = Privacy(
        public="id round code concern text why status reason withheld merged_into",
        personal="author",
        keep="As its round; who suggested it is forgotten at the close.",
    )

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "code"], name="%(app_label)s_%(class)s_code_once_a_round"
            ),
            models.CheckConstraint(
                condition=~Q(status=OptionStatus.REJECTED) | ~Q(reason=""),
                name="%(app_label)s_%(class)s_rejected_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(code="other"), name="%(app_label)s_%(class)s_other_is_reserved"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class RollEntry(models.Model):
    """That somebody voted, and how they showed where they live; the row goes at the close."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="roll")
    postcode_mark = models.CharField(max_length=64, blank=True)
    domain_mark = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=10)
    held = models.BooleanField(
        default=False, help_text="Taken, but counted only once confirmed by a printed code."
    )

    privacy = Privacy(
        personal="id round method held",
        secret="postcode_mark domain_mark",  # noqa: S106
        hashed="postcode_mark domain_mark",
        keep="Until the round closes.",
    )

    class Meta:
        verbose_name_plural = "roll entries"
        indexes = [
            models.Index(fields=["round", "postcode_mark"]),
            models.Index(fields=["round", "domain_mark"]),
        ]

    def __str__(self) -> str:
        return "Somebody voted"


class RollMark(models.Model):
    """A name under which somebody on the roll is known: an HMAC of account, address or printed code under the round's secret.

    While a round is open, deleting, renaming or registering again frees no vote, because the marks stay.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="marks")
    mark = models.CharField(max_length=64)
    entry = models.ForeignKey(RollEntry, models.CASCADE, related_name="marks")

    privacy = Privacy(personal="round entry", secret="mark", hashed="mark", keep="Until the round closes.")  # noqa: S106

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "mark"], name="%(app_label)s_%(class)s_once_a_round"),
        ]

    def __str__(self) -> str:
        return "A mark on the roll"


class Ballot(models.Model):
    """Sealed choices. The key is an HMAC of the roll entry under the round's secret, the choices are encrypted under it."""

    key = models.CharField(max_length=64, primary_key=True)
    round = models.ForeignKey(Round, models.CASCADE, related_name="box")
    sealed = models.BinaryField()

    privacy = Privacy(
        personal="round",
        secret="key sealed",  # noqa: S106
        hashed="key sealed",
        keep="Until the round closes.",
    )

    def __str__(self) -> str:
        return "A sealed ballot"


class CountedBallot(models.Model):
    """One ballot's choices after the close, as published; written in sorted order, so a row's place says nothing."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="counted")
    choices = models.CharField(max_length=400)

    privacy = Privacy(public="round choices", keep="Kept: the public record of a vote.")

    class Meta:
        ordering = ["choices"]

    def __str__(self) -> str:
        return self.choices


class Receipt(models.Model):
    """A published receipt; written in sorted order."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="receipts")
    code = models.CharField(max_length=24)

    privacy = Privacy(public="round code", keep="Kept: the public record of a vote.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="%(app_label)s_%(class)s_once_a_round"),
        ]

    def __str__(self) -> str:
        return self.code


class PriorityQuerySet(models.QuerySet["Priority"]):
    """Filters on priorities."""

    def current(self) -> PriorityQuerySet:
        """Adopted and not yet ended, but for what a vote set that was annulled since."""
        return self.filter(status__in=[PriorityStatus.ADOPTED, PriorityStatus.IN_PROGRESS]).exclude(
            set_by=SetBy.VOTE, round__status=RoundStatus.ANNULLED
        )


class Priority(models.Model):
    """What the police in a ward have agreed to work on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="priorities")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="priorities")
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="priorities")
    concern = models.CharField(max_length=12, choices=Concern.choices)
    text = models.CharField(max_length=120)
    set_by = models.CharField(max_length=6, choices=SetBy.choices)
    status = models.CharField(max_length=22, choices=PriorityStatus.choices, default=PriorityStatus.ADOPTED)
    reason = models.CharField(
        max_length=500, blank=True, help_text="Public: why this and not what the vote said."
    )
    adopted_on = models.DateField(default=timezone.localdate)
    review_by = models.DateField(help_text="Three months after adoption at most.")

    privacy = Privacy(
        public="id ward round option concern text set_by status reason adopted_on review_by",
        keep="Kept: the public ledger.",
    )

    objects = PriorityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "priorities"
        ordering = ["-adopted_on", "text"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_by__gt=F("adopted_on")),
                name="%(app_label)s_%(class)s_reviewed_after_adoption",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        """Whether the day by which it was to be reviewed has passed."""
        return self.review_by < timezone.localdate()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a review date over three months (92 days) away."""
        if (self.review_by - self.adopted_on).days > 92:
            raise ValueError("A priority is reviewed within three months.")
        super().save(*args, **kwargs)
