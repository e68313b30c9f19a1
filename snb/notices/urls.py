"""Addresses of this room, on a board's site."""

from django.urls import path

from snb.notices import views

board_urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/<uuid:pk>/stop/", views.unfollow, name="unfollow"),
    path("follow/stop/<uuid:pk>/<str:seal>/", views.stop, name="stop_notices"),
]
