"""Vocabulary and workflows of meetings, their minutes, and the action log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingKind(models.TextChoices):
    """What kind of meeting it is."""

    BOARD = "board", _("Board meeting")
    WARD_PANEL = "ward_panel", _("Ward panel meeting")
    CONTACT_SESSION = "contact_session", _("Contact session")
    MONITORING_GROUP = "monitoring_group", _("Stop and search monitoring group")
    PUBLIC = "public", _("Public meeting")


class MeetingStatus(models.TextChoices):
    """Where a meeting stands."""

    AGENDA_DRAFT = "agenda_draft", _("Agenda in preparation")
    AGENDA_PUBLISHED = "agenda_published", _("Agenda published")
    HELD = "held", _("Held")
    MINUTES_DRAFT = "minutes_draft", _("Minutes in preparation")
    MINUTES_PUBLISHED = "minutes_published", _("Draft minutes published, to be agreed")
    APPROVED = "approved", _("Minutes approved")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


MEETING_TRANSITIONS: dict[MeetingStatus, frozenset[MeetingStatus]] = {
    MeetingStatus.AGENDA_DRAFT: frozenset(
        {
            MeetingStatus.AGENDA_PUBLISHED,
            MeetingStatus.HELD,
            MeetingStatus.POSTPONED,
            MeetingStatus.CANCELLED,
        }
    ),
    MeetingStatus.AGENDA_PUBLISHED: frozenset(
        {MeetingStatus.HELD, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED}
    ),
    MeetingStatus.POSTPONED: frozenset(
        {MeetingStatus.AGENDA_DRAFT, MeetingStatus.AGENDA_PUBLISHED, MeetingStatus.CANCELLED}
    ),
    MeetingStatus.HELD: frozenset({MeetingStatus.MINUTES_DRAFT, MeetingStatus.CANCELLED}),
    MeetingStatus.MINUTES_DRAFT: frozenset({MeetingStatus.MINUTES_PUBLISHED}),
    MeetingStatus.MINUTES_PUBLISHED: frozenset({MeetingStatus.APPROVED}),
    MeetingStatus.APPROVED: frozenset(),
    MeetingStatus.CANCELLED: frozenset(),
}
"""A postponed meeting goes back to where it was once it has a new date. One that the clock marked as held is cancelled where
nobody met after all. Corrections after approval are versions, not states."""

UPCOMING_STATES = (MeetingStatus.AGENDA_DRAFT, MeetingStatus.AGENDA_PUBLISHED)
"""It is still to take place on its date."""
OPEN_STATES = (*UPCOMING_STATES, MeetingStatus.POSTPONED)
"""It is neither over nor off: its plan and agenda may still be written."""
AGENDA_STATES = (
    MeetingStatus.AGENDA_PUBLISHED,
    MeetingStatus.HELD,
    MeetingStatus.MINUTES_DRAFT,
    MeetingStatus.MINUTES_PUBLISHED,
    MeetingStatus.APPROVED,
)
"""A published agenda may be shown; whether there is one says `Meeting.agenda_published_at`."""
MINUTES_STATES = (MeetingStatus.MINUTES_PUBLISHED, MeetingStatus.APPROVED)
"""There are minutes that everybody may read."""


class Openness(models.TextChoices):
    """Who may come."""

    PUBLIC = "public", _("Open to everybody")
    PART_PRIVATE = "part_private", _("Open to everybody, but for a private part")
    MEMBERS = "members", _("For members and invited guests")


class Provision(models.TextChoices):
    """Whether a place has something: honest about not knowing."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known yet")


class ItemKind(models.TextChoices):
    """What an agenda item is for; some pull in what the portal knows."""

    PLAIN = "plain", _("Item")
    APOLOGIES = "apologies", _("Apologies and introductions")
    MINUTES = "minutes", _("Minutes of the last meeting")
    ACTIONS = "actions", _("Actions outstanding")
    PRIORITIES = "priorities", _("Priorities and what the police did about them")
    FIGURES = "figures", _("Figures")
    PANELS = "panels", _("Ward panels")
    CUSTODY = "custody", _("Custody visiting")
    PAYBACK = "payback", _("Community Payback")
    STOP_SEARCH = "stop_search", _("Stop and search")
    QUESTIONS = "questions", _("Questions from the public")
    AOB = "aob", _("Any other business")
    NEXT = "next", _("Date of the next meeting")


class Presence(models.TextChoices):
    """Whether somebody was there."""

    PRESENT = "present", _("Present")
    REMOTE = "remote", _("Present online")
    APOLOGIES = "apologies", _("Apologies")
    ABSENT = "absent", _("Absent")


THERE = (Presence.PRESENT, Presence.REMOTE)
"""Counts for the quorum."""


class Capacity(models.TextChoices):
    """In what capacity somebody attends."""

    MEMBER = "member", _("Member")
    POLICE = "police", _("Police")
    COUNCIL = "council", _("Council")
    MOPAC = "mopac", _("MOPAC")
    GUEST = "guest", _("Guest")
    PUBLIC = "public", _("Member of the public")


class LogKind(models.TextChoices):
    """What an entry of the action log is."""

    ACTION = "action", _("Action")
    RECOMMENDATION = "recommendation", _("Recommendation")


class Addressee(models.TextChoices):
    """To whom a recommendation goes."""

    POLICE = "police", _("Police")
    COUNCIL = "council", _("Council")
    MOPAC = "mopac", _("MOPAC")
    OTHER = "other", _("Somebody else")


class LogStatus(models.TextChoices):
    """Where an action or recommendation stands."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


LOG_TRANSITIONS: dict[LogStatus, frozenset[LogStatus]] = {
    LogStatus.OPEN: frozenset({LogStatus.DONE, LogStatus.DROPPED}),
    LogStatus.DONE: frozenset({LogStatus.OPEN}),
    LogStatus.DROPPED: frozenset({LogStatus.OPEN}),
}
"""Reopened with a note; each step is an update that stays readable."""


class Answer(models.TextChoices):
    """What the addressee said to a recommendation."""

    NONE = "none", _("No answer yet")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    REFUSED = "refused", _("Refused")


class Rag(models.TextChoices):
    """Red, amber or green, always with a sentence why."""

    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")


class VersionKind(models.TextChoices):
    """What a published version of the minutes is."""

    DRAFT = "draft", _("Draft, to be agreed")
    APPROVED = "approved", _("Approved")
    CORRECTED = "corrected", _("Corrected after approval")


class Redacted(models.TextChoices):
    """Where the taking off of an earlier version stands. Its words are hidden from the asking on."""

    ASKED = "asked", _("Hidden; a second person has to look")
    AGREED = "agreed", _("Taken off by two")
    REFUSED = "refused", _("Put back")


REDACTION_TRANSITIONS: dict[Redacted, frozenset[Redacted]] = {
    Redacted.ASKED: frozenset({Redacted.AGREED, Redacted.REFUSED}),
    Redacted.AGREED: frozenset(),
    Redacted.REFUSED: frozenset(),
}
"""One person hides an earlier version at once; a second agrees, or it comes back. Asked again, it is another one."""


class Offence(models.TextChoices):
    """Why an earlier version is taken off, as the note in its place says it."""

    PERSON = "person", _("They could tell who somebody is or where somebody lives.")
    ABUSE = "abuse", _("They accused or insulted somebody.")
    WRONG = "wrong", _("They were not true.")
    LAW = "law", _("The law asks for it.")


# ------------------------------------------------------------------------------------------------ questions
class QuestionStatus(models.TextChoices):
    """Where a question from the public stands."""

    WAITING = "waiting", _("Waiting")
    OPEN = "open", _("On the list")
    TAKEN = "taken", _("Being answered")
    ANSWERED = "answered", _("Answered")
    REJECTED = "rejected", _("Not taken up")
    WITHHELD = "withheld", _("Withheld")
    WITHDRAWN = "withdrawn", _("Taken back")


QUESTION_TRANSITIONS: dict[QuestionStatus, frozenset[QuestionStatus]] = {
    QuestionStatus.WAITING: frozenset(
        {
            QuestionStatus.OPEN,
            QuestionStatus.REJECTED,
            QuestionStatus.WITHHELD,
            QuestionStatus.WITHDRAWN,
        }
    ),
    QuestionStatus.OPEN: frozenset(
        {
            QuestionStatus.TAKEN,
            QuestionStatus.ANSWERED,
            QuestionStatus.REJECTED,
            QuestionStatus.WITHHELD,
            QuestionStatus.WITHDRAWN,
        }
    ),
    QuestionStatus.TAKEN: frozenset({QuestionStatus.OPEN, QuestionStatus.ANSWERED, QuestionStatus.WITHHELD}),
    QuestionStatus.ANSWERED: frozenset({QuestionStatus.ANSWERED, QuestionStatus.WITHHELD}),
    QuestionStatus.REJECTED: frozenset({QuestionStatus.OPEN, QuestionStatus.WITHHELD}),
    QuestionStatus.WITHHELD: frozenset({QuestionStatus.OPEN}),
    QuestionStatus.WITHDRAWN: frozenset(),
}
"""An answer's words may be mended; a slip of the thumb at the table is taken back by one press more."""

LISTED = (QuestionStatus.OPEN, QuestionStatus.TAKEN, QuestionStatus.ANSWERED)
"""Everybody may read it."""
UNHEARD = (
    QuestionStatus.WAITING,
    QuestionStatus.REJECTED,
    QuestionStatus.WITHHELD,
    QuestionStatus.WITHDRAWN,
)
"""Never part of the public record, so that its words go."""


class SpeakerStatus(models.TextChoices):
    """Where a wish to speak stands."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")


SPEAKER_TRANSITIONS: dict[SpeakerStatus, frozenset[SpeakerStatus]] = {
    SpeakerStatus.ASKED: frozenset({SpeakerStatus.ACCEPTED, SpeakerStatus.DECLINED, SpeakerStatus.WITHDRAWN}),
    SpeakerStatus.ACCEPTED: frozenset({SpeakerStatus.DECLINED, SpeakerStatus.WITHDRAWN}),
    SpeakerStatus.DECLINED: frozenset({SpeakerStatus.ACCEPTED, SpeakerStatus.WITHDRAWN}),
    SpeakerStatus.WITHDRAWN: frozenset(),
}
