"""What the desk of the minutes reads: where they stand, what a Word file proposes, and the sections somebody types."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.calculations import Part, blocks_to_parts, words_taken_out
from cms.models import MeetingPage, MinutesPage
from snb.meetings.enums import Capacity, ItemKind, MeetingStatus, Presence
from snb.meetings.models import (
    ActionItem,
    Decision,
    Meeting,
    MinutesIntake,
    MinutesRedaction,
    MinutesVersion,
    ReviewComment,
)
from snb.meetings.queries.agenda import draft_agenda
from snb.meetings.queries.public import meetings_that_may_approve
from snb.meetings.queries.questions import answers_for_minutes
from snb.meetings.queries.take_away import WhoCame, who_came
from snb.people.models import SignedLink, User

REVIEW = "cms.minutes.review"
"""The purpose of a reader's link."""
DRAFTS = frozenset({MeetingStatus.MINUTES_DRAFT, MeetingStatus.MINUTES_PUBLISHED})
"""While the minutes are a draft, readers' links live."""


@dataclass(frozen=True)
class HiddenWords:
    """Earlier versions that wait for a second person: what they say and the newest does not, or no longer."""

    redaction: MinutesRedaction
    versions: Sequence[MinutesVersion]
    words: Sequence[str]
    is_own: bool
    """One asked for it oneself, so somebody else has to agree."""


@dataclass(frozen=True)
class MinutesState:
    """Where a meeting's minutes stand, for the desk."""

    meeting: Meeting
    page: MinutesPage | None
    draft: MinutesPage | None
    versions: Sequence[MinutesVersion]
    comments: Sequence[ReviewComment]
    decisions: Sequence[Decision]
    entries: Sequence[ActionItem]
    authors: Sequence[str]
    i_wrote: bool
    is_changed: bool
    is_broken: bool
    may_be_approved: bool
    attendance: WhoCame
    hidden: Sequence[HiddenWords]
    readers: Sequence[SignedLink]

    @property
    def seen(self) -> str:
        """What the person who looks at the desk has read; only that is published (`reading_of`)."""
        return reading_of(self.draft, self.decisions, self.entries, self.attendance) if self.draft else ""

    @property
    def is_mended(self) -> bool:
        """The page says something else than was published, and the draft says the published text, which can be put back."""
        return self.is_broken and not self.is_changed

    @property
    def last(self) -> MinutesVersion | None:
        """What was published last."""
        return self.versions[-1] if self.versions else None

    @property
    def may_be_taken_off(self) -> list[MinutesVersion]:
        """Earlier versions that say something else than the newest, latest first."""
        return [
            one
            for one in reversed(self.versions)
            if one.redaction_id is None and one.sha256 != self.versions[-1].sha256
        ]

    @property
    def is_empty(self) -> bool:
        """Nothing is written yet."""
        return self.draft is None or not self.draft.body

    @property
    def is_approved(self) -> bool:
        """The text is frozen."""
        return self.meeting.status == MeetingStatus.APPROVED

    @property
    def is_simple(self) -> bool:
        """Whether the text can be changed item by item, in boxes."""
        return self.draft is not None and blocks_to_parts(self.draft.plain_blocks()) is not None

    @property
    def open_comments(self) -> list[ReviewComment]:
        """What readers said and nobody has dealt with."""
        return [one for one in self.comments if one.settled_at is None]

    @property
    def is_over(self) -> bool:
        """Whether there can be minutes: it took place, or has begun."""
        never = {MeetingStatus.CANCELLED, MeetingStatus.POSTPONED}
        return self.meeting.status not in never and self.meeting.has_begun


def reading_of(
    draft: MinutesPage, decisions: Sequence[Decision], entries: Sequence[ActionItem], came: WhoCame
) -> str:
    """Tells what somebody has read before they publish it from what is there now: text, decisions, actions, who came."""
    said = [
        draft.spelled_out(),
        [
            [one.number, one.text, one.is_private, one.votes_for, one.votes_against, one.abstained]
            for one in decisions
        ],
        [[one.label, one.text, one.owner_name, str(one.due_on), one.is_private] for one in entries],
        [came.groups, came.apologies, came.absent, came.public],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def reading_now(meeting: Meeting, draft: MinutesPage) -> str:
    """The same of what is there now."""
    return reading_of(
        draft,
        list(meeting.decisions.select_related("item")),
        list(meeting.action_items.order_by("number")),
        who_came(meeting),
    )


def draft_of(page: MinutesPage) -> MinutesPage:
    """The text as it was saved last. Where nothing waits Wagtail takes the page for it, also one that came to say something else."""
    return page.latest_revision.as_object() if page.latest_revision else page


def is_broken(page: MinutesPage, last: MinutesVersion | None) -> bool:
    """Whether the page came to say something else than was published last."""
    return page.live and last is not None and page.spelled_out() != last.body


def minutes_state(meeting: Meeting, user: User) -> MinutesState:
    """Where the minutes stand; as many queries whatever their length."""
    page = MinutesPage.objects.filter(meeting=meeting).first()
    draft = draft_of(page) if page else None
    published = meeting.versions.select_related("redaction__asked_by").defer("html")
    versions = list(published.order_by("number"))
    last = versions[-1] if versions else None
    authors = []
    if page is not None:
        since = last.revision if last else None
        rows = Revision.page_revisions.filter(
            object_id=str(page.pk), pk__gt=since or 0, user__isnull=False
        ).select_related("user")
        authors = list({row.user_id: row.user for row in rows}.values())
    return MinutesState(
        meeting=meeting,
        page=page,
        draft=draft,
        versions=versions,
        comments=list(meeting.review_comments.order_by("settled_at", "at")),
        decisions=list(meeting.decisions.select_related("item")),
        entries=list(meeting.action_items.order_by("number")),
        authors=[str(author) for author in authors],
        i_wrote=any(author.pk == user.pk for author in authors),
        is_changed=draft is not None and (last is None or draft.spelled_out() != last.body),
        is_broken=page is not None and is_broken(page, last),
        may_be_approved=meeting.status == MeetingStatus.MINUTES_PUBLISHED
        and meetings_that_may_approve(meeting).exists(),
        attendance=who_came(meeting),
        hidden=hidden_words(meeting, versions, user),
        readers=list(reader_links(page)) if page is not None and meeting.status in DRAFTS else [],
    )


def hidden_words(meeting: Meeting, versions: Sequence[MinutesVersion], user: User) -> list[HiddenWords]:
    """What waits for a second person, of all versions of a meeting. One query where something does."""
    waiting = {one.redaction_id: one for one in versions if one.redaction and one.redaction.is_waiting}
    if not waiting:
        return []
    shown = {one.pk for one in waiting.values()} | {versions[-1].pk}
    html = dict(meeting.versions.filter(pk__in=shown).values_list("pk", "html"))
    newest = html[versions[-1].pk]
    return [
        HiddenWords(
            redaction=one.redaction,
            versions=[other for other in versions if other.redaction_id == one.redaction_id],
            words=words_taken_out(html[one.pk], newest),
            is_own=one.redaction.asked_by_id == user.pk,
        )
        for one in waiting.values()
        if one.redaction is not None
    ]


def reader_links(page: MinutesPage) -> QuerySet[SignedLink]:
    """Links by which somebody without an account reads the draft now, with whom they were sent to."""
    links = SignedLink.objects.live().filter(purpose=REVIEW, object_id=str(page.pk))
    return links.select_related("person").order_by("issued_at", "pk")


def introduction_of_page(meeting: Meeting) -> str:
    """What stands above the agenda on the meeting's page, as it was saved last; HTML. Two queries."""
    page = MeetingPage.objects.filter(meeting=meeting).first()
    draft = page.get_latest_revision_as_object() if page else None
    return str(draft.body.render_as_block()) if draft is not None and draft.body else ""


def draft_to_review(page: MinutesPage) -> tuple[str, dict[str, Any]]:
    """The draft as a reader's link shows it: the template and its context, without the private part."""
    return "cms/minutes_review.html", {"meeting": page.meeting, "draft": page.get_latest_revision_as_object()}


def edits_in_wagtail(user: User, meeting: Meeting) -> bool:
    """Whether the person reaches the page in the editor: who edits the board's site, and oversight for London's."""
    if meeting.board is None:
        return user.has_perm("boards.oversight.manage")
    return user.has_perm("boards.site.edit", meeting.board)


# ---------------------------------------------------------------------------------------------- from Word
MOST_PEOPLE, MOST_DECISIONS, MOST_ACTIONS = 300, 200, 200
"""How many rows of each a page shows."""


@dataclass(frozen=True)
class Proposed:
    """Rows of the forms that show what a Word file proposes; what is recorded already has no tick.

    Attributes:
        more_people, more_decisions, more_actions: how many the file proposes beyond what a page shows.
    """

    attendance: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    more_people: int = 0
    more_decisions: int = 0
    more_actions: int = 0


def proposed(intake: MinutesIntake) -> Proposed:
    """What a file proposes, ready for the forms."""
    meeting = intake.meeting
    people, more_people = _as_many(intake, "attendance", MOST_PEOPLE)
    decisions, more_decisions = _as_many(intake, "decisions", MOST_DECISIONS)
    actions, more_actions = _as_many(intake, "actions", MOST_ACTIONS)
    names = {name.casefold() for name in meeting.attendance.values_list("name", flat=True)}
    texts = set(meeting.decisions.values_list("text", flat=True))
    deeds = set(meeting.action_items.values_list("text", flat=True))
    return Proposed(
        attendance=[
            {
                "keep": bool(row.get("state")) and row["name"].casefold() not in names,
                "name": row["name"],
                "capacity": _capacity(row["name"], row.get("capacity", "")),
                "presence": row.get("state") or Presence.PRESENT,
            }
            for row in people
        ],
        decisions=[{"keep": row["text"] not in texts, "text": row["text"]} for row in decisions],
        actions=[
            {
                "keep": row["text"] not in deeds,
                "text": row["text"],
                "owner_name": row.get("owner", ""),
                "due_on": row.get("due", "") or None,
                "source": row.get("source", ""),
                "due_words": row.get("due_words", ""),
            }
            for row in actions
        ],
        more_people=more_people,
        more_decisions=more_decisions,
        more_actions=more_actions,
    )


def _as_many(intake: MinutesIntake, name: str, most: int) -> tuple[list[dict[str, Any]], int]:
    """What a file proposes of a kind, as far as a page shows it, and how many more there are."""
    rows = intake.proposals.get(name, [])
    return rows[:most], max(len(rows) - most, 0)


_CAPACITIES = {
    Capacity.MEMBER: ("chair", "secretary", "member", "treasurer"),
    Capacity.POLICE: (
        "sgt",
        "sergeant",
        "pc",
        "pcso",
        "insp",
        "inspector",
        "superintendent",
        "police",
        "mps",
    ),
    Capacity.COUNCIL: ("council", "cllr", "councillor", "lb"),
    Capacity.MOPAC: ("mopac",),
}


def _capacity(name: str, words: str) -> str:
    """In what capacity, from the name and the words beside it; a member where nothing is said, a guest where it says something else."""
    said = set(re.findall(r"[a-z]+", f"{name} {words}".casefold()))
    for capacity, signs in _CAPACITIES.items():
        if said.intersection(signs):
            return capacity
    return Capacity.GUEST if words.strip() else Capacity.MEMBER


def report_of(intake: MinutesIntake) -> dict[str, Any]:
    """The report on a file, for the page beside it, with each picture named that could not be kept."""
    missing = [
        block["value"]["name"]
        for block in intake.blocks
        if block["type"] == "picture" and block["value"]["name"] not in intake.pictures
    ]
    said = [
        {
            "code": "pictures.missing",
            "sentence": _("%(name)s could not be kept. Add the picture to the page.") % {"name": name},
        }
        for name in dict.fromkeys(missing)
    ]
    if not said:
        return intake.report
    own = {"code": "pictures.missing", "heading": _("Pictures that are missing"), "findings": said}
    return {**intake.report, "sections": [own, *intake.report["sections"]]}


# ---------------------------------------------------------------------------------------------- written here
def parts_of_minutes(meeting: Meeting) -> list[Part] | None:
    """The sections of the draft, every item of the agenda among them; None where the editor has done more than boxes can hold.

    Without a draft: the agenda as skeleton, with the answers to the public's questions under their item.
    """
    page = MinutesPage.objects.filter(meeting=meeting).first()
    if page is not None:
        return blocks_to_parts(page.get_latest_revision_as_object().plain_blocks())
    parts = []
    for item in draft_agenda(meeting):
        if item.row.is_private:
            continue
        words = questions_in_words(meeting) if item.row.kind == ItemKind.QUESTIONS else ""
        parts.append(Part(f"{item.number}. {item.row.title}", words))
    return parts or [Part(_("What was discussed"), ""), Part(_("What was decided"), "")]


def writing_of(meeting: Meeting) -> str:
    """Tells the text that somebody began to change from what is there now; before there is any, by the boxes alone."""
    page = MinutesPage.objects.filter(meeting=meeting).first()
    parts = parts_of_minutes(meeting) if page is None else None
    said = (
        page.get_latest_revision_as_object().spelled_out() if page else [part.heading for part in parts or []]
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def questions_in_words(meeting: Meeting) -> str:
    """What the public asked and what was answered, as the minutes begin."""
    return "\n\n".join(
        _("%(name)s asked: %(question)s\nAnswer: %(answer)s")
        % {
            "name": row.name,
            "question": row.question,
            "answer": row.answer or _("To be answered in writing."),
        }
        for row in answers_for_minutes(meeting)
    )
