"""Every read of this room."""

from payback.queries.facts import facts_of

__all__ = ["facts_of"]
