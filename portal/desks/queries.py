"""What a person finds on their start page, and all boards side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.models import NewsPage
from payback.models import ProviderRole, ScreenerRole
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.enums import BoardRoleKind, BodyKind, PanelRoleKind
from snb.boards.models import Board, BoardRole, Body, OversightRole, PanelRole
from snb.outbox.adapters import renewal_for
from snb.outbox.queries import dead_letters
from snb.people.models import Residency, User
from snb.places.models import Borough, Ward
from wardpanels.models import WardOfficer

OFFICES = (BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY, BoardRoleKind.EDITOR)
"""The roles without which a board's site stands still."""
RUNS_THE_BOARD = frozenset({BoardRoleKind.CHAIR, BoardRoleKind.SECRETARY})
HOME_PATH = 8
"""Characters of a page's path that name a site's home page: root and home, four each."""
QUIET_AFTER = 90
"""Days without news after which a site is called quiet."""
MOST_LETTERS = 100
"""Dead letters shown at once: whoever has more has one cause to look for, not a list to read."""


# ------------------------------------------------------------------------------------------------ all boards
@dataclass(frozen=True)
class BoardState:
    """One board as oversight sees it, ready to show."""

    name: str
    code: str
    url: str
    empty_offices: tuple[str, ...]
    wards: int
    panels: int
    residents: int
    last_news: datetime | None

    @property
    def residents_shown(self) -> str:
        """Residents who have confirmed where they live; a number below five is not told."""
        return str(self.residents) if self.residents == 0 or self.residents > 4 else _("under 5")

    @property
    def missing_panels(self) -> int:
        """Wards whose panel nobody sits on."""
        return max(0, self.wards - self.panels)

    @property
    def is_quiet(self) -> bool:
        """Whether the site has had no news for a long time, or ever."""
        return self.last_news is None or (timezone.now() - self.last_news).days > QUIET_AFTER

    @property
    def gaps(self) -> list[str]:
        """What is missing, in sentences; the most pressing first."""
        found = [_("No %(office)s.") % {"office": office.lower()} for office in self.empty_offices]
        if self.missing_panels:
            found.append(
                ngettext(
                    "%(count)d ward has no panel.", "%(count)d wards have no panel.", self.missing_panels
                )
                % {"count": self.missing_panels}
            )
        if self.last_news is None:
            found.append(_("No news yet."))
        elif self.is_quiet:
            found.append(_("No news for %(days)d days.") % {"days": (timezone.now() - self.last_news).days})
        return found


@dataclass(frozen=True)
class Overview:
    """All boards, and what they have in common."""

    boards: list[BoardState]
    postcodes_imported: datetime | None
    unsent: int = 0
    """Messages that were given up and wait for a person."""

    @property
    def totals(self) -> Counter[str]:
        """How many boards lack what: `chair`, `secretary`, `editor`, `panels`, `news`."""
        counted: Counter[str] = Counter()
        for board in self.boards:
            for office in OFFICES:
                counted[office.value] += str(office.label) in board.empty_offices
            counted["panels"] += bool(board.missing_panels)
            counted["news"] += board.is_quiet
        return counted


def all_boards() -> Overview:
    """Every board with its gaps, in order of the alphabet; as many queries for one board as for all."""
    imported = AuditEvent.objects.filter(event=Event.POSTCODES_IMPORTED).aggregate(at=Max("at"))["at"]
    return Overview(
        boards=board_states(Board.objects.select_related("borough", "site__root_page")),
        postcodes_imported=imported,
        unsent=dead_letters().count(),
    )


def board_states(boards: Iterable[Board]) -> list[BoardState]:
    """The state of each board, in as many queries for one as for all."""
    boards = list(boards)
    codes = [board.code for board in boards]
    held = set(BoardRole.objects.current().filter(board__in=codes).values_list("board_id", "kind").distinct())
    wards = dict(_counted(Ward.objects.current().filter(borough__in=codes), "borough_id", "code"))
    panels = dict(
        _counted(
            Body.objects.filter(
                board__in=codes,
                kind=BodyKind.WARD_PANEL,
                ward__valid_to__isnull=True,
                pk__in=_seated_bodies(),
            ),
            "board_id",
            "pk",
        )
    )
    residents = dict(
        _counted(Residency.objects.current().filter(ward__borough__in=codes), "ward__borough_id", "user")
    )
    news = dict(
        NewsPage.objects.live()
        .order_by()
        .annotate(home=Substr("path", 1, HOME_PATH))
        .values_list("home")
        .annotate(last=Max("first_published_at"))
    )
    return [
        BoardState(
            name=board.borough.name,
            code=board.code,
            url=board.url(),
            empty_offices=tuple(str(kind.label) for kind in OFFICES if (board.code, kind.value) not in held),
            wards=wards.get(board.code, 0),
            panels=panels.get(board.code, 0),
            residents=residents.get(board.code, 0),
            last_news=news.get(board.site.root_page.path),
        )
        for board in boards
    ]


def _counted(rows: Any, by: str, what: str) -> Any:
    """Pairs of a key and the number of different rows under it."""
    return rows.order_by().values_list(by).annotate(count=Count(what, distinct=True))


def _seated_bodies() -> Any:
    """Ids of the bodies somebody sits on today."""
    return PanelRole.objects.current().values("body")


# ------------------------------------------------------------------------------------------------ what could not be sent
@dataclass(frozen=True)
class DeadLetter:
    """A message that was given up, as far as a person needs to know it: codes and times, nothing of what it says.

    Args:
        place: the board's borough; empty for what is London-wide.
        in_doubt: whether it may have arrived; sending it again asks the receiver first.
        can_renew: whether its room can prepare it again, because it certainly has not arrived.
    """

    pk: UUID
    channel: str
    destination: str
    place: str
    written: datetime
    given_up: datetime
    attempts: int
    error: str
    in_doubt: bool
    can_renew: bool


def messages_given_up() -> list[DeadLetter]:
    """What was given up, longest waiting first, `MOST_LETTERS` at most; two queries however many there are."""
    places = dict(Borough.objects.values_list("code", "name"))
    return [
        DeadLetter(
            pk=message.pk,
            channel=message.channel,
            destination=message.destination,
            place=places.get(message.board, ""),
            written=message.created,
            given_up=message.changed,
            attempts=message.attempts,
            error=message.last_error,
            in_doubt=message.in_doubt,
            can_renew=not message.in_doubt and renewal_for(message.channel) is not None,
        )
        for message in dead_letters().defer("payload")[:MOST_LETTERS]
    ]


# ------------------------------------------------------------------------------------------------ a person's desks
@dataclass(frozen=True)
class Link:
    """Something to do: its words and its absolute address."""

    text: str
    url: str


@dataclass(frozen=True)
class Desk:
    """One role a person holds, and what it lets them do now."""

    role: str
    place: str
    since: date
    first: Link
    others: tuple[Link, ...] = ()
    gaps: tuple[str, ...] = field(default=())


def desks_of(user: User, *, board: Board | None = None) -> list[Desk]:
    """The desks of a person, on one board or everywhere: London-wide first, then by place."""
    found: list[Desk] = []
    if board is None:
        found += [_oversight_desk(role) for role in OversightRole.objects.current().filter(person=user)]
    here = Q() if board is None else Q(board=board)
    roles = list(
        BoardRole.objects.current()
        .filter(here, person=user)
        .select_related("board__borough", "board__site__root_page")
    )
    panels = (
        PanelRole.objects.current()
        .filter(person=user)
        .select_related("body__board__borough", "body__ward__borough")
    )
    officers = WardOfficer.objects.current().filter(person=user).select_related("ward__borough")
    screeners = ScreenerRole.objects.current().filter(here, person=user).select_related("board__borough")
    if board is not None:
        panels = panels.filter(body__board=board)
        officers = officers.filter(ward__borough=board.code)
    run = {role.board_id: role.board for role in roles if role.kind in RUNS_THE_BOARD}
    states = {state.code: state for state in board_states(run.values())} if run else {}
    local = [_board_desk(role, states.get(role.board_id)) for role in roles]
    local += [_panel_desk(role) for role in panels]
    local += [_officer_desk(role) for role in officers]
    local += [_screener_desk(role) for role in screeners]
    if board is None:
        staff = ProviderRole.objects.current().filter(person=user).select_related("provider")
        found += [_provider_desk(role) for role in staff]
    return found + sorted(local, key=lambda desk: (desk.place, desk.role))


def _oversight_desk(role: OversightRole) -> Desk:
    return Desk(
        role=str(role.label),
        place=_("London"),
        since=role.since,
        first=Link(_("See all boards side by side"), f"{settings.PORTAL_BASE_URL}/oversight/"),
        others=(
            Link(_("People and roles"), f"{settings.PORTAL_BASE_URL}/oversight/people/"),
            Link(_("London-wide meetings"), f"{settings.PORTAL_BASE_URL}/desk/meetings/"),
        ),
    )


def _board_desk(role: BoardRole, state: BoardState | None) -> Desk:
    board = role.board
    site = Link(_("Look at your site"), board.url())
    edit = Link(_("Write news and pages"), f"{settings.PORTAL_BASE_URL}/admin/")
    people = Link(_("People and roles"), board.url("/desk/people/"))
    meetings = Link(_("Meetings"), board.url("/desk/meetings/"))
    payback = Link(_("Community Payback"), board.url("/desk/payback/"))
    others: tuple[Link, ...]
    if role.kind in RUNS_THE_BOARD:
        first, others = edit, (meetings, payback, people, site)
    elif role.kind == BoardRoleKind.EDITOR:
        first, others = edit, (site,)
    else:
        first, others = meetings, (site,)
    return Desk(
        role=role.get_kind_display(),
        place=str(board),
        since=role.since,
        first=first,
        others=others,
        gaps=tuple(state.gaps) if state and role.kind in RUNS_THE_BOARD else (),
    )


def _panel_desk(role: PanelRole) -> Desk:
    body = role.body
    meetings = Link(_("Meetings"), body.board.url("/desk/meetings/"))
    if body.ward is None:
        return Desk(
            role=role.get_kind_display(),
            place=str(body),
            since=role.since,
            first=meetings,
            others=(Link(_("Look at your site"), body.board.url()),),
        )
    ward_page, site = (
        Link(_("Open the ward page"), body.ward.full_url),
        Link(_("Your board's site"), body.board.url()),
    )
    rounds = Link(_("Plan and follow votes"), body.board.url(f"/desk/panel/{body.ward.slug}/"))
    chairs = role.kind == PanelRoleKind.CHAIR
    return Desk(
        role=role.get_kind_display(),
        place=_("%(ward)s, %(borough)s") % {"ward": body.ward.name, "borough": body.board.borough.name},
        since=role.since,
        first=rounds if chairs else ward_page,
        others=(meetings, ward_page, site) if chairs else (meetings, site),
    )


def _officer_desk(role: WardOfficer) -> Desk:
    ward = role.ward
    return Desk(
        role=_("Ward officer"),
        place=_("%(ward)s, %(borough)s") % {"ward": ward.name, "borough": ward.borough.name},
        since=role.since,
        first=Link(_("Open the ward page"), ward.full_url),
        others=(Link(_("The board's site"), ward.borough.url()),),
    )


def _screener_desk(role: ScreenerRole) -> Desk:
    board = role.board
    return Desk(
        role=_("Payback screener"),
        place=str(board),
        since=role.since,
        first=Link(_("Screen nominations"), role.desk_url),
        others=(Link(_("What everybody sees"), board.url("/payback/")),),
    )


def _provider_desk(role: ProviderRole) -> Desk:
    return Desk(
        role=role.get_kind_display(),
        place=str(role.provider),
        since=role.since,
        first=Link(_("Open the probation desk"), role.desk_url),
    )
