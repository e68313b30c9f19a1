"""Meetings, their agenda and minutes, who came, what was decided, and the action log."""

from snb.meetings.models.log import ActionItem, ActionItemQuerySet, ActionUpdate
from snb.meetings.models.meetings import (
    AgendaItem,
    Meeting,
    MeetingQuerySet,
    MeetingRules,
    Paper,
)
from snb.meetings.models.minutes import (
    MinutesIntake,
    MinutesRedaction,
    MinutesVersion,
    ReviewComment,
)
from snb.meetings.models.packs import BoardPack
from snb.meetings.models.questions import Question, QuestionQuerySet, QuestionSupport, Speaker
from snb.meetings.models.room import Attendance, Decision

__all__ = [
    "ActionItem",
    "ActionItemQuerySet",
    "ActionUpdate",
    "AgendaItem",
    "Attendance",
    "BoardPack",
    "Decision",
    "Meeting",
    "MeetingQuerySet",
    "MeetingRules",
    "MinutesIntake",
    "MinutesRedaction",
    "MinutesVersion",
    "Paper",
    "Question",
    "QuestionQuerySet",
    "QuestionSupport",
    "ReviewComment",
    "Speaker",
]
