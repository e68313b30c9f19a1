"""Which roles a person holds today, and who may do what with roles and with their own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import CharField, Value
from django.db.models.functions import Cast
from rules import is_authenticated, predicate

from snb.people.models import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from snb.people.models import User


def role_models() -> list[type[Role]]:
    """Every kind of role of every room."""
    return [model for model in apps.get_models() if issubclass(model, Role)]


@dataclass(frozen=True)
class HeldRole:
    """A role somebody holds today, as codes: enough for every permission, from one query."""

    model: str
    pk: int
    kind: str
    scope: str
    board: str

    @property
    def needs_second_factor(self) -> bool:
        """Whether its holder must have a second factor."""
        kinds = apps.get_model(self.model).NEEDS_SECOND_FACTOR
        return kinds is None or self.kind in kinds


def _text(expression: str) -> Cast:
    return Cast(expression, CharField())


def roles_of(user: User | AnonymousUser) -> tuple[HeldRole, ...]:
    """The roles a person holds today, of every room, read once per person and request (one query)."""
    if not user.is_authenticated:
        return ()
    held: tuple[HeldRole, ...] | None = getattr(user, "held_roles", None)
    if held is None:
        parts = []
        for model in role_models():
            kind = (
                _text("kind")
                if any(field.name == "kind" for field in model._meta.fields)
                else Value("", CharField())
            )
            scope = _text(f"{model.SCOPE}_id") if model.SCOPE else Value("", CharField())
            board = _text(model.BOARD_PATH) if model.BOARD_PATH else Value("", CharField())
            parts.append(
                model.objects.current()
                .filter(person_id=user.pk)
                .order_by()
                .values_list(Value(model._meta.label_lower, CharField()), "pk", kind, scope, board)
            )
        rows = parts[0].union(*parts[1:], all=True)
        held = tuple(
            sorted(
                (HeldRole(*row) for row in rows),
                key=lambda role: (role.board, role.model, role.kind, role.pk),
            )
        )
        user.held_roles = held
    return held


def forget_roles(user: User) -> None:
    """Read this person's roles afresh next time."""
    user.held_roles = None


def holds_role(
    user: User | AnonymousUser, model: str, *kinds: str, board: str | None = None, scope: str | None = None
) -> bool:
    """Whether the person holds a role of this model today: of one of `kinds` (any when none is named), on that board or scope."""
    return any(
        role.model == model
        and (not kinds or role.kind in kinds)
        and (board is None or role.board == board)
        and (scope is None or role.scope == scope)
        for role in roles_of(user)
    )


@predicate
def is_oneself(user: User | AnonymousUser, person: User | None = None) -> bool:
    """It is the person's own account."""
    return person is None or user == person


@predicate
def may_give(user: User | AnonymousUser, role: Role | None = None) -> bool:
    """The role's own room says so (`Role.may_be_given_by`)."""
    return role is not None and role.may_be_given_by(user)  # type: ignore[arg-type]


@predicate
def holds_it(user: User | AnonymousUser, role: Role | None = None) -> bool:
    """It is the person's own role."""
    return role is not None and role.person_id == user.pk


PERMISSIONS = {
    "people.page.view_own": is_authenticated & is_oneself,
    "people.account.delete": is_authenticated & is_oneself,
    "people.role.give": is_authenticated & may_give,
    "people.role.end": is_authenticated & (holds_it | may_give),
}
