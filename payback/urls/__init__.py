"""Addresses of this room, by host: the public pages and the journey, the screening desk, the probation desk."""

from django.urls import URLPattern, URLResolver

from payback.urls import probation

board_urlpatterns: list[URLPattern | URLResolver] = []
london_urlpatterns: list[URLPattern | URLResolver] = [*probation.urlpatterns]
