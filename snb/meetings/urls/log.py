"""The action log, attendance and decisions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from snb.meetings.views import log, room

desk_entry = [
    path("", log.desk_entry, name="log_desk_entry"),
    path("change/", log.desk_change, name="log_desk_change"),
    path("remove/", log.desk_remove, name="log_desk_remove"),
    path("link/", log.desk_send_link, name="log_desk_link"),
    path("updates/<uuid:step>/undo/", log.desk_undo, name="log_desk_undo"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("meetings/actions/", log.log_list, name="log"),
    path("meetings/actions/actions.csv", log.log_file, name="log_file"),
    path("meetings/actions/<uuid:pk>/", log.log_entry, name="log_entry"),
    path("desk/meetings/actions/", log.desk_log, name="log_desk"),
    path("desk/meetings/actions/enter/<slug:key>/", log.desk_enter, name="log_desk_enter"),
    path("desk/meetings/actions/<uuid:pk>/", include(desk_entry)),
    path("meetings/attendance/", room.attendance_year, name="attendance_year"),
    path("desk/meetings/attendance/", room.desk_attendance_year, name="attendance_year_desk"),
    path("desk/meetings/<slug:slug>/attendance/", room.desk_attendance, name="attendance_desk"),
    path("desk/meetings/<slug:slug>/decisions/", room.desk_decisions, name="decision_desk"),
    path("desk/meetings/<slug:slug>/decisions/<uuid:pk>/", room.desk_decision_change, name="decision_change"),
    path(
        "desk/meetings/<slug:slug>/decisions/<uuid:pk>/remove/",
        room.desk_decision_remove,
        name="decision_remove",
    ),
]
