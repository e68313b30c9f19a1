"""Addresses of the screening desk, on a board's host."""

from django.urls import URLPattern, URLResolver, include, path

from payback.views import publishing, screening

one = [
    path("", screening.nomination, name="screening"),
    path("take/", screening.take, name="screening_take"),
    path("step-back/", screening.step_back, name="screening_step_back"),
    path("contact/", screening.contact, name="screening_contact"),
    path("words/", screening.words, name="screening_words"),
    path("verdict/", screening.verdict, name="screening_verdict"),
    path("redact/", publishing.redact, name="screening_redact"),
    path("redactions/<uuid:pk>/", publishing.redaction_answer, name="screening_redaction"),
    path("ask/", screening.ask, name="screening_ask"),
    path("dispute/", screening.dispute, name="screening_dispute"),
    path("questions/<uuid:pk>/", screening.reply, name="screening_reply"),
    path("photos/<uuid:pk>/", publishing.photo, name="screening_photo"),
    path("photos/<uuid:pk>/<str:which>/", publishing.photo_file, name="screening_photo_file"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/payback/", screening.queue, name="screening_queue"),
    path("desk/payback/consultation/", screening.consultation, name="payback_consultation"),
    path("desk/payback/<str:reference>/", include(one)),
]
