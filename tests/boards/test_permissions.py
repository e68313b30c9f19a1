"""Who may do what on a board: every permission, everybody of the cast, on Camden."""

from __future__ import annotations

import pytest

from snb.boards import permissions as boards
from snb.people import permissions as people
from snb.people.models import Role
from snb.people.queries import roles_held
from tests import factories as make

CAMDEN_PEOPLE = {"chair", "secretary", "member", "editor", "panel_chair", "panel_member", "officer"}
MATRIX = {
    "boards.board.view_desk": CAMDEN_PEOPLE,
    "boards.roles.manage": {"chair", "secretary"},
    "boards.settings.change": {"chair", "secretary"},
    "boards.site.edit": {"chair", "secretary", "editor"},
    "boards.codes.make": {"chair", "secretary"},
    "boards.codes.confirm": {"chair", "secretary", "member"},
    "boards.oversight.view": {"oversight"},
    "boards.oversight.manage": {"oversight"},
}


def test_every_permission_is_in_the_matrix():
    assert set(MATRIX) == set(boards.PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_who_may(cast, camden, permission):
    assert {name for name, person in cast.by_name.items() if person.has_perm(permission, camden)} == MATRIX[
        permission
    ]


@pytest.mark.parametrize(
    "permission", sorted(set(MATRIX) - {"boards.oversight.view", "boards.oversight.manage"})
)
def test_nobody_may_without_a_board(cast, permission):
    assert {name for name, person in cast.by_name.items() if person.has_perm(permission)} == set()


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_a_role_that_ended_gives_nothing(cast, camden, permission):
    for person in cast.everyone:
        if person.is_authenticated:
            for role in roles_held(person):
                type(role).objects.filter(pk=role.pk).update(since="2020-01-01", until="2021-01-01")
            person.refresh_from_db()
    assert not any(person.has_perm(permission, camden) for person in cast.everyone)


def test_the_same_on_a_ward_a_panel_and_a_borough(cast, camden, highgate):
    panel = make.make_panel(highgate)
    for thing in (camden, panel, highgate, camden.borough):
        assert cast.chair.has_perm("boards.roles.manage", thing)
        assert not cast.other_chair.has_perm("boards.roles.manage", thing)


GIVERS = {
    "chair of camden": {"chair", "secretary", "oversight"},
    "secretary of camden": {"chair", "secretary", "oversight"},
    "member of camden": {"chair", "secretary"},
    "editor of camden": {"chair", "secretary"},
    "panel chair": {"chair", "secretary"},
    "panel member": {"chair", "secretary"},
    "ward officer": {"chair", "secretary"},
    "oversight": {"oversight"},
}


@pytest.fixture
def drafts(camden, highgate):
    kinds, panel = make.BoardRoleKind, make.make_panel(highgate)
    return {
        "chair of camden": make.BoardRole(board=camden, kind=kinds.CHAIR),
        "secretary of camden": make.BoardRole(board=camden, kind=kinds.SECRETARY),
        "member of camden": make.BoardRole(board=camden, kind=kinds.MEMBER),
        "editor of camden": make.BoardRole(board=camden, kind=kinds.EDITOR),
        "panel chair": make.PanelRole(body=panel, kind=make.PanelRoleKind.CHAIR),
        "panel member": make.PanelRole(body=panel, kind=make.PanelRoleKind.MEMBER),
        "ward officer": make.WardOfficer(ward=highgate),
        "oversight": make.OversightRole(),
    }


@pytest.mark.parametrize("role", sorted(GIVERS))
def test_who_may_give_which_role(cast, drafts, role):
    draft: Role = drafts[role]
    assert {
        name for name, person in cast.by_name.items() if person.has_perm("people.role.give", draft)
    } == GIVERS[role]


PEOPLE = {
    "people.page.view_own": {"resident"},
    "people.account.delete": {"resident"},
    "people.role.give": set(),
    "people.role.end": set(),
}


def test_every_permission_about_people_is_in_the_matrix():
    assert set(PEOPLE) == set(people.PERMISSIONS)


@pytest.mark.parametrize("permission", ["people.page.view_own", "people.account.delete"])
def test_ones_own_account_only(cast, permission):
    allowed = {name for name, person in cast.by_name.items() if person.has_perm(permission, cast.resident)}
    assert allowed == PEOPLE[permission]


@pytest.mark.parametrize("permission", ["people.role.give", "people.role.end"])
def test_no_role_no_permission(cast, permission):
    assert not any(person.has_perm(permission) for person in cast.everyone)


def test_holders_may_end_their_own_role(cast):
    (role,) = roles_held(cast.member)
    allowed = {name for name, person in cast.by_name.items() if person.has_perm("people.role.end", role)}
    assert allowed == {"member", "chair", "secretary"}
