"""Everything by keyboard: the way past the header, the menu, the search, the forms."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

FOCUSED = "() => (document.activeElement.innerText || document.activeElement.value || '').trim()"
SHOWS_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && style.outlineWidth !== '0px' || style.boxShadow !== 'none';
}"""


def test_skip_link_is_first_and_leads_to_the_main_part(visit):
    page = visit("camden").page
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_menu_is_walked_in_reading_order_and_shows_where_one_is(visit):
    page = visit("camden", viewport=DESK).page
    seen = []
    for _ in range(11):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS)
        seen.append(page.evaluate(FOCUSED))
    assert seen[2:] == [
        "Home",
        "Wards",
        "Meetings",
        "Payback",
        "News",
        "About",
        "Help",
        "Search",
        "Sign in",
    ]


def test_phone_menu_opens_by_enter_and_closes_by_escape(visit):
    page = visit("camden", viewport=PHONE).page
    page.locator("summary.snb-menu__button").focus()
    page.keyboard.press("Enter")
    assert page.locator(".snb-menu__panel").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Home"
    page.keyboard.press("Escape")
    assert not page.locator(".snb-menu__panel").is_visible()
    assert page.evaluate(FOCUSED) == "Menu"


def test_search_is_reached_filled_and_sent_by_keyboard(visit):
    page = visit("camden", "/search/").page
    page.locator("main input[name=q]").focus()
    page.keyboard.type("highgate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=highgate")
    assert page.locator("main a", has_text="Highgate").count() >= 1


def test_errors_of_a_form_are_summed_up_and_lead_to_the_field(visit):
    page = visit("london", "/accounts/login/").page
    page.get_by_role("button", name="Email me a code").click()
    page.locator(".govuk-error-summary").wait_for()
    assert page.title().strip().startswith("Error:")
    link = page.locator(".govuk-error-summary a").first
    assert page.evaluate("() => document.activeElement.className") == "govuk-error-summary"
    target = link.get_attribute("href")
    link.click()
    assert page.evaluate("() => '#' + document.activeElement.id") == target
