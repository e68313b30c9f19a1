"""What a caller of this room may catch."""


class MonthNotDroppable(Exception):
    """A month of events cannot be dropped: it is not sealed, too young, dropped already, or its seal does not
    fit."""


class NotACode(ValueError):
    """A value for the audit record is not a code, id, count or date: a person's words have no place there."""
