"""The action log: entering, publishing, updating by the desk or by its owner's link, and taking back."""

from snb.meetings.actions.log.entries import change, enter, locked, may_manage, publish_entries, remove
from snb.meetings.actions.log.updates import undo_update, update

__all__ = [
    "change",
    "enter",
    "locked",
    "may_manage",
    "publish_entries",
    "remove",
    "undo_update",
    "update",
]
