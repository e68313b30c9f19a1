"""The vocabulary of what can happen. Past tense; one line per event; rooms add theirs here."""

from __future__ import annotations

from django.db import models

KEEP_YEARS = 6
"""How long the events of a sealed month are kept, from its end: the usual limit of civil claims (Limitation
Act 1980, ss. 2 and 5), and as long as boards keep who held which office. The one place where it is stated."""


class Event(models.TextChoices):
    """Everything the audit record can say, as `room.thing.happened`."""

    BOARD_OPENED = "boards.board.opened", "Board opened"
    BOARD_SETTINGS_CHANGED = "boards.settings.changed", "Board settings changed"
    PERSON_JOINED = "people.user.joined", "Person joined"
    PERSON_DELETED = "people.user.deleted", "Person deleted their account"
    DATA_DOWNLOADED = "people.user.data_downloaded", "Person downloaded their data"
    INVITATION_SENT = "people.invitation.sent", "Invitation sent"
    INVITATION_ACCEPTED = "people.invitation.accepted", "Invitation accepted"
    INVITATION_WITHDRAWN = "people.invitation.withdrawn", "Invitation withdrawn"
    ROLE_GIVEN = "people.role.given", "Role given"
    ROLE_ENDED = "people.role.ended", "Role ended"
    RESIDENCY_CONFIRMED = "people.residency.confirmed", "Residency confirmed"
    RESIDENCY_ENDED = "people.residency.ended", "Residency ended"
    CODES_MADE = "people.codes.made", "Printed codes made"
    CODES_CONFIRMED = "people.codes.confirmed", "Printed codes confirmed"
    FACTOR_RESET_ASKED = "people.factor.reset_asked", "Second factor reset asked for"
    FACTOR_RESET_CONFIRMED = "people.factor.reset_confirmed", "Second factor reset confirmed"
    FACTOR_RESET_DONE = "people.factor.reset_done", "Second factor reset done"
    LINK_ISSUED = "people.link.issued", "Signed link issued"
    LINK_USED = "people.link.used", "Signed link used"
    # people
    PERSON_RENAMED = "people.user.renamed", "Person changed their name"
    SESSIONS_ENDED = "people.user.sessions_ended", "Person signed out everywhere"
    CODES_PRINTED = "people.codes.printed", "Printed codes printed"
    CODES_WITHDRAWN = "people.codes.withdrawn", "Printed codes withdrawn"
    FACTOR_RESET_STOPPED = "people.factor.reset_stopped", "Second factor reset stopped"
    LINK_UNDONE = "people.link.undone", "Signed link undone"
    LINK_REVOKED = "people.link.revoked", "Signed link revoked"
    PAGE_PUBLISHED = "cms.page.published", "Page published"
    PAGE_SCHEDULED = "cms.page.scheduled", "Page set to be published later"
    PAGE_UNPUBLISHED = "cms.page.unpublished", "Page unpublished"
    PAGE_MOVED = "cms.page.moved", "Page moved"
    PAGE_DELETED = "cms.page.deleted", "Page deleted"
    PLACES_LOADED = "places.places.loaded", "Boroughs and wards loaded"
    POSTCODES_IMPORTED = "places.postcodes.imported", "Postcodes imported"
    BOUNDARIES_IMPORTED = "places.boundaries.imported", "Boundaries imported"
    FILE_STORED = "files.file.stored", "File stored"
    FILE_PUBLISHED = "files.file.published", "File published"
    FILE_UNPUBLISHED = "files.file.unpublished", "File unpublished"
    FILE_DELETED = "files.file.deleted", "File deleted"
    MESSAGE_LEFT = "outbox.message.left", "Outbox message sent or acknowledged"
    MESSAGE_DIED = "outbox.message.died", "Outbox message given up"
    MESSAGE_RESENT = "outbox.message.resent", "Outbox message resent"
    MESSAGE_CANCELLED = "outbox.message.cancelled", "Outbox message cancelled"
    RETENTION_APPLIED = "privacy.retention.applied", "Retention applied"
    KEYS_ROTATED = "privacy.keys.rotated", "Encryption keys rotated"
    HOLD_PLACED = "privacy.hold.placed", "Retention hold placed"
    HOLD_ENDED = "privacy.hold.ended", "Retention hold ended"
    ERASURES_REAPPLIED = "privacy.erasures.reapplied", "Erasures re-applied after a restore"
    MONTH_SEALED = "audit.month.sealed", "Month of events sealed"
    MONTH_DROPPED = "audit.month.dropped", "Month of events dropped"
    # wardpanels
    ROUND_PLANNED = "wardpanels.round.planned", "Round planned or its plan changed"
    ROUND_ANNOUNCED = "wardpanels.round.announced", "Round announced"
    ROUND_COLLECTING = "wardpanels.round.collecting", "Round began to take suggestions"
    ROUND_OPENED = "wardpanels.round.opened", "Voting opened"
    ROUND_EXTENSION_ASKED = "wardpanels.round.extension_asked", "Later end of voting asked for"
    ROUND_EXTENDED = "wardpanels.round.extended", "Later end of voting agreed"
    ROUND_COUNTING = "wardpanels.round.counting", "Web voting ended, paper to come"
    ROUND_CLOSED = "wardpanels.round.closed", "Round counted and published"
    ROUND_CANCELLED = "wardpanels.round.cancelled", "Round cancelled uncounted"
    ROUND_ANNULMENT_ASKED = "wardpanels.round.annulment_asked", "Annulment asked for"
    ROUND_ANNULLED = "wardpanels.round.annulled", "Round annulled"
    OPTION_SUGGESTED = "wardpanels.option.suggested", "Option suggested"
    OPTION_OFFERED = "wardpanels.option.offered", "Option put on the ballot"
    OPTION_REJECTED = "wardpanels.option.rejected", "Option left off the ballot"
    OPTION_MERGED = "wardpanels.option.merged", "Option merged"
    OPTION_REMOVED = "wardpanels.option.removed", "Option removed"
    PRIORITIES_ADOPTED = "wardpanels.priorities.adopted", "Priorities adopted"


def event_choices() -> list[tuple[str, str]]:
    """The choices of `AuditEvent.event`; named, so that a new event needs no migration."""
    return Event.choices
