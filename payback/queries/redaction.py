"""What everybody reads of a task, as those who may take it off see it; and the dated notes in place of what was taken off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from payback.enums import Offence, Redacted
from payback.models import Dispute, Nomination, Photo, Redaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snb.people.models import User


def notes_on(nomination: Nomination) -> list[str]:
    """In place of words that are not shown: a dated note for each time they were taken off, and one while they are hidden."""
    notes = []
    for redaction in Redaction.objects.filter(nomination=nomination).exclude(state=Redacted.REFUSED):
        if redaction.state == Redacted.ASKED:
            notes.append(_("Some words are not shown while the board looks at them again."))
        elif redaction.answered_at is not None:
            day = format_date(timezone.localtime(redaction.answered_at), "j F Y")
            why = Offence(redaction.reason).label
            notes.append(_("Words were taken off on %(day)s. %(why)s") % {"day": day, "why": why})
    return notes


@dataclass(frozen=True)
class PublicSide:
    """A task as everybody sees it, for whoever may take something off."""

    words: list[str]
    notes: list[str]
    photos: list[Photo]
    hidden: Redaction | None
    before: list[str]
    after: list[str]
    is_own: bool
    """One asked for it oneself, so somebody else has to look."""
    asker_left: bool
    """Whoever asked does not screen here any more, so their word does not count."""


def public_side_of(nomination: Nomination, *, user: User) -> PublicSide:
    """Five queries at most."""
    hidden = hidden_words_of(nomination)
    photos = (
        Photo.objects.filter(nomination=nomination, published_at__isnull=False, large__isnull=False)
        if nomination.is_public
        else Photo.objects.none()
    )
    return PublicSide(
        words=words_in(public_words_in(nomination)),
        notes=notes_on(nomination),
        photos=list(photos.select_related("large", "small")),
        hidden=hidden,
        before=words_in(hidden.kept) if hidden else [],
        after=words_in(hidden.instead) if hidden else [],
        is_own=hidden is not None and hidden.asked_by_id == user.pk,
        asker_left=hidden is not None and not asker_screens(hidden, nomination),
    )


def hidden_words_of(nomination: Nomination) -> Redaction | None:
    """What waits for a second person."""
    waiting = Redaction.objects.filter(nomination=nomination, state=Redacted.ASKED)
    return waiting.select_related("asked_by").first()


def asker_screens(redaction: Redaction, nomination: Nomination) -> bool:
    """Whether whoever asked holds the role today."""
    asker = redaction.asked_by
    return asker is not None and asker.has_perm("payback.words.redact", nomination)


PUBLIC_WORDS = ("public_title", "public_words", "public_place")
"""The words of a task that everybody reads; the answer to a dispute is another."""


def public_words_in(nomination: Nomination) -> dict[str, Any]:
    """All that everybody reads of a task and that somebody wrote, with its square on the map."""
    answer = Dispute.objects.filter(nomination=nomination).values_list("answer", flat=True).first()
    return {
        **{name: getattr(nomination, name) for name in PUBLIC_WORDS},
        "answer": answer or "",
        "cell_x": nomination.cell_x,
        "cell_y": nomination.cell_y,
    }


def words_in(found: Mapping[str, Any]) -> list[str]:
    """The words as paragraphs, without the empty ones."""
    texts = [str(found.get(name) or "") for name in (*PUBLIC_WORDS, "answer")]
    square = _("Shown on the map.") if found.get("cell_x") is not None else _("Not shown on the map.")
    return [*filter(None, texts), square]
