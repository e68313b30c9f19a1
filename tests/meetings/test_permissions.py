"""Who may do what with meetings: every permission, everybody of the cast, on a board's, a panel's and London's meeting."""

from __future__ import annotations

import pytest
from django.utils import timezone

from snb.meetings.models import Meeting
from snb.meetings.permissions import PERMISSIONS
from snb.people.queries import roles_held
from tests import factories as make
from tests.meetings.conftest import board_body, make_meeting

OFFICERS = {"chair", "secretary"}
OVERSIGHT = {"oversight"}
PANEL_RUN = OFFICERS | {"panel_chair"}
EVERYONE = {
    "resident",
    "neighbour",
    "chair",
    "secretary",
    "member",
    "editor",
    "panel_chair",
    "panel_member",
    "officer",
    "oversight",
    "other_chair",
    "other_editor",
    "anonymous",
}
RUN = (OFFICERS, PANEL_RUN, OVERSIGHT)
BELONG = (OFFICERS | {"member"}, PANEL_RUN | {"panel_member"}, OVERSIGHT)
MATRIX: dict[str, tuple[set[str], set[str], set[str]]] = {
    "meetings.meeting.view": BELONG,
    "meetings.meeting.plan": RUN,
    "meetings.agenda.write": RUN,
    "meetings.agenda.publish": (OFFICERS | OVERSIGHT, PANEL_RUN | OVERSIGHT, OVERSIGHT),
    "meetings.draft.read": (BELONG[0] | OVERSIGHT, BELONG[1] | OVERSIGHT, OVERSIGHT),
    "meetings.attendance.take": RUN,
    "meetings.minutes.write": RUN,
    "meetings.minutes.publish": (OFFICERS | OVERSIGHT, PANEL_RUN | OVERSIGHT, OVERSIGHT),
    "meetings.minutes.comment": BELONG,
    "meetings.log.manage": RUN,
    "meetings.question.moderate": RUN,
    "meetings.pack.make": RUN,
    "meetings.pack.read": BELONG,
}
"""For a meeting nobody has announced: of Camden's board, of Highgate's panel, of London."""


@pytest.fixture
def meetings(cast, camden, highgate) -> tuple[Meeting, Meeting, Meeting]:
    """One of each, not announced."""
    return (
        make_meeting(board_body(camden), announced_at=None),
        make_meeting(make.make_panel(highgate), announced_at=None),
        make_meeting(None, announced_at=None),
    )


def allowed(cast, permission: str, meeting: Meeting | None) -> set[str]:
    """Who of the cast may."""
    return {name for name, person in cast.by_name.items() if person.has_perm(permission, meeting)}


def test_every_permission_is_in_the_matrix():
    assert set(MATRIX) == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_who_may(cast, meetings, permission):
    assert tuple(allowed(cast, permission, meeting) for meeting in meetings) == MATRIX[permission]


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_announcing_lets_everybody_look_and_nobody_do_more(cast, meetings, permission):
    for meeting, names in zip(meetings, MATRIX[permission], strict=True):
        meeting.announced_at = timezone.now()
        expected = EVERYONE if permission == "meetings.meeting.view" else names
        assert allowed(cast, permission, meeting) == expected


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_nobody_may_without_a_meeting_but_oversight_as_second_pair_of_eyes(cast, permission):
    seconds = {"meetings.agenda.publish", "meetings.draft.read", "meetings.minutes.publish"}
    assert allowed(cast, permission, None) == (OVERSIGHT if permission in seconds else set())


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_a_role_that_ended_gives_nothing(cast, meetings, permission):
    for person in cast.everyone:
        if person.is_authenticated:
            for role in roles_held(person):
                type(role).objects.filter(pk=role.pk).update(since="2020-01-01", until="2021-01-01")
            person.refresh_from_db()
    assert not any(allowed(cast, permission, meeting) for meeting in meetings)
