"""Who may do what with rounds, options and priorities."""

from __future__ import annotations

from typing import Any

from rules import predicate

from snb.boards.enums import PanelRoleKind
from snb.boards.permissions import PANEL_ROLE, is_officer_of_board
from snb.people.permissions import holds_role
from wardpanels.enums import RoundStatus
from wardpanels.models import PUBLIC_STATES, Round


@predicate
def is_public_round(user: Any, round_: Round | None = None) -> bool:
    """The round has been shown to the public."""
    return round_ is not None and (round_.status in PUBLIC_STATES or round_.announced_at is not None)


@predicate
def chairs_this_panel(user: Any, round_: Round | None = None) -> bool:
    """Chairs the ward's panel today."""
    return round_ is not None and holds_role(
        user, PANEL_ROLE, PanelRoleKind.CHAIR, scope=str(round_.panel_id)
    )


@predicate
def lives_in_this_ward(user: Any, round_: Round | None = None) -> bool:
    """Has confirmed that they live in the ward."""
    if round_ is None or not user.is_authenticated:
        return False
    return bool(user.residencies.current().filter(ward=round_.ward_id).exists())


@predicate
def is_collecting(user: Any, round_: Round | None = None) -> bool:
    """The round takes suggestions."""
    return round_ is not None and round_.status == RoundStatus.COLLECTING


PERMISSIONS = {
    "wardpanels.round.view": is_public_round | chairs_this_panel | is_officer_of_board,
    "wardpanels.round.plan": chairs_this_panel | is_officer_of_board,
    "wardpanels.round.moderate": chairs_this_panel,
    "wardpanels.round.annul": chairs_this_panel | is_officer_of_board,
    "wardpanels.option.suggest": is_collecting & lives_in_this_ward,
    "wardpanels.priority.adopt": chairs_this_panel,
}
