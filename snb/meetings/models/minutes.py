"""The minutes: a Word file that was brought in, the versions that were published, and what reviewers said."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.meetings.enums import Offence, Redacted, VersionKind
from snb.meetings.models.meetings import Meeting
from snb.privacy.enums import Privacy

UNUSED = timedelta(days=30)
"""How long a Word file is kept that was looked at and not used."""
AFTER_APPROVAL = timedelta(days=365)
"""How long the original is kept once its minutes are approved."""


def in_a_month() -> datetime:
    """When an unused file goes."""
    return timezone.now() + UNUSED


class MinutesIntake(models.Model):
    """A file that became a page, with the report on it and the records it proposes. It owns its original and its pictures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="intakes")
    blocks = models.JSONField(default=list)
    html = models.TextField(blank=True)
    report = models.JSONField(default=dict)
    proposals = models.JSONField(default=dict)
    pictures = models.JSONField(
        default=dict, blank=True, help_text="Name in the blocks to the id of the stored file."
    )
    by = models.UUIDField(null=True, blank=True, help_text="Public id of who brought it in.")
    created = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When it became the minutes' text.")
    keep_until = models.DateTimeField(
        null=True, blank=True, default=in_a_month, help_text="Empty: used, and its minutes not approved yet."
    )

    privacy = Privacy(
        board="id meeting blocks html report proposals pictures by created taken_at keep_until",
        keep="Twelve months after its minutes were approved; a month where it was never used.",
        after=timedelta(0),
        since="keep_until",
    )

    class Meta:
        ordering = ["-created"]
        verbose_name = "minutes brought in"
        verbose_name_plural = "minutes brought in"

    def __str__(self) -> str:
        return f"{self.meeting}, {self.created:%Y-%m-%d %H:%M}"

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code


class MinutesRedaction(models.Model):
    """Earlier versions of minutes with the same words, taken off: hidden when one asks, gone when a second agrees, or put back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="redactions")
    state = models.CharField(max_length=8, choices=Redacted.choices, default=Redacted.ASKED)
    reason = models.CharField(
        max_length=8,
        choices=Offence.choices,
        blank=True,
        help_text="Empty where a backup had forgotten it: hidden again after a restore.",
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
        public="meeting state reason asked_at answered_at",
        board="id asked_by answered_by",
        keep="As its meeting.",
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
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
        return f"Redaction of {self.meeting_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has to look."""
        return self.state == Redacted.ASKED

    @property
    def note(self) -> str:
        """What everybody reads in place of the words."""
        day = date_format(timezone.localtime(self.answered_at or self.asked_at), "j F Y")
        if self.is_waiting:
            said = _("These words have been hidden since %(day)s, while the board looks at them again.")
        else:
            said = _("These words were taken off on %(day)s.")
        return " ".join(filter(None, [said % {"day": day}, str(self.get_reason_display())]))


class MinutesVersion(models.Model):
    """The minutes as they were published at one moment: words that nothing changes any more, and their hash.

    Two people can take an earlier version off: its words go, number, kind, date and hash stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=VersionKind.choices)
    body = models.TextField(
        help_text="The page's blocks as JSON, in one fixed spelling; the hash is of this."
    )
    html = models.TextField(help_text="The same as it is shown.")
    sha256 = models.CharField(max_length=64)
    pictures = models.JSONField(
        default=list, blank=True, help_text="Keys of the pictures in it, so that they stay readable with it."
    )
    reason = models.CharField(max_length=500, blank=True, help_text="Public: why it was corrected.")
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.UUIDField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Key of the page's revision it was taken from."
    )
    redaction = models.ForeignKey(
        MinutesRedaction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
        help_text="Its words are hidden, or gone.",
    )

    privacy = Privacy(
        public="id meeting number kind body html sha256 pictures reason published_at redaction",
        board="published_by revision",
        keep="Kept: old versions stay readable, unless two people take one off.",
    )

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="%(app_label)s_%(class)s_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}, version {self.number}"

    @property
    def shown_reason(self) -> str:
        """Why it was corrected, as long as its words are shown."""
        return "" if self.redaction_id else self.reason


class ReviewComment(models.Model):
    """What somebody said about the draft minutes, from the desk or by a reviewer's link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="review_comments")
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=2000)
    by = models.UUIDField(null=True, blank=True, help_text="Public id of the person.")
    by_link = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When the board had dealt with it.")

    privacy = Privacy(
        board="id meeting text by by_link at settled_at",
        personal="name",
        keep="Two years after it was written.",
        after=timedelta(days=730),
        since="at",
    )

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.meeting}, {self.at:%Y-%m-%d}"
