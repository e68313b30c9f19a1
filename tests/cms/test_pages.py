"""The public pages: what each says, on which site, and that nothing personal is in them."""

import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.conf import settings

from cms.models import HelpPage, NewsPage, StandingPage
from snb.audit.models import Epoch
from snb.places.models import Ward
from tests import factories as make

EVERYWHERE = [
    "/",
    "/news/",
    "/about/",
    "/help/",
    "/contact/",
    "/accessibility/",
    "/privacy/",
    "/attributions/",
    "/search/",
]
BOARD_ONLY = ["/wards/", "/wards/highgate/", "/get-involved/"]


class Outline(HTMLParser):
    """The headings of a page, in order, and its title."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.title = ""
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self._in_title = tag == "title" and not self.title.strip()

    def handle_endtag(self, tag):
        self._in_title = False

    def handle_data(self, data):
        if self._in_title:
            self.title += data


def title_of(response) -> str:
    """The title without the blanks around its words."""
    return " ".join(Outline(response.content.decode()).title.split())


@pytest.mark.parametrize("path", EVERYWHERE + BOARD_ONLY)
def test_a_board_s_page_is_public_plain_and_well_outlined(highgate, camden, site_client, path):
    make.make_article(camden, ward=highgate)
    response = site_client(camden).get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert title_of(response).endswith(" – Camden Safer Neighbourhood Board")
    levels = Outline(html).levels
    main = html[html.index('id="main"') : html.index("</main>")]
    assert main.count("<h1") == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in html
    assert " style=" not in html
    assert "<script>" not in html
    for footer in ("/help/", "/accessibility/", "/privacy/", "/contact/", "/attributions/"):
        assert f'href="{footer}"' in html


@pytest.mark.parametrize("path", EVERYWHERE)
def test_london_has_the_same_pages(camden, site_client, path):
    response = site_client().get(path)
    assert response.status_code == 200
    assert title_of(response).endswith("Safer Neighbourhood Boards")
    assert not response.cookies


@pytest.mark.parametrize("path", ["/wards/", "/wards/highgate/", "/get-involved/"])
def test_pages_of_a_borough_are_not_london_s(highgate, site_client, path):
    assert site_client().get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/camden/", "/camden/news/", "/brent/", "/london/", "/home/", "/_util/login/"]
)
def test_a_site_answers_for_its_own_subtree_only(camden, brent, site_client, path):
    assert site_client(camden).get(path).status_code == 404 or path == "/_util/login/"
    assert site_client().get(path).status_code in {404, 302}


def test_the_london_home_lists_every_open_board_with_its_address(camden, brent, site_client):
    html = site_client().get("/").content.decode()
    assert html.count('class="snb-borough"') == 2
    assert f'href="{camden.url()}"' in html
    assert f'href="{brent.url()}"' in html
    assert html.index("Brent") < html.index("Camden")
    assert html.index('name="postcode"') < html.index("Choose your borough")


def test_the_borough_home_shows_its_own_news_newest_first(camden, brent, site_client):
    make.make_article(camden, "Older", date=date(2026, 1, 5))
    make.make_article(camden, "Newer", date=date(2026, 2, 5))
    make.make_article(camden, "Unready", live=False)
    make.make_article(brent, "Brent only")
    html = site_client(camden).get("/").content.decode()
    assert html.index("Newer") < html.index("Older")
    assert "Unready" not in html
    assert "Brent only" not in html


def test_news_is_paged_and_by_year(camden, site_client):
    for day in range(1, 13):
        make.make_article(camden, f"Item {day:02}", date=date(2025, 3, day))
    make.make_article(camden, "This year", date=date(2026, 3, 1))
    client = site_client(camden)
    first, second = client.get("/news/").content.decode(), client.get("/news/?page=2").content.decode()
    assert re.findall(r"Item \d\d(?=</a>)|This year(?=</a>)", first) == [
        "This year",
        *(f"Item {day:02}" for day in range(12, 3, -1)),
    ]
    assert re.findall(r"Item \d\d(?=</a>)", second) == ["Item 03", "Item 02", "Item 01"]
    of_year = client.get("/news/?year=2025").content.decode()
    assert "This year</a>" not in of_year
    assert 'href="?year=2025&amp;page=2"' in of_year
    assert client.get("/news/?year=2025&page=2").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=2",
        "page=-1",
        "page=x",
        "page=²",
        "page=" + "9" * 400,
        "year=1999",
        "year=abcd",
        "year=%00",
    ],
)
def test_news_that_is_not_there_is_not_found(camden, site_client, query):
    make.make_article(camden)
    assert site_client(camden).get(f"/news/?{query}").status_code in {400, 404}


def test_an_article_says_when_and_leads_back(camden, highgate, site_client):
    page = make.make_article(camden, "Lamps are mended", date=date(2026, 5, 4), ward=highgate)
    assert page.get_url() == f"{camden.url('/news/lamps-are-mended/')}"
    html = site_client(camden).get("/news/lamps-are-mended/").content.decode()
    assert '<time datetime="2026-05-04">4 May 2026</time>' in html
    crumbs = html[html.index("govuk-breadcrumbs") : html.index('id="main"')]
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/", "/news/"]
    assert 'href="/wards/highgate/"' in html


def test_addresses_across_hosts_are_absolute(camden, brent, site_client):
    article = make.make_article(brent, "Brent only")
    text = f'<p><a linktype="page" id="{article.pk}">next door</a></p>'
    make.make_article(camden, "Neighbours", body=[("text", text)])
    html = site_client(camden).get("/news/neighbours/").content.decode()
    assert f'href="{brent.url("/news/brent-only/")}"' in html


# ------------------------------------------------------------------------------------------ wards
def test_the_ward_page_says_what_there_is(camden, highgate, site_client):
    make.make_article(camden, "About Highgate", ward=highgate)
    make.make_article(camden, "About nothing")
    client = site_client(camden)
    html = client.get("/wards/highgate/").content.decode()
    assert "About Highgate" in html
    assert "About nothing" not in html
    assert "No ward panel is recorded here yet." in html
    assert 'href="/join/?ward=highgate"' in html
    make.make_panel(highgate)
    from portal.middleware import pages

    pages.clear()
    assert "Highgate has a ward panel" in client.get("/wards/highgate/").content.decode()


def test_a_ward_of_another_borough_is_not_found_kindly(camden, highgate, kilburn_brent, brent, site_client):
    assert site_client(brent).get("/wards/kilburn/").status_code == 200
    response = site_client(camden).get("/wards/kilburn/")
    html = response.content.decode()
    assert response.status_code == 404
    assert title_of(response) == "We do not know that ward – Camden Safer Neighbourhood Board"
    assert 'href="/wards/"' in html
    assert 'name="postcode"' in html


def test_the_ward_list_has_each_ward_once_with_or_without_a_hexagon(camden, highgate, site_client):
    make.WardFactory(code="E05013652", name="Belsize", slug="belsize", tile_q=None, tile_r=None)
    html = site_client(camden).get("/wards/").content.decode()
    listed = html[html.index("snb-ward-picker__list") :]
    assert re.findall(r'href="/wards/([a-z]+)/"', listed) == ["highgate", "belsize"]


def test_a_former_ward_leads_to_what_took_its_place(camden, highgate, site_client):
    old = Ward.objects.create(
        code="E05000001", name="Old Town", slug="old-town", borough=camden.borough, latitude=51.5, longitude=-0.1,
        valid_to=date(2022, 5, 5),
    )  # fmt: skip
    old.successors.add(highgate)
    html = site_client(camden).get("/wards/old-town/").content.decode()
    assert "This ward ended in May 2022" in html
    assert f'href="{highgate.full_url}"' in html


# ------------------------------------------------------------------------------------------ what every site has
def test_help_is_one_text_on_every_site(camden, brent, site_client):
    page = HelpPage.objects.get()
    page.intro = "Checked by oversight on Monday."
    before = {row.board: row.number for row in Epoch.objects.all()}
    page.save_revision().publish()
    for board in (camden, brent, None):
        html = site_client(board).get("/help/").content.decode()
        assert "Checked by oversight on Monday." in html
        assert 'href="tel:0800555111"' in html
        assert "Last checked:" not in html
    after = {row.board: row.number for row in Epoch.objects.all()}
    assert all(after[board] > before[board] for board in before), (before, after)


def test_help_never_fails_to_give_the_two_numbers(camden, site_client):
    HelpPage.objects.update(live=False)
    html = site_client(camden).get("/help/").content.decode()
    assert "In an emergency call 999. At other times call 101." in html


def test_contact_is_the_board_s_own(camden, brent, site_client):
    camden.contact_email = "board@camden.example"
    camden.save()
    StandingPage.objects.child_of(camden.site.root_page).filter(slug="contact").update(intro="Ask Camden.")
    assert "board@camden.example" in site_client(camden).get("/contact/").content.decode()
    other = site_client(brent).get("/contact/").content.decode()
    assert "board@camden.example" not in other
    assert "Ask Camden." not in other
    assert f'href="{camden.url("/contact/")}"' in site_client().get("/contact/").content.decode()


def test_the_accessibility_statement_has_its_mandatory_parts(camden, site_client):
    text = site_client(camden).get("/accessibility/").content.decode()
    for part in (
        "This accessibility statement applies to", "partially compliant", "Web Content Accessibility Guidelines version 2.2 AA",
        "Non-compliance with the accessibility regulations", "Disproportionate burden", "not within the scope",
        "Feedback and contact information", "Enforcement procedure", "Equality Advisory and Support Service",
        "Preparation of this accessibility statement", "was prepared on", "to be reviewed by", "last tested on", "improve accessibility",
    ):  # fmt: skip
        assert part in text, part


def test_the_privacy_page_lists_our_cookies_and_every_rule(camden, site_client):
    text = site_client(camden).get("/privacy/").content.decode()
    for cookie in (
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.LANGUAGE_COOKIE_NAME,
        settings.QUESTIONS_COOKIE_NAME,
        settings.FORM_COOKIE_NAME,
        "snb_signed_out",
    ):
        assert f">{cookie}</th>" in text
    assert NewsPage.privacy.keep in text
    assert "Users" in text


def test_the_credit_line_is_word_for_word(camden, site_client):
    text = site_client(camden).get("/attributions/").content.decode()
    assert (
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
        "Contains OS data © Crown copyright and database right" in text
    )


@pytest.mark.parametrize(
    "path",
    ["/help/", "/contact/", "/privacy/", "/search/", "/wards/", "/wards/highgate/", "/sitemap.xml", "/news/"],
)
def test_public_pages_take_no_posts(camden, highgate, site_client, path):
    assert site_client(camden).post(path, {"q": "x"}).status_code in {403, 405}


def test_there_is_no_form_for_intelligence(camden, highgate, site_client):
    """The founding committee ruled it out: no public page takes a message."""
    for path in EVERYWHERE + BOARD_ONLY:
        html = site_client(camden).get(path).content.decode()
        assert "<textarea" not in html
        assert 'method="post"' not in html
