"""Why a set of tables cannot be released."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


class DoesNotAddUp(ValueError):
    """A total is not the sum of its parts, a count is negative, or a total names a cell that is not there."""


class CannotProtect(Exception):
    """No suppression protects these cells, because of what earlier releases have shown. Nothing may be
    published; a person decides.
    """

    def __init__(self, cells: Iterable[Hashable]) -> None:
        self.cells = tuple(cells)
        super().__init__(f"Earlier releases give back {len(self.cells)} counts.")
