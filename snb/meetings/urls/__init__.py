"""Addresses of this room, one module per noun: on a board's site, and the same on the London-wide one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from snb.meetings.urls import desk, log, questions, take_away

urlpatterns: list[URLPattern | URLResolver] = [
    # Words that are no meeting's slug stand before what takes a slug.
    *log.urlpatterns,
    *desk.urlpatterns,
    *questions.urlpatterns,
    *take_away.urlpatterns,
]
