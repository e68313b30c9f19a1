"""Which hosts are answered (threats §2.2, §2.3, §8.7)."""

import pytest
from django.test import Client, RequestFactory
from wagtail.models import Site

from cms.actions import open_board, open_london
from portal.middleware import read_host
from snb.places.models import Borough
from tests import factories as make

ODD_HOSTS = [
    "user@camden.snb.localhost",
    "user:word@camden.snb.localhost:8000",
    "camden.snb.localhost:0",
    "camden.snb.localhost:00",
    "camden.snb.localhost:99999",
    "camden.snb.localhost:9000000000000000000000",
    "camden.snb.localhost:",
    "camden.snb.localhost:8000:8000",
    "camden.snb.localhost.",
    "camden.snb.localhost:8001",
    "camden.snb.localhost, brent.snb.localhost",
    "camden.snb.localhost/",
    "xcamden.snb.localhost",
    "a.camden.snb.localhost",
    "snb.localhost.evil.example",
    "evil-snb.localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "",
    " ",
    "\x00",
    "camden.snb.localhost\x00",
    "camden.snb.localhost\n",
    "çamden.snb.localhost",
    "a" * 5000 + ".snb.localhost",
]


def ask(path, host, **headers):
    return Client().get(path, headers={"host": host, **headers})


def test_board_host_gets_its_board(camden, brent):
    """§2.2: the host decides which board answers."""
    assert ask("/", "camden.snb.localhost:8000").wsgi_request.board == camden
    assert ask("/", "brent.snb.localhost").wsgi_request.board == brent


def test_london_host_has_no_board(camden):
    """§2.2: the London-wide site is nobody's board."""
    assert ask("/robots.txt", "snb.localhost:8000").wsgi_request.board is None


@pytest.mark.parametrize("host", ODD_HOSTS, ids=repr)
def test_odd_host_is_not_found(camden, brent, host):
    """§2.2 and §8.7: every host that is not exactly a Site's gets 404, and never a 500 or another site."""
    response = ask("/", host)
    assert response.status_code == 404
    assert b"Camden" not in response.content
    assert b"Brent" not in response.content
    assert b"snb.localhost" not in response.content


def test_capitals_are_the_same_host(camden):
    """§8.7: hosts have no case; everything behind sees one spelling."""
    response = ask("/", "CAMDEN.SNB.localhost:8000")
    assert (response.status_code, response.wsgi_request.META["HTTP_HOST"]) == (
        200,
        "camden.snb.localhost:8000",
    )


def test_forwarded_host_is_not_looked_at(camden, brent):
    """§8.7: X-Forwarded-Host changes nothing."""
    response = ask("/", "camden.snb.localhost:8000", x_forwarded_host="brent.snb.localhost")
    assert response.wsgi_request.board == camden
    assert ask("/", "evil.example", x_forwarded_host="camden.snb.localhost").status_code == 404


def test_port_may_be_the_site_s_or_the_server_s(camden):
    """§2.2: an explicit port is the Site's or the one this server listens on."""
    Site.objects.filter(pk=camden.site_id).update(port=8443)
    assert ask("/", "camden.snb.localhost:8443").status_code == 200
    assert ask("/", "camden.snb.localhost:8000").status_code == 200
    assert (
        Client().get("/", headers={"host": "camden.snb.localhost:8765"}, SERVER_PORT="8765").status_code
        == 200
    )
    assert ask("/", "camden.snb.localhost:8444").status_code == 404


def test_unknown_host_gets_no_static_file(camden, tmp_path):
    """§2.2: 404 before anything else is served, static files too."""
    path = "/static/wagtailadmin/css/core.css"
    assert ask(path, "camden.snb.localhost:8000").status_code == 200
    assert ask(path, "unknown.snb.localhost:8000").status_code == 404


def test_health_alone_answers_on_any_host(camden):
    """§2.2: /health/ alone answers anywhere."""
    for host in (*ODD_HOSTS, "camden.snb.localhost"):
        assert ask("/health/", host).status_code == 200
    assert ask("/health", "evil.example").status_code == 404
    assert ask("/robots.txt", "evil.example").status_code == 404


def test_a_board_answers_as_soon_as_it_is_open(db):
    """§2.2: the list of hosts is the list of Sites, at once."""
    open_london()
    assert ask("/", "lewisham.snb.localhost:8000").status_code == 404
    code, name, slug = make.LEWISHAM
    board = open_board(Borough.objects.create(code=code, name=name, slug=slug))
    assert ask("/", "lewisham.snb.localhost:8000").wsgi_request.board == board


def test_a_board_s_own_addresses_are_not_london_s(camden, cast, site_client):
    """§2.3: sign-in, admin and oversight answer on the London host only; a desk only on its board's."""
    for path in ("/accounts/login/", "/admin/", "/oversight/", "/demo/inbox/"):
        assert site_client(camden, cast.oversight).get(path).status_code == 404
    assert site_client(None, cast.oversight).get("/oversight/").status_code == 200


def test_no_site_is_the_default(camden, brent):
    """§2.2: no Site is the default."""
    assert not Site.objects.filter(is_default_site=True).exists()


@pytest.mark.parametrize(
    "path",
    ["/documents/1/a.pdf", "/images/x/1/original/a.png", "/media/original_images/a.png", "/django-admin/"],
)
def test_wagtail_s_serve_routes_are_not_mounted(camden, path):
    """§2.2: Wagtail's document and image serve routes are not mounted."""
    for host in ("camden.snb.localhost:8000", "snb.localhost:8000"):
        assert ask(path, host).status_code == 404


def test_read_host_wants_a_host():
    """§8.7: HTTP/1.0 without a host is nobody's."""
    request = RequestFactory().get("/")
    request.META.pop("HTTP_HOST", None)
    assert read_host(request) is None


def test_nul_in_path_query_or_cookie_is_a_bad_request(camden):
    """§8.7: PostgreSQL refuses a NUL; it is refused before anything asks the database for it."""
    for path, cookie in (("/a%00b/", ""), ("/?page=%00", ""), ("/", 'snb_session="abcdefgh\\000ijkl"')):
        assert ask(path, "camden.snb.localhost:8000", cookie=cookie).status_code == 400
