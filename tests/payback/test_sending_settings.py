"""Providers' systems come from the settings, whole or with a clear error."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from payback.clients import Destination
from portal.environment import destinations

WHOLE = {
    "url": "https://probation.example/api/",
    "token_url": "https://auth.example/oauth/token",
    "client_id": "portal",
    "client_secret": "a-secret",
}


def test_none_unless_set():
    assert destinations("") == {}


def test_a_whole_entry_is_read_without_the_slash_at_its_end():
    assert destinations(json.dumps({"probation": WHOLE})) == {
        "probation": {**WHOLE, "url": "https://probation.example/api"}
    }


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"x"',
        '{"probation": "https://probation.example"}',
        json.dumps({"probation": {**WHOLE, "client_secret": ""}}),
        json.dumps({"probation": {**WHOLE, "client_secret": 1}}),
        json.dumps({"probation": {**WHOLE, "verify": "no"}}),
        json.dumps({"probation": {"url": "https://probation.example"}}),
    ],
)
def test_anything_else_is_said_at_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="PAYBACK_DESTINATIONS must be a JSON object"):
        destinations(text)


def test_a_secret_is_not_shown_where_a_destination_is_printed():
    assert "a-secret" not in repr(Destination(**WHOLE))
