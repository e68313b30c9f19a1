"""Addresses of stored files, the same on every host."""

from django.urls import path

from snb.files import views

urlpatterns = [
    path("files/<uuid:file_id>/<str:name>", views.stored_file, name="stored_file"),
]
