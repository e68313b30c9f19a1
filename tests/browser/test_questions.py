"""A question from a phone to the table and back: asked, admitted, supported, taken, answered, and nobody reloads anything."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_pages import AXE, HEADINGS

pytestmark = pytest.mark.browser

QUESTION = "Will the youth club open on Fridays again?"
CHAIR = "chair@example.org"


def look(page: Page) -> None:
    """What axe says at this moment, and whether the headings are in order."""
    violations = Axe().run(page, options=AXE).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in violations] == []
    levels = page.evaluate(HEADINGS)
    assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []


def ask(page: Page, text: str = QUESTION) -> None:
    """Write a question and send it."""
    page.get_by_label("Your question").fill(text)
    page.get_by_label("What should we call you?").fill("Rosa")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("Your question is in.")).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press something at the table and wait for the page."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name).first.click()


def tab_to(page: Page, start: str) -> None:
    """Press Tab until the focus is on what has an id that begins so; each stop shows that it has the focus."""
    shows = """() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    }"""
    for _stop in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(shows)
        if page.evaluate("document.activeElement.id").startswith(start):
            return
    raise AssertionError(f"The keyboard does not reach “{start}”.")


@pytest.mark.parametrize("socket", [True, False], ids=["by socket", "by asking"])
def test_question_goes_from_a_phone_to_the_table_and_back(visit, socket):
    slug = "live-phone"
    resident = visit("camden", f"/meetings/{slug}/questions/", viewport=PHONE)
    page, text = resident.page, f"{QUESTION} {'Live' if socket else 'Asked'}"
    if not socket:
        # As behind a proxy that lets no socket through: the page asks now and then instead.
        page.add_init_script(
            "window.WebSocket = class extends EventTarget { constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('close')), 50) } }"
        )
        page.clock.install()
        page.reload()
    ask(page, text)
    loads = len([answer for answer in resident.answers if answer.url.endswith("/questions/")])
    table = visit("camden", f"/desk/meetings/{slug}/questions/", email=CHAIR, viewport=PHONE).page

    def pass_time() -> None:
        """With a socket nothing is to be waited for."""
        if not socket:
            page.wait_for_timeout(0)
            page.clock.run_for(20_000)
            page.clock.run_for(20_000)

    press(table, f"Admit {text}")
    item = page.locator(".snb-question", has_text=text)
    pass_time()
    expect(item).to_be_visible(timeout=8000)
    expect(item.get_by_text("Yours")).to_be_visible()
    pass_time()
    expect(page.locator("[data-mine-part]").get_by_text("On the list")).to_be_visible(timeout=8000)
    support = item.get_by_role("button", name=f"Support {text}")
    support.click()
    expect(support).to_have_attribute("aria-pressed", "true")
    expect(item.locator(".snb-support__count")).to_have_text("1")
    look(page)
    if socket:
        expect(table.get_by_text("1 supports it").first).to_be_visible(timeout=8000)
    support.focus()
    press(table, f"Take it now {text}")
    look(table)
    pass_time()
    expect(item.get_by_text("Being answered now")).to_be_visible(timeout=8000)
    assert page.evaluate("document.activeElement.id").startswith("support-")
    expect(support).to_have_attribute("aria-pressed", "true")
    press(table, f"Write the answer {text}")
    look(table)
    table.get_by_label("What was answered").fill("Yes, from the first Friday in March.")
    press(table, "Keep the answer")
    pass_time()
    answered = page.locator("[data-part=answered]")
    expect(answered.get_by_text("Yes, from the first Friday in March.")).to_be_visible(timeout=8000)
    if socket:
        expect(page.locator("[data-said]")).to_contain_text("A question was answered.", timeout=15_000)
    assert len([answer for answer in resident.answers if answer.url.endswith("/questions/")]) == loads
    assert resident.complaints == []


def test_the_same_without_javascript(visit):
    address = "/meetings/live-plain/questions/"
    page = visit("camden", address, viewport=PHONE, java_script_enabled=False).page
    ask(page)
    table = visit("camden", f"/desk{address}", email=CHAIR, viewport=PHONE, java_script_enabled=False).page
    press(table, "Admit")
    page.reload()
    item = page.locator(".snb-question", has_text=QUESTION)
    with page.expect_navigation():
        item.get_by_role("button", name="Support").click()
    expect(item.get_by_role("button", name="Support")).to_have_attribute("aria-pressed", "true")
    press(table, "Take it now")
    press(table, "Write the answer")
    table.get_by_label("What was answered").fill("Yes.")
    press(table, "Keep the answer")
    page.reload()
    expect(page.locator("[data-part=answered]").get_by_text("Yes.")).to_be_visible()


def test_the_same_by_keyboard_alone(visit):
    address = "/meetings/live-keyboard/questions/"
    page = visit("camden", address, viewport=PHONE).page

    def send(on: Page, key: str = "Enter") -> None:
        with on.expect_navigation():
            on.keyboard.press(key)

    tab_to(page, "id_text")
    page.keyboard.type(QUESTION)
    tab_to(page, "id_name")
    send(page)
    table = visit("camden", f"/desk{address}", email=CHAIR, viewport=PHONE).page
    tab_to(table, "admit-")
    send(table, "Space")
    expect(page.locator(".snb-question")).to_be_visible(timeout=8000)
    page.locator("main").focus()
    tab_to(page, "support-")
    page.keyboard.press("Space")
    expect(page.locator(".snb-support__count")).to_have_text("1", timeout=8000)
    assert page.evaluate("document.activeElement.id").startswith("support-")
    tab_to(table, "take-")
    send(table, "Space")
    tab_to(table, "answer-")
    send(table)
    tab_to(table, "id_answer")
    table.keyboard.type("Yes.")
    table.keyboard.press("Tab")
    send(table)
    expect(page.locator("[data-part=answered]").get_by_text("Yes.")).to_be_visible(timeout=8000)


def test_somebody_asks_to_speak_and_is_accepted(visit):
    page = visit("camden", "/meetings/questions-night/speak/", viewport=PHONE).page
    page.get_by_label("Your name").fill("Rosa")
    page.get_by_label("Your email address").fill("rosa@demo.example")
    page.get_by_label("What do you want to speak about?").fill("The youth club")
    with page.expect_navigation():
        page.get_by_role("button", name="Ask to speak").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have asked to speak")
    look(page)
    table = visit("camden", "/desk/meetings/questions-night/questions/", email=CHAIR, viewport=PHONE).page
    with table.expect_navigation():
        table.get_by_role("button", name="Accept Rosa").click()
    page.get_by_role("link", name="See or take back what you asked").click()
    expect(page.get_by_text("You are on the list of speakers")).to_be_visible()
    look(page)


def test_what_could_tell_who_somebody_is_is_asked_about_once(visit):
    page = visit("camden", "/meetings/questions-night/questions/", viewport=PHONE).page
    page.get_by_label("Your question").fill("Why did Mr Smith get no answer?")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("Please look at:")).to_be_visible()
    look(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Send it as it is now").click()
    expect(page.get_by_text("Your question is in.")).to_be_visible()


def first_question(page: Page):
    """The question on top, its button and its number."""
    item = page.locator(".snb-question").first
    return item, item.locator(".snb-support"), item.locator(".snb-support__count")


def test_a_press_that_does_not_get_through_leaves_the_page_and_what_was_typed(visit):
    opened = visit("camden", "/meetings/questions-night/questions/", viewport=PHONE)
    page = opened.page
    item, support, number = first_question(page)
    before = number.inner_text()
    page.get_by_label("Your question").fill("A question I was writing")
    opened.context.set_offline(True)
    support.click()
    expect(item.get_by_role("alert")).to_contain_text("That did not get through.")
    expect(number).to_have_text(before)
    expect(support).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Your question")).to_have_value("A question I was writing")
    opened.context.set_offline(False)
    look(page)
    support.click()
    expect(support).to_have_attribute("aria-pressed", "true")
    expect(item.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(number).to_have_text(str(int(before) + 1))


def test_quick_presses_of_a_new_visitor_end_as_the_last_one_says(visit):
    page = visit("camden", "/meetings/questions-night/questions/", viewport=PHONE).page
    _item, support, number = first_question(page)
    before = int(number.inner_text())
    with page.expect_response(lambda answer: answer.url.endswith("/support/")):
        support.evaluate("(button) => { button.click(); button.click(); button.click(); }")
    expect(number).to_have_text(str(before + 1))
    expect(support).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(number).to_have_text(str(before + 1))
    expect(support).to_have_attribute("aria-pressed", "true")


def test_an_answer_typed_while_the_sign_in_ran_out_is_there_again(visit, server):
    opened = visit("camden", "/desk/meetings/questions-night/questions/", email=CHAIR, viewport=PHONE)
    page, typed = opened.page, "The council mends them in March."
    page.get_by_role("link", name="Mend the answer Can the panel meet").click()
    box, address = page.get_by_label("What was answered"), page.url
    box.fill(typed)
    opened.context.clear_cookies(name="snb_session")
    with page.expect_navigation(url="**/accounts/login/**"):
        page.get_by_role("button", name="Keep the answer").click()
    opened.context.add_cookies([server.cookie(CHAIR)])
    page.goto(address)
    expect(box).to_have_value(typed)
    expect(page.get_by_text("It is not saved yet.")).to_be_visible()
    look(page)
    press(page, "Keep the answer")
    page.goto(address)
    expect(box).to_have_value(typed)
    expect(page.get_by_text("It is not saved yet.")).to_have_count(0)
