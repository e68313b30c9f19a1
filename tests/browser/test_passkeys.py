"""A passkey from first run to signing in with it, through Chromium's virtual authenticator."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser


def add_authenticator(visit) -> None:
    """A phone that always says yes to its owner's finger."""
    devtools = visit.context.new_cdp_session(visit.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_set_up_and_signs_in_on_every_site(visit, server):
    here = visit("london", "/accounts/login/?next=/accounts/second-factor/")
    add_authenticator(here)
    page = here.page
    page.fill("input[name=login]", "chair@example.org")
    page.fill("input[name=password]", "a-long-password")
    page.locator("form", has=page.locator("input[name=password]")).get_by_role(
        "button", name="Sign in"
    ).click()
    page.get_by_role("button", name="Set up a passkey").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    codes = page.locator("#codes li").all_inner_texts()
    assert (len(codes), all(re.fullmatch(r"\d{8}", code) for code in codes)) == (10, True)
    page.get_by_role("button", name="I have kept them: continue").click()
    page.wait_for_url(re.compile("/desk/$"))

    page.goto(server.url("london", "/accounts/logout/"))
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto(server.url("london", "/accounts/login/?next=" + server.url("camden", "/desk/people/")))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="People", exact=True).wait_for()
    assert page.url == server.url("camden", "/desk/people/")

    page.goto(server.url("london", "/accounts/email/"))
    assert page.get_by_role("heading", name="Email address").is_visible()
    assert [
        said for said in here.complaints if not said.startswith("refused: ")
    ] == []  # leaving a page drops its pictures
