"""A nomination from the first page to the reference: on a phone, with the keyboard alone, without JavaScript, and left in a hurry."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from payback import demo as payback_demo
from tests.browser.conftest import NARROW, PHONE
from tests.browser.pages import RECEIPTS
from tests.browser.server import elsewhere
from tests.browser.test_pages import AXE, CUT_OFF, HEADINGS, OVERLAPPING, WIDER_THAN_THE_WINDOW
from tests.browser.test_voting import tab_to

pytestmark = pytest.mark.browser

ADDRESS = "/payback/nominate/"
WORDS = "Rubbish all along the alley behind my window."
SKIPPED = ("Who gains from it?", "Whose place is it?", "Toilets and washing", "Getting there", "Could anything there hurt somebody?",
           "Tools and materials", "When can people work there?")  # fmt: skip


def heading(page: Page) -> str:
    """The page's one heading."""
    return page.locator("main h1").inner_text().replace("\n", " ")


def press(page: Page, name: str) -> None:
    """Press a button of the page's main part, and see what comes."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).click()


def begin(page: Page) -> str:
    """Start, self-check, the receipt written down."""
    press(page, "Start")
    for label in (
        "It helps the local community.",
        "It is nobody’s paid job.",
        "Nobody makes a profit from it.",
        "It looks safe to do, with care.",
    ):
        page.get_by_label(label).check()
    press(page, "Continue")
    receipt = page.locator(".snb-receipt").inner_text()
    press(page, "I have written it down")
    return receipt


def add_photo(page: Page, number: int) -> None:
    """Choose a photo and add it."""
    picture = payback_demo.picture(number, done=False).read()
    page.get_by_label("Choose a photo").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    press(page, "Add this photo")


def whole_journey(page: Page, look=lambda page: None, *, photos: int = 0) -> tuple[list[str], str]:
    """Every page of the journey; returns their headings and the receipt."""
    seen = [heading(page)]
    look(page)
    receipt = begin(page)

    def on(name: str = "Continue") -> None:
        seen.append(heading(page))
        look(page)
        press(page, name)

    page.get_by_label("Postcode of the place").fill("NW98 1AN")
    page.get_by_label("Describe the place").fill("The alley by the green gate.")
    on()
    if page.get_by_label("Ward").input_value() == "":
        page.get_by_label("Ward").select_option(label="Highgate")
    on()
    if heading(page) == "Is it one of these?":
        on("None of these")
    page.get_by_label("Clear an alley or wasteland").check()
    page.get_by_label("What is wrong, and what should be done?").fill(WORDS)
    on()
    for title in SKIPPED:
        assert heading(page) == title
        on()
    for number in range(photos):
        add_photo(page, number)
    on("Continue")
    page.get_by_label("Do not contact me. I will look with my receipt").check()
    on()
    on()
    page.get_by_label("As soon as the board endorses it").check()
    on()
    seen.append(heading(page))
    look(page)
    page.get_by_label("Type your receipt").fill(receipt)
    press(page, "Send it")
    seen.append(heading(page))
    look(page)
    return seen, receipt


def test_somebody_nominates_on_a_phone_in_minutes(visit, record_property, capsys):
    begun = time.monotonic()
    page = visit("camden", ADDRESS, viewport=PHONE).page
    seen, _receipt = whole_journey(page)
    seconds = round(time.monotonic() - begun, 1)
    assert seen[-2:] == ["Check your answers", "It is sent"]
    assert page.title().strip().startswith("Your area")
    assert re.search(r"CP-[2-9A-Z]{7}", page.locator(".snb-done").inner_text())
    record_property("seconds", seconds)
    with capsys.disabled():
        print(f"\nfirst page to reference: {len(seen) + 2} pages, {seconds} s by script")


def test_somebody_nominates_without_javascript(visit):
    page = visit("camden", ADDRESS, viewport=PHONE, java_script_enabled=False).page
    seen, _receipt = whole_journey(page)
    assert seen[-1] == "It is sent"


def test_every_page_of_the_journey_is_accessible_and_fits(visit):
    seen = visit("camden", ADDRESS, viewport=NARROW)
    wrong: list = []

    def look(page: Page) -> None:
        name = heading(page)
        violations = Axe().run(page, options=AXE).response["violations"]
        wrong.extend((name, rule["id"], [node["target"] for node in rule["nodes"]]) for rule in violations)
        if page.evaluate(HEADINGS).count(1) != 1:
            wrong.append((name, "headings"))
        if page.evaluate(WIDER_THAN_THE_WINDOW):
            wrong.append((name, "too wide"))
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        wrong.extend((name, what) for what in (*page.evaluate(CUT_OFF), *page.evaluate(OVERLAPPING)))
        if page.evaluate(WIDER_THAN_THE_WINDOW):
            wrong.append((name, "too wide with large text"))

    whole_journey(seen.page, look, photos=2)
    assert wrong == []
    assert seen.complaints == []


@pytest.mark.parametrize("javascript", [True, False])
def test_the_check_of_the_answers_shows_the_photos(visit, javascript):
    page = visit("camden", ADDRESS, viewport=PHONE, java_script_enabled=javascript).page
    shown: list[tuple[str, int]] = []

    def look(page: Page) -> None:
        if heading(page) == "Photos of the place":
            tops = {(item.bounding_box() or {})["y"] for item in page.locator(".snb-photos li").all()}
            assert len(tops) == 1  # side by side, so that the field for the next one is near
        if heading(page) == "Check your answers":
            page.wait_for_load_state("networkidle")
            pictures = page.locator("main .snb-photos--small img")
            shown.extend(
                (picture.get_attribute("alt"), (picture.bounding_box() or {})["width"])
                for picture in pictures.all()
            )
            row = page.locator(".govuk-summary-list__row", has=page.locator("img"))
            expect(row.get_by_role("button", name="Change Photos")).to_be_visible()

    whole_journey(page, look, photos=2)
    assert [alt for alt, _width in shown] == ["Your photo 1 of 2", "Your photo 2 of 2"]
    assert all(80 <= width <= 160 for _alt, width in shown)


def test_somebody_nominates_with_the_keyboard_alone(visit):
    page = visit("camden", ADDRESS, viewport=PHONE).page

    def send(words: str) -> None:
        tab_to(page, words)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    send("Start")
    for label in (
        "It helps the local community.",
        "It is nobody’s paid job.",
        "Nobody makes a profit from it.",
        "It looks safe to do, with care.",
    ):
        tab_to(page, label)
        page.keyboard.press("Space")
    send("Continue")
    receipt = page.locator(".snb-receipt").inner_text()
    send("I have written it down")
    tab_to(page, "Describe the place")
    page.keyboard.type("The alley by the green gate.")
    send("Continue")
    tab_to(page, "Ward")
    page.keyboard.type("Highgate")
    send("Continue")
    page.keyboard.press("Tab")
    page.locator("#id_work_0").focus()
    page.keyboard.press("Space")
    page.locator("#id_what").focus()
    page.keyboard.type(WORDS)
    send("Continue")
    for title in SKIPPED:
        assert heading(page) == title
        send("Continue")
    send("Continue")
    page.locator("#id_tell_0").focus()
    page.keyboard.press("Space")
    send("Continue")
    send("Continue")
    page.locator("#id_show_0").focus()
    page.keyboard.press("Space")
    send("Continue")
    tab_to(page, "Type your receipt")
    page.keyboard.type(receipt)
    send("Send it")
    assert heading(page) == "It is sent"


@pytest.mark.parametrize("javascript", [True, False])
def test_back_after_the_way_out_shows_nothing_of_it(visit, server, javascript):
    page = visit("camden", ADDRESS, viewport=PHONE, java_script_enabled=javascript).page
    begin(page)
    page.get_by_label("Describe the place").fill("The alley by the green gate.")
    press(page, "Continue")
    page.get_by_label("Ward").select_option(label="Highgate")
    press(page, "Continue")
    page.get_by_label("What is wrong, and what should be done?").fill(WORDS)
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url(elsewhere(server.port))
    assert [
        cookie for cookie in page.context.cookies() if cookie["name"] in {"snb_form", "snb_session"}
    ] == []
    for _step in range(8):
        with contextlib.suppress(
            PlaywrightError
        ):  # a page that answered a form is not shown again: ERR_CACHE_MISS
            page.go_back()
        page.wait_for_timeout(150)
        text = page.content()
        assert WORDS not in text
        assert "green gate" not in text
        assert page.locator("textarea").count() == 0
        if page.url == "about:blank":
            break


def test_three_presses_of_shift_leave_and_sign_out(visit, server):
    seen = visit("camden", ADDRESS, email="leaver@example.org")
    for _press in range(3):
        seen.page.keyboard.press("Shift")
    seen.page.wait_for_url(elsewhere(server.port))
    assert [cookie for cookie in seen.context.cookies() if cookie["name"] == "snb_session"] == []


def test_the_way_out_is_in_sight_wherever_one_is_and_hides_no_focus(visit):
    page = visit("camden", ADDRESS, viewport=NARROW).page
    link = page.get_by_role("link", name="Exit this page")
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    expect(link).to_be_in_viewport()
    box = link.bounding_box()
    assert box
    assert box["height"] >= 44
    page.evaluate("() => scrollTo(0, 0)")
    for _stop in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const here = document.activeElement, way = document.querySelector('.snb-exit__button');
              if (here === way || here === document.body) return false;
              const a = here.getBoundingClientRect(), b = way.getBoundingClientRect();
              return a.top >= b.top && a.bottom <= b.bottom && a.left >= b.left && a.right <= b.right;
            }"""
        )
        assert not hidden


def test_the_status_page_is_accessible_and_takes_an_answer(visit):
    page = visit("camden", "/payback/status/", viewport=PHONE).page
    page.get_by_label("Your receipt").fill(RECEIPTS["asked"].lower())
    press(page, "Continue")
    expect(page.get_by_text("Is the gate locked?")).to_be_visible()
    assert Axe().run(page, options=AXE).response["violations"] == []
    press(page, "Send the answer")
    expect(page.locator("main").get_by_text("Write an answer.").first).to_be_visible()
    page.get_by_label("Your answer").fill("Only at night.")
    press(page, "Send the answer")
    expect(page.locator("main").get_by_text("Only at night.")).to_be_visible()
    press(page, "Finish and close")
    expect(page.get_by_text("It is closed.")).to_be_visible()
    page.goto(f"{page.url.rstrip('/')}/payback/status/")
    expect(page.get_by_label("Your receipt")).to_have_value("")


def test_a_screener_draws_boxes_on_a_photo(visit):
    page = visit("camden", "/desk/payback/CP-SCREEN2/", email="screener@example.org").page
    with page.expect_navigation():
        page.locator(".snb-photos a").first.click()
    assert Axe().run(page, options=AXE).response["violations"] == []
    frame = page.locator(".snb-boxer__layer").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 40, frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + 140, frame["y"] + 120)
    page.mouse.up()
    drawn = page.get_by_label("What is covered").input_value()
    assert re.fullmatch(r"[\d.]+ [\d.]+ [\d.]+ [\d.]+", drawn.splitlines()[-1])
    page.get_by_label("What does it show?").fill("An alley.")
    press(page, "Publish with these boxes")
    expect(page.get_by_text("The photo is published with the boxes burnt in.")).to_be_visible()
