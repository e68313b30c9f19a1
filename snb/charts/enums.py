"""How a hexagon is filled."""

from enum import StrEnum


class Tone(StrEnum):
    """The fill of a hexagon: a pattern as well as a colour, so that it can be read without colour."""

    PLAIN = "plain"
    """Nothing to say: paper white."""
    GOOD = "good"
    """Solid: as it should be."""
    DUE = "due"
    """Dots: soon to be done."""
    OVERDUE = "overdue"
    """Thick stripes: late."""
    NONE = "none"
    """Thin stripes: no figure."""
    STEP_1 = "step-1"
    STEP_2 = "step-2"
    STEP_3 = "step-3"
    STEP_4 = "step-4"
    """Four steps of one scale, from light and sparse to dark and dense."""
