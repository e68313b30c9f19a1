"""Inviting somebody to a role, and taking it on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people import notifications
from snb.people.actions.roles import end_role, give_role
from snb.people.enums import InvitationState
from snb.people.models import Invitation, Role, User
from snb.people.queries import invited_role, owns_email, role_or_none, token_hash, token_of

if TYPE_CHECKING:
    from uuid import UUID


def _arm(invitation: Invitation, key: UUID) -> None:
    """Give the invitation a fresh token and fourteen days; an earlier link is dead from now on."""
    now = timezone.now()
    invitation.key = key
    invitation.token_hash = token_hash(token_of(invitation))
    invitation.sent_at, invitation.mailed_at, invitation.expires_at = now, None, now + Invitation.LASTS


@transaction.atomic
def invite(role: Role, *, email: str, by: User | None, hands_over: Role | None = None) -> Invitation:
    """Invite an email address to a role. `role` names kind and scope; its person is not read. An open twin is sent again.

    Args:
        by: who invites; `None` only for a command.
    Raises:
        PermissionDenied: `by` may not give this role.
        ValidationError: the person holds the role already, or too many invitations went out today.
    """
    if by is not None and not by.has_perm("people.role.give", role):
        raise PermissionDenied
    email = email.strip().lower()
    scope = str(getattr(role, f"{role.SCOPE}_id")) if role.SCOPE else ""
    kind = getattr(role, "kind", "")
    same = {"email": email, "role_model": role._meta.label_lower, "kind": kind, "scope_id": scope}
    held = type(role)._default_manager.current().filter(person__email=email)
    if role.SCOPE:
        held = held.filter(**{f"{role.SCOPE}_id": scope})
    if (held.filter(kind=kind) if kind else held).exists():
        raise ValidationError({"email": _("That person holds this role already.")})
    if (
        by is not None
        and Invitation.objects.filter(invited_by=by, sent_at__gt=timezone.now() - timedelta(days=1)).count()
        >= 100
    ):
        raise ValidationError(
            {"email": _("You have sent 100 invitations in a day. Please continue tomorrow.")}
        )
    twin = Invitation.objects.open().filter(**same).first()
    if twin is not None:
        return resend_invitation(twin, by=by)
    invitation = Invitation(
        **same, board=role.board_code, hands_over=hands_over.pk if hands_over else None, invited_by=by
    )
    _arm(invitation, invitation.key)
    invitation.save(force_insert=True)
    record(
        Event.INVITATION_SENT,
        invitation,
        by=by,
        board=invitation.board,
        role=invitation.role_model,
        kind=kind,
        scope=scope,
    )
    notifications.send_invitation.enqueue(invitation.pk)
    return invitation


def _may_manage(invitation: Invitation, by: User | None) -> None:
    role = invited_role(invitation)
    if by is not None and (role is None or not by.has_perm("people.role.give", role)):
        raise PermissionDenied


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """Send it again with a new link and fourteen new days; the old link ends.

    Raises:
        PermissionDenied: `by` may not give this role.
        ValidationError: it was accepted or withdrawn.
    """
    from uuid import uuid4

    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    _may_manage(invitation, by)
    if invitation.state not in {InvitationState.OPEN, InvitationState.EXPIRED}:
        raise ValidationError(_("This invitation was answered or withdrawn already."))
    _arm(invitation, uuid4())
    invitation.save()
    record(Event.INVITATION_SENT, invitation, by=by, board=invitation.board, again=True)
    notifications.send_invitation.enqueue(invitation.pk)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """Take an invitation back; its link ends at once.

    Raises:
        PermissionDenied: `by` may not give this role.
        ValidationError: it was accepted already.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    _may_manage(invitation, by)
    if invitation.state == InvitationState.ACCEPTED:
        raise ValidationError(_("This invitation was accepted already. End the role instead."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        record(Event.INVITATION_WITHDRAWN, invitation, by=by, board=invitation.board)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Role:
    """Take the role on: it is given in the name of whoever invited, if they may still give it.

    Raises:
        ValidationError: it is not open any more, it was sent to another address, what it is for is gone, or whoever
            invited may not give the role any more.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.state != InvitationState.OPEN:
        raise ValidationError(_("This invitation is no longer open."))
    if not owns_email(by, invitation.email):
        raise ValidationError(_("This invitation was sent to another email address."))
    role = invited_role(invitation)
    inviter = invitation.invited_by
    by_command = inviter is None and not invitation.board
    if role is None or not (
        by_command or (inviter is not None and inviter.has_perm("people.role.give", role))
    ):
        raise ValidationError(_("This invitation no longer holds. Please ask for a new one."))
    role.person = by
    given = give_role(role, by=inviter)
    if invitation.hands_over:
        before = role_or_none(invitation.role_model, invitation.hands_over)
        if before is not None and before.is_current:
            end_role(before, by=inviter)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        Event.INVITATION_ACCEPTED,
        invitation,
        by=by,
        board=invitation.board,
        role=invitation.role_model,
        kind=invitation.kind,
    )
    return given


def send_unsent_invitations() -> int:
    """For the timetable: enqueue again what was invited more than ten minutes ago and never reached the mail server."""
    late = Invitation.objects.open().filter(
        mailed_at__isnull=True, sent_at__lt=timezone.now() - timedelta(minutes=10)
    )
    count = 0
    for invitation in late:
        notifications.send_invitation.enqueue(invitation.pk)
        count += 1
    return count
