"""Board packs: everything members need for a meeting, frozen at one moment."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from snb.meetings.models.meetings import Meeting
from snb.privacy.enums import Privacy


class BoardPack(models.Model):
    """Agenda, papers, figures and open actions of a meeting as they were at one moment. Nothing changes it afterwards.

    It owns its PDF and a copy of each paper. Several packs of a meeting stand side by side.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="packs")
    number = models.PositiveIntegerField(help_text="Counts up within a meeting; in the address.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True, blank=True, help_text="Public id of the person.")
    html = models.TextField(help_text="The page as it was; the hash is of this.")
    sha256 = models.CharField(max_length=64)
    contents = models.JSONField(
        default=list, help_text="The papers in their order: [{title, kind, size, sha256, file}]."
    )
    pdf = models.ForeignKey("files.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+")

    privacy = Privacy(
        board="id meeting number made_at made_by html sha256 contents pdf",
        keep="As its meeting.",
    )

    class Meta:
        ordering = ["meeting", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="%(app_label)s_%(class)s_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}, {date_format(timezone.localtime(self.made_at), 'j F Y, H:i')}"

    def get_absolute_url(self) -> str:
        """Its page on its board's site."""
        return f"/desk/meetings/{self.meeting.slug}/packs/{self.number}/"

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.meeting.board_code
