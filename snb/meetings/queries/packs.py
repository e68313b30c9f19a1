"""What is read for board packs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.boards.models import Board
from snb.files.models import StoredFile
from snb.meetings.models import ActionItem, BoardPack, Meeting
from snb.meetings.queries.agenda import Facts, ShownPaper, draft_agenda

MEETINGS = ("board__borough", "body__ward__borough", "body__board__borough")


def meeting_for_desk(board: Board | None, slug: str) -> Meeting | None:
    """A meeting of a site, announced or not; whoever asks has to ask the permission too."""
    return Meeting.objects.for_board(board).filter(slug=slug).select_related(*MEETINGS).first()


def packs_of(meeting: Meeting) -> list[BoardPack]:
    """The packs of a meeting, newest first, without their pages."""
    found = list(
        BoardPack.objects.filter(meeting=meeting).select_related("pdf").defer("html").order_by("-number")
    )
    for pack in found:
        pack.meeting = meeting
    return found


def pack_of(meeting: Meeting, number: int) -> BoardPack | None:
    """One pack."""
    pack = BoardPack.objects.filter(meeting=meeting, number=number).select_related("pdf").first()
    if pack is not None:
        pack.meeting = meeting
    return pack


def paper_of(pack: BoardPack, number: int) -> StoredFile | None:
    """The pack's own copy of its paper number so-and-so, counted from one."""
    if not 1 <= number <= len(pack.contents):
        return None
    return StoredFile.objects.of(pack).filter(pk=pack.contents[number - 1]["file"]).first()


@dataclass(frozen=True)
class PackPaper:
    """A paper as the pack shows it; `path` is where the pack keeps its copy."""

    number: int
    shown: ShownPaper
    sha256: str
    path: str


@dataclass(frozen=True)
class PackItem:
    """An item of the agenda with what the portal knows today."""

    number: int
    title: str
    note: str
    meta: str
    is_private: bool
    facts: tuple[Facts, ...]
    papers: tuple[PackPaper, ...]


@dataclass(frozen=True)
class PackAction:
    """An open action or recommendation, as the log has it."""

    label: str
    text: str
    owner: str
    due: str
    state: str
    is_private: bool


def open_actions(meeting: Meeting) -> list[PackAction]:
    """What the body still has to do or hear, the overdue first; entries from private parts are marked. One query."""
    entries = (
        ActionItem.objects.outstanding()
        .filter(board=meeting.board_id, body=meeting.body_id)
        .order_by(F("due_on").asc(nulls_last=True), "number")
    )
    return [
        PackAction(
            entry.label,
            entry.text,
            entry.owner_name,
            date_format(entry.due_on, "j F Y") if entry.due_on else _("No date"),
            str(_("Overdue") if entry.is_overdue else entry.get_rag_display() or entry.get_status_display()),
            entry.is_private,
        )
        for entry in entries
    ]


def agenda_state(meeting: Meeting) -> str:
    """How the agenda in a pack stands to the public one, in words."""
    if meeting.agenda_published_at is None:
        return _("The agenda had not been published yet.")
    day = date_format(timezone.localtime(meeting.agenda_published_at), "j F Y")
    if meeting.agenda_written_by:
        return _("The agenda was published on %(day)s and has been changed since.") % {"day": day}
    return _("The agenda was published on %(day)s.") % {"day": day}


def files_of_agenda(meeting: Meeting) -> dict[str, StoredFile]:
    """The stored files of the papers on the agenda as it stands, by id. Three queries."""
    wanted = [paper.file for item in draft_agenda(meeting) for paper in item.papers]
    return {str(stored.pk): stored for stored in StoredFile.objects.filter(pk__in=wanted)}
