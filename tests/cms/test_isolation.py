"""What is one board's stays on its site: planted words, drafts, previews."""

import pytest

from cms.models import NewsPage, StandingPage
from snb.places.models import Ward
from tests import factories as make

MARK = "qzxquaggaqzx"


@pytest.fixture
def marked(brent, kilburn_brent):
    """Brent with the mark in every text that the public may see there."""
    image, document = make.make_picture(brent, f"{MARK} picture"), make.make_document(brent, f"{MARK} paper")
    link = {"text": f"{MARK} link", "document": document, "page": None, "url": ""}
    make.make_article(
        brent, f"{MARK} article", ward=kilburn_brent, image=image, image_alt=f"{MARK} alt",
        body=[("text", f"<p>{MARK}</p>"), ("links", {"heading": "", "links": [link]})],
    )  # fmt: skip
    make.make_article(brent, f"{MARK} draft", live=False)
    for page in StandingPage.objects.child_of(brent.site.root_page):
        page.intro = MARK
        page.save_revision().publish()
    home = brent.site.root_page.specific
    home.intro = MARK
    home.save_revision().publish()
    Ward.objects.filter(pk=kilburn_brent.pk).update(name=f"{MARK} ward")
    brent.contact_email = f"{MARK}@example.org"
    brent.body_label = f"{MARK} board"
    brent.save()
    return brent


PATHS = [
    "/", "/news/", "/news/?year=2026", "/news/feed/", "/about/", "/get-involved/", "/contact/", "/help/", "/privacy/", "/accessibility/",
    "/attributions/", "/sitemap.xml", "/search/", "/wards/", "/wards/highgate/", "/wards/kilburn/", f"/news/{MARK}-article/",
    f"/news/{MARK}-draft/", "/wards/find/",
]  # fmt: skip


@pytest.mark.usefixtures("private_files")
@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_one_board_is_on_another_s_site_or_on_london_s(
    marked, camden, highgate, site_client, path
):
    for elsewhere in (camden, None):
        content = site_client(elsewhere).get(path).content.decode()
        said = content.replace(path, "")
        assert MARK not in said, (elsewhere, path)


@pytest.mark.usefixtures("private_files")
def test_the_mark_is_where_it_belongs(marked, site_client):
    """Otherwise the walk above would prove nothing."""
    for path in (
        "/",
        "/news/",
        "/news/feed/",
        "/about/",
        "/contact/",
        "/sitemap.xml",
        "/wards/",
        f"/search/?q={MARK}",
    ):
        assert MARK in site_client(marked).get(path).content.decode(), path


@pytest.mark.usefixtures("private_files")
def test_a_search_for_the_mark_finds_it_on_its_own_site_only(marked, camden, highgate, site_client):
    for elsewhere in (camden, None):
        html = site_client(elsewhere).get("/search/", {"q": f"{MARK} article"}).content.decode()
        assert f"Nothing found for “{MARK} article”" in html


def test_a_draft_is_seen_by_nobody_on_the_site(camden, cast, site_client):
    make.make_article(camden, "Unready", live=False)
    for person in cast.everyone:
        assert site_client(camden, person).get("/news/unready/").status_code == 404


@pytest.mark.usefixtures("private_files")
def test_a_preview_runs_on_the_page_s_own_site_and_is_not_kept(camden, highgate, site_client):
    from django.test import RequestFactory
    from django.urls import get_urlconf

    page = make.make_article(camden, "Public words", ward=highgate)
    page.title = "Words still being written"
    before = get_urlconf()
    for mode, _label in page.preview_modes:
        request = RequestFactory(headers={"host": "snb.localhost:8000"}).get("/admin/")
        response = page.make_preview_request(request, mode)
        html = response.content.decode()
        assert response.status_code == 200
        assert "Words still being written" in html
        assert "Camden Safer Neighbourhood Board" in html
    assert get_urlconf() == before
    public = site_client(camden).get("/news/public-words/").content.decode()
    assert "Public words" in public
    assert "still being written" not in public


def test_previews_of_homes_and_lists_work_too(camden, site_client):
    from django.test import RequestFactory

    home = camden.site.root_page.specific
    for page in [home, *(child.specific for child in home.get_children())]:
        response = page.make_preview_request(
            RequestFactory(headers={"host": "snb.localhost:8000"}).get("/admin/"), ""
        )
        assert response.status_code == 200, page
        assert "Camden Safer Neighbourhood Board" in response.content.decode()


def test_only_this_site_s_wards_can_be_chosen_for_an_article(camden, highgate, kilburn_brent, cast):
    index = make.make_article(camden).get_parent().specific
    form_class = NewsPage.get_edit_handler().get_form_class()
    form = form_class(instance=NewsPage(), parent_page=index, for_user=cast.editor)
    assert list(form.fields["ward"].queryset) == [highgate]


def test_the_address_of_a_page_that_menus_lead_to_cannot_be_changed(camden, cast):
    home = camden.site.root_page.specific
    about = StandingPage.objects.child_of(home).get(slug="about")
    form_class = StandingPage.get_edit_handler().get_form_class()
    assert form_class(instance=about, parent_page=home, for_user=cast.editor).fields["slug"].disabled
    assert (
        not form_class(instance=StandingPage(), parent_page=home, for_user=cast.editor)
        .fields["slug"]
        .disabled
    )
