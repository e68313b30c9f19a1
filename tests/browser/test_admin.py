"""The editor's admin in Chromium: it works under its own policy, without a complaint and without a word to anybody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.utils.text import slugify
from PIL import Image
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import Visit
from tests.browser.server import DOMAIN, Server

pytestmark = pytest.mark.browser

EDITOR = "chair@example.org"
LISTS = (
    "images/",
    "images/multiple/add/",
    "documents/",
    "documents/multiple/add/",
    "account/",
    "pages/",
    "pages/search/?q=news",
)


def hosts(opened: Visit) -> set[str]:
    """Every host the browser has asked for anything."""
    return {
        urlsplit(address).netloc for address in opened.addresses if not address.startswith(("data:", "blob:"))
    }


def complaints(opened: Visit) -> list[str]:
    """What Chromium complained of, the names in Permissions-Policy apart that this build does not know."""
    return [text for text in opened.complaints if "Permissions-Policy" not in text]


TITLES = ("A crossing for Highgate", "A second crossing", "A third crossing")


def picture(number: int) -> dict[str, object]:
    """A real PNG, as a file chosen in a form; another one for each number."""
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 100, 20 + number)).save(buffer, "PNG")
    return {"name": "street.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def write_an_article(page: Page, number: int) -> None:
    """Title, introduction, a text block with a link, a picture: saved as a draft."""
    page.get_by_role("link", name="Write your first news").click()
    page.locator("#id_title").fill(TITLES[number])
    page.locator("#id_intro").fill("It opens on Monday.")
    page.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text").first.click()
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("Come to the library.")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+k")
    chooser = page.locator(".modal.in, dialog[open]").last
    expect(chooser.get_by_role("link", name="News", exact=True)).to_be_visible()
    expect(chooser.get_by_text("Brent")).to_have_count(0)
    chooser.get_by_role("link", name="News", exact=True).click()
    expect(page.locator(".public-DraftEditor-content .TooltipEntity")).to_be_visible()
    page.get_by_role("button", name="Choose an image").first.click()
    page.get_by_role("tab", name="Upload").click()
    page.locator("#id_image-chooser-upload-file").set_input_files([picture(number)])
    page.locator("#id_image-chooser-upload-title").fill("Our street")
    page.locator(".modal button[type=submit]:visible").last.click()
    expect(page.locator("#id_image-title")).to_have_text("Our street")
    # It saves itself too, at a moment of its own choosing; who presses the button need not wait for that.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/edit/**", timeout=15_000)
    page.wait_for_load_state("networkidle")


def test_each_list_of_the_admin_is_quiet_and_stays_at_home(visit: Callable[..., Visit], server: Server):
    opened = visit("london", "/admin/", email=EDITOR)
    expect(opened.page.get_by_role("link", name="See your site")).to_be_visible()
    for path in LISTS:
        opened.page.goto(server.url("london", f"/admin/{path}"))
        opened.page.wait_for_load_state("networkidle")
    assert complaints(opened) == []
    assert hosts(opened) == {f"{DOMAIN}:{server.port}"}


def test_an_article_is_written_previewed_and_published(visit: Callable[..., Visit], server: Server):
    opened = visit("london", "/admin/", email=EDITOR)
    page = opened.page
    for number in range(3):
        # Now and then the editor's own saving and the button meet, and the page stays where it was: begin again, as a person would.
        try:
            write_an_article(page, number)
            break
        except (PlaywrightTimeout, AssertionError):
            print(
                [
                    (each.request.method, each.url, each.status)
                    for each in opened.answers
                    if each.status >= 400
                ]
            )
            page.goto(server.url("london", "/admin/"))
    else:
        pytest.fail("No article could be written in three tries.")
    expect(page.get_by_label("Toggle checks")).to_be_hidden()
    page.get_by_label("Toggle preview").click()
    shown = page.frame_locator("iframe[src*='in_preview_panel']")
    expect(shown.get_by_role("heading", name=TITLES[number])).to_be_visible(timeout=15_000)
    expect(shown.get_by_text("Come to the library.")).to_be_visible()
    page.get_by_label("Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    page.locator("#id_go_live_at").click()
    expect(page.locator(".xdsoft_datetimepicker:visible").first).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".public-DraftEditor-content")).to_contain_text("Come to the library.")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/admin/pages/*/")
    # 400 is what Wagtail answers to its own saving that comes just after the button's: nothing is lost.
    assert [text for text in complaints(opened) if "status of 400" not in text] == []
    assert hosts(opened) == {f"{DOMAIN}:{server.port}"}
    public = visit("camden", f"/news/{slugify(TITLES[number])}/")
    expect(public.page.get_by_role("heading", name=TITLES[number])).to_be_visible()
    assert public.page.locator("wagtail-userbar").count() == 0
