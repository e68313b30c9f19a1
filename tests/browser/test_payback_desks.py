"""The desks of those who screen and of probation, from the first press to the last: by keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.pages import NEW_REFERRALS, NEW_TO_SCREEN
from tests.browser.test_nominating import heading
from tests.browser.test_voting import tab_to

pytestmark = pytest.mark.browser

SCREENERS = ("screener@example.org", "screener2@example.org")


class ByKeyboard:
    """Somebody with a keyboard and nothing else."""

    options: dict[str, bool] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, words: str) -> None:
        """Go to a button or link, and press it."""
        tab_to(self.page, words, stops=160)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Go to a box and write."""
        tab_to(self.page, label, stops=160)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def day(self, label: str, day) -> None:
        """Go to a day and write it as this browser wants it: month, day, year."""
        tab_to(self.page, label, stops=160)
        self.page.keyboard.type(f"{day:%m%d%Y}")
        expect(self.page.get_by_label(label)).to_have_value(day.isoformat())

    def tick(self, label: str) -> None:
        """Go to a box and tick it."""
        tab_to(self.page, label, stops=160)
        self.page.keyboard.press("Space")

    def choose(self, name: str, place: int) -> None:
        """Choose one of a few: Tab enters the group at its first, the arrows go on, Space takes it."""
        group = f"input[name={name}]"
        for _stop in range(160):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("group => document.activeElement.matches(group)", group):
                break
        self.page.keyboard.press("Space")
        for _step in range(place):
            self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(group).nth(place)).to_be_checked()


class WithoutJavaScript:
    """Somebody whose browser runs no script."""

    options = {"java_script_enabled": False}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, words: str) -> None:
        """Press a button or link."""
        main = self.page.locator("main")
        with self.page.expect_navigation():
            main.get_by_role("button", name=words, exact=True).or_(
                main.get_by_role("link", name=words, exact=True)
            ).first.click()

    def write(self, label: str, text: str) -> None:
        """Write into a box."""
        self.page.locator("main").get_by_label(label, exact=True).fill(text)

    def day(self, label: str, day) -> None:
        """Choose a day."""
        self.page.get_by_label(label).fill(day.isoformat())

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_label(label).check()

    def choose(self, name: str, place: int) -> None:
        """Choose one of a few."""
        self.page.locator(f"input[name={name}]").nth(place).check()


PEOPLE: list[Callable[[Page], ByKeyboard | WithoutJavaScript]] = [ByKeyboard, WithoutJavaScript]


@pytest.mark.parametrize(("person", "number"), zip(PEOPLE, (0, 1), strict=True))
def test_an_officer_takes_a_task_from_arrival_to_done(visit, person, number):
    page = visit(
        "london", NEW_REFERRALS[number], email="officer@example.org", viewport=PHONE, **person.options
    ).page
    officer = person(page)
    today = timezone.localdate()
    officer.press("We have it")
    expect(page.get_by_text("Thank you. The board knows that you have it.")).to_be_visible()
    officer.press("We are looking at it")
    officer.press("Accept this task")
    officer.press("Accept it")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Write the project code.")
    officer.write("Project code", f"N07NEW{number}")
    officer.day("When is the work to begin? (optional)", today)
    officer.press("Accept it")
    expect(page.locator("main")).to_contain_text(f"N07NEW{number}")
    officer.press("Log a session")
    officer.day("Day", today)
    officer.write("How many people worked?", "6")
    officer.write("How many hours did they work, all together?", "24")
    officer.press("Log it")
    expect(page.locator("table")).to_contain_text("24")
    officer.press("The work is done")
    expect(page.locator("main")).to_contain_text("Done. Thank you for the work.")


@pytest.mark.parametrize(("person", "number"), zip(PEOPLE, (0, 1), strict=True))
def test_two_people_screen_until_it_is_endorsed(visit, person, number):
    address = f"/desk/payback/{NEW_TO_SCREEN[number]}/"
    for turn, email in enumerate(SCREENERS):
        page = visit("camden", address, email=email, viewport=DESK, **person.options).page
        screener = person(page)
        screener.tick(
            "I did not nominate this, and neither I nor anybody close to me gains from it or is harmed by it."
        )
        screener.press("Take it on")
        assert heading(page).endswith(NEW_TO_SCREEN[number])
        if turn == 0:
            screener.write("Title for everybody", "Clear the alley")
            screener.write("What everybody reads", "Rubbish has piled up.")
            screener.write("Place for everybody", "Off Swains Lane")
            screener.write("For probation", "Through the gate on the left.")
            screener.press("Keep these words")
            expect(page.get_by_label("Title for everybody")).to_have_value("Clear the alley")
        for criterion in page.locator("fieldset:has(input[name^=check_])").all():
            name = criterion.locator("input").first.get_attribute("name")
            screener.choose(name, 0)
        screener.choose("verdict", 0)
        screener.press("Give my verdict")
    expect(page.locator("main")).to_contain_text("Clear the alley")
    expect(page.locator("main")).to_contain_text("Sent to")
