"""Boards and the bodies under them, who holds which role, and the site each board publishes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from wagtail.models import Collection, Site

from snb.boards.enums import EDITING_KINDS, LONDON_EDITORS, BoardRoleKind, BodyKind, PanelRoleKind
from snb.people.models import Role
from snb.places.models import Borough, Ward
from snb.privacy.enums import Privacy

if TYPE_CHECKING:
    from snb.people.models import User


class Board(models.Model):
    """A borough's Safer Neighbourhood Board: one Site, one page subtree, one collection, one editors' group."""

    borough = models.OneToOneField(Borough, models.PROTECT, primary_key=True, related_name="board")
    site = models.OneToOneField(Site, models.PROTECT, related_name="board")
    collection = models.OneToOneField(Collection, models.PROTECT, related_name="board")
    editors = models.OneToOneField(Group, models.PROTECT, related_name="board")
    body_label = models.CharField(
        max_length=80,
        default="Safer Neighbourhood Board",
        help_text="What the body calls itself; names change, duties stay.",
    )
    accent = models.CharField(
        max_length=12, default="river", help_text="Name of the site's accent colour (static/css/tokens.css)."
    )
    contact_email = models.EmailField(blank=True, help_text="Public address of the board.")
    opened_at = models.DateTimeField(auto_now_add=True)

    privacy = Privacy(
        public="borough site collection editors body_label accent contact_email opened_at",
        keep="As long as the board exists.",
    )

    class Meta:
        ordering = ["borough__name"]

    def __str__(self) -> str:
        return f"{self.borough.name} {self.body_label}"

    @property
    def code(self) -> str:
        """GSS code of the borough: the board's key everywhere, audit included."""
        return self.borough_id

    def url(self, path: str = "/") -> str:
        """Absolute address of a path on this board's site."""
        return self.borough.url(path)


class Body(models.Model):
    """Something that meets: the board itself, a ward panel, a monitoring group."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=20, choices=BodyKind.choices)
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, blank=True, related_name="panels")
    quorum = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Voting members; empty where the body has set none."
    )

    privacy = Privacy(public="board kind ward quorum", keep="As long as the board exists.")

    class Meta:
        verbose_name_plural = "bodies"
        ordering = ["board", "kind", "ward__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["board"], condition=Q(kind=BodyKind.BOARD), name="%(app_label)s_%(class)s_one_board"
            ),
            models.UniqueConstraint(
                fields=["ward"],
                condition=Q(kind=BodyKind.WARD_PANEL),
                name="%(app_label)s_%(class)s_one_panel_a_ward",
            ),
            models.CheckConstraint(
                condition=Q(kind=BodyKind.WARD_PANEL, ward__isnull=False)
                | (~Q(kind=BodyKind.WARD_PANEL) & Q(ward__isnull=True)),
                name="%(app_label)s_%(class)s_only_panels_have_a_ward",
            ),
        ]

    def __str__(self) -> str:
        if self.kind == BodyKind.WARD_PANEL:
            return f"{self.ward} ward panel"
        return str(self.board) if self.kind == BodyKind.BOARD else self.get_kind_display()


class BoardRole(Role):
    """A person's role on a board."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=BoardRoleKind.choices)

    SCOPE: ClassVar[str] = "board"
    BOARD_PATH: ClassVar[str] = "board_id"
    RELATED: ClassVar[tuple[str, ...]] = ("board__borough",)

    privacy = Privacy(
        board="person since until board kind",
        keep="The person's name leaves with the account; the board keeps who held which office for 6 years.",
    )

    class Meta:
        verbose_name = "board role"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "board", "kind"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_held_once",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="%(app_label)s_%(class)s_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.board}"

    @property
    def label(self) -> str:
        """For example: Chair, Camden Safer Neighbourhood Board."""
        return str(self)

    @property
    def board_code(self) -> str:
        """GSS code of the board."""
        return self.board_id

    @property
    def desk_url(self) -> str:
        """The desks of this board."""
        return self.board.url("/desk/")

    @property
    def is_last(self) -> bool:
        """The only chair of the board."""
        if self.kind != BoardRoleKind.CHAIR or not self.is_current:
            return False
        others = self.board.roles.current().filter(kind=BoardRoleKind.CHAIR).exclude(person=self.person_id)
        return not others.exists()

    def may_be_given_by(self, user: User) -> bool:
        """The board's chair and secretary; for a chair or secretary also oversight."""
        officers = {BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY}
        return user.has_perm("boards.roles.manage", self.board) or (
            self.kind in officers and user.has_perm("boards.oversight.manage")
        )

    def sync_groups(self) -> None:
        """Only who is an editor or secretary or chair today is in the board's editors' group."""
        if self.board.roles.current().filter(person=self.person, kind__in=EDITING_KINDS).exists():
            self.board.editors.user_set.add(self.person)
        else:
            self.board.editors.user_set.remove(self.person)


class PanelRole(Role):
    """A person's role on a ward panel or a monitoring group."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=PanelRoleKind.choices)

    SCOPE: ClassVar[str] = "body"
    BOARD_PATH: ClassVar[str] = "body__board_id"
    RELATED: ClassVar[tuple[str, ...]] = ("body__ward", "body__board__borough")
    NEEDS_SECOND_FACTOR: ClassVar[frozenset[str] | None] = frozenset({PanelRoleKind.CHAIR})

    privacy = Privacy(board="person since until body kind", keep="As board roles.")

    class Meta:
        verbose_name = "panel role"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "body", "kind"],
                condition=Q(until__isnull=True),
                name="%(app_label)s_%(class)s_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.body}"

    @property
    def label(self) -> str:
        """For example: Panel chair, Highgate ward panel."""
        return str(self)

    @property
    def board_code(self) -> str:
        """GSS code of the panel's board."""
        return self.body.board_id

    @property
    def desk_url(self) -> str:
        """The desks of the panel's board."""
        return self.body.board.url("/desk/")

    def may_be_given_by(self, user: User) -> bool:
        """The chair and secretary of the panel's board."""
        return user.has_perm("boards.roles.manage", self.body.board)


class OversightRole(Role):
    """A person at MOPAC who sees all boards side by side."""

    privacy = Privacy(board="person since until", keep="As board roles.")

    class Meta:
        verbose_name = "MOPAC oversight"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True), name="%(app_label)s_%(class)s_held_once"
            ),
        ]

    def __str__(self) -> str:
        return "MOPAC oversight"

    @property
    def label(self) -> str:
        """The role in words."""
        return "MOPAC oversight"

    def sync_groups(self) -> None:
        """Only who is oversight today edits the London-wide site, once it is open."""
        for group in Group.objects.filter(name=LONDON_EDITORS):
            if OversightRole.objects.current().filter(person=self.person_id).exists():
                group.user_set.add(self.person)
            else:
                group.user_set.remove(self.person)

    @property
    def desk_url(self) -> str:
        """The oversight desk."""
        return f"{settings.PORTAL_BASE_URL}/oversight/"

    @property
    def is_last(self) -> bool:
        """The only person of oversight."""
        return self.is_current and not OversightRole.objects.current().exclude(person=self.person_id).exists()

    def may_be_given_by(self, user: User) -> bool:
        """Oversight gives itself; the first is made by `invite_oversight`."""
        return user.has_perm("boards.oversight.manage")
