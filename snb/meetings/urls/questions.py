"""Questions to a public meeting, and who wants to speak."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from snb.meetings.views import questions, questions_desk

_questions: list[URLPattern | URLResolver] = [
    path("", questions.question_list, name="meeting_questions"),
    path("list/", questions.question_data, name="meeting_question_data"),
    path("mine/", questions.question_mine, name="meeting_question_mine"),
    path("<uuid:pk>/support/", questions.question_support, name="meeting_question_support"),
    path("<uuid:pk>/withdraw/", questions.question_withdraw, name="meeting_question_withdraw"),
]
_speak: list[URLPattern | URLResolver] = [
    path("", questions.speak, name="meeting_speak"),
    path("asked/", questions.speak_asked, name="meeting_speak_asked"),
    path("<uuid:pk>/withdraw/", questions.speak_withdraw, name="meeting_speak_withdraw"),
]
_desk: list[URLPattern | URLResolver] = [
    path("", questions_desk.desk, name="question_desk"),
    path("part/", questions_desk.desk_part, name="question_desk_part"),
    path("<uuid:pk>/answer/", questions_desk.question_answer, name="question_answer"),
    path("<uuid:pk>/reject/", questions_desk.question_reject, name="question_reject"),
    *(
        path(f"<uuid:pk>/{press}/", questions_desk.question_press, {"press": press}, name=f"question_{press}")
        for press in questions_desk.PRESSES
    ),
    *(
        path(
            f"speakers/<uuid:pk>/{press}/",
            questions_desk.speaker_press,
            {"press": press},
            name=f"speaker_{press}",
        )
        for press in ("accept", "decline")
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("meetings/<slug:slug>/questions/", include(_questions)),
    path("meetings/<slug:slug>/speak/", include(_speak)),
    path("desk/meetings/<slug:slug>/questions/", include(_desk)),
]
