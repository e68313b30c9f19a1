"""Questions from the public, who supports them, and who asked to speak."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.meetings.enums import LISTED, UNHEARD, QuestionStatus, SpeakerStatus
from snb.meetings.models.meetings import Meeting
from snb.privacy.enums import Privacy
from snb.privacy.fields import EncryptedTextField

LONGEST_QUESTION = 300
LONGEST_NAME = 60
LONGEST_ANSWER = 1500


class QuestionQuerySet(models.QuerySet["Question"]):
    """Filters on questions."""

    def listed(self) -> QuestionQuerySet:
        """What everybody may read: on the list, taken or answered."""
        return self.filter(status__in=LISTED)


class Question(models.Model):
    """A question that somebody put to a public meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="questions")
    text = models.CharField(max_length=LONGEST_QUESTION)
    name = models.CharField(
        max_length=LONGEST_NAME,
        blank=True,
        help_text="What the asker wants to be called; public with the question.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="If signed in.",
    )
    asker_hash = models.CharField(
        max_length=80,
        blank=True,
        editable=False,
        help_text="Keyed hash of the browser or account that asked.",
    )
    found = models.JSONField(
        default=list,
        blank=True,
        help_text="Kinds of identifiers that its words seem to hold, for the moderator.",
    )
    status = models.CharField(
        max_length=9, choices=QuestionStatus.choices, default=QuestionStatus.WAITING, db_index=True
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it was not taken up; its author reads it."
    )
    answer = models.TextField(max_length=LONGEST_ANSWER, blank=True)
    supports = models.PositiveIntegerField(
        default=0, help_text="How many support it; stays when their marks go."
    )
    asked_at = models.DateTimeField(default=timezone.now)
    admitted_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    changed = models.DateTimeField(
        default=timezone.now, help_text="When a moderator or its author did something last."
    )

    privacy = Privacy(
        board="id meeting text name found status reason answer supports asked_at admitted_at taken_at answered_at changed",
        personal="author",
        secret="asker_hash",  # noqa: S106 - the name of a field
        keep="Questions on the list and answered ones are kept with the meeting, without the mark of who asked once its minutes are "
        "published. Others go 90 days after the meeting.",
        after=timedelta(days=90),
        since="meeting__ends_at",
        where={"status__in": UNHEARD},
    )

    is_supported = False
    is_own = False
    """Of the visitor it is shown to; `queries.questions_for` says so."""

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code

    @property
    def asker(self) -> str:
        """The name as list and minutes show it."""
        return self.name or _("A member of the public")


class QuestionSupport(models.Model):
    """That a browser or a person supports a question. Which one can only be told by whoever comes with it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="marks")
    supporter_hash = models.CharField(
        max_length=80,
        editable=False,
        help_text="Keyed hash of the browser or account, of this meeting alone.",
    )
    created = models.DateTimeField(auto_now_add=True)

    privacy = Privacy(
        board="id question created",
        secret="supporter_hash",  # noqa: S106 - the name of a field
        keep="Until the minutes are published, at most 90 days after the meeting.",
        after=timedelta(days=90),
        since="question__meeting__ends_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "supporter_hash"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}"


class Speaker(models.Model):
    """Somebody who asked to speak at a meeting. Their contact is for those who run it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="speakers")
    name = EncryptedTextField(max_length=80)
    email = EncryptedTextField(max_length=254)
    topic = EncryptedTextField(max_length=200)
    asker_hash = models.CharField(
        max_length=80, editable=False, help_text="Keyed hash of the browser or account that asked."
    )
    status = models.CharField(max_length=9, choices=SpeakerStatus.choices, default=SpeakerStatus.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    changed = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        board="id meeting status asked_at changed",
        personal="name email topic",
        secret="asker_hash",  # noqa: S106 - the name of a field
        keep="Thirty days after the meeting.",
        after=timedelta(days=30),
        since="meeting__ends_at",
    )

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.status}"

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code
