"""What a browser would post: read from the form that Wagtail shows."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside, self.fields = form_id, False, {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form" and (
            found.get("id") == self.form_id
            or (not self.form_id and found.get("method", "").lower() == "post")
        ):
            self.inside = True
        name = found.get("name")
        if not self.inside:
            return
        if tag == "input" and name and found.get("type") not in {"submit", "file", "button"}:
            if found.get("type") not in {"checkbox", "radio"} or "checked" in found:
                self.fields[name] = found.get("value") or ("on" if found.get("type") == "checkbox" else "")
        elif tag == "select" and name:
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = found.get("value") or ""
        elif tag == "textarea" and name:
            self._area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def shown_form(client: Client, address: str, form_id: str = "page-edit-form") -> dict[str, Any]:
    """Names and values of the form at an address; a body is empty until blocks are added."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    parser = _Fields(form_id)
    parser.feed(response.content.decode())
    assert parser.fields, address
    # StreamField and its kin write their inputs in the browser.
    return {
        "body-count": "0",
        **{name: value for name, value in parser.fields.items() if not name.startswith("csrf")},
    }


def stream(*blocks: tuple[str, dict[str, Any]], name: str = "body") -> dict[str, Any]:
    """The inputs of a StreamField: each block a kind and what follows `-value`."""
    body: dict[str, Any] = {f"{name}-count": str(len(blocks))}
    for index, (kind, values) in enumerate(blocks):
        place = f"{name}-{index}"
        body |= {
            f"{place}-type": kind,
            f"{place}-order": str(index),
            f"{place}-deleted": "",
            f"{place}-id": "",
        }
        body |= {f"{place}-value{key}": value for key, value in values.items()}
    return body
