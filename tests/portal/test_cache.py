"""The cache's table: its keys say nothing, and what has expired is not kept."""

from __future__ import annotations

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from portal.adapters import forget_expired_keys, sealed_key

pytestmark = pytest.mark.django_db


def rows() -> list[str]:
    """The keys that the table holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        return [key for (key,) in cursor.fetchall()]


def test_a_key_tells_neither_address_nor_deed():
    key = sealed_key("allauth:rl:payback_begin:20/60/ip:ip:203.0.113.77", "snb", 1)
    assert "203.0.113.77" not in key
    assert "payback" not in key
    assert key == sealed_key("allauth:rl:payback_begin:20/60/ip:ip:203.0.113.77", "snb", 1)
    assert len(key) < 120


def test_what_has_expired_goes_and_what_has_not_stays():
    cache.clear()
    cache.set("over", 1, timeout=600)
    if not isinstance(caches["default"], DatabaseCache):  # Redis forgets by itself
        assert forget_expired_keys() == 0
        assert cache.get("over") == 1
        return
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_cache SET expires = '2020-01-01 00:00:00'")
    cache.set("kept", 1, timeout=600)
    assert forget_expired_keys() == 1
    assert len(rows()) == 1
    assert cache.get("kept") == 1
