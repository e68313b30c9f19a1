"""Pictures of every kind of page into var/screenshots: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from portal.environment import VAR
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, PHONE
from tests.browser.pages import KINDS
from tests.browser.server import running_server


def main() -> None:
    """Serve, look, write."""
    folder = VAR / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("Starting a portal to look at…\n")
    with running_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for kind in KINDS:
            for viewport in (PHONE, DESK):
                context = browser.new_context(viewport=viewport)
                if kind.email:
                    context.add_cookies([server.cookie(kind.email)])
                page = context.new_page()
                page.goto(server.url(kind.site, kind.path))
                name = f"{kind.name.replace(' ', '-')}-{viewport['width']}.png"
                page.screenshot(path=folder / name, full_page=True)
                context.close()
        browser.close()
    sys.stdout.write(f"{len(KINDS) * 2} pictures are in {folder}.\n")


if __name__ == "__main__":
    main()
