"""Screening by two: taken on without an interest, read, rewritten, decided when both say the same."""

from payback.actions.screening.answers import answer_dispute, answer_probation, ask_nominator
from payback.actions.screening.places import TWO, read_contact, step_back, take_on
from payback.actions.screening.verdicts import Opinion, give_verdict
from payback.actions.screening.words import (
    HOUSE_NUMBER,
    Words,
    identifiers_in,
    refuse_identifiers,
    rewrite,
)

__all__ = [
    "HOUSE_NUMBER",
    "TWO",
    "Opinion",
    "Words",
    "answer_dispute",
    "answer_probation",
    "ask_nominator",
    "give_verdict",
    "identifiers_in",
    "read_contact",
    "refuse_identifiers",
    "rewrite",
    "step_back",
    "take_on",
]
