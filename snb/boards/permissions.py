"""Who may do what on a board: every answer is a role held today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules import Predicate, predicate

from snb.boards.enums import BoardRoleKind
from snb.people.permissions import holds_role, roles_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from snb.people.models import User

BOARD_ROLE, PANEL_ROLE, OVERSIGHT_ROLE = "boards.boardrole", "boards.panelrole", "boards.oversightrole"


def board_code_of(obj: Any) -> str:
    """GSS code of the board an object belongs to: a board, a body, a ward, a borough, anything with `board_code`; else ""."""
    if obj is None:
        return ""
    for name in ("board_code", "board_id", "borough_id"):
        code = getattr(obj, name, None)
        if isinstance(code, str) and code:
            return code
    code = getattr(obj, "code", "")
    return code if isinstance(code, str) else ""


def _holds(*kinds: str) -> Predicate:
    @predicate(f"holds_{'_or_'.join(kinds)}")
    def holds(user: User | AnonymousUser, obj: Any = None) -> bool:
        code = board_code_of(obj)
        return bool(code) and holds_role(user, BOARD_ROLE, *kinds, board=code)

    return holds


is_chair = _holds(BoardRoleKind.CHAIR)
is_secretary = _holds(BoardRoleKind.SECRETARY)
is_member = _holds(BoardRoleKind.MEMBER)
is_editor = _holds(BoardRoleKind.EDITOR)
is_officer_of_board = is_chair | is_secretary


@predicate
def has_any_role_on_board(user: User | AnonymousUser, obj: Any = None) -> bool:
    """Any role of any room on this board: panels, wards and later rooms included."""
    code = board_code_of(obj)
    return bool(code) and any(role.board == code for role in roles_of(user))


@predicate
def is_oversight(user: User | AnonymousUser, obj: Any = None) -> bool:
    """MOPAC oversight."""
    return holds_role(user, OVERSIGHT_ROLE)


PERMISSIONS = {
    "boards.board.view_desk": has_any_role_on_board,
    "boards.roles.manage": is_officer_of_board,
    "boards.settings.change": is_officer_of_board,
    "boards.site.edit": is_officer_of_board | is_editor,
    "boards.codes.make": is_officer_of_board,
    "boards.codes.confirm": is_officer_of_board | is_member,
    "boards.oversight.view": is_oversight,
    "boards.oversight.manage": is_oversight,
}
