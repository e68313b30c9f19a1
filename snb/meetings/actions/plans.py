"""What the plan of a meeting may say, and the address it gets."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from snb.meetings.calculations import one_line, without_controls
from snb.meetings.models import Meeting

ACCESS = ("step_free", "toilets", "hearing_loop")
"""What is known of a place; another place is not known to have it."""
DETAILS = (
    "title",
    "address",
    *ACCESS,
    "access_note",
    "joining_url",
    "openness",
    "chair_name",
    "quorum",
)
"""What may still be changed once a meeting is announced: none of it moves the meeting."""
PLANNED = ("starts_at", "ends_at", "place", *DETAILS)
ONE_LINE = ("title", "place", "address", "chair_name")
LONGEST = timedelta(hours=12)
RESERVED = frozenset({"actions", "attendance", "feed", "plan", "questions", "rules"})
"""Words that stand where a meeting's slug stands, in the public addresses or the desk's."""


def tidy(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan with each name on one line, and without characters that would break a feed or a calendar."""
    tidied = {name: one_line(plan[name]) for name in ONE_LINE if name in plan}
    if "access_note" in plan:
        tidied["access_note"] = without_controls(plan["access_note"]).strip()
    return plan | tidied


def plan_as_read(meeting: Meeting) -> str:
    """Tells the plan that somebody has open from what it is now."""
    said = [str(getattr(meeting, name)) for name in ("status", "announced_at", *PLANNED)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def refuse_stale(meeting: Meeting, seen: str) -> None:
    """Raise ValidationError where somebody has changed a meeting since it was `seen`; empty: nobody had it open."""
    if seen and seen != plan_as_read(meeting):
        raise ValidationError(
            _("Somebody else has changed this meeting in the meantime. Look at it before you save yours.")
        )


def public_reason(reason: str) -> str:
    """A reason in one line. Raises ValidationError, keyed by field."""
    words = one_line(reason)
    if not words:
        raise ValidationError({"reason": _("Say why; everybody will read it.")})
    if len(words) > 300:
        raise ValidationError({"reason": _("Say why in 300 characters at most.")})
    return words


def check_plan(meeting: Meeting, *, new_times: bool = True) -> None:
    """Refuse a plan that could not be. Raises ValidationError keyed by field."""
    wrong = wrong_in_plan(meeting, new_times=new_times)
    if wrong:
        raise ValidationError(wrong)


def wrong_in_plan(meeting: Meeting, *, new_times: bool = True) -> dict[str, str]:
    """What would keep a meeting from being, by field, in words. Times that stay as they are may have passed."""
    wrong: dict[str, str] = {}
    if not meeting.title.strip():
        wrong["title"] = _("Give the meeting a name.")
    if new_times and meeting.starts_at <= timezone.now():
        wrong["starts_at"] = _("Choose a time in the future.")
    if meeting.ends_at <= meeting.starts_at:
        wrong["ends_at"] = _("The meeting must end after it starts.")
    elif meeting.ends_at - meeting.starts_at > LONGEST:
        wrong["ends_at"] = _("A meeting lasts 12 hours at most.")
    if meeting.quorum is not None and not 1 <= meeting.quorum <= 100:
        wrong["quorum"] = _("A quorum is from 1 to 100 people.")
    return wrong


def save_under_free_slug(meeting: Meeting) -> None:
    """Save a meeting under a slug of its own; whoever loses a race for one takes the next."""
    for _try in range(3):
        meeting.slug = free_slug(meeting)
        try:
            with transaction.atomic():
                meeting.save()
        except IntegrityError:
            continue
        return
    raise ValidationError(_("Somebody else is planning a meeting of this name. Please try again."))


def free_slug(meeting: Meeting) -> str:
    """Day and title, as no other meeting of the board has them."""
    day = timezone.localdate(meeting.starts_at)
    base = f"{day:%Y-%m-%d}-{slugify(meeting.title)[:90]}".rstrip("-")
    taken = RESERVED | set(
        Meeting.objects.filter(board=meeting.board, slug__startswith=base)
        .exclude(pk=meeting.pk)
        .values_list("slug", flat=True)
    )
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in [base, *numbered] if slug not in taken)
