"""The colour of an action, how long an answer is due, whether a quorum was there, and words without control characters: pure, but for
the language of the sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from snb.meetings.enums import Answer, LogStatus, Rag

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""Characters that nobody sees and no feed, calendar or PDF may hold."""
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
"""Ways to begin a new line; Word pastes the vertical tab."""
SOON = 14
"""Days before its date within which an action of which nothing was heard is at risk."""


def rag_of(
    status: LogStatus | str,
    due_on: date | None,
    rag: Rag | str,
    rag_reason: str,
    today: date,
    *,
    reported: bool = False,
) -> tuple[Rag | None, str]:
    """The colour of an open action and the sentence why; no colour and no words once it is done or dropped.

    Overdue is red whatever anybody says. Then the owner's own colour counts, with their sentence. Failing that its dates.

    Args:
        rag: as its owner sees it; empty where they said nothing.
        reported: whether anybody has reported on it since it was entered.
    """
    if status != LogStatus.OPEN:
        return None, ""
    if due_on is not None and due_on < today:
        return Rag.RED, overdue_words((today - due_on).days)
    if rag:
        return Rag(rag), rag_reason
    if due_on is None:
        return Rag.AMBER, _("No date was set.")
    days = (due_on - today).days
    if days <= SOON and not reported:
        return Rag.AMBER, _("%(due)s Nothing has been reported yet.") % {"due": due_words(days)}
    return Rag.GREEN, due_words(days)


def overdue_words(days: int) -> str:
    """For example: 12 days overdue. Days > 0."""
    return ngettext("%(days)d day overdue.", "%(days)d days overdue.", days) % {"days": days}


def due_words(days: int) -> str:
    """For example: Due in 5 days. Days >= 0."""
    if days == 0:
        return _("Due today.")
    return ngettext("Due in %(days)d day.", "Due in %(days)d days.", days) % {"days": days}


def answer_words(answer: Answer | str, published_on: date | None, today: date) -> str:
    """How long a recommendation has been without an answer, counted from its publication; empty once there is one."""
    if answer != Answer.NONE:
        return ""
    days = (today - published_on).days if published_on is not None else 0
    if days <= 0:
        return _("No answer yet.")
    return ngettext("No answer for %(days)d day.", "No answer for %(days)d days.", days) % {"days": days}


@dataclass(frozen=True)
class Quorum:
    """Whether enough voting members were there; `met` is None where no quorum is set."""

    met: bool | None
    words: str


def quorum(there: int, members: int, needed: int | None) -> Quorum:
    """Whether a quorum was there, in a sentence.

    Args:
        there: voting members in the room or online, >= 0.
        members: voting members in all, >= there.
        needed: the quorum; None where the body has set none.
    """
    met = None if needed is None else there >= needed
    words = quorum_sentence(met).format(
        there=there, members=members, needed=needed, missing=(needed or 0) - there
    )
    return Quorum(met, words)


def quorum_sentence(met: bool | None) -> str:
    """The sentence with `{there}`, `{members}`, `{needed}` and `{missing}` to be put in, here or by the page's script."""
    if met is None:
        return _("Voting members there: {there} of {members}. No quorum is set.")
    if met:
        return _("Voting members there: {there} of {members}. The quorum of {needed} is met.")
    return _("Voting members there: {there} of {members}. The quorum is {needed}: {missing} too few.")


def without_controls(words: str) -> str:
    """The same words with plain line breaks, and without characters that nobody sees."""
    return CONTROLS.sub("", BREAKS.sub("\n", words))


def one_line(words: str) -> str:
    """The same words on one line, with single spaces, and without characters that nobody sees."""
    return " ".join(without_controls(words).split())
