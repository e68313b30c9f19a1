"""From the secretary's Word file to minutes that everybody reads: by keyboard alone, with and without scripts; an editor, a chair, a reader."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_meetings import tab_to

pytestmark = pytest.mark.browser

SECRETARY, CHAIR = "secretary@example.org", "chair@example.org"
FILE = Path(__file__).parent.parent / "meetings" / "word" / "files" / "bold-headings.docx"


def press(page: Page, words: str) -> None:
    """Reach a link or button by the Tab key and press it, and see the next page."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("scripts", "slug"), [(True, "word-keys"), (False, "word-plain")])
def test_a_word_file_becomes_minutes_by_keyboard_and_a_second_person_publishes(visit, scripts, slug):
    desk = f"/desk/meetings/{slug}/minutes/"
    page = visit("camden", desk, email=SECRETARY, viewport=PHONE, java_script_enabled=scripts).page
    # The browser's own window for choosing a file cannot be driven by keys here: the file is put in, the rest is keys.
    page.locator("input[type=file]").set_input_files(FILE)
    press(page, "See what it becomes")
    expect(page.get_by_role("heading", level=1, name="What your file becomes")).to_be_visible()
    expect(page.get_by_text("No word is lost")).to_be_visible()
    assert page.get_by_role("region", name="The page").locator("h2").count() > 1
    for box in page.get_by_label("Who", exact=True).all():
        if not box.input_value():
            box.fill("Secretary")
    press(page, "Use this as the minutes")
    expect(page.get_by_text("You wrote some of this, so somebody else publishes it.")).to_be_visible()
    assert page.get_by_role("button", name="Publish as a draft").count() == 0

    page = visit("camden", desk, email=CHAIR, viewport=PHONE, java_script_enabled=scripts).page
    press(page, "Publish as a draft")
    expect(page.get_by_text("Published. Next: agree them at a meeting.")).to_be_visible()
    public = visit("camden", f"/meetings/{slug}/minutes/", viewport=PHONE, java_script_enabled=scripts).page
    expect(public.get_by_text("A draft, to be agreed at a later meeting.")).to_be_visible()
    assert public.locator("article h2").count() > 1


def test_an_editor_changes_the_text_in_wagtail_and_finds_no_way_to_publish(visit):
    page = visit("camden", "/desk/meetings/drafted/minutes/", email=SECRETARY, viewport=DESK).page
    with page.expect_navigation():
        page.get_by_role("link", name="Change the text in the editor").click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="Publish").count() == 0
    heading = page.locator("input[name='body-0-value-text']")
    expect(heading).to_have_value("1. Welcome")
    heading.fill("1. Welcome and introductions")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_load_state("networkidle")
    desk = visit("camden", "/desk/meetings/drafted/minutes/", email=SECRETARY, viewport=DESK).page
    expect(desk.get_by_role("region", name="The text as it stands")).to_contain_text(
        "Welcome and introductions"
    )
    assert (
        visit("camden", "/meetings/drafted/minutes/").page.locator("main").inner_text().find("Welcome") == -1
    )


def test_a_reader_without_an_account_reads_and_comments_by_keyboard(visit, server):
    page = visit("london", server.links["review"], viewport=PHONE).page
    expect(page.get_by_role("region", name="The draft")).to_contain_text("The chair welcomed everybody.")
    tab_to(page, "Your comment")
    page.keyboard.type("It was the vice-chair who welcomed us.")
    press(page, "Send the comment")
    assert "You can use this link again" in page.locator("main").inner_text()
    desk = visit("camden", "/desk/meetings/drafted/minutes/", email=SECRETARY, viewport=PHONE).page
    expect(desk.get_by_text("It was the vice-chair who welcomed us.")).to_be_visible()


def test_approval_by_keyboard(visit):
    page = visit("camden", "/desk/meetings/agree/minutes/", email=CHAIR, viewport=PHONE).page
    press(page, "They were agreed")
    page.get_by_label("Board meeting").first.focus()
    page.keyboard.press("Space")
    press(page, "Record that they were agreed")
    expect(page.get_by_text("Approved at the meeting of")).to_be_visible()
    public = visit("camden", "/meetings/agree/minutes/", viewport=PHONE).page
    expect(public.get_by_text("Agreed as a true record at the meeting")).to_be_visible()


def test_what_was_typed_is_there_again_after_the_sign_in_ran_out(visit, server):
    opened = visit("camden", "/desk/meetings/word-typed/minutes/write/", email=SECRETARY)
    page, typed = opened.page, "The chair welcomed everybody, and I typed for two hours."
    box = page.get_by_label("Welcome")
    box.fill(typed)
    opened.context.clear_cookies(name="snb_session")
    with page.expect_navigation(url="**/accounts/login/**"):
        page.get_by_role("button", name="Save").click()
    opened.context.add_cookies([server.cookie(SECRETARY)])
    page.goto(server.url("camden", "/desk/meetings/word-typed/minutes/write/"))
    expect(box).to_have_value(typed)
    expect(page.get_by_role("status").filter(has_text="not saved yet")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(server.url("camden", "/desk/meetings/word-typed/minutes/write/"))
    expect(box).to_have_value(typed)
    expect(page.get_by_text("It is not saved yet.")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('typed'))") == []


@pytest.mark.parametrize("part", ["attendance", "questions", "pack"])
def test_a_page_of_a_meeting_leads_back_to_the_meeting(visit, part):
    page = visit("camden", f"/desk/meetings/published/{part}/", email=CHAIR, viewport=PHONE).page
    with page.expect_navigation(url="**/desk/meetings/published/"):
        page.get_by_role("link", name="Board meeting", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Board meeting")


def test_columns_of_the_files_tables_stand_apart_beside_the_report(visit):
    address = f"/desk/meetings/due/minutes/word/{UUID(int=1)}/"
    page = visit("camden", address, email=SECRETARY, viewport=PHONE).page
    gap = "(cell) => parseFloat(getComputedStyle(cell).paddingInlineEnd)"
    assert page.locator(".snb-proof__page td").first.evaluate(gap) >= 12


def test_on_a_phone_the_minutes_end_before_what_stands_beside_them_begins(visit):
    page = visit("camden", "/meetings/waiting/minutes/", viewport=PHONE).page
    text, beside = (
        page.locator(one).first.bounding_box() for one in ("article.snb-minutes", "aside.snb-panel")
    )
    assert beside["y"] - (text["y"] + text["height"]) >= 16
