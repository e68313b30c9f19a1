"""How many queries an uncached public page takes: few, and as many for three rows as for one."""

import pytest

from cms.actions.sites import ACCENTS
from cms.demo import news as demo
from cms.models import NewsPage, UsedFile
from tests import factories as make

MOST = 15
WARDS = [("E05013652", "Belsize", "belsize"), ("E05013653", "Bloomsbury", "bloomsbury")]


def fill(board, ward, number: int) -> None:
    """Articles with a picture, a document and a ward."""
    for _ in range(number):
        count = NewsPage.objects.count()
        document = make.make_document(board)
        link = {"text": "Paper", "document": document, "page": None, "url": ""}
        image = make.make_picture(board)
        body = [
            ("text", "<p>Quagga.</p>"),
            (
                "picture",
                {"picture": {"image": image, "alt_text": "Roofs", "decorative": False}, "caption": ""},
            ),
            ("links", {"heading": "", "links": [link]}),
        ]
        make.make_article(board, f"Lamps {count}", ward=ward, image=make.make_picture(board), body=body)


EXPECTED = {
    "/": 12,
    "/news/": 13,
    "/wards/": 4,
    "/wards/highgate/": 14,
    "/search/?q=quagga": 9,
    "/news/feed/": 5,
    "/about/": 9,
    "/help/": 4,
    "/contact/": 5,
    "/privacy/": 3,
}


@pytest.mark.usefixtures("private_files")
def test_a_board_s_pages_take_as_many_queries_for_three_rows_as_for_one(
    camden, highgate, site_client, counted
):
    client, taken = site_client(camden), {}
    for rows in (1, 3):
        fill(camden, highgate, rows - NewsPage.objects.count())
        for code, name, slug in WARDS[: rows - 1]:
            make.WardFactory(code=code, name=name, slug=slug)
        for path in EXPECTED:
            client.get(path)
            response, number = counted(client, path)
            assert response.status_code == 200
            taken.setdefault(path, []).append(number)
    assert taken == {path: [number, number] for path, number in EXPECTED.items()}
    assert max(EXPECTED.values()) <= MOST


@pytest.mark.usefixtures("private_files")
def test_an_article_takes_as_many_queries_for_three_pictures_as_for_one(
    camden, highgate, site_client, counted
):
    client, taken = site_client(camden), []
    for number in (1, 3):
        pictures = [make.make_picture(camden) for _ in range(number)]
        body = [
            ("picture", {"picture": {"image": one, "alt_text": "x", "decorative": False}, "caption": ""})
            for one in pictures
        ]
        page = make.make_article(camden, f"With {number}", body=body)
        client.get(f"/news/{page.slug}/")
        taken.append(counted(client, f"/news/{page.slug}/")[1])
    assert taken[0] == taken[1] <= MOST


def test_the_london_home_takes_as_many_queries_for_three_boards_as_for_one(camden, site_client, counted):
    client, taken = site_client(), []
    for others in ([], [make.BRENT, make.LEWISHAM]):
        for place in others:
            make.make_board(place)
        client.get("/")
        taken.append(counted(client, "/")[1])
    assert taken == [9, 9]


def test_the_site_map_takes_as_many_queries_for_three_pages_as_for_one(camden, site_client, counted):
    client, taken = site_client(camden), []
    for number in (1, 3):
        for _ in range(number - NewsPage.objects.count()):
            make.make_article(camden, f"Lamps {NewsPage.objects.count()}")
        client.get("/sitemap.xml")
        taken.append(counted(client, "/sitemap.xml")[1])
    assert taken[0] == taken[1] <= MOST


@pytest.mark.usefixtures("private_files")
def test_a_file_takes_four_queries_at_most(camden, site_client, counted):
    image, document = make.make_picture(camden), make.make_document(camden)
    link = {"text": "Paper", "document": document, "page": None, "url": ""}
    make.make_article(camden, image=image, body=[("links", {"heading": "", "links": [link]})])
    client = site_client(camden)
    for url in (image.get_rendition("width-960|format-webp").url, document.url):
        response, number = counted(client, url)
        assert response.status_code == 200
        assert number <= 4


# ------------------------------------------------------------------------------------------ demo
@pytest.mark.usefixtures("private_files")
def test_demo_news_is_there_once_marked_and_drawn(
    camden, highgate, brent, django_capture_on_commit_callbacks, site_client
):
    lewisham = make.make_board(("E09000012", "Hackney", "hackney"))
    with django_capture_on_commit_callbacks(execute=True):
        assert demo.load_news(camden) == len(demo.STORIES) >= 12
        assert demo.load_news(lewisham) == 1
        assert demo.load_news(None) == 1
    assert [demo.load_news(board) for board in (camden, lewisham, None)] == [0, 0, 0]
    articles = NewsPage.objects.descendant_of(camden.site.root_page)
    assert len({article.title for article in articles}) == len(demo.STORIES)
    for article in articles:
        assert demo.MARK in str(article.body)
        assert "{" not in article.title + article.intro + str(article.body)
    pictures = [article.image for article in articles if article.image]
    assert len(pictures) >= 6
    assert all(article.image_alt for article in articles if article.image)
    assert UsedFile.objects.filter(image__in=pictures).count() == len(pictures)
    assert (
        site_client(camden).get(pictures[0].get_rendition("fill-560x315|format-webp").url).status_code == 200
    )


@pytest.mark.pure
def test_a_drawn_picture_is_the_same_each_time():
    colours = demo.COLOURS["river"]
    assert demo.draw_tiles("a", colours) == demo.draw_tiles("a", colours)
    assert demo.draw_tiles("a", colours) != demo.draw_tiles("b", colours)


@pytest.mark.pure
def test_demo_pictures_have_the_colours_of_the_sites(settings):
    tokens = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    for accent, (dark, light) in demo.COLOURS.items():
        block = tokens.split(f'[data-accent="{accent}"] {{')[1].split("}")[0]
        assert f"--accent: {dark};" in block, accent
        assert f"--accent-tint: {light};" in block, accent
    assert set(demo.COLOURS) == set(ACCENTS)
