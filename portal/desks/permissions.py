"""Who may do what on the desks that belong to no room: the outbox lies too low in the house to know of roles."""

from __future__ import annotations

from snb.boards.permissions import is_oversight

PERMISSIONS = {
    "outbox.message.view": is_oversight,
    "outbox.message.resend": is_oversight,
}
