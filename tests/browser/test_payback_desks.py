"""The desks of those who screen and of probation, from the first press to the last: by keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, NARROW, PHONE
from tests.browser.pages import NEW_REFERRALS, NEW_TO_SCREEN
from tests.browser.test_nominating import heading
from tests.browser.test_pages import WIDER_THAN_THE_WINDOW
from tests.browser.test_voting import tab_to

pytestmark = pytest.mark.browser

SCREENERS = ("screener@example.org", "screener2@example.org")
SCREENED = "CP-SCREEN2"


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

    def unfold(self, words: str) -> None:
        """Go to what is folded, and open it."""
        tab_to(self.page, words, stops=160)
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

    def unfold(self, words: str) -> None:
        """Open what is folded."""
        self.page.locator("summary", has_text=words).click()

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
    officer.unfold("The work is done")
    expect(
        page.get_by_text("Everybody then reads that it is done, with 24 hours in 1 session.")
    ).to_be_visible()
    expect(page.locator("main")).to_contain_text("Work is under way")
    officer.press("Tell everybody that it is done")
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


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    ("site", "address", "email", "control", "summary"),
    [
        ("camden", "/payback/", "", "#id_state", "Choose a ward, a state or a kind of work"),
        (
            "camden",
            "/desk/payback/",
            SCREENERS[0],
            "#id_reference",
            "Choose what to see, or look for a reference",
        ),
    ],
)
def test_filters_are_folded_on_a_phone_and_open_on_a_wide_screen(
    visit, javascript, site, address, email, control, summary
):
    options = {"email": email, "java_script_enabled": javascript}
    wide = visit(site, address, viewport=DESK, **options).page
    expect(wide.locator(control)).to_be_visible()
    expect(wide.locator(".snb-fold summary")).to_be_hidden()
    phone = visit(site, address, viewport=PHONE, **options).page
    expect(phone.locator(control)).to_be_hidden()
    fold = phone.locator(".snb-fold")
    assert (fold.bounding_box() or {})["height"] < 120
    phone.locator("summary", has_text=summary).click()
    expect(phone.locator(control)).to_be_visible()
    phone.locator("#id_ward").select_option(label="Highgate")
    with phone.expect_navigation():
        phone.locator("main").get_by_role("button", name="Show", exact=True).click()
    expect(phone.get_by_text("Filters in use: Highgate.")).to_be_visible()
    expect(phone.locator(control)).to_be_visible()
    with phone.expect_navigation():
        phone.get_by_role("link", name="Clear the filters").click()
    expect(phone.get_by_text("Filters in use")).to_have_count(0)


def test_the_answers_of_the_checklist_are_whole_words_on_a_phone(visit):
    page = visit("camden", f"/desk/payback/{SCREENED}/", email=SCREENERS[0], viewport=NARROW).page
    labels = page.locator(".snb-checklist .govuk-radios__label").all()
    sizes = [label.bounding_box() or {} for label in labels]
    assert len(sizes) > 20
    assert all(size["height"] < 60 and size["width"] > 35 for size in sizes)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert not page.evaluate(WIDER_THAN_THE_WINDOW)


def photo_to_box(visit, **options) -> Page:
    """The page on which a screener covers parts of a photo."""
    page = visit("camden", f"/desk/payback/{SCREENED}/", email=SCREENERS[0], **options).page
    with page.expect_navigation():
        page.locator(".snb-photos a").first.click()
    return page


@pytest.mark.parametrize("hand", ["keyboard", "touch"])
def test_a_screener_undoes_the_last_box_and_clears_all(visit, hand):
    page = photo_to_box(visit, viewport=PHONE, has_touch=True)
    boxes, drawn = page.get_by_label("What is covered"), page.locator(".snb-boxer__box")
    before = drawn.count()

    def press(name: str) -> None:
        button = page.get_by_role("button", name=name, exact=True)
        if hand == "touch":
            button.tap()
        else:
            button.focus()
            page.keyboard.press("Enter")

    boxes.fill("")
    expect(page.get_by_role("status").filter(has_text="Nothing is covered.")).to_be_visible()
    for corner in (30, 120):
        page.locator(".snb-boxer").scroll_into_view_if_needed()
        frame = page.locator(".snb-boxer__layer").bounding_box()
        assert frame
        page.mouse.move(frame["x"] + corner, frame["y"] + corner)
        page.mouse.down()
        page.mouse.move(frame["x"] + corner + 60, frame["y"] + corner + 40)
        page.mouse.up()
    expect(page.get_by_text("2 parts are covered.")).to_be_visible()
    first = boxes.input_value().splitlines()[0]
    press("Undo the last box")
    expect(boxes).to_have_value(first)
    expect(drawn).to_have_count(1)
    expect(page.get_by_text("1 part is covered.")).to_be_visible()
    boxes.fill(f"{first}\n1 1 5 5\n50 50 9 9")
    expect(page.get_by_text("3 parts are covered.")).to_be_visible()
    press("Clear all boxes")
    expect(boxes).to_have_value("")
    expect(drawn).to_have_count(0)
    press("Undo the last box")  # nothing is left to undo
    expect(boxes).to_have_value("")
    page.reload()
    expect(drawn).to_have_count(before)  # nothing of it was sent


def test_without_javascript_a_box_goes_with_its_line(visit):
    page = photo_to_box(visit, viewport=PHONE, java_script_enabled=False)
    expect(page.locator("[data-boxer-undo]")).to_be_hidden()
    expect(page.get_by_text("To take a box away, delete its line.")).to_be_visible()
    boxes = page.get_by_label("What is covered")
    page.get_by_label("What does it show?").fill("An alley.")
    for lines in ("10 10 20 20\n50 50 20 20", "10 10 20 20"):
        boxes.fill(lines)
        with page.expect_navigation():
            page.locator("main button", has_text="these boxes").click()
        with page.expect_navigation():
            page.locator(".snb-photos a").first.click()
        expect(boxes).to_have_value(lines)
    with page.expect_navigation():
        page.get_by_role("button", name="Take it off").click()
