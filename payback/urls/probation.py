"""Addresses of the probation desk, on the London-wide host."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
