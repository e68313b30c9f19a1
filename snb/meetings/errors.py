"""What a caller may want to catch."""

from __future__ import annotations

from django.core.exceptions import ValidationError


class InvalidTransition(ValidationError):
    """The meeting is not in a state that leads there; the message says so in plain words."""


class SecondPersonNeeded(ValidationError):
    """Whoever wrote it may not be the only one to publish it."""


class NoDocument(Exception):
    """A PDF cannot be made just now, or not of this; the message says so in plain words. The page has everything."""
