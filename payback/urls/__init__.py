"""Addresses of this room, by host: the public pages and the journey, the screening desk, the probation desk."""

from django.urls import URLPattern, URLResolver

from payback.urls import probation, public, screening

board_urlpatterns: list[URLPattern | URLResolver] = [*public.board_urlpatterns, *screening.urlpatterns]
london_urlpatterns: list[URLPattern | URLResolver] = [*public.london_urlpatterns, *probation.urlpatterns]
