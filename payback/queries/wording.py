"""Which words somebody has before them: hashes by which a press on an old page is told from one on the page as it is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from payback.enums import Verdict

if TYPE_CHECKING:
    from payback.models import Nomination, Review

WORDING = (
    "public_title",
    "public_words",
    "public_place",
    "cell_x",
    "cell_y",
    "brief",
    "hours_estimate",
    "group_size",
)
"""What both must have agreed to, word for word."""


def hash_of(*parts: Any) -> str:
    """Hash of words and numbers in their order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def wording_of(nomination: Nomination) -> str:
    """Hash of the words both must agree to."""
    return hash_of(*(getattr(nomination, name) for name in WORDING))


def verdict_basis_of(nomination: Nomination) -> str:
    """Hash of all that a verdict is given on: those words, and those to the nominator."""
    return hash_of(wording_of(nomination), nomination.decline_words)


def is_on_other_words(review: Review | None, nomination: Nomination) -> bool:
    """Whether a verdict to decline was given with other words to the nominator than stand now."""
    return (
        review is not None
        and review.verdict == Verdict.DECLINE
        and review.wording != hash_of(nomination.decline_words)
    )
