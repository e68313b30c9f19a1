"""Two boards with one of everything."""

import pytest

from tests.cms.planted import plant, plant_brent


@pytest.fixture
def brents(cast, brent):
    """Brent's things, each with the marker."""
    return plant_brent(brent, cast.other_editor)


@pytest.fixture
def camdens(cast, camden):
    """Camden's things."""
    return plant(camden, cast.editor, "camdenown")


@pytest.fixture
def counted():
    """`counted(client, path)`: the answer and how many queries it took when nothing is kept; warm it up by a first call.

    Queries of the shared cache's table are left out: with Redis there are none.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.middleware import pages

    def ask(client, path: str):
        pages.clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        asked = [query["sql"] for query in captured.captured_queries]
        return response, len([sql for sql in asked if "portal_cache" not in sql])

    return ask


@pytest.fixture
def private_files(settings, tmp_path):
    """An empty private store for this test alone."""
    from django.core.files.storage import storages

    settings.PRIVATE_ROOT = tmp_path / "private"
    storages._storages.pop("private", None)
    yield settings.PRIVATE_ROOT
    storages._storages.pop("private", None)
