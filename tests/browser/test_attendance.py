"""Attendance by keyboard alone: mark, see the quorum change, save."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

PATH = "/desk/meetings/in-the-room/attendance/"


def test_attendance_is_taken_by_keyboard_and_the_quorum_is_said_at_once(visit):
    seen = visit("camden", PATH, email="chair@example.org", viewport=PHONE)
    page = seen.page
    quorum = page.locator("[data-quorum]")
    assert quorum.inner_text() == "Voting members there: 0 of 5. The quorum is 2: 2 too few."
    first = page.locator("[data-member]").nth(0).locator("input[type=radio]").first
    first.focus()
    page.keyboard.press("Space")
    assert quorum.inner_text() == "Voting members there: 1 of 5. The quorum is 2: 1 too few."
    page.keyboard.press("Tab")  # the vote of the first
    page.keyboard.press("Tab")  # the second member
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")  # online
    assert quorum.inner_text() == "Voting members there: 2 of 5. The quorum of 2 is met."
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")  # the first has no vote after all
    assert quorum.inner_text() == "Voting members there: 1 of 4. The quorum is 2: 1 too few."
    page.keyboard.press("Space")
    page.locator("[name=guest_name_1]").focus()
    page.keyboard.type("PC Demo")
    page.keyboard.press("Enter")
    page.locator(".snb-notice--success").wait_for()
    assert page.locator("[data-quorum]").inner_text() == (
        "Voting members there: 2 of 5. The quorum of 2 is met."
    )
    assert page.locator("[name=guest_name_1]").input_value() == "PC Demo"
    assert seen.complaints == []


def test_attendance_says_the_quorum_without_javascript(visit):
    page = visit("camden", PATH, email="chair@example.org", java_script_enabled=False).page
    assert page.locator("[data-quorum]").inner_text().startswith("Voting members there: ")
