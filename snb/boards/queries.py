"""What is read about the people of a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from snb.boards.enums import BoardRoleKind, PanelRoleKind
from snb.boards.models import Board, BoardRole
from snb.people.models import FactorReset, Invitation, Role
from snb.people.queries import (
    invitations_of_board,
    invited_role,
    open_resets,
    people_who_may_confirm_reset,
    role_models,
    roles_on_board,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from snb.people.models import User

OFFICERS = (BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY)
ORDER = [
    BoardRoleKind.CHAIR,
    BoardRoleKind.SECRETARY,
    BoardRoleKind.MEMBER,
    BoardRoleKind.EDITOR,
    PanelRoleKind.MEMBER,
    "",
]


def boards() -> QuerySet[Board]:
    """All boards by borough."""
    return Board.objects.select_related("borough", "site")


@dataclass(frozen=True)
class RoleOffer:
    """A kind of role that can be given: `value` for a form, `for_ward` where a ward has to be named too."""

    value: str
    label: str
    for_ward: bool


def role_offers(*, london: bool = False) -> list[RoleOffer]:
    """The kinds of roles a board's officers give; for London those that oversight gives."""
    offers = []
    for model in role_models():
        if model.SCOPE not in {"", "board", "body", "ward"}:
            continue  # a role of something else is given on its own room's pages
        choices: list[tuple[str, Any]] = next(
            (list(field.choices or []) for field in model._meta.fields if field.name == "kind"),
            [("", model._meta.verbose_name)],
        )
        for kind, label in choices:
            of_oversight = not model.SCOPE or (model is BoardRole and kind in OFFICERS)
            if not (of_oversight if london else model.SCOPE):
                continue
            text = str(label)
            offers.append(
                RoleOffer(
                    f"{model._meta.label_lower}:{kind}",
                    text[:1].upper() + text[1:],
                    model.SCOPE in {"body", "ward"},
                )
            )
    return offers


@dataclass(frozen=True)
class PeopleGroup:
    """Roles under one heading."""

    title: str
    roles: list[Role]


def people_of(board: Board | None) -> list[PeopleGroup]:
    """Who holds what on a board, officers first; for London (None) oversight and every board's chairs and secretaries."""
    if board is None:
        return [
            PeopleGroup(_("Oversight"), roles_on_board("")),
            PeopleGroup(_("Chairs and secretaries"), list(officers())),
        ]
    held = sorted(
        roles_on_board(board.code),
        key=lambda role: (ORDER.index(getattr(role, "kind", "")), str(role), str(role.person)),
    )
    groups = {_("Board"): "board", _("Ward panels"): "body", _("Ward officers"): "ward"}
    known = set(groups.values())
    found = [
        PeopleGroup(title, [role for role in held if scope == role.SCOPE]) for title, scope in groups.items()
    ]
    rest = [role for role in held if role.SCOPE not in known]
    return [*found, *([PeopleGroup(_("Others"), rest)] if rest else [])]


def officers() -> QuerySet[BoardRole]:
    """Chairs and secretaries of all boards today."""
    rows = BoardRole.objects.current().filter(kind__in=OFFICERS).select_related("person", *BoardRole.RELATED)
    return rows.order_by("board__borough__name", "kind", "person__name")


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation with the role it is for, in words."""

    invitation: Invitation
    role: Role | None


def open_invitations(board: Board | None, *, user: User) -> list[OpenInvitation]:
    """Invitations this person may resend or withdraw: of one board, or for London those oversight gives."""
    rows = invitations_of_board(board.code) if board else invitations_of_london()
    found = [OpenInvitation(row, invited_role(row)) for row in rows]
    return [item for item in found if item.role is not None and user.has_perm("people.role.give", item.role)]


def invitations_of_london() -> list[Invitation]:
    """Invitations to London-wide roles, and to the office of chair or secretary anywhere."""
    chairs = Invitation.objects.open().filter(role_model=BoardRole._meta.label_lower, kind__in=OFFICERS)
    return [*invitations_of_board(""), *chairs.select_related("invited_by")]


def resets_to_confirm(*, user: User) -> list[FactorReset]:
    """Lost second factors this person may confirm or stop."""
    return [
        reset
        for reset in open_resets()
        if reset.person != user and user in people_who_may_confirm_reset(reset.person)
    ]


def board_of(request: HttpRequest) -> Board | None:
    """The board on whose site a request came in; None on the London-wide site (portal's HostMiddleware sets it)."""
    board: Board | None = getattr(request, "board", None)
    return board
