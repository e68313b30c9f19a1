"""The agenda, as the public reads it and as it is being written. The two never mix.

What was published is a snapshot on the meeting (`Meeting.agenda_published`), taken by `freeze_agenda`. Every public page,
file and feed reads `published_agenda`, which asks no table: what is written afterwards, an item made private or a paper
taken off included, is not seen before somebody publishes again. Of a private item the snapshot holds its id alone, so
nothing that reads it can tell what it is about. The desk reads `draft_agenda`; members read `members_agenda`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from snb.meetings.enums import ItemKind
from snb.meetings.models import AgendaItem, Meeting, Paper
from snb.meetings.models.meetings import clock


@dataclass(frozen=True)
class Fact:
    """One line of what the portal knows; `url` is a path on the board's own site, or empty."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What the portal knows on one subject, public through and through, with the day it was true."""

    title: str
    lines: tuple[Fact, ...]
    as_of: date

    def as_json(self) -> dict[str, Any]:
        """As it is frozen."""
        return {
            "title": self.title,
            "lines": [{"text": line.text, "url": line.url} for line in self.lines],
            "as_of": self.as_of.isoformat(),
        }


def facts_from(frozen: list[dict[str, Any]]) -> tuple[Facts, ...]:
    """Facts that were frozen."""
    return tuple(
        Facts(
            entry["title"],
            tuple(Fact(line["text"], line["url"]) for line in entry["lines"]),
            parse_date(entry["as_of"]) or date.min,
        )
        for entry in frozen
    )


@dataclass(frozen=True)
class ShownPaper:
    """A paper with the path of its file on the board's own site.

    Attributes:
        file: id of the stored file.
        name: name of the file as it is downloaded.
        kind: what it is, as in "PDF".
        size: in bytes.
    """

    id: UUID
    title: str
    file: UUID
    name: str
    kind: str
    size: int

    @property
    def url(self) -> str:
        """Where it is read."""
        return reverse("stored_file", args=[self.file, self.name])


@dataclass(frozen=True)
class PublishedItem:
    """An item as it was published. A private one is "Private item" with its number, and nothing else.

    Attributes:
        minutes: how long it may take; None where nobody said.
        begins: when it should begin; None after an item without minutes, and after a private one.
        withdrawn: days on which papers of it were withdrawn after its publication.
    """

    number: int
    title: str
    kind: ItemKind = ItemKind.PLAIN
    minutes: int | None = None
    lead: str = ""
    note: str = ""
    is_private: bool = False
    facts: tuple[Facts, ...] = ()
    papers: tuple[ShownPaper, ...] = ()
    begins: datetime | None = None
    id: UUID | None = None
    withdrawn: tuple[date, ...] = ()

    @property
    def at(self) -> str:
        """When it should begin, as people say it: 7.05pm; empty where that is not known."""
        return hour_of(self.begins)


@dataclass(frozen=True)
class DraftItem:
    """An item as it stands on the desk, private ones in full; `row` is the model's."""

    row: AgendaItem
    number: int
    begins: datetime | None
    papers: tuple[ShownPaper, ...] = ()
    live: tuple[Facts, ...] = field(default=())

    @property
    def at(self) -> str:
        """When it should begin, as people say it: 7.05pm; empty where that is not known."""
        return hour_of(self.begins)


def published_agenda(meeting: Meeting) -> list[PublishedItem]:
    """The agenda as everybody may read it; empty before it was first published. No query.

    Whether a page shows it at all (not of a cancelled meeting) says `Meeting.has_agenda`.
    """
    if meeting.agenda_published_at is None:
        return []
    begins = running_times(meeting.starts_at, [item.get("minutes") for item in meeting.agenda_published])
    return [
        PublishedItem(number, _("Private item"), is_private=True)
        if item["is_private"]
        else PublishedItem(
            number,
            item["title"],
            ItemKind(item["kind"]),
            item["minutes"],
            item["lead"],
            item["note"],
            facts=facts_from(item["facts"]),
            papers=tuple(paper_from(paper) for paper in item["papers"]),
            begins=begin,
            id=UUID(item["id"]),
            withdrawn=tuple(date.fromisoformat(day) for day in item.get("withdrawn", [])),
        )
        for number, (item, begin) in enumerate(zip(meeting.agenda_published, begins, strict=True), 1)
    ]


def public_papers(meeting: Meeting) -> list[ShownPaper]:
    """The papers everybody can read now, whatever became of the meeting. No query."""
    return [
        paper_from(paper)
        for item in meeting.agenda_published
        if not item["is_private"]
        for paper in item["papers"]
    ]


def members_agenda(meeting: Meeting) -> list[PublishedItem]:
    """The published agenda with its private items in full, as they stand now: for `meetings.draft.read` only. Two queries.

    A private item that is not on the desk any more stays without its words.
    """
    private = {str(item.row.pk): item for item in draft_agenda(meeting) if item.row.is_private}
    shown = []
    for entry, item in zip(meeting.agenda_published, published_agenda(meeting), strict=False):
        known = private.get(entry["id"]) if item.is_private else None
        shown.append(
            replace(
                item,
                title=known.row.title,
                kind=ItemKind(known.row.kind),
                minutes=known.row.minutes,
                lead=known.row.lead,
                note=known.row.note,
                papers=known.papers,
                id=known.row.pk,
            )
            if known
            else item
        )
    return shown


def draft_agenda(meeting: Meeting) -> list[DraftItem]:
    """The agenda as it is being written, private items in full: for the desk only. Two queries however long it is."""
    rows = list(
        AgendaItem.objects.filter(meeting=meeting)
        .order_by("position")
        .prefetch_related(Prefetch("papers", Paper.objects.select_related("file").order_by("created")))
    )
    begins = running_times(meeting.starts_at, [row.minutes for row in rows])
    return [
        DraftItem(
            row,
            number,
            begin,
            tuple(shown_paper(paper) for paper in row.papers.all() if paper.file),
        )
        for number, (row, begin) in enumerate(zip(rows, begins, strict=True), 1)
    ]


def running_times(starts: datetime, minutes: list[int | None]) -> list[datetime | None]:
    """When each item should begin: known as long as every item before it says how long it takes."""
    found: list[datetime | None] = []
    now: datetime | None = starts
    for length in minutes:
        found.append(now)
        now = now + timedelta(minutes=length) if now and length else None
    return found


def hour_of(moment: datetime | None) -> str:
    """London's hour of a moment, as people say it."""
    return clock(timezone.localtime(moment)) if moment else ""


def shown_paper(paper: Paper) -> ShownPaper:
    """A paper as it is listed; its file has to be there."""
    assert paper.file is not None
    return ShownPaper(
        paper.pk,
        paper.title,
        paper.file.pk,
        paper.file.public_name,
        str(paper.file.get_kind_display()),
        paper.file.size,
    )


def paper_as_json(paper: ShownPaper) -> dict[str, Any]:
    """A paper as it is frozen."""
    return {
        "id": str(paper.id),
        "title": paper.title,
        "file": str(paper.file),
        "name": paper.name,
        "kind": paper.kind,
        "size": paper.size,
    }


def paper_from(frozen: dict[str, Any]) -> ShownPaper:
    """A paper that was frozen."""
    return ShownPaper(
        UUID(frozen["id"]),
        frozen["title"],
        UUID(frozen["file"]),
        frozen["name"],
        frozen["kind"],
        frozen["size"],
    )


def reading_of(items: list[DraftItem], introduction: str = "") -> str:
    """Tells what somebody has read before they publish it, papers and the words above included, from what is there now."""
    papers = [[[str(paper.file), paper.title] for paper in item.papers] for item in items]
    return hashlib.sha256(json.dumps([fingerprint(items), papers, introduction]).encode()).hexdigest()[:16]


def fingerprint(items: list[DraftItem]) -> str:
    """Tells two states of a draft apart: what an editor saw against what is there now."""
    names = ("pk", "kind", "title", "minutes", "lead", "note", "is_private")
    said = [[str(getattr(item.row, name)) for name in names] for item in items]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
