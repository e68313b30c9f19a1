"""The permission table of the room, for every person."""

import pytest

from snb.files import actions
from snb.files.enums import RASTERS
from snb.files.permissions import PERMISSIONS
from tests.files import samples


@pytest.mark.parametrize("state", ["private", "published"])
def test_read_permission_matrix(cast, panel, state):
    stored = actions.store_file(
        samples.file(samples.photo()), owner=panel, kinds=RASTERS, by=None, board="E09000007"
    )
    if state == "published":
        stored = actions.publish_file(stored, by=None)
    may = {name for name, person in cast.by_name.items() if person.has_perm("files.storedfile.read", stored)}
    assert may == (set(cast.by_name) if state == "published" else {"panel_chair", "panel_member"})


def test_every_permission_survives_nobody_and_nothing(cast):
    assert {name: rule(cast.anonymous, None) for name, rule in PERMISSIONS.items()} == {
        "files.storedfile.read": False
    }
