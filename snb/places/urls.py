"""Addresses of this room, by host."""

from django.urls import path

from snb.places import views

london_urlpatterns = [
    path("wards/find/", views.find_ward, name="find_ward"),
]
board_urlpatterns = [
    path("wards/find/", views.find_ward, name="find_ward"),
    path("wards/boundaries.geojson", views.borough_boundaries, name="borough_boundaries"),
    path("wards/<slug:slug>/boundary.geojson", views.ward_boundary, name="ward_boundary"),
]
