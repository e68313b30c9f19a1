"""What a browser makes of the data about a meeting, of its calendar and its PDF."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser

DATA = '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event"}</script>'
FETCH = """async path => {
  const answer = await fetch(path);
  const begins = (await answer.text()).slice(0, 8);
  return { status: answer.status, kind: answer.headers.get('content-type'), begins };
}"""
PROGRAM = "<script>document.title = 'ran'</script>"


@pytest.mark.parametrize(("block", "complains"), [(DATA, False), (PROGRAM, True)])
def test_the_policy_lets_data_stand_in_a_page_and_stops_a_program(visit, server, block, complains):
    seen = visit("camden", "/about/", viewport=DESK)
    policy = seen.answers[0].headers["content-security-policy"]
    assert "script-src" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    head = {"content-security-policy": policy, "content-type": "text/html; charset=utf-8"}
    body = f"<!DOCTYPE html><html lang=en><title>still</title>{block}<h1>A meeting</h1></html>"
    seen.page.route("**/with-data/", lambda route: route.fulfill(status=200, headers=head, body=body))
    seen.complaints.clear()
    seen.page.goto(server.url("camden", "/with-data/"))
    seen.page.wait_for_timeout(200)
    assert bool(seen.complaints) is complains
    assert seen.page.title() == "still"
    if not complains:
        text = seen.page.locator("script[type='application/ld+json']").text_content()
        assert json.loads(text)["@type"] == "Event"


def test_calendar_feed_and_pdf_of_a_published_meeting_answer(visit):
    page = visit("camden", "/about/", viewport=DESK).page
    kinds = {
        "/meetings/published/meeting.ics": "text/calendar; charset=utf-8",
        "/meetings/calendar.ics": "text/calendar; charset=utf-8",
        "/meetings/feed/": "application/atom+xml; charset=utf-8",
        "/meetings/published/agenda.pdf": "application/pdf",
    }
    found = {path: page.evaluate(FETCH, path) for path in kinds}
    assert {path: answer["kind"] for path, answer in found.items()} == kinds
    assert {answer["status"] for answer in found.values()} == {200}
    assert found["/meetings/published/agenda.pdf"]["begins"] == "%PDF-1.7"


def test_a_chair_makes_a_pack_with_one_button(visit):
    page = visit("camden", "/desk/meetings/published/pack/", email="chair@example.org", viewport=DESK).page
    before = page.locator(".snb-card").count()
    page.get_by_role("button", name="Make a pack now").click()
    page.get_by_role("heading", level=1, name=f"Meeting pack {before + 1}").wait_for()
    assert page.get_by_role("button", name="Open the PDF").is_visible()


def test_paper_shows_what_the_agenda_folds_away_and_no_addresses_within_the_site(visit):
    page = visit("camden", "/meetings/published/", viewport=DESK).page
    folded = page.locator("details.snb-agenda__facts .govuk-details__text").first
    assert folded.bounding_box()["height"] == 0 or not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 20
    after = "(link) => getComputedStyle(link, '::after').content"
    assert page.locator("main .snb-agenda__lines .govuk-link").first.evaluate(after) == "none"
