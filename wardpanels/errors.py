"""What a caller is meant to catch."""

from django.core.exceptions import ValidationError


class VoteRefused(ValidationError):
    """The vote was not taken; the message says why and what to do."""


class InvalidTransition(ValidationError):
    """The record is not in a state that leads there."""
