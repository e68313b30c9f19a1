"""The admin's own content security policy: the site's, widened by what Wagtail's editor needs and nothing more."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpResponse

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
CALL = re.compile(
    # The two dates of "Set schedule" and any other date field; a picture, document or page field outside a StreamField.
    r'(?:init(?:Date|Time|DateTime)Chooser|new (?:Page|Image|Document)?Chooser)\("[\w.-]+", (?P<options>\{.*\})\);',
    re.DOTALL,
)
PANEL = re.compile(
    # A list of sub-forms; its options are a string literal in which every special character is escaped.
    r'\s*\(function\(\) \{\s*var panel = new InlinePanel\(JSON\.parse\("(?:[\w .,:/+-]|\\u[0-9A-F]{4})*"\)\);\s*\}\)\(\);\s*',
)


def is_wagtails(script: str) -> bool:
    """Whether an inline script is, whole, one of those that Wagtail 8.0 writes: one call with an id and plain data."""
    call = CALL.fullmatch(script)
    if call is None:
        return PANEL.fullmatch(script) is not None
    try:
        json.loads(call["options"])
    except ValueError:
        return False
    return True


def apply_admin_policy(response: HttpResponse, *, preview: bool, editor: bool) -> HttpResponse:
    """Give an admin response its policy.

    Args:
        preview: a public page inside the editor's frame: it keeps the public policy, but our own origin may frame it.
        editor: the page editor itself.
    """
    directives = dict(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    if preview:
        directives["frame-ancestors"] = [SELF]
        response["X-Frame-Options"] = "SAMEORIGIN"
    else:
        directives["script-src"] = [SELF, *known_hashes(response)]
        if editor:
            # The rich text editor writes a style element for each empty paragraph, under a random key: no hash can name it.
            # Style attributes stay forbidden, and so does everything on every other page of the admin.
            directives["style-src-elem"] = [SELF, UNSAFE_INLINE]
        directives["img-src"] = [SELF, "data:", "blob:"]
        directives["frame-src"] = [SELF]
        directives["frame-ancestors"] = [NONE]
        response["X-Frame-Options"] = "DENY"
    # The page that was previewed went through the whole chain and carries the public policy already.
    if "Content-Security-Policy" in response:
        del response["Content-Security-Policy"]
    response._csp_config = directives  # type: ignore[attr-defined]
    return response


def known_hashes(response: HttpResponse) -> list[str]:
    """CSP sources of the inline scripts in a response that are Wagtail's own."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return []
    scripts = {match[1] for match in INLINE_SCRIPT.finditer(response.content.decode())}
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts if is_wagtails(script))
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
