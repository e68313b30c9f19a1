"""The desk of a board's meetings."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from snb.meetings.views import agenda, desk

of_a_meeting = [
    path("", desk.meeting_desk, name="meeting_desk"),
    path("announce/", desk.meeting_announce, name="meeting_announce"),
    path("change/", desk.meeting_change, name="meeting_change"),
    path("move/", desk.meeting_move, name="meeting_move"),
    path("postpone/", desk.meeting_postpone, name="meeting_postpone"),
    path("cancel/", desk.meeting_cancel, name="meeting_cancel"),
    path("held/", desk.meeting_held, name="meeting_held"),
    path("remove/", desk.meeting_remove, name="meeting_remove"),
    path("agenda/", agenda.agenda_edit, name="agenda_edit"),
    path("agenda/start/", agenda.agenda_start, name="agenda_start"),
    path("papers/", agenda.papers, name="meeting_papers"),
    path("papers/<uuid:paper>/remove/", agenda.paper_remove, name="paper_remove"),
    path("papers/<uuid:paper>/withdraw/", agenda.paper_withdraw, name="paper_withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/meetings/", desk.meetings_desk, name="meetings_desk"),
    path("desk/meetings/plan/", desk.meeting_plan, name="meeting_plan"),
    path("desk/meetings/rules/", desk.meeting_rules_list, name="meeting_rules_list"),
    path("desk/meetings/rules/<int:pk>/", desk.meeting_rules, name="meeting_rules"),
    path("desk/meetings/<slug:slug>/", include(of_a_meeting)),
]
