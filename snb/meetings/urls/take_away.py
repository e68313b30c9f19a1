"""Calendars, feeds, PDFs and packs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from snb.meetings.views import packs, take_away

urlpatterns: list[URLPattern | URLResolver] = [
    path("meetings/calendar.ics", take_away.board_calendar, name="meetings_ics"),
    path("meetings/feed/", take_away.MeetingFeed(), name="meeting_feed"),
    path("meetings/<slug:slug>/meeting.ics", take_away.meeting_calendar, name="meeting_ics"),
    path("meetings/<slug:slug>/agenda.pdf", take_away.agenda_pdf, name="agenda_pdf"),
    path("meetings/<slug:slug>/minutes.pdf", take_away.minutes_pdf, name="minutes_pdf"),
    path("wards/<slug:slug>/meetings.ics", take_away.ward_calendar, name="ward_ics"),
    path("desk/meetings/<slug:slug>/pack/", packs.pack_list, name="pack_list"),
    path("desk/meetings/<slug:slug>/packs/<int:number>/", packs.pack_detail, name="pack_detail"),
    path(
        "desk/meetings/<slug:slug>/packs/<int:number>/papers/<int:paper>/",
        packs.pack_paper,
        name="pack_paper",
    ),
]
