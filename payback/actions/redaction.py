"""Taking public words off again: hidden as soon as one who screens asks, gone when a second agrees, or put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from payback.actions.progress import locked
from payback.actions.screening import Words, identifiers_in, refuse_identifiers
from payback.calculations import Cell
from payback.enums import PUBLIC, REDACTION_TRANSITIONS, Offence, Redacted, Work
from payback.models import Dispute, Nomination, Redaction
from payback.queries import asker_screens, hidden_words_of, public_words_in
from snb.audit.actions import record
from snb.audit.enums import Event

if TYPE_CHECKING:
    from snb.people.models import User


@dataclass(frozen=True)
class Instead:
    """What everybody is to read in place of what goes; empty where nothing."""

    public_title: str = ""
    public_words: str = ""
    public_place: str = ""
    answer: str = ""
    show_cell: bool = True


def _held(nomination: Nomination, by: User) -> Nomination:
    nomination = locked(nomination)
    if not by.has_perm("payback.words.redact", nomination):
        raise PermissionDenied
    return nomination


@transaction.atomic
def ask_redaction(
    nomination: Nomination, reason: Offence, instead: Instead, *, confirmed: bool = False, by: User
) -> Redaction:
    """Hide the public words of a task, at once, until a second person looks; say why, and what is to stand in their place.

    Args:
        confirmed: whoever asks looked at what in the new words seems to tell who somebody is, and says it does not.
    Raises:
        PermissionDenied: `by` does not screen for its board, or stepped back from it.
        ValidationError: they are hidden already, nothing would change, or something new looks like an identifier.
    """
    nomination = _held(nomination, by)
    if hidden_words_of(nomination) is not None:
        raise ValidationError(_("The words are hidden already. A second person has to look."))
    kept = public_words_in(nomination)
    shown = instead.show_cell
    new: dict[str, Any] = {
        "public_title": instead.public_title.strip(),
        "public_words": instead.public_words.strip(),
        "public_place": instead.public_place.strip(),
        "answer": instead.answer.strip() if kept["answer"] else "",
        "cell_x": kept["cell_x"] if shown else None,
        "cell_y": kept["cell_y"] if shown else None,
    }
    if new == kept:
        raise ValidationError(_("Change or empty what has to go. As it is, nothing would be different."))
    if not confirmed:
        found = identifiers_in(
            Words(new["public_title"], new["public_words"], new["public_place"], brief=new["answer"])
        )
        refuse_identifiers({"answer" if name == "brief" else name: texts for name, texts in found.items()})
    redaction = Redaction.objects.create(
        nomination=nomination, reason=reason, kept=kept, instead=new, asked_by=by
    )
    _write(nomination, {}, answer=bool(kept["answer"]))
    _record(Event.REDACTION_ASKED, redaction, nomination, by=by)
    return redaction


@transaction.atomic
def answer_redaction(redaction: Redaction, *, agree: bool, by: User) -> Redaction:
    """Agree, and the words are gone; or put them back, which whoever asked may do, too.

    Where whoever asked does not screen any more, agreeing makes it one's own, and it waits for somebody else.

    Raises:
        PermissionDenied: `by` does not screen for its board, or stepped back from it.
        ValidationError: it is answered already, or `by` agrees with themselves.
    """
    nomination = _held(redaction.nomination, by)
    redaction = (
        Redaction.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=redaction.pk)
    )
    to = Redacted.AGREED if agree else Redacted.REFUSED
    if to not in REDACTION_TRANSITIONS[Redacted(redaction.state)]:
        raise ValidationError(_("Somebody has looked at this already."))
    if agree and redaction.asked_by_id == by.pk:
        raise ValidationError(_("You asked for it, so somebody else has to agree."))
    if agree and not asker_screens(redaction, nomination):
        redaction.asked_by, redaction.asked_at = by, timezone.now()
        redaction.save(update_fields=["asked_by", "asked_at"])
        _record(Event.REDACTION_ASKED, redaction, nomination, by=by)
        return redaction
    if agree:
        _write(nomination, redaction.instead, answer=bool(redaction.kept["answer"]))
    elif nomination.status in PUBLIC:  # what was taken back in the meantime is not put back
        _write(nomination, redaction.kept, answer=bool(redaction.kept["answer"]))
    redaction.state, redaction.answered_by, redaction.answered_at = to, by, timezone.now()
    redaction.kept, redaction.instead = {}, {}
    redaction.save()
    _record(Event.REDACTION_AGREED if agree else Event.REDACTION_REFUSED, redaction, nomination, by=by)
    return redaction


def _record(event: Event, redaction: Redaction, nomination: Nomination, *, by: User) -> None:
    record(event, redaction, by=by, board=nomination.board_id, public=True, reason=redaction.reason)


def _write(nomination: Nomination, words: Mapping[str, Any], *, answer: bool) -> None:
    """Let everybody read these words; a task without a title is called by its kind of work."""
    nomination.public_title = words.get("public_title") or _neutral_title(nomination)
    nomination.public_words = words.get("public_words", "")
    nomination.public_place = words.get("public_place", "")
    x, y = words.get("cell_x"), words.get("cell_y")
    nomination.cell_x, nomination.cell_y = x, y
    centre = Cell(x, y) if x is not None and y is not None else None
    nomination.latitude = centre.latitude if centre else None
    nomination.longitude = centre.longitude if centre else None
    nomination.save(
        update_fields=[
            "public_title",
            "public_words",
            "public_place",
            "cell_x",
            "cell_y",
            "latitude",
            "longitude",
        ]
    )
    if answer:
        Dispute.objects.filter(nomination=nomination).update(answer=words.get("answer", ""))


def _neutral_title(nomination: Nomination) -> str:
    """In the language of what boards write, whoever's page it is."""
    with override(settings.LANGUAGE_CODE):
        return str(Work(nomination.work or Work.OTHER).label)
