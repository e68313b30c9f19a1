"""Kinds of bodies and of roles on a board."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BodyKind(models.TextChoices):
    """A body that meets."""

    BOARD = "board", _("Safer Neighbourhood Board")
    WARD_PANEL = "ward_panel", _("Ward panel")
    MONITORING_GROUP = "monitoring_group", _("Stop and search monitoring group")


class BoardRoleKind(models.TextChoices):
    """What a person does on a board."""

    CHAIR = "chair", _("Chair")
    SECRETARY = "secretary", _("Secretary")
    MEMBER = "member", _("Board member")
    EDITOR = "editor", _("Site editor")


class PanelRoleKind(models.TextChoices):
    """What a person does on a ward panel or another body."""

    CHAIR = "chair", _("Panel chair")
    MEMBER = "member", _("Panel member")


LONDON_EDITORS = "London editors"
"""The Django group that edits the London-wide site, help for all sites included: oversight, while it holds the role."""


EDITING_KINDS = (BoardRoleKind.EDITOR, BoardRoleKind.SECRETARY, BoardRoleKind.CHAIR)
"""Roles whose holders edit their board's site."""
