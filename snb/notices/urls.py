"""Addresses of this room, on a board's site and the same on the London-wide one."""

from django.urls import path

from snb.notices import views

urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/change/", views.change, name="follow_change"),
    path("follow/stop/<uuid:pk>/<str:seal>/", views.stop, name="stop_notices"),
]
