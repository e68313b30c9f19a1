"""What can go wrong on the way out."""

from __future__ import annotations


class KeyReused(Exception):
    """The same idempotency key with other content: two different messages cannot be one."""


class HostNotAllowed(Exception):
    """An address that is not in the settings."""


class NotReached(Exception):
    """The receiver was certainly not reached: nothing of the message left this machine."""


class NoAnswer(Exception):
    """Something of the message may have left, and no whole answer came back."""
