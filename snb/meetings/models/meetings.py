"""A meeting, its agenda, the papers of each item, and the rules of the body that meets."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.models import Board, Body
from snb.meetings.enums import (
    AGENDA_STATES,
    MINUTES_STATES,
    UPCOMING_STATES,
    ItemKind,
    MeetingKind,
    MeetingStatus,
    Openness,
    Provision,
)
from snb.places.models import Ward
from snb.privacy.enums import Privacy

if TYPE_CHECKING:
    from snb.files.models import StoredFile


class MeetingRules(models.Model):
    """What a body has agreed about its meetings. A body without a row has the defaults."""

    body = models.OneToOneField(Body, models.CASCADE, primary_key=True, related_name="meeting_rules")
    papers_days = models.PositiveSmallIntegerField(
        default=5, help_text="Days before a meeting by which members have agenda and papers."
    )
    takes_questions = models.BooleanField(
        default=True, help_text="Whether anybody may put a question to a public meeting."
    )
    speak_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Hours before a meeting by which somebody registers to speak."
    )

    privacy = Privacy(public="body papers_days takes_questions speak_hours", keep="As long as the body.")

    class Meta:
        verbose_name_plural = "meeting rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(papers_days__lte=60), name="%(app_label)s_%(class)s_papers_within_two_months"
            ),
            models.CheckConstraint(
                condition=Q(speak_hours__lte=336), name="%(app_label)s_%(class)s_speak_within_two_weeks"
            ),
        ]

    def __str__(self) -> str:
        return str(self.body)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Filters on meetings."""

    def for_board(self, board: Board | None) -> MeetingQuerySet:
        """Meetings on a board's site; with None those of the London-wide site."""
        return self.filter(board=board)

    def public(self) -> MeetingQuerySet:
        """Meetings that a stranger may know of."""
        return self.filter(announced_at__isnull=False)

    def upcoming(self) -> MeetingQuerySet:
        """Not over yet, soonest first; postponed and cancelled ones are not among them."""
        return self.filter(status__in=UPCOMING_STATES, ends_at__gt=timezone.now()).order_by("starts_at")

    def past(self) -> MeetingQuerySet:
        """Over, latest first; cancelled ones among them once their day has passed."""
        return self.filter(ends_at__lte=timezone.now()).order_by("-starts_at")

    def of_ward(self, ward: Ward) -> MeetingQuerySet:
        """Meetings of the ward's panel, its contact sessions included."""
        return self.filter(body__ward=ward)


class Meeting(models.Model):
    """A meeting of a body, or a London-wide one (no board, no body). Times are instants; people read and write London time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, models.PROTECT, null=True, blank=True, related_name="meetings")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="meetings")
    kind = models.CharField(max_length=16, choices=MeetingKind.choices)
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)
    status = models.CharField(
        max_length=18, choices=MeetingStatus.choices, default=MeetingStatus.AGENDA_DRAFT
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True, help_text="Name of the place.")
    address = models.CharField(max_length=200, blank=True)
    step_free = models.CharField(max_length=7, choices=Provision.choices, default=Provision.UNKNOWN)
    toilets = models.CharField(max_length=7, choices=Provision.choices, default=Provision.UNKNOWN)
    hearing_loop = models.CharField(max_length=7, choices=Provision.choices, default=Provision.UNKNOWN)
    access_note = models.CharField(
        max_length=300, blank=True, help_text="How to get in, parking, interpreters, anything else."
    )
    joining_url = models.URLField(max_length=500, blank=True, help_text="Where to join online; public.")
    openness = models.CharField(max_length=12, choices=Openness.choices, default=Openness.PUBLIC)
    chair_name = models.CharField(max_length=120, blank=True, help_text="Who chairs it; public.")
    quorum = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Voting members who have to be there; empty where none is set."
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on everybody may know of it."
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text="Revision of the calendar entry (RFC 5545 SEQUENCE)."
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text="Public: why it was moved, postponed or cancelled."
    )
    moved_from = models.DateTimeField(
        null=True, blank=True, help_text="When it was to begin before it was moved last."
    )
    agenda_published_at = models.DateTimeField(null=True, blank=True)
    agenda_published = models.JSONField(
        default=list,
        blank=True,
        help_text="The agenda as it was published last; of a private item its id and nothing it says. "
        "Everything public reads this (`queries.agenda.published_agenda`), so that a draft is never seen.",
    )
    agenda_written_by = models.JSONField(
        default=list,
        blank=True,
        help_text="Public ids of those who wrote the agenda since it was published last.",
    )
    members_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When members were sent agenda and papers."
    )
    minutes_published_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_in = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approves",
        help_text="The later meeting that agreed the minutes.",
    )
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now, help_text="When anything public changed last.")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="Followers have been told of every change up to then."
    )
    told_starts_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The beginning that followers know of; empty before they know of it, and once they know that it is postponed.",
    )
    agenda_chased_at = models.DateTimeField(
        null=True, blank=True, help_text="When its officers were told that the agenda is due."
    )
    minutes_chased_at = models.DateTimeField(
        null=True, blank=True, help_text="When its officers were told that draft minutes are due."
    )

    privacy = Privacy(
        public="id board body kind title slug status starts_at ends_at place address step_free toilets hearing_loop access_note "
        "joining_url openness chair_name quorum announced_at sequence reason moved_from agenda_published_at agenda_published "
        "minutes_published_at "
        "approved_at approved_in changed",
        board="agenda_written_by members_told_at told_at told_starts_at agenda_chased_at minutes_chased_at created",
        keep="Kept: the public record of what a board did.",
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "slug"],
                condition=Q(board__isnull=False),
                name="%(app_label)s_%(class)s_slug_once_a_board",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(board__isnull=True),
                name="%(app_label)s_%(class)s_slug_once_in_london",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="%(app_label)s_%(class)s_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(board__isnull=True, body__isnull=True)
                | Q(board__isnull=False, body__isnull=False),
                name="%(app_label)s_%(class)s_of_a_body_or_of_london",
            ),
        ]
        indexes = [
            models.Index(fields=["board", "-starts_at"]),
            models.Index(fields=["changed"]),
            models.Index(fields=["starts_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {date_format(timezone.localtime(self.starts_at), 'j F Y')}"

    def get_absolute_url(self) -> str:
        """Its page on its board's site."""
        return f"/meetings/{self.slug}/"

    @property
    def minutes_path(self) -> str:
        """Where its minutes stand."""
        return f"{self.get_absolute_url()}minutes/"

    @property
    def full_url(self) -> str:
        """Its page, with the site."""
        return self.url(self.get_absolute_url())

    def url(self, path: str) -> str:
        """Absolute address of a path on the site the meeting is shown on."""
        return self.board.url(path) if self.board else f"{settings.PORTAL_BASE_URL}{path}"

    @property
    def board_code(self) -> str:
        """GSS code of the board; empty for a London-wide meeting."""
        return self.board_id or ""

    @property
    def ward(self) -> Ward | None:
        """The ward it is about: that of its panel."""
        return self.body.ward if self.body else None

    @property
    def is_upcoming(self) -> bool:
        """Whether it is still to be, or going on."""
        return self.status in UPCOMING_STATES and self.ends_at > timezone.now()

    @property
    def has_begun(self) -> bool:
        """Whether its hour has come."""
        return self.starts_at <= timezone.now()

    @property
    def is_now(self) -> bool:
        """Whether it is going on, or begins within the half-hour."""
        soon = timezone.now() + timedelta(minutes=30)
        return self.status in UPCOMING_STATES and self.starts_at <= soon and self.ends_at > timezone.now()

    @property
    def has_agenda(self) -> bool:
        """Whether everybody may read its agenda."""
        return self.agenda_published_at is not None and self.status in AGENDA_STATES

    @property
    def agenda_changed(self) -> bool:
        """Whether somebody has written the agenda since it was published, so that the public reads another one."""
        return self.agenda_published_at is not None and bool(self.agenda_written_by)

    @property
    def has_minutes(self) -> bool:
        """Whether everybody may read its minutes, draft or approved."""
        return self.status in MINUTES_STATES

    @property
    def when(self) -> str:
        """For example: Thursday 12 November 2026, 7pm to 9pm."""
        begins, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        day = date_format(begins, "l j F Y")
        last = clock(ends) if begins.date() == ends.date() else date_format(ends, "l j F Y, ") + clock(ends)
        return _("%(day)s, %(begins)s to %(ends)s") % {"day": day, "begins": clock(begins), "ends": last}


def clock(moment: datetime) -> str:
    """A time as people say it: 7pm, 6.30pm, midday, midnight."""
    if (moment.hour, moment.minute) in {(0, 0), (12, 0)}:
        return _("midday") if moment.hour else _("midnight")
    minutes = f".{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'pm' if moment.hour > 11 else 'am'}"


class AgendaItem(models.Model):
    """One item of an agenda. What the portal knows about it is frozen, with its day, when the agenda is published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ItemKind.choices, default=ItemKind.PLAIN)
    title = models.CharField(max_length=160)
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long it may take, in minutes."
    )
    lead = models.CharField(max_length=120, blank=True, help_text="Who leads it.")
    note = models.TextField(max_length=2000, blank=True, help_text="What it is about.")
    is_private = models.BooleanField(
        default=False, help_text="In the private part: its title, note and papers are for members only."
    )
    facts = models.JSONField(
        default=list,
        blank=True,
        help_text="What the portal knew: [{title, lines: [{text, url}], as_of}], frozen at publication.",
    )

    privacy = Privacy(
        board="id meeting position kind title minutes lead note is_private facts",
        keep="As its meeting.",
    )

    class Meta:
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="%(app_label)s_%(class)s_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code


class Paper(models.Model):
    """A paper attached to an item; its file is a `StoredFile` that this row owns, private until the agenda is published.

    A paper the public reads stays in reach until the agenda without it is published: off its item, with the meeting it
    was taken from.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, models.CASCADE, null=True, blank=True, related_name="papers")
    taken_off = models.ForeignKey(
        Meeting,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="papers_taken_off",
        help_text="The meeting whose agenda it was taken off; it goes when that is published again.",
    )
    title = models.CharField(max_length=160)
    file = models.ForeignKey("files.StoredFile", models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    privacy = Privacy(board="id item taken_off title file created", keep="As its meeting.")

    class Meta:
        ordering = ["created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, taken_off__isnull=True)
                | Q(item__isnull=True, taken_off__isnull=False),
                name="%(app_label)s_%(class)s_on_an_item_or_taken_off",
            ),
        ]

    if TYPE_CHECKING:
        stored: StoredFile

    def __str__(self) -> str:
        return self.title

    @property
    def meeting(self) -> Meeting:
        """The meeting it is or was for."""
        return self.item.meeting if self.item else self.taken_off  # type: ignore[return-value]

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code
