"""Search and feeds and the site map: of one site only, whatever is typed."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest

from cms.queries import search_words
from snb.places.models import Ward
from tests import factories as make

ATOM = "{http://www.w3.org/2005/Atom}"
ODD = [
    "", " ", '"', "'", "*", "-", "AND", "OR NOT", "NEAR(a b)", "a:b", "title:lamps", "(", ")", "^", "{}", "\\", "%", "_", "lamps*",
    '"lamps', "lamps AND", "\x00", "lamps\x00mended", "\ud800", "é" * 50, "🚲", "x" * 5000, " ".join(["w"] * 500), "<script>", "' OR 1=1 --",
    "﷽", "ａｂｃ", "1e999", "&amp;", "||", "!lamps", "lamps & mended", "lamps | mended", "lamps <-> mended", ":*",
]  # fmt: skip


@pytest.fixture
def found(site_client, django_capture_on_commit_callbacks):
    """`found(board, words)`: the page that answers a search."""

    def ask(board, words, **extra):
        return site_client(board).get("/search/", {"q": words} | extra)

    return ask


@pytest.fixture
def articles(camden, brent):
    """One article on each of three sites with a word in common."""
    return [
        make.make_article(board, f"{name} lamps", body=[("text", "<p>Somebody mended a quagga.</p>")])
        for board, name in ((camden, "Camden"), (brent, "Brent"), (None, "London"))
    ]


def test_search_finds_words_of_title_and_text_on_this_site_only(articles, camden, brent, found):
    for board, name in ((camden, "Camden"), (brent, "Brent"), (None, "London")):
        for words in ("lamps", "LAMPS", "quagga", f"{name} lamps", "mended lamps"):
            html = found(board, words).content.decode()
            main = html[html.index('id="main"') : html.index("</main>")]
            assert f"{name} lamps</a>" in main, (name, words)
            assert [other for other in ("Camden", "Brent", "London") if f"{other} lamps</a>" in main] == [
                name
            ]


def test_search_finds_no_drafts(camden, found):
    make.make_article(camden, "Hidden quokka", live=False)
    page = make.make_article(camden, "Shown quokka")
    page.unpublish()
    assert "quokka</a>" not in found(camden, "quokka").content.decode()


def test_search_finds_wards_of_this_borough_by_name(camden, highgate, kilburn_brent, found):
    assert 'href="/wards/highgate/"' in found(camden, "highg").content.decode()
    assert "Kilburn" not in found(camden, "kilburn").content.decode().replace("“kilburn”", "")
    london = found(None, "kilburn").content.decode()
    assert f'href="{kilburn_brent.full_url}"' in london
    assert "Kilburn, Brent" in london
    assert f'href="{camden.url()}"' in found(None, "camden").content.decode()


def test_ended_wards_are_not_found(camden, highgate, found):
    Ward.objects.filter(pk=highgate.pk).update(valid_to=date(2022, 5, 5))
    assert 'href="/wards/highgate/"' not in found(camden, "highgate").content.decode()


def test_an_empty_result_helps(camden, found):
    html = found(camden, "zyzzyva").content.decode()
    assert "Nothing found for “zyzzyva”" in html
    assert 'href="/wards/"' in html


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_anything_may_be_typed(articles, camden, found, words):
    for board in (camden, None):
        response = found(board, words.encode("utf-8", "surrogatepass"))
        assert response.status_code in {200, 400}
        assert b"<script>" not in response.content


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "9" * 30, "²", ""])
def test_odd_numbers_of_pages_show_results(articles, camden, found, page):
    response = found(camden, "lamps", page=page)
    assert response.status_code == 200
    assert "Camden lamps</a>" in response.content.decode()


@pytest.mark.pure
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  two   words ", "two words"),
        ("Regent's Park", "Regent's Park"),
        ('"quoted" AND (x)', "quoted AND x"),
        ("a\x00b", "a b"),
        ("under_score", "under score"),
        ("one two three four five six seven eight nine ten", "one two three four five six seven eight"),
        ("x" * 90, "x" * 40),
        ("*** ---", ""),
        ("Zoë’s café", "Zoë’s café"),
    ],
)
def test_search_words(typed, words):
    assert search_words(typed) == words


def test_more_than_a_page_of_results_is_paged(camden, found):
    for number in range(11):
        make.make_article(camden, f"Quagga {number}")
    first, second = (found(camden, "quagga", page=number).content.decode() for number in (1, 2))
    assert first.count('class="snb-result"') == 10
    assert second.count('class="snb-result"') == 1
    assert 'href="?q=quagga&amp;page=2"' in first


# ------------------------------------------------------------------------------------------ feeds and site map
def entries(response) -> list[tuple[str, str]]:
    """Title and address of each entry of an Atom feed."""
    root = ET.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    return [
        (entry.findtext(f"{ATOM}title"), entry.find(f"{ATOM}link").get("href"))
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_has_this_site_s_news_newest_first(camden, brent, site_client):
    make.make_article(camden, "Older", date=date(2026, 1, 5))
    make.make_article(camden, "Newer <b>", slug="newer", date=date(2026, 2, 5))
    make.make_article(camden, "Unready", live=False)
    make.make_article(brent, "Brent only")
    response = site_client(camden).get("/news/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert entries(response) == [
        ("Newer <b>", camden.url("/news/newer/")),
        ("Older", camden.url("/news/older/")),
    ]
    assert (
        ET.fromstring(response.content).findtext(f"{ATOM}title") == "News – Camden Safer Neighbourhood Board"
    )
    assert entries(site_client(brent).get("/news/feed/")) == [("Brent only", brent.url("/news/brent-only/"))]
    assert entries(site_client().get("/news/feed/")) == []


def test_a_headline_pasted_from_word_does_not_break_the_feed(camden, site_client):
    make.make_article(camden, "Lamps\x0bare mended\x07", slug="lamps")
    assert entries(site_client(camden).get("/news/feed/")) == [
        ("Lamps are mended", camden.url("/news/lamps/"))
    ]


def locations(response) -> list[str]:
    """The addresses of a site map."""
    return [
        loc.text
        for loc in ET.fromstring(response.content).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]


def test_the_site_map_has_every_public_address_of_this_site_and_each_answers(
    camden, brent, highgate, kilburn_brent, site_client
):
    make.make_article(camden, "Lamps are mended")
    make.make_article(camden, "Unready", live=False)
    make.make_article(brent, "Brent only")
    client = site_client(camden)
    found = locations(client.get("/sitemap.xml"))
    assert found == [
        camden.url(path)
        for path in (
            "/", "/news/", "/news/lamps-are-mended/", "/meetings/", "/about/", "/get-involved/", "/contact/", "/help/", "/accessibility/",
            "/privacy/", "/attributions/", "/wards/", "/wards/highgate/",
        )
    ]  # fmt: skip
    assert {client.get(address.removeprefix(camden.url().rstrip("/"))).status_code for address in found} == {
        200
    }


def test_london_s_site_map_has_no_borough(camden, site_client):
    assert not [address for address in locations(site_client().get("/sitemap.xml")) if "camden" in address]
