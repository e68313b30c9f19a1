"""What is typed at a desk stays in the tab until it is saved: through a lost sign-in, not past a colleague, not past signing out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

SECRETARY, CHAIR = "secretary@example.org", "chair@example.org"
NOT_SAVED = "This is what you had typed. It is not saved yet."
KEPT = "Object.keys(sessionStorage).filter((name) => name.startsWith('typed'))"


def sign_in_runs_out(opened, press: str) -> None:
    """Lose the session, press, and stand before the sign-in."""
    opened.context.clear_cookies(name="snb_session")
    with opened.page.expect_navigation(url="**/accounts/login/**"):
        opened.page.get_by_role("button", name=press, exact=True).click()


def save(page: Page, press: str = "Save") -> None:
    """Press and see the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=press, exact=True).click()


def test_signing_out_forgets_what_was_typed_on_every_site(visit, server):
    address = "/desk/meetings/keep-left/minutes/write/"
    opened = visit("camden", address, email=SECRETARY)
    page = opened.page
    page.get_by_label("Welcome").fill("Words that are nobody else’s business.")
    assert len(page.evaluate(KEPT)) == 1
    page.goto(server.url("london", "/accounts/logout/"))
    opened.context.clear_cookies(name="snb_session")  # The other tests need this session.
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto(server.url("camden", "/"))
    assert page.evaluate(KEPT) == []
    opened.context.add_cookies([server.cookie(CHAIR)])
    page.goto(server.url("camden", address))
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)
    page.get_by_label("Welcome").fill("Typed after it.")
    page.reload()
    expect(page.get_by_label("Welcome")).to_have_value("Typed after it.")


def test_text_put_back_does_not_overwrite_what_a_colleague_saved_meanwhile(visit, server):
    address = "/desk/meetings/keep-two/minutes/write/"
    opened = visit("camden", address, email=SECRETARY, viewport=PHONE)
    page, box = opened.page, opened.page.get_by_label("Welcome")
    box.fill("The secretary’s words.")
    sign_in_runs_out(opened, "Save")
    colleague = visit("camden", address, email=CHAIR).page
    colleague.get_by_label("Welcome").fill("The chair’s words.")
    save(colleague)
    opened.context.add_cookies([server.cookie(SECRETARY)])
    page.goto(server.url("camden", address))
    expect(box).to_have_value("The secretary’s words.")
    save(page)
    expect(page.locator(".govuk-error-summary")).to_contain_text("Somebody else has changed these minutes")
    expect(box).to_have_value("The secretary’s words.")
    page.goto(server.url("camden", address))
    with page.expect_navigation():
        page.get_by_role("button", name="Throw it away and show what is there now").click()
    expect(box).to_have_value("The chair’s words.")
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)
    assert opened.complaints == []


def test_looking_at_the_desk_first_does_not_lose_what_was_sent_without_a_sign_in(visit, server):
    desk = "/desk/meetings/keep-desk/minutes/"
    opened = visit("camden", f"{desk}write/", email=SECRETARY)
    page = opened.page
    page.get_by_label("Welcome").fill("Two hours of typing.")
    sign_in_runs_out(opened, "Save")
    opened.context.add_cookies([server.cookie(SECRETARY)])
    page.goto(server.url("camden", desk))
    page.goto(server.url("camden", f"{desk}write/"))
    expect(page.get_by_label("Welcome")).to_have_value("Two hours of typing.")


def test_attendance_marked_while_the_sign_in_ran_out_is_there_again_and_let_go_once_saved(visit, server):
    address = "/desk/meetings/keep-room/attendance/"
    opened = visit("camden", address, email=CHAIR, viewport=PHONE)
    page, mark = opened.page, opened.page.locator("[data-member] input[type=radio]").first
    quorum = page.locator("[data-quorum]")
    mark.check(force=True)
    page.locator("[name=guest_name_1]").fill("PC Demo")
    marked = quorum.inner_text()
    sign_in_runs_out(opened, "Save")
    opened.context.add_cookies([server.cookie(CHAIR)])
    page.goto(server.url("camden", address))
    expect(page.get_by_text(NOT_SAVED)).to_be_visible()
    expect(mark).to_be_checked()
    expect(page.locator("[name=guest_name_1]")).to_have_value("PC Demo")
    assert quorum.inner_text() == marked
    save(page)
    expect(page.locator(".snb-notice--success")).to_be_visible()
    assert page.evaluate(KEPT) == []
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)


def test_a_decision_typed_while_the_sign_in_ran_out_is_there_again_and_let_go_once_recorded(visit, server):
    address = "/desk/meetings/keep-room/decisions/"
    opened = visit("camden", address, email=CHAIR, viewport=PHONE)
    page, box = opened.page, opened.page.get_by_label("What was decided?")
    box.fill("Ask for a bench at the bus stop.")
    sign_in_runs_out(opened, "Record it")
    opened.context.add_cookies([server.cookie(CHAIR)])
    page.goto(server.url("camden", address))
    expect(box).to_have_value("Ask for a bench at the bus stop.")
    save(page, "Record it")
    expect(page.get_by_role("heading", name="Ask for a bench at the bus stop.")).to_have_count(1)
    expect(box).to_have_value("")
    assert page.evaluate(KEPT) == []
