"""Joining and signing in: codes, passwords, no enumeration, limits, where `next` may lead."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache

from snb.people.adapters import is_own_url
from snb.people.models import User
from tests import factories as make

CODE = re.compile(r"^\d{4}-\d{4}$", re.MULTILINE)


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def london(site_client, camden):
    return site_client()


def code_in(message) -> str:
    return CODE.search(message.body).group()


def join(client, email="new@example.org", **data):
    return client.post("/accounts/signup/", {"email": email, "name": "New Person", **data})


def test_join_is_one_page_and_one_code(london, camden):
    ward = camden.url("/wards/highgate/")
    sent = join(london, next=ward)
    assert (sent.status_code, sent["Location"]) == (302, "/accounts/confirm-email/")
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    done = london.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})
    assert (done.status_code, done["Location"]) == (302, ward)
    person = User.objects.get(email="new@example.org")
    assert (person.name, person.has_usable_password(), person.emailaddress_set.get().verified) == (
        "New Person",
        False,
        True,
    )
    assert london.get("/accounts/me/").status_code == 200


def test_join_takes_the_code_in_any_spelling(london):
    join(london)
    code = code_in(mail.outbox[0])
    done = london.post("/accounts/confirm-email/", {"code": f" {code.replace('-', ' ')} "})
    assert done["Location"] == "/accounts/residency/"


def test_join_pages_render(london):
    page = london.get("/accounts/signup/").content.decode()
    assert page.count("<input") - page.count('type="hidden"') == 2
    assert "Join" in page
    join(london)
    assert "new@example.org" in london.get("/accounts/confirm-email/").content.decode()


def answer(response) -> tuple:
    return response.status_code, response.get("Location"), sorted(response.cookies.keys())


def test_join_with_a_known_address_answers_alike(site_client, camden):
    known = make.UserFactory(email="known@example.org")
    first, second = site_client(), site_client()
    assert answer(join(first, "known@example.org")) == answer(join(second, "unknown@example.org"))
    pages = [client.get("/accounts/confirm-email/").content.decode() for client in (first, second)]
    pages = [
        re.sub(r'value="[^"]{60,}"', "", page).replace("known@", "x@").replace("unx@", "x@") for page in pages
    ]
    assert pages[0] == pages[1]
    told = {message.to[0]: message for message in mail.outbox}
    assert {message.subject for message in told.values()} == {"Your code"}
    assert "You are a member already" in told["known@example.org"].body
    assert not CODE.search(told["known@example.org"].body)
    wrong = [client.post("/accounts/confirm-email/", {"code": "0000-0000"}) for client in (first, second)]
    assert [response.status_code for response in wrong] == [200, 200]
    assert User.objects.filter(email="known@example.org").get() == known


def test_sign_in_code_for_an_unknown_address_answers_alike(site_client, camden):
    make.UserFactory(email="known@example.org")
    first, second = site_client(), site_client()
    answers = [
        answer(client.post("/accounts/login/code/", {"email": f"{who}@example.org"}))
        for client, who in ((first, "known"), (second, "unknown"))
    ]
    assert answers[0] == answers[1]
    assert answers[0][:2] == (302, "/accounts/login/code/confirm/")
    told = {message.to[0]: message for message in mail.outbox}
    assert CODE.search(told["known@example.org"].body)
    assert not CODE.search(told["unknown@example.org"].body)
    assert {message.subject for message in mail.outbox} == {"Your code"}


def test_password_reset_for_an_unknown_address_answers_alike(site_client, camden):
    make.UserFactory(email="known@example.org")
    first, second = site_client(), site_client()
    answers = [
        answer(client.post("/accounts/password/reset/", {"email": f"{who}@example.org"}))
        for client, who in ((first, "known"), (second, "unknown"))
    ]
    assert answers[0] == answers[1]
    assert answers[0][1] == "/accounts/password/reset/confirm/"
    assert len(mail.outbox) == 2


def test_sign_in_by_code(london):
    person = make.UserFactory(email="known@example.org")
    london.post("/accounts/login/code/", {"email": "Known@Example.org"})
    done = london.post("/accounts/login/code/confirm/", {"code": code_in(mail.outbox[0])})
    assert done["Location"] == "/accounts/me/"
    assert london.session["_auth_user_id"] == str(person.pk)


def test_sign_in_by_password_and_sign_out_by_post(london):
    make.UserFactory(email="known@example.org")
    done = london.post("/accounts/login/", {"login": "known@example.org", "password": "a-long-password"})
    assert done["Location"] == "/accounts/me/"
    london.get("/accounts/logout/")
    assert "_auth_user_id" in london.session
    out = london.post("/accounts/logout/")
    assert (out["Location"], "_auth_user_id" in london.session) == ("/", False)


def test_sign_in_with_a_role_leads_to_the_desks(cast, london):
    done = london.post("/accounts/login/", {"login": cast.panel_member.email, "password": "a-long-password"})
    assert done["Location"] == "/desk/"


@pytest.mark.parametrize("who", ["inactive", "demo"])
def test_closed_accounts_do_not_get_in(london, who, settings):
    make.UserFactory(email="closed@example.org", is_active=who != "inactive", is_demo=who == "demo")
    london.post("/accounts/login/", {"login": "closed@example.org", "password": "a-long-password"})
    assert "_auth_user_id" not in london.session
    london.post("/accounts/login/code/", {"email": "closed@example.org"})
    codes = [CODE.search(message.body) for message in mail.outbox]
    for found in filter(None, codes):
        london.post("/accounts/login/code/confirm/", {"code": found.group()})
    assert "_auth_user_id" not in london.session


def test_demo_session_ends_when_the_demo_is_off(site_client, camden, settings):
    person = make.UserFactory(is_demo=True)
    settings.PORTAL_DEMO = True
    client = site_client(None, person)
    assert client.get("/accounts/me/").status_code == 200
    settings.PORTAL_DEMO = False
    assert client.get("/accounts/me/").status_code == 302


def test_demo_people_are_listed_in_demo_mode_only(london, settings):
    make.UserFactory(email="resident@demo.example", is_demo=True)
    make.UserFactory(email="member1.brent@demo.example", is_demo=True)
    assert "demo-password" not in london.get("/accounts/login/").content.decode()
    settings.PORTAL_DEMO = True
    page = london.get("/accounts/login/").content.decode()
    assert "resident@demo.example" in page
    assert "lives in Highgate, Camden" in page
    assert "member1.brent@demo.example" not in page
    assert "demo-password" in page


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("/desk/", True),
        ("{camden}", True),
        ("{london}", True),
        ("", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("https://evil.example/", False),
        ("{camden_https}", False),
        ("{camden_port}", False),
        ("{camden_no_port}", False),
        ("http://user@camden.snb.localhost:8000/", False),
        ("http://hackney.snb.localhost:8000/", False),
        ("javascript:alert(1)", False),
        ("http:/evil", False),
        ("/ok\n/evil", False),
        (" /desk/", False),
        ("http://[::1/", False),
        ("desk/", False),
    ],
)
def test_next_stays_on_our_sites(camden, settings, url, ours):
    home = camden.url("/wards/")
    url = {
        "{camden}": home,
        "{london}": settings.PORTAL_BASE_URL + "/accounts/me/",
        "{camden_https}": home.replace("http:", "https:"),
        "{camden_port}": home.replace(":8000", ":8001"),
        "{camden_no_port}": home.replace(":8000", ""),
    }.get(url, url)
    assert is_own_url(url) is ours


def test_next_elsewhere_is_dropped(london):
    make.UserFactory(email="known@example.org")
    done = london.post(
        "/accounts/login/",
        {"login": "known@example.org", "password": "a-long-password", "next": "https://evil.example/"},
    )
    assert done["Location"] == "/accounts/me/"


def test_next_survives_the_code(london, camden):
    make.UserFactory(email="known@example.org")
    back = camden.url("/desk/")
    asked = london.post("/accounts/login/code/", {"email": "known@example.org", "next": back})
    done = london.post(asked["Location"], {"code": code_in(mail.outbox[0]), "next": back})
    assert done["Location"] == back


def test_sixty_people_in_one_hall_can_join(site_client, camden):
    joined = 0
    for number in range(60):
        client = site_client()
        join(client, f"neighbour{number}@example.org")
        joined += (
            client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])}).status_code == 302
        )
    assert joined == 60
    assert User.objects.filter(emailaddress__verified=True).count() == 60


def test_guessing_a_code_is_hopeless(site_client, camden):
    make.UserFactory(email="known@example.org")
    guesses = 0
    for _ in range(20):
        client = site_client()
        asked = client.post("/accounts/login/code/", {"email": "known@example.org"})
        if asked.status_code != 302:
            continue
        for _ in range(5):
            tried = client.post("/accounts/login/code/confirm/", {"code": "1111-1111"})
            guesses += tried.status_code == 200 or tried.get("Location") == "/accounts/login/code/"
            if tried.status_code == 302:
                break
    assert guesses == 9
    assert len(mail.outbox) == 3


def test_guessing_a_joining_code_is_hopeless(site_client, camden):
    for _ in range(12):
        join(site_client(), "victim@example.org")
    assert User.objects.filter(email="victim@example.org").count() == 1
    assert len(mail.outbox) <= 3


def test_guessing_a_password_is_stopped_for_the_account_not_for_the_hall(site_client, camden):
    make.UserFactory(email="victim@example.org")
    make.UserFactory(email="neighbour@example.org")
    client = site_client()
    for _ in range(6):
        client.post("/accounts/login/", {"login": "victim@example.org", "password": "wrong"})
    stopped = client.post("/accounts/login/", {"login": "victim@example.org", "password": "a-long-password"})
    assert "Too many attempts" in stopped.content.decode()
    other = site_client().post(
        "/accounts/login/", {"login": "neighbour@example.org", "password": "a-long-password"}
    )
    assert other.status_code == 302


def test_an_unconfirmed_sign_up_does_not_block_its_owner(site_client, camden):
    join(site_client(), "owner@example.org", name="Somebody else")
    owner = site_client()
    cache.clear()
    owner.post("/accounts/login/code/", {"email": "owner@example.org"})
    done = owner.post("/accounts/login/code/confirm/", {"code": code_in(mail.outbox[-1])})
    assert done.status_code == 302
    assert "_auth_user_id" in owner.session


def test_joining_again_after_an_unconfirmed_sign_up(site_client, camden):
    join(site_client(), "owner@example.org")
    cache.clear()
    again = site_client()
    assert join(again, "owner@example.org")["Location"] == "/accounts/confirm-email/"
    assert User.objects.filter(email="owner@example.org").count() == 1


def test_mail_server_down_is_said(london, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = london.post("/accounts/signup/", {"email": "new@example.org"}, follow=True)
    assert "could not send the email" in page.content.decode()


@pytest.mark.parametrize(
    ("host", "path"), [("london", "/admin/login/"), ("london", "/_util/login/"), ("camden", "/_util/login/")]
)
def test_wagtail_log_ins_lead_to_ours(site_client, camden, settings, path, host):
    client = site_client(camden if host == "camden" else None)
    response = client.get(path + "?next=/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith(f"{settings.PORTAL_BASE_URL}/accounts/login/?next=http")
