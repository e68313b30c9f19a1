"""The room as a Django app."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Boroughs, wards and postcodes."""

    name = "snb.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
