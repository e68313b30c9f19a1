"""Making a board pack: agenda, papers, figures and open actions of a meeting, frozen into one page and one PDF."""

from __future__ import annotations

import hashlib
from io import BytesIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import store_file
from snb.files.adapters import render_pdf
from snb.files.enums import DOCUMENTS, Kind
from snb.files.errors import PdfUnavailable
from snb.files.models import StoredFile
from snb.meetings.adapters import facts_for
from snb.meetings.enums import ItemKind
from snb.meetings.models import BoardPack, Meeting
from snb.meetings.models.meetings import clock
from snb.meetings.queries.agenda import DraftItem, draft_agenda
from snb.meetings.queries.packs import (
    PackItem,
    PackPaper,
    agenda_state,
    files_of_agenda,
    open_actions,
)
from snb.meetings.queries.take_away import access_facts, called_off, where, whose
from snb.people.models import User

LANGUAGE = "en-GB"
MOST_ATTACHED = 12 * 1024 * 1024
"""Bytes of papers that travel inside the PDF; what is beyond them is reached by its link."""


def make_pack(meeting: Meeting, *, by: User) -> BoardPack:
    """Freeze a meeting as it stands into a pack: the agenda with its private items, a copy of each paper, what the portal
    knows today, and the open actions of the body.

    The page and the PDF are made first, the rows and copies in one transaction afterwards: nobody waits for a PDF. Where this
    machine cannot make PDFs the pack has its page alone.

    Raises:
        PermissionDenied: `by` does not run this body's meetings.
        ValidationError: there is nothing on the agenda, or somebody changed its papers or made a pack in the meantime.
    """
    if not by.has_perm("meetings.pack.make", meeting):
        raise PermissionDenied
    last = (
        BoardPack.objects.filter(meeting=meeting).order_by("-number").values_list("number", flat=True).first()
    )
    pack = BoardPack(meeting=meeting, number=(last or 0) + 1, made_at=timezone.now(), made_by=by.public_id)
    files = files_of_agenda(meeting)
    items = items_of(pack, files)
    if not items:
        raise ValidationError(_("Put at least one item on the agenda before you make a pack."))
    context = {
        "meeting": meeting,
        "items": items,
        "actions": open_actions(meeting),
        "agenda_state": agenda_state(meeting),
        "made_at": pack.made_at,
        "whose": whose(meeting),
        "where": where(meeting),
        "access": access_facts(meeting),
        "off": called_off(meeting),
        "heading": _("Meeting pack"),
        "state": _("For members. Made on %(moment)s")
        % {"moment": date_format(timezone.localtime(pack.made_at), "j F Y, H:i")},
    }
    pack.html = render_to_string("meetings/_pack.html", context)
    pack.sha256 = hashlib.sha256(pack.html.encode()).hexdigest()
    papers = [paper for item in items for paper in item.papers]
    pdf = pdf_of_pack(pack, papers, files, context)
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        if BoardPack.objects.filter(meeting=meeting, number=pack.number).exists():
            raise ValidationError(_("Somebody else has just made a pack. Look at it first."))
        pack.save(force_insert=True)
        pack.contents = [copy_of(paper, files[str(paper.shown.file)], pack, by) for paper in papers]
        if pdf is not None:
            pack.pdf = store_file(
                BytesIO(pdf),
                owner=pack,
                kinds={Kind.PDF},
                by=by,
                board=pack.board_code,
                public_name=f"{meeting.slug}-pack-{pack.number}"[:100],
            )
        pack.save(update_fields=["contents", "pdf"])
        record(
            Event.PACK_MADE,
            pack,
            by=by,
            board=pack.board_code,
            meeting=str(meeting.pk),
            number=pack.number,
            papers=len(papers),
            pdf=pdf is not None,
        )
    return pack


def items_of(pack: BoardPack, files: dict[str, StoredFile]) -> list[PackItem]:
    """The agenda as it stands on the desk, with what the portal knows of each item today. Papers are counted through."""
    drafts = draft_agenda(pack.meeting)
    known = facts_for(pack.meeting, [ItemKind(item.row.kind) for item in drafts])
    found, number = [], 0
    for item in drafts:
        papers = []
        for shown in item.papers:
            stored = files.get(str(shown.file))
            if stored is None:
                raise ValidationError(_("Somebody has just changed the papers. Try again."))
            number += 1
            path = f"{pack.get_absolute_url()}papers/{number}/"
            papers.append(PackPaper(number, shown, stored.sha256, path))
        row = item.row
        found.append(
            PackItem(
                item.number,
                row.title,
                row.note,
                in_short(item),
                row.is_private,
                known[ItemKind(row.kind)],
                tuple(papers),
            )
        )
    return found


def in_short(item: DraftItem) -> str:
    """ "7.10pm, 15 minutes. Led by A. Person." """
    length = item.row.minutes
    words = [clock(timezone.localtime(item.begins))] if item.begins else []
    if length:
        words.append(ngettext("%(number)d minute", "%(number)d minutes", length) % {"number": length})
    parts = [", ".join(words)] if words else []
    if item.row.lead:
        parts.append(_("Led by %(name)s") % {"name": item.row.lead})
    return ". ".join(parts)


def copy_of(paper: PackPaper, original: StoredFile, pack: BoardPack, by: User) -> dict[str, str | int]:
    """Copy a paper into the pack, and say what it is. Raises ValidationError where somebody has deleted it."""
    copy = store_file(
        BytesIO(read(original)),
        owner=pack,
        kinds=DOCUMENTS,
        by=by,
        board=pack.board_code,
        public_name=original.public_name.rpartition(".")[0],
    )
    return {
        "title": paper.shown.title,
        "kind": paper.shown.kind,
        "size": copy.size,
        "sha256": copy.sha256,
        "file": str(copy.pk),
    }


def pdf_of_pack(
    pack: BoardPack, papers: list[PackPaper], files: dict[str, StoredFile], context: dict[str, object]
) -> bytes | None:
    """The same page as a tagged PDF with the papers attached as they are; None on a machine that cannot make any.

    Papers are attached, not appended: joining a stranger's PDF to ours would leave its pages without tags.
    """
    attached = attachments(papers, files)
    html = render_to_string(
        "meetings/documents/pack.html",
        {**context, "body": pack.html, "attached": list(attached), "left_out": len(papers) - len(attached)},
    )
    title = _("Meeting pack: %(meeting)s") % {"meeting": pack.meeting}
    try:
        return render_pdf(html, title=title, lang=LANGUAGE, files=attached)
    except PdfUnavailable:
        return None


def attachments(papers: list[PackPaper], files: dict[str, StoredFile]) -> dict[str, bytes]:
    """Papers by the name they have inside the PDF, in order, as long as they fit."""
    found: dict[str, bytes] = {}
    left = MOST_ATTACHED
    for paper in papers:
        stored = files[str(paper.shown.file)]
        if stored.size > left:
            continue
        left -= stored.size
        found[f"{paper.number}-{stored.public_name}"] = read(stored)
    return found


def read(stored: StoredFile) -> bytes:
    """The bytes of a paper. Raises ValidationError where somebody has deleted it."""
    try:
        with stored.file.open("rb") as file:
            return bytes(file.read())
    except OSError:
        raise ValidationError(_("Somebody has just changed the papers. Try again.")) from None
