"""Giving roles on a board by invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from snb.people.actions import invite

if TYPE_CHECKING:
    from snb.people.models import Invitation, Role, User
    from snb.places.models import Ward


def draft_role(offer: str, *, board: Board | None, ward: Ward | None) -> Role:
    """The unsaved role of an offer (`queries.RoleOffer.value`) on a board; a panel that is not there yet is made.

    Raises:
        ValidationError: the role is for a ward and none was named, or a ward of another borough.
    """
    label, _sep, kind = offer.partition(":")
    role = apps.get_model(label)()
    if kind:
        role.kind = kind
    if role.SCOPE == "board":
        if board is None:
            raise ValidationError({"board": _("Choose a board.")})
        role.board = board
    elif role.SCOPE:
        if ward is None or board is None or ward.borough_id != board.code:
            raise ValidationError({"ward": _("Choose the ward.")})
        role_scope = (
            ward
            if role.SCOPE == "ward"
            else Body.objects.get_or_create(board=board, kind=BodyKind.WARD_PANEL, ward=ward)[0]
        )
        setattr(role, role.SCOPE, role_scope)
    return role


@transaction.atomic
def invite_to_role(offer: str, *, email: str, board: Board | None, ward: Ward | None, by: User) -> Invitation:
    """Invite an email address to a role on a board, or to oversight.

    Raises:
        PermissionDenied: `by` may not give this role.
        ValidationError: what is missing, at its field.
    """
    if not (
        by.has_perm("boards.oversight.manage")
        or (board is not None and by.has_perm("boards.roles.manage", board))
    ):
        raise PermissionDenied
    return invite(draft_role(offer, board=board, ward=ward), email=email, by=by)
