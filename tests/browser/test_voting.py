"""Somebody who has never been here votes on a phone: from the ward page to the receipt in five screens at most."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, PHONE
from tests.browser.test_pages import AXE, CUT_OFF, HEADINGS, OVERLAPPING, WIDER_THAN_THE_WINDOW

pytestmark = pytest.mark.browser

WARD = "/wards/highgate/"
POSTCODE = "NW98 1AN"
RECEIPT = re.compile(r"^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$")
MOST_SCREENS = 5


class Journey:
    """A newcomer who taps and types; counts the screens they saw, the ward page and the receipt included."""

    def __init__(self, page: Page, look: Callable[[Page], None] = lambda page: None) -> None:
        self.page, self.look = page, look
        self.screens: list[str] = []
        self.arrive()

    def arrive(self) -> None:
        """A new screen."""
        self.screens.append(self.page.locator("h1").inner_text().replace("\n", " "))
        self.look(self.page)

    def press(self, name: str) -> None:
        """Press a link or button of the page's main part, and see what comes."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).click()
        self.arrive()

    def choose(self) -> None:
        """From the ward page to the ballot, and past it with two choices."""
        self.press("Vote")
        self.page.get_by_label("Bike theft outside the station").check()
        self.page.get_by_label("Burglary of flats and sheds").check()
        self.press("Continue")

    def vote_by_email(self, address: str, code_for: Callable[[str], str]) -> None:
        """The whole way of somebody with an email address."""
        self.choose()
        self.page.get_by_label("Your email address").fill(address)
        self.press("Continue")
        self.page.get_by_label("The code from our email").fill(code_for(address))
        self.page.get_by_label("Your postcode").fill(POSTCODE)
        self.press("Vote")


def test_newcomer_votes_on_a_phone_in_five_screens(visit, server, record_property, capsys):
    begun = time.monotonic()
    journey = Journey(visit("camden", WARD, viewport=PHONE).page)
    journey.vote_by_email("newcomer@one.example", server.emailed_code)
    seconds = round(time.monotonic() - begun, 1)
    expect(journey.page.locator(".snb-receipt")).to_have_text(RECEIPT)
    assert journey.screens == [
        "Highgate",
        "What should the police work on?",
        "One vote each",
        "Nearly done",
        "You have voted",
    ]
    assert len(journey.screens) <= MOST_SCREENS
    record_property("seconds", seconds)
    with capsys.disabled():
        print(f"\nward page to receipt: {len(journey.screens)} screens, {seconds} s by script")


def test_newcomer_votes_without_javascript(visit, server):
    page = visit("camden", WARD, viewport=PHONE, java_script_enabled=False).page
    journey = Journey(page)
    journey.vote_by_email("newcomer@two.example", server.emailed_code)
    expect(page.locator(".snb-receipt")).to_have_text(RECEIPT)
    assert len(journey.screens) <= MOST_SCREENS


def tab_to(page: Page, words: str, *, stops: int = 40) -> None:
    """Press Tab until the focus is on what bears these words; each stop shows that it has the focus."""
    named = """words => {
      const here = document.activeElement;
      const name = here.labels?.length ? here.labels[0].innerText : here.innerText;
      const style = getComputedStyle(here);
      const shown = here.matches('.govuk-checkboxes__input, .govuk-radios__input') || style.outlineStyle !== 'none'
        || style.boxShadow !== 'none';
      return [(name || '').trim() === words && !!here.closest('main'), shown];
    }"""
    for _stop in range(stops):
        page.keyboard.press("Tab")
        there, shown = page.evaluate(named, words)
        assert shown, page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if there:
            return
    raise AssertionError(f"The keyboard does not reach “{words}”.")


def test_newcomer_votes_by_keyboard_alone(visit, server):
    page = visit("camden", WARD, viewport=PHONE).page
    screens = [page.title()]

    def send(key: str = "Enter") -> None:
        with page.expect_navigation():
            page.keyboard.press(key)
        screens.append(page.title())

    tab_to(page, "Vote")
    send()
    tab_to(page, "Burglary of flats and sheds")
    page.keyboard.press("Space")
    tab_to(page, "Continue")
    send("Space")
    tab_to(page, "Your email address")
    page.keyboard.type("newcomer@three.example")
    send()
    tab_to(page, "The code from our email")
    page.keyboard.type(server.emailed_code("newcomer@three.example").replace("-", ""))
    tab_to(page, "Your postcode")
    page.keyboard.type(POSTCODE.lower())
    send()
    expect(page.locator(".snb-receipt")).to_have_text(RECEIPT)
    assert len(screens) <= MOST_SCREENS


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["javascript", "no javascript"])
def test_printed_code_alone_votes_without_an_account(visit, server, java_script_enabled):
    seen = visit("camden", WARD, viewport=PHONE, java_script_enabled=java_script_enabled)
    journey = Journey(seen.page)
    journey.choose()
    seen.page.get_by_text("I have a printed code instead").click()
    seen.page.get_by_label("Your printed code").fill(server.codes.pop())
    journey.press("Continue")
    expect(seen.page.locator(".snb-receipt")).to_have_text(RECEIPT)
    assert len(journey.screens) <= MOST_SCREENS - 1
    assert "snb_session" not in {cookie["name"] for cookie in seen.context.cookies()}


def test_screens_of_the_journey_are_accessible_and_fit(visit, server):
    """The screens that only a POST reaches, looked at as `test_pages` looks at the others."""

    def look(page: Page) -> None:
        """Axe at phone size; then narrow, then with text at 200%."""
        violations = Axe().run(page, options=AXE).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in violations] == []
        levels = page.evaluate(HEADINGS)
        assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []
        page.set_viewport_size(NARROW)
        assert page.evaluate(WIDER_THAN_THE_WINDOW) == 0
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        page.set_viewport_size(PHONE)
        page.wait_for_timeout(50)
        assert page.evaluate(WIDER_THAN_THE_WINDOW) == 0
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(OVERLAPPING) == []
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")

    page = visit("camden", "/wards/highgate/vote/", viewport=PHONE).page
    page.get_by_label("Phone snatching at bus stops").check()
    page.get_by_role("button", name="Continue").click()
    look(page)
    page.get_by_label("Your email address").fill("a-rather-long-name-of-somebody@four.example")
    page.get_by_role("button", name="Continue").click()
    look(page)
    page.get_by_label("The code from our email").fill("0000-0000")
    page.get_by_label("Your postcode").fill("NW1 2DB")
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page)
    page.get_by_label("The code from our email").fill(
        server.emailed_code("a-rather-long-name-of-somebody@four.example")
    )
    page.get_by_label("Your postcode").fill(POSTCODE)
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".snb-receipt")).to_have_text(RECEIPT)
    look(page)


def test_vote_can_be_changed_and_the_receipt_stays(visit):
    page = visit("camden", "/wards/highgate/vote/", email="highgate@example.org", viewport=PHONE).page
    page.get_by_label("Phone snatching at bus stops").check()
    page.get_by_role("button", name="Continue").click()
    receipt = page.locator(".snb-receipt").inner_text()
    page.get_by_role("link", name="Back to Highgate").click()
    page.locator("main").get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_text("You have voted. Voting again replaces it.")).to_be_visible()
    assert page.locator("input[name=choices]:checked").count() == 0
    page.get_by_label("Car break-ins around the park").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your vote is replaced")
    expect(page.locator(".snb-receipt")).to_have_text(receipt)


def test_somebody_from_another_ward_is_shown_their_own(visit):
    page = visit("camden", "/wards/highgate/vote/", email="belsize@example.org", viewport=PHONE).page
    page.get_by_label("Phone snatching at bus stops").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot vote here this time")
    page.get_by_role("button", name="Go to Belsize").click()
    page.wait_for_url("**/wards/belsize/")


def test_result_page_leads_to_all_that_a_recount_needs(visit, tmp_path):
    """Each link of the list of files answers, and the script from the page agrees with the page."""
    page = visit("camden", "/wards/frognal/results/now/", viewport=PHONE).page
    links = page.locator(".snb-files a")
    for link in links.all():
        answer = page.evaluate(
            "async url => { const r = await fetch(url); return [r.status, await r.text()] }",
            link.get_attribute("href"),
        )
        assert answer[0] == 200
        (tmp_path / link.inner_text()).write_text(answer[1])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ballots.txt",
        "receipts.txt",
        "recount.py",
        "result.json",
    ]
    said = subprocess.run(
        [sys.executable, "recount.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
