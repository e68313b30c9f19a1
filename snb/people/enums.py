"""How a residency is proven, the states of invitations, links and resets, and who is who in the demo."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResidencyMethod(models.TextChoices):
    """How we know that a person lives in a ward, weakest first."""

    POSTCODE = "postcode", _("By postcode")
    CODE = "code", _("By printed code")
    ROLL = "roll", _("Seen by a panel officer")

    @property
    def strength(self) -> str:
        """What the method proves, in the words printed beside a result."""
        return str(STRENGTH[self])

    @property
    def rank(self) -> int:
        """Position from weakest (0) to strongest."""
        return list(ResidencyMethod).index(self)


STRENGTH = {
    ResidencyMethod.POSTCODE: _(
        "By postcode: anyone with an email address and a postcode in the ward could do this."
    ),
    ResidencyMethod.CODE: _(
        "By printed code: somebody who was handed or sent a code for this ward, each code once."
    ),
    ResidencyMethod.ROLL: _("Seen by a panel officer, who checked that the person lives in the ward."),
}


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class LinkState(models.TextChoices):
    """Where a signed link stands."""

    LIVE = "live", _("Live")
    USED = "used", _("Used")
    UNDONE = "undone", _("Undone")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    STALE = "stale", _("Overtaken")


class ResetState(models.TextChoices):
    """Where the reset of a second factor stands."""

    ASKED = "asked", _("Waiting for a second person")
    WAITING = "waiting", _("Confirmed, waiting 24 hours")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


INVITATION_TRANSITIONS = {
    InvitationState.OPEN: frozenset(
        {InvitationState.ACCEPTED, InvitationState.WITHDRAWN, InvitationState.EXPIRED}
    ),
    InvitationState.ACCEPTED: frozenset(),
    InvitationState.WITHDRAWN: frozenset(),
    InvitationState.EXPIRED: frozenset({InvitationState.OPEN}),
}
LINK_TRANSITIONS = {
    LinkState.LIVE: frozenset({LinkState.USED, LinkState.EXPIRED, LinkState.REVOKED, LinkState.STALE}),
    LinkState.USED: frozenset({LinkState.UNDONE}),
    LinkState.UNDONE: frozenset(),
    LinkState.EXPIRED: frozenset(),
    LinkState.REVOKED: frozenset(),
    LinkState.STALE: frozenset(),
}
RESET_TRANSITIONS = {
    ResetState.ASKED: frozenset({ResetState.WAITING, ResetState.STOPPED}),
    ResetState.WAITING: frozenset({ResetState.DONE, ResetState.STOPPED}),
    ResetState.DONE: frozenset(),
    ResetState.STOPPED: frozenset(),
}
"""What may follow what. The states are read off dates on the row, so no column can disagree with them."""


DEMO_PASSWORD = "demo-password"  # noqa: S105  printed on the sign-in page, in demo mode only
DEMO_ACCOUNTS = {
    "resident": ("Rosa Okafor", _("lives in Highgate, Camden")),
    "neighbour": ("Neil Banerjee", _("lives in Kentish Town South, Camden")),
    "chair": ("Carole Whitfield", _("chairs the Camden board")),
    "secretary": ("Sunita Verma", _("secretary of the Camden board")),
    "editor": ("Eddie Laurent", _("edits the Camden site")),
    "officer": ("PC Olu Adeyemi", _("ward officer in Highgate")),
    "oversight": ("Orla Sheehan", _("MOPAC oversight of all boards")),
    "chair.brent": ("Bashir Malik", _("chairs the Brent board")),
    "panelchair": ("Paula Grant", _("chairs the Highgate ward panel")),
    "nominator": ("Nadia Hughes", _("nominated Community Payback tasks in Camden")),
    "screener": ("Sam Achebe", _("screens Community Payback nominations in Camden")),
    "screener2": ("Sylvie Kowalska", _("the second screener in Camden")),
    "probation": ("Priya Nair", _("probation officer of the provider for Camden")),
    "probation.other": ("Owen Baptiste", _("probation officer of another provider")),
    "panelchair2": ("Piotr Nowicki", _("the second chair of the Highgate ward panel")),
}
"""The named accounts of the demo, as `NAME@demo.example`: name and what they are there for. Everybody else there is a crowd."""
