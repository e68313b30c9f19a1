"""Updates of the action log: how an entry stands, by the desk or by its owner's link, and taking the newest back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.meetings.actions.log.entries import locked, may_manage
from snb.meetings.enums import LOG_TRANSITIONS, Answer, LogKind, LogStatus, Rag
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import ActionItem, ActionUpdate
from snb.people.actions import person_with_address
from snb.people.models import User

BY_DESK = (
    "status",
    "rag",
    "rag_reason",
    "due_on",
    "answer",
    "answer_text",
    "answered_on",
    "done_on",
    "evidence",
    "evidence_url",
    "owner_name",
)
"""What an update may change."""
BY_LINK = {
    LogKind.ACTION: ("status", "rag", "rag_reason", "done_on", "evidence", "evidence_url"),
    LogKind.RECOMMENDATION: ("answer", "answer_text", "answered_on"),
}
"""What an owner's link may change. Dates stay with the body: whoever is late does not move their own day."""
DAYS = frozenset({"due_on", "answered_on", "done_on"})


@transaction.atomic
def update(
    entry: ActionItem,
    *,
    by: User,
    note: str = "",
    by_link: bool = False,
    owner: User | None = None,
    owner_email: str = "",
    seen: str = "",
    **changes: Any,
) -> ActionUpdate:
    """Say how an entry stands: one step that stays readable, with what was before it.

    Args:
        note: the public words with it.
        by_link: by its owner's signed link, which changes less (`BY_LINK`).
        owner: who takes it over, or `owner_email`; with `owner_name` for the public. By the desk only.
        seen: when the entry that `by` has open was changed last, as text; what somebody else, its owner perhaps, has said
            since is not overwritten.
        changes: of `BY_DESK`; what is not named stays as it is.
    Raises:
        PermissionDenied: `by` does not run the body; by link, is not its owner or changes more than an owner may.
        InvalidTransition: it does not lead from here to there.
        ValidationError: a field says what is missing, or somebody else was quicker.
    """
    entry = locked(entry)
    if seen and seen != entry.changed.isoformat():
        raise ValidationError(
            _("It has been updated since you opened this page. Look at what was said before you save yours.")
        )
    allowed = BY_LINK[LogKind(entry.kind)] if by_link else BY_DESK
    if by_link:
        if entry.owner_id != by.pk or not entry.is_public or owner or owner_email:
            raise PermissionDenied
    else:
        may_manage(entry, by)
    if set(changes) - set(allowed):
        if by_link:
            raise PermissionDenied
        raise TypeError(f"An update does not change {sorted(set(changes) - set(allowed))}.")
    owner = owner or (person_with_address(owner_email) if owner_email.strip() else None)
    old = {name: getattr(entry, name) for name in BY_DESK}
    wanted = {**old, **{name: _clean(value) for name, value in changes.items()}}
    if owner is not None and entry.owner is not None and wanted["owner_name"] == entry.owner.name:
        wanted["owner_name"] = owner.name or wanted["owner_name"]
    _settle(entry, wanted, old, note.strip())
    before = {name: old[name] for name in BY_DESK if wanted[name] != old[name]}
    if owner is not None and owner.pk != entry.owner_id:
        before["owner"] = str(entry.owner.public_id) if entry.owner else ""
        entry.owner = owner
    if not before and not note.strip():
        raise ValidationError({"note": _("Nothing has changed. Write what has happened.")})
    for name in BY_DESK:
        setattr(entry, name, wanted[name])
    if "due_on" in before:
        entry.reminded_at = entry.chased_at = None
    entry.changed = timezone.now()
    entry.save()
    step = ActionUpdate.objects.create(
        entry=entry,
        by=by.public_id,
        by_link=by_link,
        status=entry.status,
        rag=entry.rag,
        answer=entry.answer,
        due_on=entry.due_on,
        note=note.strip(),
        before=json.loads(json.dumps(before, cls=DjangoJSONEncoder)),
    )
    record(
        Event.LOG_UPDATED,
        entry,
        by=by,
        board=entry.board_code,
        public=entry.is_public,
        update=str(step.pk),
        changed=sorted(before),
        by_link=by_link,
    )
    return step


def _clean(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _settle(entry: ActionItem, wanted: dict[str, Any], old: dict[str, Any], note: str) -> None:
    """Refuse what does not fit together, and fill in the days that follow from it."""
    today = timezone.localdate()
    wrong: dict[str, str] = {}
    status, was = LogStatus(wanted["status"]), LogStatus(old["status"])
    if status != was and status not in LOG_TRANSITIONS[was]:
        raise InvalidTransition(
            {"status": _("It is %(was)s: open it again first.") % {"was": str(LogStatus(was).label).lower()}}
        )
    if status == LogStatus.DONE:
        wanted["done_on"] = wanted["done_on"] or today
        if wanted["done_on"] > today:
            wrong["done_on"] = _("Choose today or an earlier day.")
        if not entry.is_recommendation and not (wanted["evidence"] or wanted["evidence_url"]):
            wrong["evidence"] = _("Say how one can see that it was done, or give an address below.")
    else:
        wanted["done_on"] = None
    if status != was and status != LogStatus.DONE and not note:
        wrong["note"] = (
            _("Say why it is dropped; everybody can read it.")
            if status == LogStatus.DROPPED
            else _("Say why it is open again; everybody can read it.")
        )
    if status != LogStatus.OPEN:
        wanted["rag"] = wanted["rag_reason"] = ""
    if wanted["rag"] and not wanted["rag_reason"]:
        wrong["rag_reason"] = _("Write one sentence why.")
    if wanted["rag_reason"] and not wanted["rag"]:
        wrong["rag"] = _("Choose on track, at risk or off track for your sentence.")
    if wanted["rag"]:
        wanted["rag"] = Rag(wanted["rag"]).value
    if old["due_on"] and wanted["due_on"] != old["due_on"] and not note:
        wrong["note"] = _("Say why the date moves; everybody can read it.")
    if not wanted["owner_name"]:
        wrong["owner_name"] = _("Say who is to do it, as the public will read it.")
    _settle_answer(entry, wanted, today, wrong)
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})


def _settle_answer(entry: ActionItem, wanted: dict[str, Any], today: date, wrong: dict[str, str]) -> None:
    answer = Answer(wanted["answer"])
    if answer == Answer.NONE:
        wanted["answered_on"] = None
        if wanted["answer_text"]:
            wrong["answer"] = _("Choose what the answer is.")
        return
    if not entry.is_recommendation:
        wrong["answer"] = _("Only a recommendation has an answer.")
    wanted["answered_on"] = wanted["answered_on"] or today
    if wanted["answered_on"] > today:
        wrong["answered_on"] = _("Choose today or an earlier day.")
    if answer in {Answer.PARTLY, Answer.REFUSED} and not wanted["answer_text"]:
        wrong["answer_text"] = _("Write what they said.")


@transaction.atomic
def undo_update(step: ActionUpdate, *, by: User) -> ActionUpdate:
    """Take the newest update back: the entry becomes what it was, and the step stays, marked as taken back.

    Raises:
        PermissionDenied: `by` neither runs the body nor made the update by link.
        ValidationError: it was taken back already, or something came after it.
    """
    entry = locked(step.entry)
    step = ActionUpdate.objects.get(pk=step.pk)
    if not by.has_perm("meetings.log.manage", entry) and not (step.by_link and step.by == by.public_id):
        raise PermissionDenied
    if step.undone_at is not None:
        raise ValidationError(_("This update was taken back already."))
    newest = entry.updates.filter(undone_at__isnull=True).order_by("at").last()
    if newest is None or newest.pk != step.pk:
        raise ValidationError(_("Something came after this update. Write a new one instead."))
    for name in BY_DESK:
        if name in step.before:
            value = step.before[name]
            setattr(entry, name, parse_date(value) if name in DAYS and value else value)
    if "owner" in step.before:
        former = step.before["owner"]
        entry.owner = User.objects.filter(public_id=former).first() if former else None
    if "due_on" in step.before:
        entry.reminded_at = entry.chased_at = None
    entry.changed = step.undone_at = timezone.now()
    entry.save()
    step.save(update_fields=["undone_at"])
    record(
        Event.LOG_UPDATE_UNDONE,
        entry,
        by=by,
        board=entry.board_code,
        public=entry.is_public,
        update=str(step.pk),
    )
    return step
