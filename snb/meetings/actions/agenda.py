"""Writing an agenda and its papers, and the row side of publishing it. Who wrote it alone does not publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file, publish_file, store_file, unpublish_file
from snb.files.enums import DOCUMENTS
from snb.meetings.actions.meetings import locked, move_to, touch
from snb.meetings.actions.templates import TEMPLATES
from snb.meetings.adapters import facts_for, introduction_of
from snb.meetings.enums import OPEN_STATES, UPCOMING_STATES, ItemKind, MeetingKind, MeetingStatus
from snb.meetings.errors import InvalidTransition, SecondPersonNeeded
from snb.meetings.models import AgendaItem, Meeting, Paper
from snb.meetings.queries.agenda import (
    DraftItem,
    draft_agenda,
    fingerprint,
    paper_as_json,
    public_papers,
    reading_of,
)
from snb.people.models import User

MOST_ITEMS = 60
MOST_PAPERS = 40
SHIFT = 10_000
"""Lifts positions out of the way while items change places."""


@dataclass(frozen=True)
class ItemDraft:
    """An item as somebody wrote it; `id` is that of the item it changes, None for a new one."""

    title: str
    kind: ItemKind = ItemKind.PLAIN
    minutes: int | None = None
    lead: str = ""
    note: str = ""
    is_private: bool = False
    id: UUID | None = None


def write_agenda(
    meeting: Meeting, items: Sequence[ItemDraft], *, by: User, seen: str | None = None
) -> list[AgendaItem]:
    """Write the whole agenda: in this order, with what is not in it taken away. Items keep their ids and papers.

    What is published stays as it is until the agenda is published again.

    Args:
        seen: fingerprint of the draft that `by` changed; where somebody else has written since, nothing is overwritten.

    Raises:
        PermissionDenied: `by` may not write this body's agendas.
        InvalidTransition: the meeting is over or cancelled.
        ValidationError: an item cannot be, or somebody else was quicker.
    """
    with transaction.atomic():
        meeting = locked_for_writing(meeting, by)
        rows = {row.pk: row for row in AgendaItem.objects.filter(meeting=meeting)}
        known = [item.id for item in items if item.id]
        if (seen is not None and seen != fingerprint(draft_agenda(meeting))) or not rows.keys() >= set(known):
            raise ValidationError(
                _("Somebody else has changed this agenda in the meantime. Look at it before you save yours.")
            )
        check_items(items)
        for row in rows.values():
            if row.pk not in known:
                take_item_away(row, by)
        AgendaItem.objects.filter(meeting=meeting).update(position=F("position") + SHIFT)
        written = []
        for position, item in enumerate(items, 1):
            row = rows[item.id] if item.id else AgendaItem(meeting=meeting)
            row.position, row.kind, row.title = position, item.kind, " ".join(item.title.split())
            row.minutes, row.lead, row.note = item.minutes, item.lead.strip(), item.note.strip()
            row.is_private = item.is_private
            row.save()
            written.append(row)
        note_writer(meeting, by)
        record(Event.AGENDA_WRITTEN, meeting, by=by, board=meeting.board_code, items=len(written))
    return written


def start_from_template(meeting: Meeting, *, by: User) -> list[AgendaItem]:
    """Begin an empty agenda with the standing one of this kind of meeting. Raises as `write_agenda`."""
    if AgendaItem.objects.filter(meeting=meeting).exists():
        raise ValidationError(_("There is an agenda already."))
    lines = TEMPLATES[MeetingKind(meeting.kind)]
    return write_agenda(
        meeting, [ItemDraft(str(title), kind, minutes) for kind, title, minutes in lines], by=by
    )


def add_paper(item: AgendaItem, *, title: str, file: IO[bytes], by: User) -> Paper:
    """Attach a paper to an item. It is private until the agenda is published, and stays so on a private item.

    Raises:
        PermissionDenied: `by` may not write this body's agendas.
        InvalidTransition: the meeting is over or cancelled.
        ValidationError: keyed by field; the file is refused, or there is no title.
    """
    with transaction.atomic():
        meeting = locked_for_writing(item.meeting, by)
        title = " ".join(title.split())
        if not title:
            raise ValidationError({"title": _("Give the paper a name.")})
        if Paper.objects.filter(item__meeting=meeting).count() >= MOST_PAPERS:
            raise ValidationError(_("A meeting has %(most)s papers at most.") % {"most": MOST_PAPERS})
        paper = Paper.objects.create(item=item, title=title)
        try:
            paper.file = store_file(
                file,
                owner=paper,
                kinds=DOCUMENTS,
                by=by,
                board=meeting.board_code,
                public_name=slugify(title),
            )
        except ValidationError as refused:
            raise ValidationError({"file": refused.messages}) from refused
        paper.save(update_fields=["file"])
        note_writer(meeting, by)
        record(Event.PAPER_ADDED, paper, by=by, board=meeting.board_code, meeting=str(meeting.pk))
    return paper


def remove_paper(paper: Paper, *, by: User) -> None:
    """Take a paper off the agenda. One that is published stays in reach until the agenda is published without it.

    Raises:
        PermissionDenied: `by` may not write this body's agendas.
        InvalidTransition: the meeting is over or cancelled.
    """
    with transaction.atomic():
        meeting = locked_for_writing(paper.meeting, by)
        record(Event.PAPER_REMOVED, paper, by=by, board=meeting.board_code, meeting=str(meeting.pk))
        take_paper_off(paper, meeting, by)
        note_writer(meeting, by)


def withdraw_paper(paper: Paper, *, by: User) -> Meeting:
    """Take a published paper off the site at once, also once its meeting is over. The agenda says that one was withdrawn, and when.

    One person is enough: what should never have been public does not wait for a second one. Those who sit on the body can
    read it on the desk as long as it is on its item; before the meeting it is taken off, so that it does not go out again.

    Raises:
        PermissionDenied: `by` may not write this body's agendas.
        ValidationError: it is not public.
    """
    with transaction.atomic():
        meeting = locked(paper.meeting.pk, by, "meetings.agenda.write")
        paper = Paper.objects.select_related("file").get(pk=paper.pk)
        key, today = str(paper.pk), timezone.localdate().isoformat()
        if all(str(shown.id) != key for shown in public_papers(meeting)):
            raise ValidationError(_("This paper is not public."))
        for item in meeting.agenda_published:
            kept = [entry for entry in item.get("papers", []) if entry["id"] != key]
            if len(kept) < len(item.get("papers", [])):
                item["papers"], item["withdrawn"] = kept, [*item.get("withdrawn", []), today]
        meeting.changed = timezone.now()
        meeting.save(update_fields=["agenda_published", "changed"])
        if paper.file:
            unpublish_file(paper.file, by=by)
        if meeting.status in OPEN_STATES:
            Paper.objects.filter(pk=paper.pk).update(item=None, taken_off=meeting)
        record(
            Event.PAPER_WITHDRAWN,
            paper,
            by=by,
            board=meeting.board_code,
            public=True,
            meeting=str(meeting.pk),
        )
    return meeting


def freeze_agenda(meeting: Meeting, *, by: User, seen: str | None = None) -> Meeting:
    """Publish the agenda as it stands: the row side, for the action that publishes its page, in that one's transaction.

    What the portal knows for each item is frozen with today's date, on a second publication too; papers of public items
    are published, those of private items closed, those taken off deleted.

    Args:
        seen: what `by` has read (`queries.agenda.reading_of`); what was written since is not published unread.

    Raises:
        PermissionDenied: `by` may not publish this body's agendas.
        InvalidTransition: the meeting is not announced, over, postponed or cancelled.
        ValidationError: there is nothing on the agenda, or something else than what `by` has read.
        SecondPersonNeeded: `by` wrote it, or part of it, since it was published last.
    """
    with transaction.atomic():
        meeting = locked(meeting.pk, by, "meetings.agenda.publish")
        if meeting.announced_at is None:
            raise InvalidTransition(_("Announce the meeting before you publish its agenda."))
        if meeting.status == MeetingStatus.POSTPONED:
            raise InvalidTransition(_("Give the meeting a new date before you publish its agenda."))
        if meeting.status not in UPCOMING_STATES:
            raise InvalidTransition(_("This meeting is over, so its agenda stays as it is."))
        items = draft_agenda(meeting)
        if not items:
            raise ValidationError(_("Put at least one item on the agenda before you publish it."))
        if str(by.public_id) in meeting.agenda_written_by:
            raise SecondPersonNeeded(
                _(
                    "You wrote this agenda, so somebody else reads it before everybody does. Ask another person who runs "
                    "these meetings to publish it; MOPAC oversight can do it too."
                )
            )
        if seen is not None and seen != reading_of(items, introduction_of(meeting)):
            raise ValidationError(
                _("Somebody has changed this agenda since you opened it. Read it once more, then publish it.")
            )
        publish_papers(meeting, items, by)
        meeting.agenda_published = snapshot(meeting, items)
        meeting.agenda_published_at = timezone.now()
        meeting.agenda_written_by = []
        if meeting.status != MeetingStatus.AGENDA_PUBLISHED:
            move_to(meeting, MeetingStatus.AGENDA_PUBLISHED)
        touch(meeting)
        meeting.save()
        record(
            Event.AGENDA_PUBLISHED,
            meeting,
            by=by,
            board=meeting.board_code,
            public=True,
            items=len(items),
        )
    return meeting


def publish_papers(meeting: Meeting, items: list[DraftItem], by: User) -> None:
    """Open the papers of public items, close those of private ones, and delete what was taken off."""
    for item in items:
        for paper in item.row.papers.all():
            if paper.file:
                (unpublish_file if item.row.is_private else publish_file)(paper.file, by=by)
    for paper in Paper.objects.filter(taken_off=meeting).select_related("file"):
        if paper.file:
            delete_file(paper.file, by=by)
        paper.delete()


def snapshot(meeting: Meeting, items: list[DraftItem]) -> list[dict[str, object]]:
    """The items as everybody reads them from now on, each with what the portal knows today, which it keeps."""
    known = facts_for(meeting, [ItemKind(item.row.kind) for item in items if not item.row.is_private])
    for item in items:
        facts = () if item.row.is_private else known[ItemKind(item.row.kind)]
        item.row.facts = [entry.as_json() for entry in facts]
        item.row.save(update_fields=["facts"])
    return [as_published(item) for item in items]


def as_published(item: DraftItem) -> dict[str, object]:
    """An item for the snapshot everybody reads; of a private one its id alone."""
    row = item.row
    if row.is_private:
        return {"id": str(row.pk), "is_private": True}
    return {
        "id": str(row.pk),
        "is_private": False,
        "kind": str(row.kind),
        "title": row.title,
        "minutes": row.minutes,
        "lead": row.lead,
        "note": row.note,
        "facts": row.facts,
        "papers": [paper_as_json(paper) for paper in item.papers],
    }


def locked_for_writing(meeting: Meeting, by: User) -> Meeting:
    """The meeting, held for this transaction, while its agenda may be written."""
    meeting = locked(meeting.pk, by, "meetings.agenda.write")
    if meeting.status not in OPEN_STATES:
        raise InvalidTransition(_("This meeting is over, so its agenda stays as it is."))
    return meeting


def note_writer(meeting: Meeting, by: User) -> None:
    """Remember who wrote; they do not publish it."""
    writer = str(by.public_id)
    if writer not in meeting.agenda_written_by:
        meeting.agenda_written_by = [*meeting.agenda_written_by, writer]
        meeting.save(update_fields=["agenda_written_by"])


def note_introduction(meeting: Meeting, *, by: User) -> None:
    """Remember who wrote above the agenda, for the page that holds it: a second person publishes it, also where it is out already."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        if meeting.status in OPEN_STATES:
            note_writer(meeting, by)


def take_item_away(row: AgendaItem, by: User) -> None:
    """Delete an item; its papers go as `remove_paper` says."""
    for paper in Paper.objects.filter(item=row):
        take_paper_off(paper, row.meeting, by)
    row.delete()


def take_paper_off(paper: Paper, meeting: Meeting, by: User) -> None:
    """Delete a paper; one in the published agenda is only set aside."""
    published = {entry["id"] for item in meeting.agenda_published for entry in item.get("papers", [])}
    if str(paper.pk) in published:
        Paper.objects.filter(pk=paper.pk).update(item=None, taken_off=meeting)
        return
    if paper.file:
        delete_file(paper.file, by=by)
    paper.delete()


def check_items(items: Sequence[ItemDraft]) -> None:
    """Refuse an agenda that cannot be. Raises ValidationError with a sentence for each item that is wrong."""
    if len(items) > MOST_ITEMS:
        raise ValidationError(_("An agenda has %(most)s items at most.") % {"most": MOST_ITEMS})
    wrong = []
    for number, item in enumerate(items, 1):
        if not item.title.strip():
            wrong.append(_("Item %(number)s needs a title.") % {"number": number})
        elif len(item.title) > 160 or len(item.lead) > 120 or len(item.note) > 2000:
            wrong.append(_("Item %(number)s is too long.") % {"number": number})
        if item.minutes is not None and not 1 <= item.minutes <= 600:
            wrong.append(_("Item %(number)s may take from 1 to 600 minutes.") % {"number": number})
        if item.kind not in ItemKind.values:
            wrong.append(_("Item %(number)s is of a kind we do not know.") % {"number": number})
    if wrong:
        raise ValidationError(wrong)
