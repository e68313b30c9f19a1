"""Health, robots, security.txt, maintenance, error pages, headers and the demo's inbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import TemplateDoesNotExist, loader
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import inbox, views
from portal.models import JobLease

CAMDEN = {"host": "camden.snb.localhost:8000"}
LONDON = {"host": "snb.localhost:8000"}


class Away:
    """A database that does not answer."""

    def cursor(self):
        raise ConnectionError("away")


# ------------------------------------------------------------------------------------------------ health
def test_health_says_that_all_is_well(db):
    response = Client().get("/health/")
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "application/json",
        "no-store",
    )
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "worker": "ok",
        "timetable": "not started",
    }


def test_health_without_database(db, monkeypatch, caplog):
    monkeypatch.setattr(views, "connection", Away())
    response = Client().get("/health/")
    assert response.status_code == 503
    assert response.json() | {"cache": "?"} == {
        "status": "failing", "database": "failing", "cache": "?", "worker": "unknown", "timetable": "unknown",
    }  # fmt: skip
    assert "away" not in response.content.decode()


def test_health_without_cache(db, monkeypatch):
    def away(key):
        raise ConnectionError("redis://:secret@away")

    monkeypatch.setattr(views, "cache", type("Cache", (), {"get": staticmethod(away)}))
    response = Client().get("/health/")
    assert (response.status_code, response.json()["cache"]) == (503, "failing")
    assert "secret" not in response.content.decode()


def test_health_names_a_worker_that_does_nothing(db):
    row = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="x",
        priority=0,
        run_after=timezone.now(),
        backend_name="durable",
    )
    assert Client().get("/health/").json()["worker"] == "ok"
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=timezone.now() - timedelta(minutes=11))
    response = Client().get("/health/")
    assert (response.status_code, response.json()["worker"]) == (503, "late")


def test_health_names_a_timetable_that_stopped(db):
    JobLease.objects.create(name="x", finished_at=timezone.now() - timedelta(minutes=11))
    response = Client().get("/health/")
    assert (response.status_code, response.json()["timetable"]) == (503, "late")
    JobLease.objects.create(name="y", finished_at=timezone.now())
    assert Client().get("/health/").json()["timetable"] == "ok"


# ------------------------------------------------------------------------------------------------ robots, security.txt
def test_robots_in_a_demo_shuts_everything(camden, settings):
    settings.PORTAL_DEMO = True
    assert Client().get("/robots.txt", headers=CAMDEN).content == b"User-agent: *\nDisallow: /\n"


def test_robots_opens_what_is_public(camden):
    text = Client().get("/robots.txt", headers=LONDON).content.decode()
    assert "Disallow: /desk/\n" in text
    assert "Disallow: /\n" not in text


def test_security_txt_is_in_date(camden):
    for headers in (CAMDEN, LONDON):
        response = Client().get("/.well-known/security.txt", headers=headers)
        fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
        assert fields["Contact"] == "mailto:security@snb.localhost"
        assert fields["Canonical"] == "http://snb.localhost:8000/.well-known/security.txt"
        expires = datetime.fromisoformat(fields["Expires"])
        assert timedelta(days=170) < expires - datetime.now(UTC) < timedelta(days=365)


# ------------------------------------------------------------------------------------------------ maintenance and errors
def test_maintenance_answers_503_everywhere(camden, settings, tmp_path):
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    kept = Client().get("/", headers=CAMDEN)
    settings.MAINTENANCE_FILE.touch()
    for path, headers in (("/", CAMDEN), ("/", LONDON), ("/desk/", CAMDEN), ("/static/x.css", LONDON)):
        response = Client().get(path, headers=headers)
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (
            503,
            "600",
            "no-store",
        )
    assert Client().get("/health/", headers=CAMDEN).status_code == 200
    settings.MAINTENANCE_FILE.unlink()
    assert Client().get("/", headers=CAMDEN).content == kept.content


def test_maintenance_needs_no_database(settings, tmp_path):
    """pytest forbids the database here: a query would fail the test."""
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.touch()
    assert Client().get("/", headers=CAMDEN).status_code == 503


@pytest.mark.parametrize("view", [views.server_error, views.bad_request, views.maintenance])
def test_error_pages_that_must_always_work_need_no_database(view):
    """The 500 page renders from a template without context processors."""
    response = view(RequestFactory().get("/"))
    assert response.status_code in {400, 500, 503}
    assert b"<h1" in response.content


@pytest.mark.parametrize(
    "view",
    [
        views.server_error,
        views.bad_request,
        views.maintenance,
        views.page_not_found,
        views.permission_denied,
        views.csrf_failure,
    ],
)
def test_error_page_whose_template_is_broken_is_plain(view, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise TemplateDoesNotExist("gone")

    monkeypatch.setattr(loader, "get_template", broken)
    monkeypatch.setattr(views, "render", broken)
    response = view(RequestFactory().get("/"))
    assert response.status_code in {400, 403, 404, 500, 503}
    assert response.content.startswith(b"<!doctype html>")


def test_bug_is_answered_with_the_500_page(camden, monkeypatch):
    """Also when the database breaks in the middle."""
    monkeypatch.setattr("portal.middleware.Board.objects", Away())
    response = Client(raise_request_exception=False).get("/", headers=CAMDEN)
    assert response.status_code == 500
    assert b"<h1" in response.content
    assert response["X-Content-Type-Options"] == "nosniff"


def test_not_found_page_is_in_the_board_s_look(camden):
    response = Client().get("/nothing-here/", headers=CAMDEN)
    assert response.status_code == 404
    assert "Camden" in response.content.decode()


def test_form_without_token_is_refused_kindly(camden):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", headers=LONDON)
    assert response.status_code == 403
    assert b"<h1" in response.content


# ------------------------------------------------------------------------------------------------ headers
def test_every_kind_of_answer_has_the_security_headers(camden, settings, tmp_path):
    """§2.4 and issue 2 §7."""
    ask = Client().get
    answers = {
        "page": ask("/", headers=CAMDEN),
        "not found": ask("/nothing/", headers=CAMDEN),
        "unknown host": ask("/", headers={"host": "evil.example"}),
        "health": ask("/health/"),
        "redirect": ask("/desk/", headers=CAMDEN),
        "bad request": ask("/%00", headers=CAMDEN),
        "not modified": ask("/", headers={**CAMDEN, "if-none-match": "*"}),
    }
    for name, response in answers.items():
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] == "same-origin", name
        assert response["Cross-Origin-Resource-Policy"] == "same-site", name
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in response["Permissions-Policy"], name
        assert "default-src 'none'" in response["Content-Security-Policy"], name
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], name
        assert "unsafe" not in response["Content-Security-Policy"], name
        assert "Server" not in response.headers, name


def test_form_action_lists_the_sites(camden):
    """§2.4: `form-action 'self'` would stop the redirect from sign-in to a borough's site."""
    policy = Client().get("/", headers=CAMDEN)["Content-Security-Policy"]
    assert "form-action 'self' http://snb.localhost:8000 http://*.snb.localhost:8000" in policy


def test_public_pages_set_no_cookie(camden):
    """The session cookie of the parent domain is for people who signed in."""
    for path, headers in (("/", CAMDEN), ("/", LONDON), ("/robots.txt", LONDON), ("/nothing/", CAMDEN)):
        assert not Client().get(path, headers=headers).cookies


# ------------------------------------------------------------------------------------------------ the demo's inbox
@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.PORTAL_DEMO = True
    return tmp_path


def send(to, subject, text, **kwargs):
    sender = get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=str(inbox.settings.EMAIL_FILE_PATH)
    )
    message = EmailMultiAlternatives(subject, text, "Portal <portal@demo.example>", to, connection=sender)
    for html in kwargs.get("html", ()):
        message.attach_alternative(html, "text/html")
    message.send()


def test_inbox_shows_mail_newest_first(folder, camden, site_client):
    send(["one@demo.example"], "First", "Your code is 1234.")
    send(
        ["Two <TWO@demo.example>", "one@demo.example"],
        "Zweite – über",
        "Line\n" + "-" * 40 + "\nEnd",
        html=["<b>no</b>"],
    )
    found = inbox.mails()
    assert [(mail.subject, mail.to, mail.text) for mail in found] == [
        ("Zweite – über", ("two@demo.example", "one@demo.example"), "Line\n" + "-" * 40 + "\nEnd"),
        ("First", ("one@demo.example",), "Your code is 1234."),
    ]
    assert inbox.addresses() == ["one@demo.example", "two@demo.example"]
    page = site_client(None).get("/demo/inbox/").content.decode()
    assert page.index("Zweite") < page.index("First")
    assert "<b>no</b>" not in page


def test_inbox_of_one_address(folder, camden, site_client):
    send(["one@demo.example"], "For one", "x")
    send(["two@demo.example"], "For two", "x")
    page = site_client(None).get("/demo/inbox/", {"to": "ONE@demo.example"}).content.decode()
    assert "For one" in page
    assert "For two" not in page


def test_inbox_shows_text_as_text(folder, camden, site_client):
    send(["one@demo.example"], "<script>1</script>", "<script>alert(1)</script> http://snb.localhost:8000/x")
    page = site_client(None).get("/demo/inbox/").content.decode()
    assert "<script>alert" not in page
    assert "<script>1" not in page
    assert 'href="http://snb.localhost:8000/x"' in page


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Date: nonsense\n\nbody", b"Subject: =?utf-8?b?broken\n\n", b"\n\n\n"]
)
def test_inbox_survives_a_file_that_is_no_mail(folder, raw):
    (folder / "1.log").write_bytes(raw)
    assert all(isinstance(mail.text, str) for mail in inbox.mails())


def test_inbox_is_not_there_without_demo(folder, camden, site_client, settings):
    settings.PORTAL_DEMO = False
    assert site_client(None).get("/demo/inbox/").status_code == 404


def test_inbox_is_never_kept(folder, camden, site_client):
    assert "no-store" in site_client(None).get("/demo/inbox/")["Cache-Control"]
