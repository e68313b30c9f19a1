"""What holds on each kind of page."""

from __future__ import annotations

import gzip
import itertools
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import DESK, NARROW, PHONE
from tests.browser.pages import KINDS
from tests.browser.server import DOMAIN

pytestmark = pytest.mark.browser

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OURS = {DOMAIN, *(f"{name}.{DOMAIN}" for name in ("camden", "brent", "lewisham"))}
WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(h => h.checkVisibility()).map(h => +h.tagName[1])"""
CUT_OFF = """() => [...document.querySelectorAll('a, button, p, h1, h2, h3, li, label, summary, td, th')]
  .filter(e => e.checkVisibility() && getComputedStyle(e).overflow !== 'visible' && e.clientWidth > 1
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
  .map(e => e.outerHTML.slice(0, 120))"""
OVERLAPPING = """() => {
  const words = 'h1, h2, h3, p, label, button, .govuk-button, input';
  const boxes = [...document.querySelectorAll(`main :is(${words}), header :is(a, summary)`)]
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .filter(e => !e.closest('svg, .govuk-visually-hidden, .govuk-skip-link'))
    .map(e => [e, e.getBoundingClientRect()]).filter(([e, b]) => b.width > 4 && b.height > 4);
  const found = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    if (a.contains(b) || b.contains(a)) return;
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 3 && high > 6) found.push(a.outerHTML.slice(0, 80) + ' × ' + b.outerHTML.slice(0, 80));
  }));
  return found;
}"""


@pytest.fixture(params=KINDS, ids=str)
def kind(request):
    """Each kind of page in turn."""
    return request.param


def test_page_is_accessible_quiet_and_asks_nobody_else(kind, visit):
    seen = visit(kind.site, kind.path, email=kind.email, viewport=DESK)
    violations = Axe().run(seen.page, options=AXE).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in violations] == []
    assert {urlsplit(address).hostname for address in seen.addresses} <= OURS
    missing = ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert seen.complaints == (missing if kind.status == 404 else [])
    levels = seen.page.evaluate(HEADINGS)
    assert levels.count(1) == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] - pair[0] > 1] == []


def test_page_fits_a_narrow_phone_and_bears_large_text(kind, visit):
    page = visit(kind.site, kind.path, email=kind.email, viewport=NARROW).page
    assert page.evaluate(WIDER_THAN_THE_WINDOW) == 0
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        page.wait_for_timeout(50)
        assert page.evaluate(WIDER_THAN_THE_WINDOW) == 0
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(OVERLAPPING) == []


def test_page_says_its_thing_without_javascript(kind, visit):
    page = visit(kind.site, kind.path, email=kind.email, viewport=PHONE, java_script_enabled=False).page
    assert page.locator("main h1").count() == 1
    assert page.locator("main h1").is_visible()
    page.locator("summary.snb-menu__button").click()
    assert page.locator(".snb-menu__panel a").first.is_visible()


@pytest.mark.parametrize("site", ["london", "camden"])
def test_front_page_weighs_at_most_100_kb_without_images(site, visit):
    seen = visit(site)
    seen.page.wait_for_load_state("networkidle")
    weight = {}
    for answer in seen.answers:
        if not answer.headers.get("content-type", "").startswith("image/"):
            body = answer.body()
            weight[answer.url] = len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body, 6))
    assert len(weight) >= 4
    assert sum(weight.values()) <= 100_000, weight
