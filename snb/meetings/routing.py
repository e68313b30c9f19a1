"""Sockets of this room, on the site of the meeting they are about."""

from __future__ import annotations

from django.urls import path

from snb.meetings.consumers import Follower, Moderator

websocket_urlpatterns = [
    path("ws/meetings/<uuid:meeting_id>/questions/", Follower.as_asgi()),
    path("ws/meetings/<uuid:meeting_id>/questions/desk/", Moderator.as_asgi()),
]
