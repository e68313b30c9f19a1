"""A nomination: what somebody wrote, sealed; what the screeners made of it, in words for everybody; and its photos."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payback.calculations import new_reference
from payback.enums import (
    DRAFT_DAYS,
    OVER,
    PUBLIC,
    RETENTION_MONTHS,
    Beneficiary,
    Decline,
    Known,
    Owner,
    Permission,
    PhotoKind,
    Show,
    Status,
    Still,
    Tell,
    Tools,
    Work,
)
from snb.boards.models import Board
from snb.files.models import StoredFile
from snb.places.models import Ward
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedJSONField


class NominationQuerySet(models.QuerySet["Nomination"]):
    """Filters on nominations."""

    def for_board(self, board: Board | None) -> NominationQuerySet:
        """Nominations of places in the board's borough; none on the London-wide site."""
        return self.filter(board=board) if board else self.none()

    def screened_by(self, board: Board | None) -> NominationQuerySet:
        """Nominations this board screens, those of another borough's places included."""
        return self.filter(screening_board=board) if board else self.none()

    def public(self) -> NominationQuerySet:
        """What everybody may see: endorsed, and done where the nominator asked for that."""
        return self.filter(Q(show=Show.ENDORSED, status__in=PUBLIC) | Q(status=Status.COMPLETED)).exclude(
            public_title=""
        )

    def over(self) -> NominationQuerySet:
        """Nothing more is to come."""
        return self.filter(status__in=OVER)


class Nomination(models.Model):
    """A task that somebody proposes for people on community sentences.

    What the nominator wrote is sealed (`answers`, `point`, `contact`, `victim`) and opened by the two people who screen. What
    leaves the board is written anew by them: `public_…` for everybody, `brief` for probation. Plain columns hold codes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    board = models.ForeignKey(
        Board, models.PROTECT, related_name="nominations", help_text="Of the borough the place is in."
    )
    screening_board = models.ForeignKey(
        Board,
        models.PROTECT,
        related_name="nominations_screened",
        help_text="Who screens it: another board where the nominator wishes.",
    )
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, blank=True, related_name="nominations")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)

    # ------------------------------------------------------------------------ the way back in
    receipt_hash = models.CharField(max_length=64, unique=True, help_text="Of the receipt, shown once.")
    door_hash = models.CharField(
        max_length=64, blank=True, help_text="Of the key in the browser that has it open."
    )
    door_until = models.DateTimeField(
        null=True, blank=True, help_text="From then on only the receipt opens it."
    )
    step = models.CharField(max_length=20, blank=True, help_text="The question to go on with.")
    touched_at = models.DateTimeField(default=timezone.now)
    nominator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="nominations",
        help_text="Only where a signed-in person wished it.",
    )

    # ------------------------------------------------------------------------ what the nominator said, as codes
    work = models.CharField(max_length=12, choices=Work.choices, blank=True)
    beneficiary = models.CharField(max_length=12, choices=Beneficiary.choices, blank=True)
    owner = models.CharField(max_length=12, choices=Owner.choices, blank=True)
    permission = models.CharField(max_length=12, choices=Permission.choices, blank=True)
    toilets = models.CharField(max_length=8, choices=Known.choices, blank=True)
    washing = models.CharField(max_length=8, choices=Known.choices, blank=True)
    step_free = models.CharField(max_length=8, choices=Known.choices, blank=True)
    van_access = models.CharField(max_length=8, choices=Known.choices, blank=True)
    hazards = models.JSONField(default=list, blank=True, help_text="Codes of `enums.Hazard`.")
    tools = models.CharField(max_length=12, choices=Tools.choices, blank=True)
    days = models.JSONField(default=list, blank=True, help_text="Codes of `enums.Day`.")
    not_before = models.DateField(null=True, blank=True)
    not_after = models.DateField(null=True, blank=True)
    ward_corrected = models.BooleanField(
        default=False, help_text="The nominator chose another ward than we worked out."
    )

    # ------------------------------------------------------------------------ what the nominator said, sealed
    answers = EncryptedJSONField(default=dict, help_text="Own words, by question.")
    point = EncryptedJSONField(default=dict, help_text="Postcode, latitude, longitude of the place.")
    contact = EncryptedJSONField(
        default=dict, help_text="How to reach the nominator: name, email, phone, safe times."
    )
    victim = EncryptedJSONField(
        default=dict, help_text="Whether they were harmed by crime there, and what they wish."
    )

    # ------------------------------------------------------------------------ what the nominator agreed to
    tell = models.CharField(max_length=8, choices=Tell.choices, default=Tell.NONE)
    show = models.CharField(max_length=8, choices=Show.choices, default=Show.ENDORSED)
    may_show_photos = models.BooleanField(default=False, help_text="Photos on public pages.")
    may_pass_photos = models.BooleanField(default=False, help_text="Photos to probation.")
    may_pass_contact = models.BooleanField(
        default=False, help_text="Contact to one named probation officer, on the desk only."
    )
    may_ask_after = models.BooleanField(default=False, help_text="Asked four weeks after completion.")
    retention_months = models.PositiveSmallIntegerField(
        default=RETENTION_MONTHS, help_text="As announced to the nominator at the start."
    )

    # ------------------------------------------------------------------------ what the screeners wrote
    public_title = models.CharField(max_length=100, blank=True)
    public_words = models.TextField(blank=True, max_length=1000)
    public_place = models.CharField(
        max_length=120, blank=True, help_text="Street or landmark, no house number."
    )
    cell_x = models.IntegerField(null=True, blank=True, help_text="Column of the fixed 200 m cell.")
    cell_y = models.IntegerField(null=True, blank=True, help_text="Row of the fixed 200 m cell.")
    latitude = models.FloatField(null=True, blank=True, help_text="Of the cell's centre, degrees, WGS84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Of the cell's centre, degrees, WGS84.")
    brief = models.TextField(
        blank=True, max_length=4000, help_text="For probation: where exactly, what, and what to look out for."
    )
    hours_estimate = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Person-hours, as screeners guess."
    )
    group_size = models.PositiveSmallIntegerField(null=True, blank=True)
    decline_reason = models.CharField(max_length=16, choices=Decline.choices, blank=True)
    decline_words = models.TextField(blank=True, max_length=1000, help_text="For the nominator only.")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="twins")

    # ------------------------------------------------------------------------ when
    submitted_at = models.DateTimeField(null=True, blank=True)
    endorsed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When its state last changed.")
    ended_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text="When the sealed fields were emptied."
    )
    told_status = models.CharField(
        max_length=12, blank=True, help_text="The state the nominator was last told of."
    )
    still = models.CharField(max_length=6, choices=Still.choices, blank=True, default=Still.UNASKED)

    privacy = Privacy(
        public="id reference board ward status work public_title public_words public_place cell_x cell_y latitude longitude "
        "endorsed_at changed_at ended_at decline_reason",
        board="screening_board beneficiary owner permission toilets washing step_free van_access hazards tools days not_before "
        "not_after ward_corrected show may_show_photos may_pass_photos retention_months brief hours_estimate group_size "
        "merged_into submitted_at forgotten_at still",
        personal="door_until step touched_at nominator tell may_pass_contact may_ask_after told_status decline_words",
        special="answers point contact victim",
        secret="receipt_hash door_hash",  # noqa: S106  names of fields
        keep=f"Unfinished drafts go {DRAFT_DAYS} days after they were last touched. What the nominator wrote goes as many months "
        f"after the end as announced at the start ({RETENTION_MONTHS}), or at once when they withdraw. What the board made public stays.",
        after=timedelta(days=DRAFT_DAYS),
        since="touched_at",
        where={"status": Status.DRAFT.value},
    )

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "reference"]
        indexes = [
            models.Index(fields=["board", "status", "-changed_at"]),
            models.Index(fields=["screening_board", "status", "submitted_at"]),
            models.Index(fields=["cell_x", "cell_y"]),
            models.Index(fields=["door_hash"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=Status.DECLINED) | ~Q(decline_reason=""),
                name="%(app_label)s_%(class)s_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(ward__isnull=False, submitted_at__isnull=False),
                name="%(app_label)s_%(class)s_submitted_with_a_ward",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=PUBLIC) | (~Q(public_title="") & Q(endorsed_at__isnull=False)),
                name="%(app_label)s_%(class)s_endorsed_with_public_words",
            ),
        ]

    def __str__(self) -> str:
        return self.public_title or self.reference

    def get_absolute_url(self) -> str:
        """The task's public page on its board's site."""
        return f"/payback/tasks/{self.reference}/"

    @property
    def board_code(self) -> str:
        """GSS code of the board that screens it: whose roles decide."""
        return self.screening_board_id

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        shown = self.status in PUBLIC if self.show == Show.ENDORSED else self.status == Status.COMPLETED
        return shown and bool(self.public_title)


class Photo(models.Model):
    """A photo of the place. Private until a screener publishes it; published as new pictures with faces and plates boxed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=6, choices=PhotoKind.choices, default=PhotoKind.PLACE)
    original = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="As kept: upright, no EXIF.",
    )
    large = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="As published, 1280 pixels.",
    )
    small = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="As published, 400 pixels.",
    )
    boxes = models.JSONField(
        default=list,
        blank=True,
        help_text="What is covered: [left, top, width, height] in 0..1 of the picture.",
    )
    alt = models.CharField(max_length=200, blank=True, help_text="What it shows, in the screener's words.")
    added_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        public="id nomination kind large small alt published_at",
        board="original boxes added_at",
        keep="As its nomination; what was never published goes with the nominator's own words.",
    )

    class Meta:
        ordering = ["kind", "added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(alt=""),
                name="%(app_label)s_%(class)s_published_with_words",
            ),
        ]

    def __str__(self) -> str:
        return self.alt or str(self.get_kind_display())
