"""Who gets a stored file, on which host, and with which headers."""

import pytest
from django.http import Http404

from snb.files import actions, permissions
from snb.files.adapters import PDF_POLICY, SANDBOX, serve_private
from snb.files.enums import DOCUMENTS, RASTERS
from tests import factories as make
from tests.files import samples


@pytest.fixture
def stored(panel):
    """A private picture of Highgate's panel."""
    return actions.store_file(
        samples.file(samples.photo()),
        owner=panel,
        kinds=RASTERS,
        by=None,
        board="E09000007",
        public_name="pond",
    )


@pytest.fixture
def paper(panel):
    """A private Word file of Highgate's panel."""
    return actions.store_file(
        samples.file(samples.docx()),
        owner=panel,
        kinds=DOCUMENTS,
        by=None,
        board="E09000007",
        public_name="paper",
    )


def body(response) -> bytes:
    """All of an answer."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def url(stored) -> str:
    """Its address on any host."""
    return f"/files/{stored.pk}/{stored.public_name}"


READERS = {"panel_chair", "panel_member"}


def test_a_private_file_is_there_for_whom_its_room_says_and_for_nobody_else(
    cast, camden, stored, site_client
):
    answers = {
        name: site_client(camden, person).get(url(stored)).status_code
        for name, person in cast.by_name.items()
    }
    assert answers == {name: 200 if name in READERS else 404 for name in cast.by_name}


def test_a_published_file_is_there_for_everybody(cast, camden, stored, site_client):
    actions.publish_file(stored, by=None)
    answers = {
        name: site_client(camden, person).get(url(stored)).status_code
        for name, person in cast.by_name.items()
    }
    assert answers == dict.fromkeys(cast.by_name, 200)


@pytest.mark.parametrize("state", ["private", "published"])
def test_a_file_is_found_only_on_its_own_boards_host(cast, camden, brent, stored, site_client, state):
    if state == "published":
        actions.publish_file(stored, by=None)
    member = cast.panel_member
    assert site_client(camden, member).get(url(stored)).status_code == 200
    assert site_client(brent, member).get(url(stored)).status_code == 404
    assert site_client(None, member).get(url(stored)).status_code == 404


def test_a_london_file_is_found_only_on_the_london_host(panel, cast, camden, site_client):
    stored = actions.store_file(samples.file(samples.PDF), owner=panel, kinds=DOCUMENTS, by=None, board="")
    assert site_client(None, cast.panel_member).get(url(stored)).status_code == 200
    assert site_client(camden, cast.panel_member).get(url(stored)).status_code == 404


def test_another_name_is_another_address(cast, camden, stored, site_client):
    actions.publish_file(stored, by=None)
    assert site_client(camden).get(f"/files/{stored.pk}/prize.exe").status_code == 404
    assert site_client(camden).get(f"/files/{stored.pk}/").status_code == 404


def test_unpublishing_closes_it_at_once(camden, stored, site_client):
    actions.publish_file(stored, by=None)
    client = site_client(camden)
    assert client.get(url(stored)).status_code == 200
    actions.unpublish_file(stored, by=None)
    assert client.get(url(stored)).status_code == 404


def test_a_file_whose_owner_or_room_is_gone_is_found_by_nobody(
    cast, camden, panel, stored, site_client, monkeypatch
):
    client = site_client(camden, cast.panel_member)
    monkeypatch.setattr(permissions, "_owners", {})
    assert client.get(url(stored)).status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_found(cast, camden, stored, site_client):
    stored.file.storage.delete(stored.file.name)
    assert site_client(camden, cast.panel_member).get(url(stored)).status_code == 404


def test_it_only_answers_reading(cast, camden, stored, site_client):
    client = site_client(camden, cast.panel_member)
    assert client.post(url(stored)).status_code == 405
    assert client.head(url(stored)).status_code == 200


def test_a_private_picture_is_shown_sandboxed_and_kept_by_nobody(cast, camden, stored, site_client):
    response = site_client(camden, cast.panel_member).get(url(stored))
    assert body(response) == stored.file.read()
    headers = {name: response[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")}
    assert headers == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'inline; filename="pond.jpg"',
        "Cache-Control": "private, no-store",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == SANDBOX
    assert response["X-Robots-Tag"] == "noindex"


def test_a_word_file_is_a_download(cast, camden, paper, site_client):
    response = site_client(camden, cast.panel_member).get(url(paper))
    assert response["Content-Disposition"] == 'attachment; filename="paper.docx"'
    assert response["Content-Security-Policy"] == SANDBOX


def test_a_published_file_is_checked_again_by_its_hash(camden, stored, site_client):
    stored = actions.publish_file(stored, by=None)
    client = site_client(camden)
    first = client.get(url(stored))
    assert (first["Cache-Control"], first["ETag"]) == ("no-cache", f'"{stored.sha256}"')
    assert "X-Robots-Tag" not in first
    again = client.get(url(stored), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_behind_nginx_the_answer_names_the_bytes_and_carries_none(
    cast, camden, stored, site_client, settings
):
    settings.PRIVATE_ACCEL_PREFIX = "/protected/"
    response = site_client(camden, cast.panel_member).get(url(stored))
    assert response["X-Accel-Redirect"] == f"/protected/{stored.file.name}"
    assert body(response) == b""
    assert response["Content-Security-Policy"] == SANDBOX
    assert site_client(camden, cast.chair).get(url(stored)).status_code == 404


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "text/csv; charset=utf-8", "application/zip"]
)
def test_only_pictures_and_pdf_are_ever_shown(settings, content_type):
    settings.PRIVATE_ACCEL_PREFIX = "/protected"
    response = serve_private("x", filename="a\r\nSet-Cookie: b.html", content_type=content_type, inline=True)
    assert response["Content-Disposition"].startswith("attachment;")
    assert "\n" not in response["Content-Disposition"]
    assert response["Content-Security-Policy"] == SANDBOX


def test_a_pdf_is_shown_and_may_load_nothing(settings):
    settings.PRIVATE_ACCEL_PREFIX = "/protected"
    response = serve_private(
        "x", filename="minutes.pdf", content_type="application/pdf", inline=True, published=True
    )
    assert response["Content-Disposition"] == 'inline; filename="minutes.pdf"'
    assert response["Content-Security-Policy"] == PDF_POLICY


def test_a_name_that_leaves_the_store_is_refused(db, private_root):
    private_root.mkdir()
    (private_root.parent / "secret.txt").write_text("secret")
    with pytest.raises(Exception, match=r"outside|traversal|denied|base path") as caught:
        serve_private("../secret.txt", filename="a", content_type="text/plain")
    assert not isinstance(caught.value, Http404)


@pytest.mark.parametrize("count", [1, 3])
def test_one_answer_costs_the_same_however_many_files_there_are(
    panel, camden, site_client, count, django_assert_num_queries
):
    kept = [
        actions.store_file(
            samples.file(samples.PDF), owner=panel, kinds=DOCUMENTS, by=None, board="E09000007"
        )
        for _ in range(count)
    ]
    actions.publish_file(kept[-1], by=None)
    client = site_client(camden)
    client.get(url(kept[-1]))
    with django_assert_num_queries(1, using="default"):
        from snb.files.queries import readable_file

        assert (
            readable_file("E09000007", kept[-1].pk, kept[-1].public_name, user=make.UserFactory.build())
            == kept[-1]
        )
