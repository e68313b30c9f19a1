"""The desks as a Django app."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """Start pages by role, and oversight."""

    name = "portal.desks"
    label = "desks"
