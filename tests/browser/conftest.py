"""Chromium and a server for the browser tests.

Everything here lives as long as this package's tests: Playwright's loop, once running, would make Django
refuse the database to every test after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from tests.browser.server import Server, running_server

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
NARROW = {"width": 320, "height": 640}
LOUD = {"error", "warning"}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Headless Chromium; without one the tests are skipped, or fail in CI, where nothing may be missing."""
    if not Path(CHROMIUM).exists():
        reason = f"there is no Chromium at {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """A portal of its own, with boards open and people in it."""
    with running_server() as running:
        yield running


@dataclass
class Visit:
    """A page, and what happened while it was used."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def refuse(self, request: Request) -> None:
        """Note a request that failed. One that the page itself gave up, as a preview that is drawn anew, was not refused."""
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"refused: {request.url}")

    @property
    def addresses(self) -> list[str]:
        """Every address that answered; one that was refused stands among the complaints."""
        return [answer.url for answer in self.answers]


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """`visit("camden", "/wards/")`: a page for a new visitor; `email` signs in, `options` are the context's."""
    contexts: list[BrowserContext] = []

    def open_page(
        site: str, path: str = "/", *, email: str = "", viewport: dict[str, int] = DESK, **options
    ) -> Visit:
        context = chromium.new_context(viewport=viewport, **options)
        contexts.append(context)
        if email:
            context.add_cookies([server.cookie(email)])
        made = Visit(context.new_page(), context)
        made.page.on("console", lambda said: said.type in LOUD and made.complaints.append(said.text))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("response", lambda answer: made.answers.append(answer))
        made.page.on("requestfailed", lambda request: made.refuse(request))
        made.page.goto(server.url(site, path))
        return made

    yield open_page
    for context in contexts:
        context.close()
