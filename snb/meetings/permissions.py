"""Who may do what with meetings, minutes and the action log: officers of the board, the chair of the body, its members; oversight for London."""

from __future__ import annotations

from typing import Any

from rules import predicate

from snb.boards.enums import BodyKind, PanelRoleKind
from snb.boards.models import Body
from snb.boards.permissions import (
    PANEL_ROLE,
    is_member,
    is_officer_of_board,
    is_oversight,
)
from snb.people.permissions import holds_role


def body_of(obj: Any) -> Body | None:
    """The body that a meeting, an entry of the log, a body itself or anything with a `meeting` belongs to."""
    if obj is None or isinstance(obj, Body):
        return obj
    if hasattr(obj, "body"):
        return obj.body
    return body_of(getattr(obj, "meeting", None))


@predicate
def is_announced(user: Any, obj: Any = None) -> bool:
    """The meeting is public."""
    return getattr(obj, "announced_at", None) is not None


@predicate
def chairs_the_body(user: Any, obj: Any = None) -> bool:
    """Chairs the ward panel or group today."""
    body = body_of(obj)
    return body is not None and holds_role(user, PANEL_ROLE, PanelRoleKind.CHAIR, scope=str(body.pk))


@predicate
def sits_on_the_body(user: Any, obj: Any = None) -> bool:
    """Sits on the ward panel or group today."""
    body = body_of(obj)
    return body is not None and holds_role(user, PANEL_ROLE, scope=str(body.pk))


@predicate
def is_of_the_board(user: Any, obj: Any = None) -> bool:
    """It is a meeting of the board itself, which its members attend."""
    body = body_of(obj)
    return body is not None and body.kind == BodyKind.BOARD


@predicate
def is_londons(user: Any, obj: Any = None) -> bool:
    """It is London-wide: neither a board nor a body."""
    return obj is not None and not isinstance(obj, Body) and body_of(obj) is None


runs_it = is_officer_of_board | chairs_the_body | (is_londons & is_oversight)
belongs_to_it = runs_it | sits_on_the_body | (is_of_the_board & is_member)

PERMISSIONS = {
    "meetings.meeting.view": is_announced | belongs_to_it,
    "meetings.meeting.plan": runs_it,
    "meetings.agenda.write": runs_it,
    "meetings.agenda.publish": runs_it | is_oversight,
    "meetings.draft.read": belongs_to_it | is_oversight,
    "meetings.attendance.take": runs_it,
    "meetings.minutes.write": runs_it,
    "meetings.minutes.publish": runs_it | is_oversight,
    "meetings.minutes.comment": belongs_to_it,
    "meetings.log.manage": runs_it,
    "meetings.question.moderate": runs_it,
    "meetings.pack.make": runs_it,
    "meetings.pack.read": belongs_to_it,
}
