"""What a postcode look-up can say, and the kinds of reference data."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class PostcodeStatus(StrEnum):
    """The outcome of a look-up."""

    WARD = "ward"
    """In use, and its ward is known."""
    ENDED = "ended"
    """No longer in use; its borough is known, and mostly its ward."""
    BOROUGH_ONLY = "borough_only"
    """In use; the borough is known, the ward is not."""
    CITY = "city"
    """In the City of London, which has no board."""
    NOT_LONDON = "not_london"
    """A postcode of somewhere else."""
    UNKNOWN = "unknown"
    """Written like a postcode; we do not have it."""
    MALFORMED = "malformed"
    """Not written like a postcode."""


class ReferenceKind(models.TextChoices):
    """What an import brought."""

    PLACES = "places", "Boroughs and wards"
    POSTCODES = "postcodes", "Postcodes"
    BOUNDARIES = "boundaries", "Ward boundaries"
