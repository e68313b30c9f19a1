"""The second factor: who needs it, where it is asked for, setting it up, and its secrets at rest."""

from __future__ import annotations

import re

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from snb.people.permissions import forget_roles
from snb.people.queries import has_second_factor, needs_second_factor, roles_of
from tests import factories as make


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


NEEDS = {
    "chair": True,
    "secretary": True,
    "member": True,
    "editor": True,
    "panel_chair": True,
    "panel_member": False,
    "officer": True,
    "oversight": True,
    "resident": False,
    "neighbour": False,
    "other_chair": True,
    "other_editor": True,
    "anonymous": False,
}


def test_who_needs_a_second_factor(cast):
    assert {name: needs_second_factor(person) for name, person in cast.by_name.items()} == NEEDS


PATHS = [
    ("camden", "get", "/desk/", True),
    ("camden", "get", "/desk/people/", True),
    ("camden", "post", "/", True),
    ("camden", "get", "/files/anything/", True),
    ("london", "get", "/admin/", True),
    ("london", "get", "/admin/pages/", True),
    ("london", "get", "/oversight/", True),
    ("london", "get", "/accounts/me/", True),
    ("london", "get", "/accounts/email/", True),
    ("london", "post", "/accounts/residency/", True),
    ("london", "get", "/api/", True),
    ("camden", "get", "/", False),
    ("london", "get", "/", False),
    ("london", "get", "/help/", False),
    ("london", "get", "/accounts/second-factor/", False),
    ("london", "post", "/accounts/logout/", False),
    ("london", "get", "/desktop/", False),
]


@pytest.mark.parametrize(("host", "method", "path", "stopped"), PATHS)
def test_whoever_needs_it_and_has_none_is_stopped(
    cast, camden, site_client, settings, host, method, path, stopped
):
    client = site_client(camden if host == "camden" else None, cast.chair, second_factor=False)
    response = getattr(client, method)(path)
    target = f"{settings.PORTAL_BASE_URL}/accounts/second-factor/"
    assert response.get("Location", "").startswith(target) is stopped


@pytest.mark.parametrize("who", ["resident", "panel_member"])
def test_others_are_not_stopped(cast, site_client, who):
    client = site_client(None, getattr(cast, who), second_factor=False)
    assert client.get("/accounts/me/").status_code == 200


def test_having_one_is_not_enough_it_was_used_in_this_session(cast, camden, site_client):
    site_client(None, cast.chair)
    fresh = site_client(camden, cast.chair, second_factor=False)
    assert has_second_factor(cast.chair)
    assert "/accounts/second-factor/" in fresh.get("/desk/people/")["Location"]
    make.use_second_factor(fresh, cast.chair)
    assert fresh.get("/desk/people/").status_code == 200


def test_a_session_that_used_one_is_stopped_once_it_is_removed(cast, camden, site_client):
    client = site_client(camden, cast.chair)
    assert client.get("/desk/people/").status_code == 200
    Authenticator.objects.filter(user=cast.chair).delete()
    assert "/accounts/second-factor/" in client.get("/desk/people/")["Location"]


def test_in_demo_mode_it_is_offered_not_required(cast, camden, site_client, settings):
    settings.PORTAL_DEMO = True
    client = site_client(camden, cast.chair, second_factor=False)
    assert client.get("/desk/people/").status_code == 200
    page = site_client(None, cast.chair, second_factor=False).get("/accounts/me/").content.decode()
    assert "offered, not required" in page


def test_roles_cost_one_query_a_request(cast, camden, site_client):
    forget_roles(cast.chair)
    with CaptureQueriesContext(connection) as queries:
        roles_of(cast.chair)
        needs_second_factor(cast.chair)
        cast.chair.has_perm("boards.roles.manage", camden)
    assert len(queries) == 1


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def test_first_run_with_an_app(cast, camden, site_client, django_capture_on_commit_callbacks):
    client = site_client(None, cast.chair, second_factor=False)
    make.sign_in_freshly(client, cast.chair)
    desk = camden.url("/desk/people/")
    page = client.get(f"/accounts/second-factor/?next={desk}").content.decode()
    assert "Set up a passkey" in page
    assert "Set up an app" in page
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="snb-key">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    assert 'src="data:image/svg+xml;base64,' in page
    with django_capture_on_commit_callbacks() as after_commit:
        done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    again = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert "<li><code>" not in again
    assert client.get("/accounts/second-factor/done/")["Location"] == desk
    assert client.get("/accounts/me/").status_code == 200
    with request_context(done.wsgi_request):
        for callback in after_commit:
            callback()
    assert "An authenticator app was set up" in mail.outbox[-1].body


def test_secrets_are_sealed_at_rest(cast, site_client):
    client = site_client(None, cast.chair, second_factor=False)
    make.sign_in_freshly(client, cast.chair)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="snb-key">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=cast.chair)}
    assert set(kept) == {"totp", "recovery_codes"}
    assert secret not in str(kept)
    assert not re.search(r"[0-9a-f]{80}", str(kept))
    totp = Authenticator.objects.get(user=cast.chair, type="totp").wrap()
    assert totp.validate_code(code_for(secret))


def test_signing_in_asks_for_it(cast, site_client):
    site_client(None, cast.chair)
    client = site_client()
    first = client.post("/accounts/login/", {"login": cast.chair.email, "password": "a-long-password"})
    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert "lost my phone" in client.get("/accounts/2fa/authenticate/").content.decode()
    from snb.people.adapters import MFAAdapter

    secret = MFAAdapter().decrypt(Authenticator.objects.get(user=cast.chair, type="totp").data["secret"])
    done = client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert done["Location"] == "/desk/"
    assert client.get("/accounts/me/").status_code == 200


FRESH = [
    "/accounts/email/",
    "/accounts/password/set/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/me/data/",
    "/accounts/me/delete/",
]


@pytest.mark.parametrize("path", FRESH)
def test_changes_ask_for_a_fresh_proof(site_client, camden, path):
    person = make.UserFactory(password=None)
    client = site_client(None, person)
    assert client.get(path)["Location"] == "/accounts/confirm-it-is-you/?next=" + path.replace("/", "%2F")
    make.sign_in_freshly(client, person)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", FRESH)
def test_with_a_second_factor_only_that_is_proof(site_client, camden, path):
    person = make.UserFactory()
    client = site_client(None, person)
    make.use_second_factor(client, person)
    make.sign_in_freshly(client, person)
    assert client.get(path)["Location"].startswith("/accounts/confirm-it-is-you/")
    assert client.get("/accounts/confirm-it-is-you/")["Location"].startswith("/accounts/2fa/reauthenticate/")


def test_proof_by_emailed_code(site_client, camden):
    person = make.UserFactory(password=None)
    client = site_client(None, person)
    page = client.get("/accounts/confirm-it-is-you/?next=/accounts/email/").content.decode()
    assert person.email in page
    client.post("/accounts/confirm-it-is-you/", {"next": "/accounts/email/"})
    code = re.search(r"\d{4}-\d{4}", mail.outbox[0].body).group()
    wrong = client.post("/accounts/confirm-it-is-you/", {"code": "0000-0000", "next": "/accounts/email/"})
    assert "not right" in wrong.content.decode()
    done = client.post("/accounts/confirm-it-is-you/", {"code": code, "next": "/accounts/email/"})
    assert done["Location"] == "/accounts/email/"
    assert client.get("/accounts/email/").status_code == 200


def test_an_emailed_code_dies_after_three_wrong_ones(site_client, camden):
    person = make.UserFactory(password=None)
    client = site_client(None, person)
    client.post("/accounts/confirm-it-is-you/", {})
    code = re.search(r"\d{4}-\d{4}", mail.outbox[0].body).group()
    for _ in range(3):
        client.post("/accounts/confirm-it-is-you/", {"code": "0000-0000"})
    assert client.post("/accounts/confirm-it-is-you/", {"code": code}).status_code == 200


def test_with_a_password_the_password_is_asked(site_client, camden):
    person = make.UserFactory()
    client = site_client(None, person)
    asked = client.get("/accounts/confirm-it-is-you/?next=/accounts/me/data/")["Location"]
    assert asked == "/accounts/reauthenticate/?next=%2Faccounts%2Fme%2Fdata%2F"
    done = client.post(
        "/accounts/reauthenticate/", {"password": "a-long-password", "next": "/accounts/me/data/"}
    )
    assert done["Location"] == "/accounts/me/data/"
    assert client.get("/accounts/me/data/").status_code == 200


def test_email_change_takes_a_code_at_the_new_address_and_tells_the_old(site_client, camden):
    person = make.UserFactory(email="old@example.org", password=None)
    client = site_client(None, person)
    make.sign_in_freshly(client, person)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    person.refresh_from_db()
    assert person.email == "old@example.org"
    code = re.search(r"\d{4}-\d{4}", mail.outbox[-1].body).group()
    assert mail.outbox[-1].to == ["new@example.org"]
    client.post("/accounts/confirm-email/", {"code": code})
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert ["old@example.org"] in [message.to for message in mail.outbox]


def test_sign_out_everywhere_else(site_client, camden):
    person = make.UserFactory()
    here, there = site_client(), site_client()
    for client in (here, there):
        client.post("/accounts/login/", {"login": person.email, "password": "a-long-password"})
        assert client.get("/accounts/sessions/").status_code == 200
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count('class="snb-people__row"') == 2
    assert here.get("/accounts/sessions/end/").status_code == 405
    here.post("/accounts/sessions/end/")
    assert here.get("/accounts/me/").status_code == 200
    assert there.get("/accounts/me/").status_code == 302
