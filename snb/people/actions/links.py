"""Signed links: one kind of deed by one person on one version of one object, without signing in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people import notifications
from snb.people.actions.proofs import confirm_address
from snb.people.enums import LinkState
from snb.people.errors import LinkNotUsable
from snb.people.models import LinkUse, Role, SignedLink, User
from snb.people.queries import role_or_none, token_hash, token_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import Form
    from django_stubs_ext import StrOrPromise

TOLD_EVERY = timedelta(days=1)
"""How often the person hears of a link that repeats."""


@dataclass(frozen=True)
class LinkPurpose:
    """What a kind of link does. A room registers its own from `apps.ready()` with `register_purpose`.

    Args:
        name: `room.thing.verb`.
        title: what the button says.
        question: the object in a sentence, shown before the deed; public facts only.
        perform: the room's action, called with the object and `by=`, and with the form's cleaned data as
            keywords; it writes its own audit event. A `ValidationError` from it is shown at the field it names.
            The key of the row it returns is kept (`LinkUse.made`).
        version_of: version of the object now, which may be a state; a link for another version is overtaken.
        done: what the page says afterwards.
        undo: takes the deed back, called with the object and `by=`, and where there is a form or the link
            repeats with `made=`, the kept key as text ("" if `perform` returned no row); None where it cannot
            be. A `ValidationError` says why not.
        tells: whether the person gets a notice with the way to undo; at most one a day from a link that repeats.
        form: what there is to fill in. Its class may take `obj=`. No field is called `do` or `use`.
        shows: something to read above the form, as the name of a template and its context; public facts, or a
            draft without its private part.
        repeats: whether the link may be used again until it expires.
        lasts: how long a link is good for unless told otherwise: seven days, fourteen for a review.
    """

    name: str
    title: StrOrPromise
    question: Callable[[Any], str]
    perform: Callable[..., object]
    version_of: Callable[[Any], str] = lambda _: ""
    done: StrOrPromise = ""
    undo: Callable[..., object] | None = None
    tells: bool = True
    form: type[Form] | None = None
    shows: Callable[[Any], tuple[str, dict[str, Any]]] | None = None
    repeats: bool = False
    lasts: timedelta = SignedLink.LASTS


PURPOSES: dict[str, LinkPurpose] = {}


def register_purpose(purpose: LinkPurpose) -> None:
    """Make a purpose known. Registering a name twice is a mistake."""
    if PURPOSES.setdefault(purpose.name, purpose) is not purpose:
        raise ValueError(f"Link purpose {purpose.name} is registered twice.")


@transaction.atomic
def issue_link(
    person: User,
    purpose: str,
    obj: models.Model,
    *,
    version: str = "",
    expires: datetime | None = None,
    role: Role | None = None,
    by: User | None = None,
) -> SignedLink:
    """Make a link for a person; `queries.link_url` gives its address, for the email task only.

    Args:
        version: the object's version; the link ends when `version_of` says another.
        expires: as long as its purpose lasts from now unless told.
        role: the role in which the person acts; the link ends with it.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"Nobody registered the link purpose {purpose}.")
    link = SignedLink(
        person=person,
        purpose=purpose,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        version=version,
        role_model=role._meta.label_lower if role else "",
        role_id=role.pk if role else None,
        expires_at=expires or timezone.now() + PURPOSES[purpose].lasts,
    )
    link.token_hash = token_hash(token_of(link))
    link.save(force_insert=True)
    record(Event.LINK_ISSUED, link, by=by, purpose=purpose, person=str(person.public_id))
    return link


def linked_object(link: SignedLink) -> models.Model | None:
    """What the link is about."""
    return apps.get_model(link.object_type)._default_manager.filter(pk=link.object_id).first()


def state_of(link: SignedLink) -> LinkState:
    """Whether the link may be used now: its dates, its person, the role it stands on and the object's version."""
    state = link.dated_state
    if state != LinkState.LIVE:
        return state
    if not link.person.is_active or link.purpose not in PURPOSES:
        return LinkState.REVOKED
    if link.role_model:
        role = role_or_none(link.role_model, link.role_id)
        if role is None or not role.is_current:
            return LinkState.REVOKED
    obj = linked_object(link)
    if obj is None or (link.version and PURPOSES[link.purpose].version_of(obj) != link.version):
        return LinkState.STALE
    return state


@transaction.atomic
def use_link(token: str, **data: Any) -> SignedLink:
    """Do the one thing the link is for, in the person's name and marked as done by link. No session is made.

    Using it shows that the person reads their address, which confirms it.

    Args:
        data: cleaned data of the purpose's form.
    Raises:
        LinkNotUsable: unknown, used, expired, revoked or overtaken.
        ValidationError: the purpose's action refuses the data; nothing happened.
    """
    link = _locked(token)
    state = state_of(link)
    if state != LinkState.LIVE:
        raise LinkNotUsable(state)
    purpose = PURPOSES[link.purpose]
    made = purpose.perform(linked_object(link), by=link.person, **data)
    confirm_address(link.person)
    now = timezone.now()
    tells = purpose.tells and not (
        purpose.repeats and link.uses.filter(at__gt=now - TOLD_EVERY, undone_at__isnull=True).exists()
    )
    key = str(made.pk) if isinstance(made, models.Model) else ""
    LinkUse.objects.create(link=link, at=now, made=key)
    if not purpose.repeats:
        link.used_at = now
        link.save(update_fields=["used_at"])
    record(
        Event.LINK_USED,
        link,
        by=link.person,
        purpose=link.purpose,
        object_type=link.object_type,
        object_id=link.object_id,
    )
    if tells:
        notifications.send_link_used.enqueue(link.pk)
    return link


@transaction.atomic
def undo_link(token: str, use: int | None = None) -> SignedLink:
    """Take back what the link did, within seven days.

    Args:
        use: key of the use to take back, of a link that repeats; its latest one unless told.
    Raises:
        LinkNotUsable: it was not used, was undone already, is too old, or its deed cannot be undone.
        ValidationError: the purpose says why it cannot be any more; nothing happened.
    """
    link = _locked(token)
    obj = linked_object(link)
    if not can_undo(link) or obj is None:
        raise LinkNotUsable(link.dated_state)
    purpose = PURPOSES[link.purpose]
    found = uses_to_undo(link).filter(**{} if use is None else {"pk": use}).first()
    if found is None and purpose.repeats:
        raise LinkNotUsable(link.dated_state)
    if purpose.undo is not None:
        made = {"made": found.made if found else ""} if purpose.form or purpose.repeats else {}
        purpose.undo(obj, by=link.person, **made)
    now = timezone.now()
    if found is not None:
        found.undone_at = now
        found.save(update_fields=["undone_at"])
    if not purpose.repeats:
        link.undone_at = now
        link.save(update_fields=["undone_at"])
    record(Event.LINK_UNDONE, link, by=link.person, purpose=link.purpose)
    return link


def uses_to_undo(link: SignedLink) -> QuerySet[LinkUse]:
    """Uses of the last seven days that were not taken back, latest first."""
    return link.uses.filter(undone_at__isnull=True, at__gt=timezone.now() - SignedLink.LASTS)


def can_undo(link: SignedLink) -> bool:
    """Whether a deed of this link can still be taken back."""
    purpose = PURPOSES.get(link.purpose)
    if purpose is None or purpose.undo is None:
        return False
    if purpose.repeats:
        return link.dated_state in {LinkState.LIVE, LinkState.EXPIRED} and uses_to_undo(link).exists()
    return bool(
        link.dated_state == LinkState.USED
        and link.used_at
        and link.used_at > timezone.now() - SignedLink.LASTS
    )


def _locked(token: str) -> SignedLink:
    link = SignedLink.objects.select_for_update(of=("self",)).filter(token_hash=token_hash(token)).first()
    if link is None:
        raise LinkNotUsable
    return link


@transaction.atomic
def revoke_link(link: SignedLink, *, by: User | None) -> SignedLink:
    """End a link before its time."""
    link = SignedLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if link.dated_state == LinkState.LIVE:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        record(Event.LINK_REVOKED, link, by=by, purpose=link.purpose)
    return link
