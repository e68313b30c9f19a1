"""Why a count is not shown."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The code beside a suppressed cell. It tells why, and never whether a total is small."""

    PRIMARY = "primary"
    """A count of 1 to 4."""
    TOTAL = "total"
    """Together with a total of the same table it would give a suppressed count back; or it is itself a
    small total.
    """
    LINKED = "linked"
    """Together with another published table it would give a suppressed count back."""
    EARLIER = "earlier"
    """It was suppressed in an earlier release."""
