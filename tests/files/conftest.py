"""A private store of its own for each test, and a record that may own files."""

import pytest
from django.test import override_settings

from snb.files import permissions
from tests import factories as make


@pytest.fixture(autouse=True)
def private_root(tmp_path):
    """An empty private store."""
    with override_settings(PRIVATE_ROOT=tmp_path / "private"):
        yield tmp_path / "private"


@pytest.fixture
def panel(highgate, monkeypatch):
    """Highgate's ward panel, whose private files its members may read."""
    monkeypatch.setattr(permissions, "_owners", {})
    permissions.register_owner(
        make.Body,
        may_read=lambda user, body: (
            user.is_authenticated and body.roles.current().filter(person=user).exists()
        ),
    )
    return make.make_panel(highgate)
