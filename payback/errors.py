"""What a caller is meant to catch."""

from django.core.exceptions import ValidationError


class InvalidTransition(ValidationError):
    """The nomination is not in a state that leads there."""


class NoProvider(ValidationError):
    """No provider has a contract for this borough today."""


class DoorClosed(ValidationError):
    """The time to write is over: the receipt opens the nomination again."""
