"""Giving, ending and handing over roles."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people.models import Role, SignedLink, User
from snb.people.queries import forget_roles, role_models

if TYPE_CHECKING:
    from snb.people.models import Invitation


def _codes(role: Role) -> dict[str, str]:
    scope = getattr(role, f"{role.SCOPE}_id") if role.SCOPE else ""
    return {
        "role": role._meta.label_lower,
        "kind": getattr(role, "kind", ""),
        "scope": str(scope),
        "person": str(role.person.public_id),
    }


def _same(role: Role) -> models.QuerySet[Any]:
    wanted: dict[str, Any] = {"person_id": role.person_id}
    if role.SCOPE:
        wanted[f"{role.SCOPE}_id"] = getattr(role, f"{role.SCOPE}_id")
    if getattr(role, "kind", ""):
        wanted["kind"] = role.kind  # type: ignore[attr-defined]
    return type(role)._default_manager.current().filter(**wanted)


@transaction.atomic
def give_role(role: Role, *, by: User | None) -> Role:
    """Give a role: `role` is unsaved and names the person, the kind and what it is for. Held already: nothing changes.

    Args:
        by: who gives it; `None` only for a command.
    Raises:
        PermissionDenied: `by` may not give this role.
    """
    if by is not None and not by.has_perm("people.role.give", role):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=role.person_id)
    held = _same(role).first()
    if held is not None:
        return held
    role.save(force_insert=True)
    role.sync_groups()
    forget_roles(role.person)
    record(Event.ROLE_GIVEN, role, by=by, board=role.board_code, public=True, **_codes(role))
    return role


@transaction.atomic
def end_role(role: Role, *, by: User | None) -> Role:
    """End a role today: the row stays, groups and signed links follow. Ended already: nothing changes.

    Raises:
        PermissionDenied: `by` neither holds the role nor may give it.
    """
    role = type(role)._default_manager.select_for_update().get(pk=role.pk)
    if by is not None and not by.has_perm("people.role.end", role):
        raise PermissionDenied
    if role.until is not None and not role.is_current:
        return role
    role.until = max(timezone.localdate(), role.since)
    role.save(update_fields=["until"])
    _follow_end(role, by=by)
    return role


def _follow_end(role: Role, *, by: User | None) -> None:
    role.sync_groups()
    forget_roles(role.person)
    SignedLink.objects.filter(
        role_model=role._meta.label_lower, role_id=role.pk, used_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=timezone.now())
    record(Event.ROLE_ENDED, role, by=by, board=role.board_code, public=True, **_codes(role))


@transaction.atomic
def hand_over(role: Role, *, email: str, by: User) -> Invitation:
    """Invite somebody to take a role over; the old holder's role ends when the invitation is accepted, not before.

    Raises:
        PermissionDenied: `by` may not give this role.
        ValidationError: the role is not held any more.
    """
    from snb.people.actions.invitations import invite

    if not role.is_current:
        raise ValidationError(_("This role has ended already."))
    return invite(role, email=email, by=by, hands_over=role)


def end_expired() -> int:
    """For the timetable: bring groups and links in line for roles whose last day has passed. Running it twice changes nothing.

    A role ends by its date alone; this follows up what the date cannot do by itself. Returns how many were followed up.
    """
    from snb.audit.models import AuditEvent

    done = 0
    today = timezone.localdate()
    for model in role_models():
        label = model._meta.label_lower
        ended = model._default_manager.filter(until__lte=today, until__gte=today - timedelta(days=28))
        seen = set(
            AuditEvent.objects.filter(event=Event.ROLE_ENDED, object_type=label).values_list(
                "object_id", flat=True
            )
        )
        for role in ended.exclude(pk__in=[int(pk) for pk in seen]):
            with transaction.atomic():
                _follow_end(role, by=None)
            done += 1
    return done
