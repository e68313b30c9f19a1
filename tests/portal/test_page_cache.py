"""The page cache, rule by rule (threats §3.1)."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils import timezone

from cms.models import NewsIndexPage, NewsPage
from portal import middleware
from portal.middleware import PageCacheMiddleware, pages
from snb.audit.actions import move_epoch
from tests import factories as make

HOST = "camden.snb.localhost:8000"


class Site:
    """A page cache over a view that counts its calls; the board is set as HostMiddleware does."""

    def __init__(self, board=None, answer=None):
        self.calls, self.board, self.answer = (
            0,
            board,
            answer or (lambda request: HttpResponse(f"page {self.calls} " + "x" * 2000)),
        )
        self.cache = PageCacheMiddleware(self.view)

    def view(self, request):
        self.calls += 1
        request.board = self.board
        return self.answer(request)

    def get(self, path="/", *, method="get", cookies=None, dummy=False, **meta):
        request = getattr(RequestFactory(), method)(path, headers={"host": meta.pop("host", HOST)}, **meta)
        if cookies:
            request.META["HTTP_COOKIE"] = cookies
        if dummy:
            request.is_dummy = True
        return self.cache(request)


@pytest.fixture
def site(camden):
    return Site(camden)


def kept(site, *args, **kwargs):
    """Whether a second request is answered without the view."""
    site.get(*args, **kwargs)
    before = site.calls
    site.get(*args, **kwargs)
    return site.calls == before


def test_second_visitor_gets_the_kept_page(site):
    first, second = site.get(), site.get()
    assert (site.calls, second.content) == (1, first.content)
    assert dict(second.headers) == dict(first.headers)


def test_a_hit_asks_the_database_once(site, django_assert_num_queries):
    """One raw query, the epoch, and nothing else runs."""
    site.get()
    with django_assert_num_queries(1):
        site.get()


def test_whole_site_answers_anonymous_visitor_from_cache(camden, site_client, django_assert_num_queries):
    """The real chain: on a hit there is no session, no template, one query, and no cookie."""
    client = site_client(camden)
    first = client.get("/")
    with django_assert_num_queries(1):
        second = client.get("/")
    assert (second.status_code, second.content, dict(second.headers)) == (
        200,
        first.content,
        dict(first.headers),
    )
    assert not client.cookies
    assert "Content-Security-Policy" in second.headers


def test_moving_the_epoch_ends_the_page_at_once(site, camden):
    """The epoch is moved in the acting transaction; the next visitor sees the change."""
    site.get()
    move_epoch(camden.code)
    site.get()
    assert site.calls == 2


def test_another_board_s_epoch_ends_nothing(site, brent):
    site.get()
    move_epoch(brent.code)
    site.get()
    assert site.calls == 1


def test_london_wide_change_ends_every_board_s_page(site):
    """What is London-wide (help, places) is shown on every site."""
    site.get()
    move_epoch("")
    site.get()
    assert site.calls == 2


def test_london_s_pages_move_with_every_board(camden, brent):
    london = Site(None)
    london.get(host="snb.localhost:8000")
    move_epoch(brent.code)
    london.get(host="snb.localhost:8000")
    assert london.calls == 2


def test_change_during_rendering_is_never_shown_as_new(camden):
    """A page made while the epoch moves is kept under the old number."""

    def slow(request):
        if site.calls == 1:
            move_epoch(camden.code)
        return HttpResponse("old" if site.calls == 1 else "new")

    site = Site(camden, slow)
    site.get()
    assert site.get().content == b"new"


def test_kept_sixty_seconds_at_most(site, monkeypatch):
    site.get()
    now = middleware.time.monotonic()
    monkeypatch.setattr(middleware.time, "monotonic", lambda: now + 59)
    site.get()
    assert site.calls == 1
    monkeypatch.setattr(middleware.time, "monotonic", lambda: now + 61)
    site.get()
    assert site.calls == 2


@pytest.mark.parametrize("where", ["request", "response"])
def test_never_past_the_next_moment_of_change(camden, monkeypatch, where):
    """`page_changes_at` on request or response ends the page earlier."""
    moment = timezone.now() + timedelta(seconds=10)

    def view(request):
        response = HttpResponse("page")
        (request if where == "request" else response).page_changes_at = moment
        return response

    site = Site(camden, view)
    assert kept(site)
    monkeypatch.setattr(middleware.time, "time", lambda: moment.timestamp() - 0.1)
    site.get()
    assert site.calls == 1
    monkeypatch.setattr(middleware.time, "time", lambda: moment.timestamp())
    site.get()
    assert site.calls == 2


def test_moment_of_change_that_has_passed_keeps_nothing(camden):
    def view(request):
        request.page_changes_at = timezone.now()
        return HttpResponse("page")

    assert not kept(Site(camden, view))


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_only_get_and_head(site, method):
    site.get(method=method)
    site.get(method=method)
    assert (site.calls, len(pages)) == (2, 0)


def test_head_is_answered_from_get_s_page(site):
    page = site.get()
    head = site.get(method="head")
    assert (site.calls, head.headers["Content-Length"], head.headers["ETag"]) == (
        1,
        str(len(page.content)),
        page.headers["ETag"],
    )


def test_head_alone_keeps_nothing(site):
    """A HEAD answer may lack the body."""
    site.get(method="head")
    assert len(pages) == 0


@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 400, 403, 404, 410, 500, 503])
def test_only_200(camden, status):
    assert not kept(Site(camden, lambda request: HttpResponse("x", status=status)))


@pytest.mark.parametrize(
    "cookies", ["snb_session=abc", "csrftoken=abc", "other=1", "django_language=en-gb; other=1", "x"]
)
def test_no_cookie_but_language(site, cookies):
    """A request with any other cookie is neither answered from the cache nor kept."""
    assert not kept(site, cookies=cookies)
    assert len(pages) == 0


def test_language_cookie_is_allowed_and_parts_pages(site, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("fr", "French")]
    assert kept(site, cookies=f"{settings.LANGUAGE_COOKIE_NAME}=fr")
    site.get()
    assert site.calls == 2
    site.get(HTTP_ACCEPT_LANGUAGE="fr")
    assert site.calls == 2


@pytest.mark.parametrize(
    "header", ["HTTP_HX_REQUEST", "HTTP_HX_BOOSTED", "HTTP_HX_TARGET", "HTTP_HX_ANYTHING"]
)
def test_no_htmx_header(site, header):
    site.get()
    site.get(**{header: "true"})
    assert site.calls == 2


def test_no_authorization_header(site):
    assert not kept(site, HTTP_AUTHORIZATION="Basic x")


@pytest.mark.parametrize(
    "query", ["q=a", "page=1&q=a", "page=1&page=2", "utm_source=x", "=", "page=" + "1" * 200, "PAGE=1"]
)
def test_no_query_but_listed_keys(site, query):
    assert not kept(site, f"/?{query}")


def test_listed_query_keys_part_pages(site):
    assert kept(site, "/?page=2")
    assert kept(site, "/?page=3")
    assert kept(site, "/?year=2025&page=2")
    before = site.calls
    site.get("/?page=2&year=2025")
    assert site.calls == before


def test_hosts_paths_and_schemes_are_kept_apart(camden):
    site = Site(camden)
    for path, host, secure in [
        ("/", HOST, False),
        ("/a/", HOST, False),
        ("/", "brent.snb.localhost:8000", False),
        ("/", HOST, True),
    ]:
        site.cache(RequestFactory().get(path, headers={"host": host}, secure=secure))
    assert site.calls == 4


def test_answer_that_sets_a_cookie_is_not_kept(camden):
    def view(request):
        response = HttpResponse("page")
        response.set_cookie("a", "b")
        return response

    assert not kept(Site(camden, view))


def test_answer_that_used_a_csrf_token_is_not_kept(camden):
    def view(request):
        return HttpResponse(get_token(request))

    assert not kept(Site(camden, view))


@pytest.mark.parametrize(
    "control",
    [
        "private",
        "no-store",
        "public, max-age=3600",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    ],
)
def test_answer_with_a_rule_of_its_own_is_not_kept(camden, control):
    assert not kept(Site(camden, lambda request: HttpResponse("page", headers={"Cache-Control": control})))


def test_stream_is_not_kept(camden):
    assert not kept(Site(camden, lambda request: StreamingHttpResponse(["page"])))


def test_preview_is_neither_kept_nor_answered_from_the_cache(camden):
    """A preview runs the whole chain under the public address: it once served a draft to a stranger."""

    def view(request):
        return HttpResponse("draft" if getattr(request, "is_dummy", False) else "live")

    site = Site(camden, view)
    assert site.get(dummy=True).content == b"draft"
    assert site.get().content == b"live"
    assert site.get(dummy=True).content == b"draft"
    assert site.get().content == b"live"


def test_wagtail_preview_of_a_draft_stays_unseen(camden, cast, site_client):
    """The same with Wagtail's own preview of a draft over the whole chain."""
    home = camden.site.root_page.specific
    live = site_client(camden).get("/").content
    pages.clear()
    home.title = "Draft that nobody may see"
    request = RequestFactory().get("/admin/", headers={"host": "snb.localhost:8000"})
    draft = home.make_preview_request(original_request=request)
    assert draft.status_code == 200
    assert len(pages) == 0
    assert site_client(camden).get("/").content == live


@pytest.mark.parametrize("path", [prefix + "x" for prefix in middleware.NEVER])
def test_private_addresses_are_never_kept(site, path):
    assert not kept(site, path)


def test_unknown_host_is_not_kept(camden, site_client):
    """Only a known Site's host."""
    client = site_client(None)
    client.get("/", headers={"host": "evil.example"})
    client.get("/", headers={"host": "evil.example"})
    assert len(pages) == 0


def test_signed_in_person_never_meets_the_cache(camden, cast, site_client):
    """Nothing personal is ever in it, and a signed-in answer stays out of every other cache."""
    site_client(camden).get("/")
    response = site_client(camden, cast.chair).get("/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


def test_browsers_get_no_cache_and_an_etag(site):
    for response in (site.get(), site.get()):
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["ETag"].startswith('W/"')


@pytest.mark.parametrize("form", ["{tag}", '"other", {tag}', "*", "{bare}"])
def test_browser_that_has_the_page_gets_304(site, form):
    site.answer = lambda request: HttpResponse("the same page")
    tag = site.get().headers["ETag"]
    pages.clear()
    asked = form.format(tag=tag, bare=tag.removeprefix("W/"))
    for _ in range(2):  # fresh, then from the cache
        response = site.get(HTTP_IF_NONE_MATCH=asked)
        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in response.headers


@pytest.mark.parametrize("tag", ['"other"', "", "W/", "nonsense", '"' * 50])
def test_browser_with_another_page_gets_it_whole(site, tag):
    site.get()
    assert site.get(HTTP_IF_NONE_MATCH=tag).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("gzip, br", True),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("", False),
    ],
)
def test_packed_where_the_browser_takes_it(site, accepted, packed):
    plain = site.get().content
    pages.clear()
    for _ in range(2):
        response = site.get(HTTP_ACCEPT_ENCODING=accepted)
        assert (response.headers.get("Content-Encoding") == "gzip") is packed
        assert (gzip.decompress(response.content) if packed else response.content)[7:] == plain[7:]
        assert response.headers["Content-Length"] == str(len(response.content))
        assert "Accept-Encoding" in response.headers["Vary"]
    assert site.get().headers.get("Content-Encoding") is None


def test_store_stays_within_its_size(site, monkeypatch):
    monkeypatch.setattr(middleware, "LARGEST_STORE", 20_000)
    for number in range(50):
        site.get(f"/{number}/")
    assert 0 < len(pages) < 10
    assert kept(site, "/49/")


def test_database_that_is_away_is_a_miss(site, camden, monkeypatch):
    """The cache hides no trouble: without an epoch the site answers for itself."""
    site.get()
    monkeypatch.setattr(middleware, "_EPOCH", "SELECT number FROM nowhere WHERE board = %s")
    from django.db import transaction

    with transaction.atomic():
        sid = transaction.savepoint()
        try:
            assert middleware.read_epoch(camden.code) is None
        finally:
            transaction.savepoint_rollback(sid)


class TestWagtailMovesTheEpoch:
    """Wagtail's published, unpublished, moved, slug and delete signals raise the epoch."""

    @pytest.fixture
    def news(self, camden):
        index = NewsIndexPage.objects.descendant_of(camden.site.root_page).get()
        page = index.add_child(instance=NewsPage(title="One", slug="one", intro="Something happened."))
        return page

    def epoch(self, board):
        from snb.audit.models import Epoch

        return Epoch.objects.get_or_create(board=board.code)[0].number

    @pytest.mark.parametrize(
        "act",
        [
            lambda page: page.save_revision().publish(),
            lambda page: page.unpublish(),
            lambda page: page.delete(),
            lambda page: page.get_parent().delete(),
            lambda page: page.move(page.get_parent().get_parent(), pos="last-child"),
        ],
        ids=["published", "unpublished", "deleted", "parent deleted", "moved"],
    )
    def test_change_of_a_page(self, camden, brent, news, act):
        before, others = self.epoch(camden), self.epoch(brent)
        act(news)
        assert self.epoch(camden) > before
        assert self.epoch(brent) == others

    def test_change_of_a_slug(self, camden, news):
        news.slug = "two"
        before = self.epoch(camden)
        news.save_revision().publish()
        assert self.epoch(camden) > before

    def test_move_to_another_site_concerns_both(self, camden, brent, news):
        before = self.epoch(camden), self.epoch(brent)
        news.move(brent.site.root_page, pos="last-child")
        after = self.epoch(camden), self.epoch(brent)
        assert after[0] > before[0]
        assert after[1] > before[1]

    def test_change_of_london_s_page(self, camden):
        from wagtail.models import Site as WagtailSite

        from snb.audit.models import Epoch

        home = WagtailSite.objects.get(hostname=settings.PORTAL_DOMAIN).root_page.specific
        home.save_revision().publish()
        assert Epoch.objects.get(board="").number > 0


def test_article_that_is_published_is_seen_at_once(camden, site_client):
    """From publishing to the next visitor, over the whole chain."""
    client = site_client(camden)
    etag = client.get("/news/").headers["ETag"]
    index = NewsIndexPage.objects.descendant_of(camden.site.root_page).get()
    article = NewsPage(title="The Lido opens again", slug="lido", intro="It does.", live=False)
    index.add_child(instance=article)
    assert client.get("/news/", HTTP_IF_NONE_MATCH=etag).status_code == 304
    article.save_revision().publish()
    assert b"The Lido opens again" in client.get("/news/", HTTP_IF_NONE_MATCH=etag).content


def test_persistent_connections_are_on():
    """§3.1: with Django's default one query cost more than the page."""
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] is None


def test_limits_are_not_kept_in_local_memory():
    """§3.2: rate limits live in the default cache: the database or Redis."""
    assert settings.CACHES["default"]["BACKEND"] in {
        "django.core.cache.backends.db.DatabaseCache",
        "django.core.cache.backends.redis.RedisCache",
    }


def test_make_board_moves_the_epoch(nothing_open, camden):
    from snb.audit.models import Epoch

    assert Epoch.objects.get(board=make.CAMDEN[0]).number > 0
