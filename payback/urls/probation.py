"""Addresses of the probation desk and of the providers' webhook, on the London-wide host."""

from django.urls import URLPattern, URLResolver, include, path

from payback import api
from payback.views import probation

_task: list[URLPattern | URLResolver] = [
    path("", probation.probation_task, name="probation_task"),
    path("acknowledge/", probation.task_acknowledge, name="probation_acknowledge"),
    path("assess/", probation.task_assess, name="probation_assess"),
    path("complete/", probation.task_complete, name="probation_complete"),
    path("officer/", probation.task_officer, name="probation_officer"),
    path("contact/", probation.task_contact, name="probation_contact"),
    path("sessions/<uuid:session>/remove/", probation.session_remove, name="probation_session_remove"),
    path("photos/<uuid:photo>/", probation.task_photo, name="probation_photo"),
    path("<slug:name>/", probation.task_act, name="probation_act"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/probation/", probation.probation_desk, name="probation_desk"),
    path("desk/probation/sheet/", probation.probation_sheet, name="probation_sheet"),
    path(
        "desk/probation/sheet/download/", probation.probation_sheet_download, name="probation_sheet_download"
    ),
    path("desk/probation/<uuid:pk>/", include(_task)),
    path("api/payback/<slug:slug>/events/", api.provider_events, name="provider_events"),
]
