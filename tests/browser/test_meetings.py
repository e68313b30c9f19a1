"""A secretary plans a meeting, fills its agenda and adds a paper: by keyboard alone, with and without JavaScript."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

SECRETARY = "secretary@example.org"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NAME = """() => {
  const e = document.activeElement;
  return (e.labels?.[0]?.innerText || e.innerText || e.value || '').trim().replace(/\\s+/g, ' ');
}"""


def tab_to(page, words: str, *, most: int = 120) -> None:
    """Press Tab until what has the focus is called so."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(NAME))
        if seen[-1].startswith(words):
            return
    raise AssertionError(f"{words!r} is not reached by the Tab key: {seen}")


@pytest.mark.parametrize("scripts", [True, False])
def test_meeting_is_planned_its_agenda_filled_and_a_paper_added_by_keyboard(visit, scripts):
    page = visit(
        "camden", "/desk/meetings/", email=SECRETARY, viewport=DESK, java_script_enabled=scripts
    ).page
    tab_to(page, "Plan a meeting")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/meetings/plan/")
    tab_to(page, "What do you want to plan?")
    page.keyboard.type("Board")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/?what=board")
    title = f"Keyboard meeting {'with' if scripts else 'without'} scripts"
    tab_to(page, "Day")
    page.keyboard.type(f"{date.today() + timedelta(days=33):%m%d%Y}")
    tab_to(page, "Name of the meeting")
    page.keyboard.press("Control+A")
    page.keyboard.type(title)
    tab_to(page, "Save the plan")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=title).wait_for()

    tab_to(page, "Begin with the standing agenda")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agenda/")
    titles = page.locator("input[name$='-title']")
    assert titles.count() == 14
    tab_to(page, "Move down item 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agenda/#item-1")
    assert titles.nth(1).input_value() == "Apologies and introductions"
    page.locator("#item-0 input[name$='-title']").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Welcome by the chair")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=3, name="1. Welcome by the chair").wait_for()

    tab_to(page, "Papers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/")
    tab_to(page, "For which item?")
    page.keyboard.type("5.")
    tab_to(page, "Name of the paper")
    page.keyboard.type("Police report")
    # The browser's own window for choosing a file cannot be driven by keys here: the file is put in, the rest is typed.
    page.locator("input[type=file]").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    tab_to(page, "Add the paper")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Police report").wait_for()


def test_rows_keep_what_was_typed_when_one_is_added_on_a_phone(visit):
    page = visit("camden", "/desk/meetings/draft/agenda/", email=SECRETARY, viewport=PHONE).page
    before = page.locator("input[name$='-title']").count()
    page.locator("input[name='items-0-minutes']").fill("7")
    page.get_by_role("button", name="Add an item").click()
    page.wait_for_url(f"**/agenda/#item-{before}")
    assert page.locator("input[name$='-title']").count() == before + 1
    assert page.locator("input[name='items-0-minutes']").input_value() == "7"
    page.locator(f"input[name='items-{before}-title']").fill("Late item")
    page.get_by_role("button", name=f"Move up item {before + 1}").click()
    page.wait_for_url(f"**/agenda/#item-{before - 1}")
    assert page.locator(f"input[name='items-{before - 1}-title']").input_value() == "Late item"


def test_what_the_portal_adds_to_an_agenda_gives_no_number_that_it_does_not_mean(visit):
    page = visit("camden", "/meetings/published/").page
    folded = page.locator("summary", has_text="Actions outstanding")
    expect(folded).to_have_text("Actions outstanding")
    folded.click()
    expect(page.get_by_text("3 outstanding, 2 of them overdue.")).to_be_visible()
